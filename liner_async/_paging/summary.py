"""The summary of a list that is read in cells: what all its runs saw, added up (pure)."""

from __future__ import annotations

from collections.abc import Iterator
from operator import length_hint
from typing import Generic, TypeVar

from attrs import define, evolve, field

from liner_async._paging.cell_source import CellSource
from liner_async._paging.consistency import Consistency, ConsistencyTracker
from liner_async._paging.report import PagingReport
from liner_async.errors import ItemProblem

__all__ = ["Summary"]

T = TypeVar("T")

_SUMMED = ("handed_out", "pages", "duplicates", "holes_filled", "repairs", "retries", "trimmed")


@define(eq=False)
class Summary(Generic[T]):
    """Sums up the trackers of a series of runs.

    Attributes:
        cells: how the list is cut.
        consistency: how closely the list is watched.
        offset: 0: such a list is entered at a resume point only.
        rest: the items of the latest page that a consumer of single items has not taken yet.
        ended: whether the list came to its end.
        windows: the cells that were read to their end.
        live: the trackers of the runs that have not ended.
        retries: attempts beyond the first, for answers that were dropped.
        _closed: the sums over the runs that have ended.
        _drift: the first sign of each kind that the list moved, in these.
        _skipped: items that these left out because they do not fit, each once.
    """

    cells: CellSource[T]
    consistency: Consistency
    offset: int = 0
    rest: Iterator[T] = field(factory=lambda: iter(()))
    ended: bool = False
    windows: int = 0
    live: list[ConsistencyTracker[T]] = field(factory=list)
    retries: int = 0
    _closed: PagingReport = field(factory=PagingReport)
    _drift: dict[str, str] = field(factory=dict)
    _skipped: dict[object, ItemProblem] = field(factory=dict)

    @property
    def closed_total(self) -> int:
        """Return the rows that the cells read so far have announced."""
        return self._closed.last_total or 0

    @property
    def handed_out(self) -> int:
        """Return the items in the pages handed out, those in `rest` included."""
        return self._closed.handed_out + sum(tracker.handed_out for tracker in self.live)

    def close(self, tracker: ConsistencyTracker[T], *, is_final: bool = True) -> None:
        """Add a run that has ended; not `is_final` if its cell is going to be read again."""
        self.live.remove(tracker)
        self._closed = _sum(self._closed, tracker, is_final=is_final)
        for kind, reason in tracker.drift.items():
            self._drift.setdefault(kind, reason)
        for problem in tracker.report().skipped:
            self._skipped.setdefault(problem.item_id or id(problem), problem)
        self.windows += is_final

    def report(self) -> PagingReport:
        """Return a snapshot of what is known."""
        total, drift, skipped = self._closed, dict(self._drift), dict(self._skipped)
        for tracker in self.live:
            total = _sum(total, tracker, is_final=True)
            for kind, reason in tracker.drift.items():
                drift.setdefault(kind, reason)
            skipped |= {
                problem.item_id or id(problem): problem for problem in tracker.report().skipped
            }
        waiting = length_hint(self.rest)
        ended = self.ended and not waiting
        return evolve(
            total,
            handed_out=total.handed_out - waiting,
            retries=total.retries + self.retries,
            skipped=tuple(skipped.values()),
            ended=ended,
            complete=ended and (self.consistency == "strict" or not drift),
            windows=self.windows,
            drift=tuple(drift.values()),
        )


def _sum(total: PagingReport, tracker: ConsistencyTracker[T], *, is_final: bool) -> PagingReport:
    report = tracker.report()
    summed = {name: getattr(total, name) + getattr(report, name) for name in _SUMMED}
    for name in ("first_total", "last_total") if is_final and report.pages else ():
        announced = getattr(report, name) - report.trimmed
        summed[name] = (getattr(total, name) or 0) + announced
    seen = report.concurrency and report.concurrency.following(total.concurrency)
    return evolve(total, concurrency=seen or total.concurrency, **summed)
