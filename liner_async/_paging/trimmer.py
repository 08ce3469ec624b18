"""Cutting back: which rows of a page belong to the cell that it was asked for (pure)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from attrs import define, field, frozen

from liner_async._paging.cells import MARGIN, Cell, Period, Root
from liner_async.errors import PagingError

__all__ = ["HandedOut", "Trimmer", "check_root"]

T = TypeVar("T")

_SLACK = MARGIN + timedelta(seconds=1)  # a server that compares whole seconds sends one more
_FAR = timedelta(days=2)  # more than a server that compares days, in any zone, is off


@frozen
class HandedOut:
    """The ids that a cell has handed out.

    Attributes:
        received: the ids of its rows.
        trimmed: those among them that belong to other cells.
    """

    received: AbstractSet[Hashable]
    trimmed: Collection[Hashable]

    def __contains__(self, key: Hashable) -> bool:
        return key in self.received and key not in self.trimmed


@define(eq=False)
class Trimmer(Generic[T]):
    """Cuts the pages of one cell back to it.

    Attributes:
        period: what the cell covers.
        root: the window that the cell is a part of; it counts what lay inside and outside.
        created_at: returns the time that decides where a row belongs.
        key: returns a row's identity.
        undated: the ids of rows without a time, over all cells: each is handed out once.
        before: the cell read before this one.
        again: what an earlier reading of this cell handed out.
        trimmed: the rows left out because they belong to a neighbour.
        known: the rows left out because they were handed out before.
        repeats: those among them that another cell has handed out.
        outside: the rows left out because they lie further outside than the margin.
        trimmed_ids: the ids of all that were left out by their time.
    """

    period: Period
    root: Root
    created_at: Callable[[T], datetime | None]
    key: Callable[[T], Hashable]
    undated: set[Hashable]
    before: HandedOut | None = None
    again: tuple[HandedOut, ...] = ()
    trimmed: int = 0
    known: int = 0
    repeats: int = 0
    outside: int = 0
    trimmed_ids: set[Hashable] = field(factory=set)

    @property
    def left_out(self) -> int:
        """Return how many rows were read and belong elsewhere, or were handed out before."""
        return self.trimmed + self.outside + self.known

    @property
    def signs(self) -> dict[str, str]:
        """Return the signs of drift among the rows that came, by kind."""
        signs = {"range": self.outside and "rows of other times than asked for"}
        signs["duplicates"] = self.repeats and "items that another window had brought"
        return {kind: what for kind, what in signs.items() if what}

    def keep(self, items: Sequence[T]) -> tuple[T, ...]:
        """Return the rows that this cell hands out."""
        if self._are_all_ours(items):
            self.root.inside += len(items)
            return tuple(items)
        return tuple(item for item in items if self._is_ours(item))

    def _are_all_ours(self, items: Sequence[T]) -> bool:
        """Return whether every row belongs here and is new, where that can be told at once."""
        times = [created for item in items if (created := self.created_at(item)) is not None]
        if self.again or not items or len(times) < len(items):
            return False
        if self.before is not None and not self.before.received.isdisjoint(map(self.key, items)):
            return False
        return self.period.start <= min(times) and max(times) < self.period.end

    def _is_ours(self, item: T) -> bool:
        created = self.created_at(item)
        key = self.key(item)
        if created is None:
            if key in self.undated:
                self.known += 1
                return False
            self.undated.add(key)
            return True
        if not self.period.start <= created < self.period.end:
            self._leave_out(created, key)
            return False
        self.root.inside += 1
        if self.before is not None and key in self.before:
            self.repeats += 1
        elif not any(key in earlier for earlier in self.again):
            return True
        self.known += 1
        return False

    def _leave_out(self, created: datetime, key: Hashable) -> None:
        self.trimmed_ids.add(key)
        if self._is_near(created):
            self.trimmed += 1
        else:
            self.outside += 1
            self.root.outside += 1

    def check_first(self, items: Iterable[T]) -> bool:
        """Return whether rows of a page that is not handed out lie further outside than the margin.

        Raises:
            PagingError: every row of it lies far outside the cell.
        """
        times = [created for item in items if (created := self.created_at(item)) is not None]
        earliest, latest = self.period.start - _FAR, self.period.end + _FAR
        if times and not any(earliest <= created <= latest for created in times):
            raise out_of_range(self.period)
        return not all(map(self._is_near, times))

    def _is_near(self, created: datetime) -> bool:
        return self.period.start - _SLACK <= created <= self.period.end + _SLACK


def check_root(cell: Cell) -> None:
    """Check a window that was read to its end.

    Raises:
        PagingError: it brought rows, and every one of them lies outside.
    """
    root = cell.root
    if root.open == 0 and root.outside and not root.inside:
        raise out_of_range(cell.period)


def out_of_range(period: Period) -> PagingError:
    """Return the error for a server that sends rows of other times than those asked for."""
    return PagingError(
        f"the server sends rows of other times than {period.start.isoformat()} "
        f"to {period.end.isoformat()}",
        reason="range",
    )
