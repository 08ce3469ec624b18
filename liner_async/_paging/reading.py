"""One cell of a list that is being read: its run, and what becomes of it."""

from __future__ import annotations

import logging
from collections.abc import Hashable
from typing import Generic, TypeVar

import attrs
from attrs import define, field

from liner_async._paging.cell_source import CellSource, Place
from liner_async._paging.cells import Cell
from liner_async._paging.consistency import ConsistencyTracker
from liner_async._paging.in_flight import Limits
from liner_async._paging.options import Options
from liner_async._paging.page_source import PageSource, RawPage
from liner_async._paging.prefetch import Arrival
from liner_async._paging.run import Run
from liner_async._paging.splits import Grow, Read, Replace, next_step
from liner_async._paging.trimmer import HandedOut, Trimmer
from liner_async.resume import ResumePoint

__all__ = ["Reader", "Reading", "Waiting"]

T = TypeVar("T")

_log = logging.getLogger("liner_async.paging")


@define(eq=False)
class Waiting:
    """A cell that nothing was requested of.

    Attributes:
        cell: what it covers.
        resume: where its run continues, if an earlier one had begun it.
        again: what earlier readings of the cell have handed out.
    """

    cell: Cell
    resume: ResumePoint | None = None
    again: tuple[HandedOut, ...] = ()


@define(eq=False)
class Reading(Generic[T]):
    """A cell whose run is open.

    Attributes:
        source: where its pages come from.
        cell: what it covers.
        resume: where its run continues, if an earlier one had begun it.
        again: what earlier readings of the cell have handed out.
        run: its run.
        tracker: the tracker of that run.
        trimmer: what cuts its pages back.
        is_settled: whether it is read as it is, since its first page has come.
        failure: what its first page failed in, to be raised when its turn comes.
    """

    source: PageSource[T]
    cell: Cell
    resume: ResumePoint | None
    again: tuple[HandedOut, ...]
    run: Run[T]
    tracker: ConsistencyTracker[T]
    trimmer: Trimmer[T]
    is_settled: bool = False
    failure: Exception | None = None

    @property
    def has_failed(self) -> bool:
        """Return whether its turn will end in an error."""
        return self.failure is not None or self.run.requests.has_failed

    @property
    def is_ready(self) -> bool:
        """Return whether its next step need not wait for a page."""
        return self.is_settled and (self.has_failed or self.run.requests.is_ready)

    @property
    def handed_out(self) -> HandedOut:
        """Return the ids that it has handed out."""
        return HandedOut(self.tracker.deduplicator.seen, self.trimmer.trimmed_ids)

    @property
    def expected(self) -> int:
        """Return how many rows it is to read, as far as that is known."""
        before = 0 if self.resume is None else self.resume.next_offset
        return max(0, self.run.total - before) if self.is_settled else 0

    def wait_again(self) -> Waiting:
        """Return the cell to read once more, without what it has handed out."""
        again = (*self.again, self.handed_out)
        return Waiting(attrs.evolve(self.cell, is_whole=True), again=again)


@define(eq=False)
class Reader(Generic[T]):
    """Opens the runs of cells.

    Attributes:
        source: where the pages of the list come from.
        cells: how it is cut.
        options: how it is read.
        place: what all cells of this reading have in common.
        is_coarse: whether the server sends rows of other times than asked for: then it compares
            days, say, and short cells would be read again and again.
        is_surveying: whether only the first page of each cell is asked for.
        _undated: the ids of rows without a time, each of which is handed out once.
        _warned: the warnings already logged.
    """

    source: PageSource[T]
    cells: CellSource[T]
    options: Options
    place: Place
    is_coarse: bool = False
    is_surveying: bool = False
    _undated: set[Hashable] = field(factory=set)
    _warned: set[str] = field(factory=set)

    def open(self, waiting: Waiting, limits: Limits, *, most: int | None) -> Reading[T]:
        """Open the run of a cell, which hands out at most so many items."""
        cell, cells, source = waiting.cell, self.cells, self.source
        options = attrs.evolve(
            self.options, max_items=most, resume=waiting.resume, on_progress=None
        )
        tracker = options.tracker(source.key)
        trimmer = tracker.trimmer = Trimmer(
            period=cell.period,
            root=cell.root,
            created_at=cells.created_at,
            key=source.key,
            undated=self._undated,
            again=waiting.again,
        )
        here = attrs.evolve(
            source,
            fetch=cells.fetch(cell.ids, cell.period.asked),
            accepts=cells.accepts(cell.ids),
            place=attrs.evolve(self.place, period=cell.period, chunk=cell.chunk),
            cells=None,
        )
        if self.is_surveying:
            limits = attrs.evolve(limits, lookahead=_first_page)
        run = Run(here, options, tracker, limits=limits, warned=self._warned)
        return Reading(here, cell, waiting.resume, waiting.again, run, tracker, trimmer)

    def judge(self, reading: Reading[T], arrival: Arrival[RawPage]) -> None:
        """Check the first page of a cell that will be cut, without handing any of it out.

        Raises:
            PagingError: it shows that the server ignores the filter, or the period.
            DecodeError: an item does not fit and `on_invalid` is "raise".
        """
        asked = arrival.page_range
        page = self.source.decode(
            arrival.raw, offset=asked.offset, limit=asked.limit, on_invalid=self.options.on_invalid
        )
        reading.source.check_filters(page)
        self.is_coarse = reading.trimmer.check_first(page.items) or self.is_coarse

    def decide(self, reading: Reading[T], arrival: Arrival[RawPage]) -> Read | Replace | Grow:
        """Return what becomes of a cell, by its first page; warn once of one that stays deep."""
        rows, window_rows = arrival.raw.total, self.cells.window_rows
        step: Read | Replace | Grow = Read()
        if reading.resume is None:
            step = next_step(
                reading.cell,
                rows,
                window_rows=window_rows,
                page_size=self.options.page_size,
                is_coarse=self.is_coarse,
            )
        if isinstance(step, Grow) and not self.options.ordered:
            step = Read()  # the cells it would cover may have handed out rows
        if isinstance(step, Read) and rows > window_rows and "depth" not in self._warned:
            self._warned.add("depth")
            _log.warning("%d rows cannot be told apart by time: one deep window", rows)
        return step


def _first_page() -> int:
    return 1
