"""The deduplicator: no item is handed out twice, and no list is read in circles (pure)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

from attrs import define, field

from liner_async._paging.results import Page
from liner_async.errors import PagingDriftError, PagingError

__all__ = ["Deduplicator"]

T = TypeVar("T")

_MOST_BARREN_PAGES = 20


@define(eq=False)
class Deduplicator(Generic[T]):
    """Remembers the keys of the items of one run, about 70 bytes each.

    Attributes:
        key: returns an item's identity.
        seen: the keys of what was handed out; empty where nothing is remembered.
        is_remembering: whether to remember them, and so to drop what comes twice.
        has_moved: whether the list is known to have moved, so that going in circles is no fault of
            the server.
        duplicates: items dropped, those that overlapping pages share not counted.
        is_shuffled: whether an item stood between others that had been handed out before it.
        _first_keys: the keys of the first page that was not empty.
        _first_offset: where that page starts.
        _first_total: the server's `total` on it.
        _repeated_at: the other offsets at which the same keys came.
        _barren_pages: pages in a row that brought nothing new.
        _barren_rows: the rows of these pages that were not expected to have come before.
        _rows_ahead: the rows that were still ahead after the first of these pages.
    """

    key: Callable[[T], Hashable]
    is_remembering: bool = True
    seen: set[Hashable] = field(factory=set)
    has_moved: bool = False
    duplicates: int = 0
    is_shuffled: bool = False
    _first_keys: frozenset[Hashable] = frozenset()
    _first_offset: int = 0
    _first_total: int = 0
    _repeated_at: set[int] = field(factory=set)
    _barren_pages: int = 0
    _barren_rows: int = 0
    _rows_ahead: int = 0

    def keys(self, page: Page[T]) -> list[Hashable]:
        """Return the keys of a page's items."""
        return [self.key(item) for item in page.items]

    def fresh(self, page: Page[T], keys: Sequence[Hashable], *, overlap: int = 0) -> tuple[T, ...]:
        """Return the items of a page that were not handed out before, and remember them.

        Args:
            page: the page as it was read.
            keys: the identities of its items.
            overlap: how many of its first rows are expected to have come before.

        Raises:
            PagingError: the server sends the same rows whatever the offset.
            PagingDriftError: the list moves, and faster than it is read.
        """
        distinct = frozenset(keys)
        self._check_first_page(page, distinct, overlap)
        if not self.is_remembering:
            return page.items
        if len(distinct) == len(keys) and self.seen.isdisjoint(distinct):
            self.seen |= distinct
            self._barren_pages = self._barren_rows = 0
            return page.items
        return self._without_duplicates(page, keys, overlap)

    def _without_duplicates(
        self, page: Page[T], keys: Sequence[Hashable], overlap: int
    ) -> tuple[T, ...]:
        expected = sum(key in self.seen for key in keys[:overlap])
        fresh: list[T] = []
        for key, item in zip(keys, page.items, strict=True):
            if key not in self.seen:
                self.seen.add(key)
                fresh.append(item)
            elif fresh:
                self.is_shuffled = True
        self.duplicates += len(keys) - len(fresh) - expected
        # Rows that came in before known ones lead no further, and pages that overlap can tell.
        if fresh and (not overlap or fresh[-1] is page.items[-1]):
            self._barren_pages = self._barren_rows = 0
        else:
            self._check_progress(page, rows=len(keys) - expected)
        return tuple(fresh)

    def _check_first_page(self, page: Page[T], keys: frozenset[Hashable], overlap: int) -> None:
        if not keys:
            return
        if not self._first_keys:
            self._first_keys = keys
            self._first_offset, self._first_total = page.offset, page.total
        elif keys == self._first_keys and page.offset != self._first_offset:
            self._repeated_at.add(page.offset)
            if self.has_moved:
                return  # rows came in ahead of it; `_check_progress` notices circles
            if page.total - self._first_total >= page.offset - self._first_offset > 0:
                return  # enough rows were inserted ahead to move it there
            # Rows inserted ahead can show the first page once more; the list has grown then, or was
            # counted after they came. Pages that overlap can be too short to tell.
            may_be_drift = page.total > self._first_total or len(keys) == 1 or overlap > 0
            if len(self._repeated_at) > may_be_drift:
                raise PagingError(
                    f"offset {page.offset} brought the first page again: "
                    "the server ignores the offset",
                    reason="repeat",
                )

    def _check_progress(self, page: Page[T], *, rows: int) -> None:
        """Raise where pages without anything new do not lead on."""
        ahead = page.total - page.offset - len(page.items)
        if not self._barren_pages:
            self._rows_ahead = ahead
        self._barren_pages += 1
        self._barren_rows += rows
        growth = page.total - self._first_total
        is_outrun = growth > 0 and ahead >= self._rows_ahead
        if self._barren_pages > _MOST_BARREN_PAGES and (self._barren_rows > growth or is_outrun):
            error = PagingDriftError if self.has_moved else PagingError
            raise error(f"{self._barren_pages} pages in a row brought nothing new", reason="repeat")
