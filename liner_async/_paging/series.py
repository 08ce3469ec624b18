"""One reading of a list in cells: several runs at once, their pages in the order of the cells."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from attrs import evolve

from liner_async._paging.cell_queue import CellQueue
from liner_async._paging.cell_source import CellSource, IdPages, Place
from liner_async._paging.cells import Period, chunks_of, floored
from liner_async._paging.options import Options
from liner_async._paging.page_source import PageSource
from liner_async._paging.reading import Reader, Reading, Waiting
from liner_async._paging.report import Progress
from liner_async._paging.results import Page
from liner_async._paging.summary import Summary
from liner_async._paging.trimmer import check_root
from liner_async.errors import (
    ClientClosedError,
    ConfigError,
    LinerError,
    PagingDriftError,
    PagingError,
)

__all__ = ["Series"]

T = TypeVar("T")

_MOST_READINGS = 3  # of a cell whose rows do not add up, with consistency="strict"


class Series(Generic[T]):
    """The pages of a list that is read in cells, one `next_page` at a time, like those of a Run.

    Attributes:
        loop: the loop that it was opened on.
        _queue: the cells, once it is known what they are.
        _ids: what reads the ids that the list is narrowed to; None where they are known.
        _found: the ids that it has brought.
        _failure: what each further step raises.
    """

    def __init__(
        self,
        source: PageSource[T],
        cells: CellSource[T],
        options: Options,
        summary: Summary[T],
    ) -> None:
        self.loop = asyncio.get_running_loop()
        self._source, self._options, self._summary = source, options, summary
        self._cells = cells
        self._began = source.clock()
        self._until = cells.until or floored(source.now())
        self._queue: CellQueue[T] | None = None
        self._ids: IdPages | None = None
        self._found: list[int] = []
        self._failure: BaseException | None = None

    async def next_page(self) -> Page[T] | None:
        """Return the next page that has something new; None at the end.

        A cancelled call can be made again. After an error each further call raises it again.
        """
        if self._failure is not None:
            raise self._failure
        try:
            while not self._summary.ended:
                page = await self._step(self._queue or await self._begin())
                if page is not None:
                    return page
        except asyncio.CancelledError:
            self._pause()
            raise
        except LinerError as error:
            failure = error.with_traceback(None)  # its frames hold what the server sent
        except BaseException as error:
            self._failure = error
            await self._stop()
            raise
        else:
            return None
        self._failure = failure
        await self._stop()
        raise failure

    async def _begin(self) -> CellQueue[T]:
        """Find out what the cells are, and open the queue."""
        cells, resume = self._cells, self._options.resume
        chunks, ids = cells.chunks, None
        if cells.ids_from is not None:
            known = None if resume is None else resume.ids
            ids = await self._read_ids(cells.ids_from) if known is None else known
            chunks = chunks_of(ids) if ids else ()
        if resume is not None and (resume.chunk or 0) >= len(chunks):
            raise ConfigError("resume belongs to another list: other filters")
        until = self._until
        if resume is not None and resume.until is not None:
            until = resume.until
        place = Place(period=Period(cells.start, until), until=until, chunk=0, ids=ids)
        later = cells.cells(chunks, until=until, resume=resume)
        reader = Reader(self._source, cells, self._options, place)
        self._queue = queue = CellQueue(reader, self._summary, later)
        if resume is not None and resume.next_offset and (cell := next(later, None)) is not None:
            queue.slots.append(Waiting(cell, resume=resume))
        return queue

    async def _read_ids(self, ids_from: Callable[[Options], IdPages]) -> tuple[int, ...]:
        if self._ids is None:
            self._ids = ids_from(self._options)
        async for page in self._ids:
            self._found += [item.id for item in page]
        return tuple(self._found)

    async def _step(self, queue: CellQueue[T]) -> Page[T] | None:
        """Return the next page of a cell; None for one without anything new, and at the end."""
        summary, most = self._summary, self._options.max_items
        if most is not None and summary.handed_out >= most:
            await queue.aclose()
            summary.ended = True
            return None
        queue.is_filling = True
        queue.fill()
        reading = await self._next_reading(queue)
        if reading is None:
            summary.ended = True
            return None
        if most is not None:
            reading.run.max_items = reading.tracker.handed_out + most - summary.handed_out
        reading.trimmer.before = queue.handed_out
        try:
            page = await self._take(queue, reading)
        except LinerError as error:
            reading.run.locate(error)
            error.resume_point = queue.resume_point(reading.run.resume_point())
            raise
        if page is None:
            return None
        if self._options.on_progress is not None:
            self._options.on_progress(self._progress(queue))
        if self._options.ordered or page.resume_point is None:
            return page
        return evolve(page, resume_point=queue.resume_point(page.resume_point))

    async def _next_reading(self, queue: CellQueue[T]) -> Reading[T] | None:
        """Wait for a cell that can be stepped: the first, or any; None when all are read."""
        while queue.slots:
            if (useless := next(filter(_is_of_other_times, queue.readings), None)) is not None:
                return useless
            candidates = queue.readings
            if self._options.ordered:
                candidates = [reading for reading in candidates[:1] if reading is queue.slots[0]]
            ready = [reading for reading in candidates if reading.is_ready]
            ready.sort(key=lambda reading: reading.has_failed)
            if ready:
                return ready[0]
            queue.changed.clear()
            await queue.changed.wait()
        return None

    async def _take(self, queue: CellQueue[T], reading: Reading[T]) -> Page[T] | None:
        """Return the next page of a cell; None for one without anything new, and at its end."""
        try:
            if reading.failure is not None:
                raise reading.failure
            page = await reading.run.next_page()
            if reading.resume is not None and "resume" in reading.tracker.drift:
                queue.read_from_start(reading)
                return None
            if page is None:
                queue.close(reading)
                check_root(reading.cell)
        except PagingDriftError as error:
            if reading.resume is not None and not reading.tracker.handed_out:
                queue.read_from_start(reading)
            elif error.reason == "count" and len(reading.again) < _MOST_READINGS - 1:
                queue.read_again(reading)
            else:
                raise
            return None
        return page

    def _progress(self, queue: CellQueue[T]) -> Progress:
        summary, most = self._summary, self._options.max_items
        expected = max(summary.handed_out, queue.expected)
        return Progress(
            done=summary.handed_out,
            total=expected if most is None else min(expected, most),
            pages=summary.report().pages,
            elapsed=self._source.clock() - self._began,
        )

    def _pause(self) -> None:
        if self._queue is not None:
            self._queue.pause()

    def suspend(self, _: object = None) -> None:
        """Cancel what is in flight; the next step requests it again. May be a task's callback."""
        if self._queue is not None:
            self._queue.suspend()

    def cancel(self) -> None:
        """Cancel what is in flight, where nothing can be awaited."""
        if self._queue is not None:
            self._queue.cancel()

    async def aclose(self) -> None:
        """Cancel what is in flight and wait until it has ended."""
        if self._failure is None and not self._summary.ended:
            self._failure = ClientClosedError("this iterator was closed before the list's end")
        await self._stop()

    async def _stop(self) -> None:
        if self._ids is not None:
            await self._ids.aclose()
        if self._queue is not None:
            await self._queue.aclose()


def _is_of_other_times(reading: Reading[Any]) -> bool:
    """Return whether a first page showed that the server ignores the period: nothing helps then."""
    return isinstance(reading.failure, PagingError) and reading.failure.reason == "range"
