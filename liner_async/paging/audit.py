"""Do the pages add up? Duplicates, signs of a moving list, and the report (pure)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from operator import length_hint
from typing import Generic, Literal, TypeVar

import attrs
from attrs import define, field

from liner_async.errors import PagingError
from liner_async.paging.plan import Span
from liner_async.results import ItemProblem, Page, PagingReport

__all__ = ["Audit", "Consistency"]

T = TypeVar("T")
Consistency = Literal["detect", "off"]

_MOST_BARREN_PAGES = 20


@define(eq=False)
class Audit(Generic[T]):
    """The books of one run: every page is entered once, in the order in which it is handed out.

    Attributes:
        key: gives an item's identity; unused with consistency "off".
        rest: the items of the latest page that a consumer of single items has not taken yet.
    """

    offset: int
    consistency: Consistency
    key: Callable[[T], Hashable]
    rest: Iterator[T] = field(factory=lambda: iter(()))
    complete: bool = False
    retries: int = 0
    next_offset: int = field(init=False)
    drift: dict[str, str] = field(factory=dict)
    next_is_wrong: bool = False
    first_total: int | None = None
    last_total: int | None = None
    handed_out: int = 0
    pages: int = 0
    duplicates: int = 0
    holes_filled: int = 0
    skipped: list[ItemProblem] = field(factory=list)
    _page_offset: int = 0
    _reached: int = 0
    _seen: set[Hashable] = field(factory=set)
    _first_keys: frozenset[Hashable] = frozenset()
    _repeats: int = 0
    _barren_pages: int = 0

    def __attrs_post_init__(self) -> None:
        self.next_offset = self.offset

    def enter(self, span: Span, page: Page[T], *, most: int | None = None) -> Page[T]:
        """Enter a page; give it without the items handed out before, cut to the `most` wanted.

        Raises:
            PagingError: the server sends the same rows whatever the offset.
        """
        self._compare_totals(page)
        self._check_next(page)
        self.pages += 1
        self.holes_filled += span.is_hole
        self.skipped += page.problems
        kept = self._without_duplicates(page)
        kept = kept if most is None else kept[: max(0, most - self.handed_out)]
        self.handed_out += len(kept)
        self._page_offset = span.offset
        return page if len(kept) == len(page) else attrs.evolve(page, items=kept)

    def advance(self, reached: int, pending: int | None) -> None:
        """Note the row reached, and the lowest offset asked for that was not handed out."""
        self._reached = max(self._reached, reached)
        self.next_offset = self._reached if pending is None else min(self._reached, pending)

    def close(self, *, whole: bool) -> None:
        """Enter the end of the run; `whole` if it was to read the list to its end."""
        self.complete = True
        found = self.handed_out + len(self.skipped)
        expected = max(0, (self.last_total or 0) - self.offset)
        if whole and found != expected:
            self._suspect("count", f"{found} rows read, {expected} announced")

    def report(self) -> PagingReport:
        """Give a snapshot of the books."""
        waiting = length_hint(self.rest)
        return PagingReport(
            handed_out=self.handed_out - waiting,
            pages=self.pages,
            first_total=self.first_total,
            last_total=self.last_total,
            duplicates=self.duplicates,
            holes_filled=self.holes_filled,
            retries=self.retries,
            skipped=tuple(self.skipped),
            next_offset=self._page_offset if waiting else self.next_offset,
            complete=self.complete and not waiting,
            drift=tuple(self.drift.values()),
        )

    def _suspect(self, kind: str, reason: str) -> None:
        if self.consistency != "off":
            self.drift.setdefault(kind, reason)

    def _compare_totals(self, page: Page[T]) -> None:
        where = f"at offset {page.offset}"
        if self.last_total not in (None, page.total):
            self._suspect("total", f"total {self.last_total} became {page.total} {where}")
        if page.received and page.offset + page.received > page.total:
            self._suspect("beyond", f"rows beyond the total of {page.total} {where}")
        if not page.received and page.offset < page.total:
            self._suspect("empty", f"an empty page {where}, before the total of {page.total}")
        if self.first_total is None:
            self.first_total = page.total
        self.last_total = page.total

    def _check_next(self, page: Page[T]) -> None:
        after = page.offset + page.received
        if after < page.total and page.next not in (after, page.offset + page.limit):
            self.next_is_wrong = True

    def _check_progress(self, page: Page[T], keys: frozenset[Hashable]) -> None:
        if not keys:
            return
        if not self._first_keys:
            self._first_keys = keys
        elif keys == self._first_keys:
            self._repeats += 1
            # Rows inserted ahead can show the first page once more; the list has grown then.
            has_grown = page.total > (self.first_total or 0) or len(keys) == 1
            if self._repeats > has_grown:
                raise PagingError(
                    f"offset {page.offset} brought the first page again: "
                    "the server ignores the offset",
                    reason="repeat",
                )

    def _without_duplicates(self, page: Page[T]) -> tuple[T, ...]:
        keys = [self.key(item) for item in page]
        distinct = frozenset(keys)
        self._check_progress(page, distinct)
        if self.consistency == "off":
            return page.items
        if len(distinct) == len(keys) and self._seen.isdisjoint(distinct):
            self._seen |= distinct
            self._barren_pages = 0
            return page.items
        fresh: list[T] = []
        for key, item in zip(keys, page, strict=True):
            if key not in self._seen:
                self._seen.add(key)
                fresh.append(item)
        self.duplicates += len(keys) - len(fresh)
        self._suspect("duplicates", f"items seen before came again at offset {page.offset}")
        self._barren_pages = 0 if fresh else self._barren_pages + 1
        if self._barren_pages > _MOST_BARREN_PAGES:
            raise PagingError(
                f"{self._barren_pages} pages in a row brought nothing new", reason="repeat"
            )
        return tuple(fresh)
