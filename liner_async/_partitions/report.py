"""What was read of each partition of a list, and whether they add up (pure).

Nothing here knows an engine: these are values that pickle.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any, Literal

from attrs import evolve, field, frozen

from liner_async._paging.consistency import Consistency
from liner_async._paging.report import PagingReport
from liner_async._paging.results import ResultList
from liner_async.errors import LinerError, PagingDriftError

__all__ = ["JobReport", "OnError", "PartitionRead"]

OnError = Literal["raise", "report"]
"""What to do with an error of a partition or job: raise it, or put it into the report."""

_SUMMED = ("pages", "holes_filled", "repairs", "retries", "skipped", "windows", "trimmed")

_log = logging.getLogger("liner_async.partitions")


@frozen(kw_only=True)
class JobReport:
    """What is known about one partition of a list, or about all of them.

    Attributes:
        name: the source's name.
        offset: the partition's first row.
        period, chunk: those of the partition; None for a range of rows, and of a whole list.
        paging: what the runs over the partitions saw, added up; in `drift` also the signs that the
            list moved between two of them.
        errors: why partitions could not be read, where that is reported and not raised.
        doubt: why rows of the whole list may be missing, if so.
        consistency: the source's.
        head_id: the id of the row before the partition; None where there is none.
        ids: the ids of its rows; none with `consistency="off"`, nor in the report of a whole list.
    """

    name: str
    offset: int
    period: tuple[datetime, datetime] | None = None
    chunk: int | None = None
    paging: PagingReport
    errors: tuple[LinerError, ...] = ()
    doubt: str | None = None
    consistency: Consistency
    head_id: int | None = field(default=None, repr=False)
    ids: frozenset[int] = field(default=frozenset(), repr=False)

    @property
    def complete(self) -> bool:
        """Whether every partition was read to its end and nothing says that rows may be missing."""
        return self.paging.complete and not self.errors

    @property
    def drifted(self) -> bool:
        """Whether the list is thought to have moved while it was read."""
        return self.paging.drifted

    def check_follows(self, previous: JobReport) -> None:
        """With `consistency="strict"`, raise unless this partition follows on the one before.

        Raises:
            PagingDriftError: rows between the two may be missing, or came twice.
        """
        if self.consistency != "strict" or self.errors or previous.errors:
            return
        gap = self._gap_after(previous, previous.ids)
        if gap is not None or not self.ids.isdisjoint(previous.ids):
            raise _drift_error(gap or f"rows came twice {self.where}")

    @classmethod
    def of(cls, reports: Iterable[JobReport], *, on_error: OnError = "raise") -> JobReport:
        """Return the report of a whole list, made of its partitions' in order.

        A list that moved is logged as a warning; drift that an error explains is not reported
        again. The ids are left out.

        Raises:
            PagingDriftError: with `consistency="strict"`, if rows may be missing; with
                `on_error="report"` it is among the errors.
        """
        job, *others = reports
        seen = set(job.ids)
        for each in others:
            job = _joined(job, each, seen)
            seen |= each.ids
        paging = job.paging
        found, expected = paging.handed_out + len(paging.skipped), paging.last_total or 0
        if job.consistency != "off" and job.paging.ended and not job.errors and found != expected:
            reason = f"{found} rows read, {expected} announced"
            drift = tuple(dict.fromkeys((*paging.drift, reason)))
            job = evolve(
                job, doubt=job.doubt or reason, paging=evolve(paging, drift=drift, complete=False)
            )
        if job.drifted:
            _log.warning("the list moved while its partitions were read (%s)", job.paging.drift[0])
        job = evolve(job, ids=frozenset(), head_id=None, period=None, chunk=None)
        if job.consistency != "strict" or job.doubt is None:
            return job
        error = _drift_error(job.doubt)
        if on_error == "raise":
            raise error
        return evolve(job, errors=(*job.errors, error))

    @property
    def where(self) -> str:
        """Return the name of the seam before the partition."""
        if self.period is None:
            return f"between partitions, before offset {self.offset}"
        return f"between partitions, before {self.period[0].isoformat()}"

    def _gap_after(self, previous: JobReport, seen: AbstractSet[int]) -> str | None:
        """Return why rows may be missing before this partition, if so.

        A period follows where the one before it ends. A range of rows attaches as a page does:
        where the row before it was handed out earlier, nothing that was there throughout is missing
        between them.
        """
        if self.period is not None:
            follows = self._is_next_to(previous)
        else:
            is_beyond_the_end = not self.ids and self.head_id is None
            follows = is_beyond_the_end or self.head_id in seen
        return None if follows else f"partitions do not follow on each other {self.where}"

    def _is_next_to(self, previous: JobReport) -> bool:
        """Return whether no time and no chunk of ids lies between two periods."""
        if self.period is None or previous.period is None:
            return False
        if self.chunk == previous.chunk:
            return self.period[0] == previous.period[1]
        return (self.chunk or 0) == (previous.chunk or 0) + 1


@frozen(kw_only=True, repr=False)
class PartitionRead:
    """The rows of one partition, and what its neighbours are compared with.

    Attributes:
        items: the rows: a ResultList, as `await pager` gives it, or an Arrow table.
        ids: the id of each row.
        report: what the reading saw; `JobReport.of` makes one report of those of all partitions.
    """

    items: Any
    ids: tuple[int, ...]
    report: JobReport

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)

    def __getitem__(self, index: int) -> Any:
        return self.items[index]

    def __repr__(self) -> str:
        """Say how many rows there are, not what they are."""
        return f"<PartitionRead: {len(self):,} items>"

    def without(self, seen: AbstractSet[int]) -> Any:
        """Return the items without those that earlier partitions had."""
        if self.report.ids.isdisjoint(seen):
            return self.items
        places = [place for place, number in enumerate(self.ids) if number not in seen]
        if isinstance(self.items, ResultList):
            return evolve(self.items, items=[self.items[place] for place in places])
        return self.items.take(places)


def _joined(job: JobReport, other: JobReport, seen: AbstractSet[int]) -> JobReport:
    """Add the next partition to what is known of those before it, whose ids were seen."""
    one, two, signs, gap = job.paging, other.paging, [], None
    duplicates = len(other.ids & seen)
    if job.consistency != "off" and not job.errors and not other.errors:
        gap = other._gap_after(job, seen)  # noqa: SLF001  # a function beside the class
        if other.period is None and one.last_total != two.first_total:
            signs.append(f"total {one.last_total} became {two.first_total} {other.where}")
        if duplicates:
            signs.append(f"items seen before came again {other.where}")
        if gap is not None:
            signs.append(gap)
    first_total, last_total = one.first_total, two.last_total
    if other.period is not None:  # each has a total of its own
        first_total = (one.first_total or 0) + (two.first_total or 0)
        last_total = (one.last_total or 0) + (two.last_total or 0)
    concurrency = two.concurrency and two.concurrency.following(one.concurrency)
    paging = PagingReport(
        **{name: getattr(one, name) + getattr(two, name) for name in _SUMMED},
        handed_out=one.handed_out + two.handed_out - duplicates,
        first_total=first_total,
        last_total=last_total,
        duplicates=one.duplicates + two.duplicates + duplicates,
        next_offset=two.next_offset if one.ended else one.next_offset,
        ended=one.ended and two.ended,
        complete=one.complete and two.complete and not signs,
        drift=tuple(dict.fromkeys((*one.drift, *signs, *two.drift))),
        concurrency=concurrency or one.concurrency,
    )
    return evolve(
        job,
        period=other.period,
        chunk=other.chunk,
        paging=paging,
        errors=job.errors + other.errors,
        doubt=job.doubt or gap,
    )


def _drift_error(reason: str) -> PagingDriftError:
    return PagingDriftError(
        f"the list moved while it was read, and items may be missing: {reason}", reason="seam"
    )
