"""The consistency tracker: do the pages add up, and did the list move? (pure)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from operator import length_hint
from typing import Generic, Literal, TypeVar

import attrs
from attrs import define, field

from liner_async._paging.deduplicator import Deduplicator
from liner_async._paging.in_flight import ConcurrencyRange
from liner_async._paging.plan import PageRange
from liner_async._paging.report import PagingReport
from liner_async._paging.results import Page
from liner_async._paging.signs import contradicts_next, signs_of
from liner_async._paging.trimmer import Trimmer
from liner_async.errors import ItemProblem
from liner_async.resume import ResumePoint

__all__ = ["Consistency", "ConsistencyTracker"]

T = TypeVar("T")
Consistency = Literal["detect", "strict", "off"]

_MOVES = ("total", "seam")  # what no fault of the server explains


@define(eq=False)
class ConsistencyTracker(Generic[T]):
    """Tracks one run: every page is recorded once, in the order in which it is handed out.

    Attributes:
        offset: the row to hand out first; moves once, past the row that a resumed run reads again.
        consistency: how closely the run is watched.
        deduplicator: knows the keys of what was handed out.
        seam: the id of the item that a resumed run reads again first; None in any other run.
        trimmer: leaves out the rows of other cells, where the run reads one cell of a list.
        rest: the items of the latest page that a consumer of single items has not taken yet.
        ended: whether the run came to its end.
        retries: attempts beyond the first, over all requests whose page was recorded.
        repairs: pages that did not follow on and were read again.
        next_offset: the first row not handed out.
        last_id: the id of the row before `next_offset`; None where it is not known.
        drift: the first sign of each kind that the list moved, by its kind.
        next_is_wrong: whether the server's `next` has contradicted its pages.
        first_total, last_total: the server's `total` on the first and on the latest page.
        handed_out: items in the pages recorded, those in `rest` included.
        pages, holes_filled: pages recorded, and those that brought what another had left out.
        concurrency: how many requests were allowed in flight as pages were taken.
        _skipped: items left out because they do not fit, by id, or by page and place without one.
        _page_offset: where the latest page starts: `next_offset` while `rest` is not empty.
        _reached: the row after the last one recorded.
    """

    offset: int
    consistency: Consistency
    deduplicator: Deduplicator[T]
    seam: Hashable = None
    trimmer: Trimmer[T] | None = None
    rest: Iterator[T] = field(factory=lambda: iter(()))
    ended: bool = False
    retries: int = 0
    repairs: int = 0
    next_offset: int = field(init=False)
    last_id: Hashable = None
    drift: dict[str, str] = field(factory=dict)
    next_is_wrong: bool = False
    first_total: int | None = None
    last_total: int | None = None
    handed_out: int = 0
    pages: int = 0
    holes_filled: int = 0
    concurrency: ConcurrencyRange | None = None
    _skipped: dict[Hashable, ItemProblem] = field(factory=dict)
    _page_offset: int = 0
    _reached: int = 0

    def __attrs_post_init__(self) -> None:
        self.next_offset = self.offset

    @classmethod
    def open(
        cls,
        key: Callable[[T], Hashable],
        *,
        offset: int,
        consistency: Consistency,
        resume: ResumePoint | None = None,
    ) -> ConsistencyTracker[T]:
        """Return the tracker of a new run; a resumed one knows the item it is to find first."""
        deduplicator = Deduplicator(key, is_remembering=consistency != "off")
        if resume is None:
            return cls(offset, consistency, deduplicator)
        if resume.last_id is not None and consistency != "off":
            deduplicator.seen.add(resume.last_id)
        last_id = resume.last_id
        return cls(resume.next_offset, consistency, deduplicator, seam=last_id, last_id=last_id)

    @property
    def dropped(self) -> int:
        """Return how many rows were read and not handed out: duplicates, and items left out."""
        return self.deduplicator.duplicates + self._left_out

    @property
    def _left_out(self) -> int:
        return len(self._skipped) + (0 if self.trimmer is None else self.trimmer.left_out)

    def record(self, page_range: PageRange, page: Page[T], *, most: int | None = None) -> Page[T]:
        """Record a page; return it without items handed out before, cut to the `most` wanted.

        Raises:
            PagingError: the server sends the same rows whatever the offset.
        """
        self._compare_totals(page)
        self.next_is_wrong |= contradicts_next(page)
        self.pages += 1
        self.holes_filled += page_range.is_hole
        for problem in page.problems:
            self._skipped.setdefault(problem.item_id or (page_range.offset, problem.index), problem)
        items, last_id = self._fresh(page_range, page)
        if self.trimmer is not None:
            items = self.trimmer.keep(items)
            for kind, reason in self.trimmer.signs.items():
                self._suspect(kind, f"{reason} came at offset {page_range.offset}")
        surplus, wanted = 0, len(items) if most is None else most - self.handed_out
        if len(items) > wanted:
            surplus, items = len(page.items) - page.items.index(items[wanted]), items[:wanted]
            last_id = self.deduplicator.key(items[-1]) if items else None
        self.handed_out += len(items)
        self._page_offset = page_range.offset
        self._advance(page_range.offset + page.received - surplus, last_id)
        return page if len(items) == len(page) else attrs.evolve(page, items=items)

    def _fresh(self, page_range: PageRange, page: Page[T]) -> tuple[tuple[T, ...], Hashable]:
        """Return what is new in a page, and the id of its last row."""
        keys = self.deduplicator.keys(page)
        last_id = keys[-1] if keys and not page.problems else None
        if page.offset < self.offset:  # the order read again as a seam, and what stands before it
            page, keys = self._from_seam(page, keys)
        overlap = 1 if self.consistency == "strict" or page.offset < self.offset else 0
        before = self.deduplicator.duplicates
        items = self.deduplicator.fresh(page, keys, overlap=overlap)
        if self.deduplicator.duplicates > before:
            self._suspect(
                "duplicates", f"items seen before came again at offset {page_range.offset}"
            )
        if self.deduplicator.is_shuffled:
            self._suspect("order", f"items changed places at offset {page_range.offset}")
        return items, last_id

    def _from_seam(self, page: Page[T], keys: list[Hashable]) -> tuple[Page[T], list[Hashable]]:
        """Return a page without what stands before the item handed out last."""
        known = (place for place, key in enumerate(keys) if key in self.deduplicator.seen)
        index = next(known, None)
        is_seam = index is not None and keys[index] == self.seam
        if index is None or (is_seam and page.offset + index + 1 != self.offset):
            self._suspect("resume", "the list moved since the resume point was made")
        if index is None:
            return page, keys
        if is_seam:
            self.offset = page.offset + index + 1
        return attrs.evolve(page, items=page.items[index:]), keys[index:]

    def _advance(self, reached: int, last_id: Hashable) -> None:
        if reached >= self._reached:
            self._reached, self.last_id = reached, last_id
        self.next_offset = self._reached

    def note_pending(self, pending: int) -> None:
        """Note the lowest offset that is requested and was not handed out."""
        if pending < self._reached:
            self.next_offset, self.last_id = pending, None

    def close(self, *, whole: bool) -> None:
        """Record the end of the run; `whole` if it was to read the list to its end."""
        self.ended = True
        if whole and self.found != self.announced:
            self._suspect("count", f"{self.found} rows read, {self.announced} announced")

    def close_unconfirmed(self) -> None:
        """Record that the end of the list could not be confirmed."""
        self.close(whole=True)
        self._suspect("count", "the end of the list did not keep still long enough to be confirmed")

    @property
    def found(self) -> int:
        """Return how many rows were found: handed out, or left out."""
        return self.handed_out + self._left_out

    @property
    def has_grown(self) -> bool:
        """Return whether the list has more rows than at first."""
        return (self.last_total or 0) > (self.first_total or 0)

    @property
    def announced(self) -> int:
        """Return how many rows there are from the start of the run on, by the latest `total`."""
        return max(0, (self.last_total or 0) - self.offset)

    def attaches(self, page: Page[T]) -> bool:
        """Return whether a page holds a row that was found before; True while there is none."""
        seen = self.deduplicator.seen
        if not seen and not self._skipped:
            return True
        return any(key in seen for key in self.deduplicator.keys(page)) or any(
            problem.item_id in self._skipped for problem in page.problems
        )

    @property
    def doubt(self) -> str | None:
        """Return why a closed run cannot be called complete, if so."""
        return self.drift.get("count") or self.drift.get("order") or self.drift.get("range")

    @property
    def _is_sound(self) -> bool:
        """Return whether nothing says that items may be missing; "strict" has raised otherwise."""
        return self.consistency == "strict" or not self.drift

    def report(self) -> PagingReport:
        """Return a snapshot of what is known."""
        waiting = length_hint(self.rest)
        return PagingReport(
            handed_out=self.handed_out - waiting,
            pages=self.pages,
            first_total=self.first_total,
            last_total=self.last_total,
            duplicates=self.deduplicator.duplicates + (self.trimmer.repeats if self.trimmer else 0),
            holes_filled=self.holes_filled,
            repairs=self.repairs,
            retries=self.retries,
            skipped=tuple(self._skipped.values()),
            next_offset=self._page_offset if waiting else self.next_offset,
            ended=self.ended and not waiting,
            complete=self.ended and not waiting and self._is_sound,
            trimmed=0 if self.trimmer is None else self.trimmer.trimmed + self.trimmer.outside,
            drift=tuple(self.drift.values()),
            concurrency=self.concurrency,
        )

    def record_repair(self, page: Page[T]) -> None:
        """Record a page that does not follow on; nothing of it is handed out."""
        self._compare_totals(page)
        self._suspect("seam", f"the page at offset {page.offset} does not follow on")
        self.repairs += 1

    def _compare_totals(self, page: Page[T]) -> None:
        for kind, reason in signs_of(page, last_total=self.last_total).items():
            self._suspect(kind, reason)
        if self.first_total is None:
            self.first_total = page.total
        self.last_total = page.total

    def _suspect(self, kind: str, reason: str) -> None:
        if self.consistency != "off":
            self.drift.setdefault(kind, reason)
        if self.consistency == "strict" and kind in _MOVES:
            self.deduplicator.has_moved = True
