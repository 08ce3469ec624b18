"""The windows of a list, found in one process to be read in others."""

from __future__ import annotations

from typing import Any, TypeVar

from attrs import evolve

from liner_async._paging.cell_queue import CellQueue
from liner_async._paging.cell_source import CellSource, Place
from liner_async._paging.cells import Window
from liner_async._paging.options import Options
from liner_async._paging.page_source import PageSource
from liner_async._paging.pager import Pager
from liner_async._paging.reading import Reader, Reading
from liner_async._paging.summary import Summary
from liner_async.errors import ConfigError, LinerError

__all__ = ["is_windowed", "windows_of", "within"]

T = TypeVar("T")


def is_windowed(pager: Pager[Any]) -> bool:
    """Return whether a list is read in windows."""
    return _source_of(pager).cells is not None


async def windows_of(pager: Pager[T], *, rows: int) -> list[Window]:
    """Return the windows of a list, in their order; about one request for each.

    Args:
        pager: the list, which is read in windows.
        rows: the most rows of a window, if the list itself allows no fewer.

    Raises:
        LinerError: as a run over the list does; the SDK has already retried what could be retried.
    """
    source, options = _source_of(pager), _options_of(pager)
    cells = _cells_of(source)
    cells = evolve(cells, window_rows=min(rows, cells.window_rows))
    now = source.now()
    chunks, period = await cells.find_chunks(options), cells.period(now)
    place = Place(period=period, until=period.end, chunk=0)
    reader = Reader(source, cells, options, place, is_surveying=True)
    summary = Summary(cells, options.consistency)
    queue = CellQueue(reader, summary, cells.cells(chunks, until=period.end))
    found: list[Window] = []
    try:
        while (reading := await _next_settled(queue)) is not None:
            found.append(
                Window(
                    period=reading.cell.period,
                    chunk=reading.cell.chunk,
                    ids=None if cells.ids_from is None else reading.cell.ids,
                    rows=None if reading.cell.period.asked.end > now else reading.run.total,
                )
            )
            queue.close(reading)
    finally:
        await queue.aclose()
    return found


async def _next_settled(queue: CellQueue[T]) -> Reading[T] | None:
    """Wait until it is known what becomes of the first cell; None where there is none."""
    while True:
        queue.is_filling = True
        queue.fill()
        if not queue.slots:
            return None
        first = queue.slots[0]
        if isinstance(first, Reading) and first.is_settled:
            break
        queue.changed.clear()
        await queue.changed.wait()
    try:
        if first.failure is not None:
            raise first.failure
        if first.has_failed:
            await first.run.next_page()  # raises why
    except LinerError as error:
        first.run.locate(error)
        raise
    return first


def within(pager: Pager[T], window: Window) -> Pager[T]:
    """Return the part of a list that lies within one of its windows, to be read as one.

    Raises:
        ConfigError: it is a window of another list.
    """
    source = _source_of(pager)
    cells = _cells_of(source)
    ids = window.ids
    if ids is None:
        if window.chunk >= len(cells.chunks):
            raise ConfigError("the window belongs to another list: other filters")
        ids = cells.chunks[window.chunk]
    part = evolve(
        cells,
        start=window.period.start,
        until=window.period.end,
        window_rows=max(cells.window_rows, window.rows or 0),
        chunks=(ids,),
        ids_from=None,
    )
    # A resume point of the part does not fit the whole list, nor the other way round.
    filters = f"{source.filters} {window.period} {window.chunk}"
    return Pager(evolve(source, cells=part, filters=filters), _options_of(pager))


def _cells_of(source: PageSource[T]) -> CellSource[T]:
    if source.cells is None:
        raise ConfigError(f"{source.name} are read by offset, not by period")
    return source.cells


def _source_of(pager: Pager[T]) -> PageSource[T]:
    return pager._source  # noqa: SLF001  # what users hold shows none of it


def _options_of(pager: Pager[Any]) -> Options:
    return pager._options  # noqa: SLF001  # the same
