"""Row numbers in list order, as few pieces: a million neighbours take no more room than two."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Final, Literal, TypeVar

from attrs import field, frozen

__all__ = ["Numbers", "Selection", "Sort"]

Sort = Literal["asc", "desc", "id"]
"""The order of lists: by creation, oldest or newest first, or by id."""

_PAIR: Final = 2

Piece = TypeVar("Piece", bound=Sequence[int])


class Numbers:
    """All row numbers of a list that moves: ranges, cut where rows come and go."""

    def __init__(self, size: int) -> None:
        """Start with the numbers below `size`."""
        self.pieces: list[range] = [range(size)]

    def __len__(self) -> int:
        """Return how many there are."""
        return sum(map(len, self.pieces))

    def __contains__(self, number: int) -> bool:
        """Return whether a row is in the list."""
        return any(number in piece for piece in self.pieces)

    def at(self, place: int) -> int:
        """Return the number at a place."""
        return _cut(self.pieces, place, place + 1)[0][0]

    def delete(self, start: int, stop: int) -> None:
        """Take out the numbers from the place `start` to before `stop`."""
        self.pieces = [*_cut(self.pieces, 0, start), *_cut(self.pieces, stop, len(self))]

    def append(self, number: int, *, since: int) -> None:
        """Put a number at the end; neighbours from `since` on share a piece."""
        last = self.pieces[-1] if self.pieces else range(0)
        if last and last.start >= since and last.stop == number:
            self.pieces[-1] = range(last.start, number + 1)
        else:
            self.pieces.append(range(number, number + 1))

    def insert(self, gap: int, new: range) -> None:
        """Put new numbers at a place."""
        self.pieces = [*_cut(self.pieces, 0, gap), new, *_cut(self.pieces, gap, len(self))]


@frozen(kw_only=True)
class Selection:
    """The numbers that fulfil some criteria, in the order in which they are listed.

    `rank`, if any, is the place of a number in the order of ids; no number is more than one place
    away from its own.
    """

    pieces: Sequence[Sequence[int]]
    descending: bool = False
    rank: Callable[[int], int] | None = None
    size: int = field(init=False)

    @size.default
    def _sum(self) -> int:
        return sum(map(len, self.pieces))

    def page(self, offset: int, limit: int, *, shuffle: Random | None = None) -> list[int]:
        """Return up to `limit` numbers from `offset` on.

        With `shuffle`, as if all had been shuffled for this page alone.
        """
        start, stop = min(offset, self.size), min(offset + limit, self.size)
        if shuffle is not None:
            # A slice of a shuffled list is a random sample: no need to move a million rows.
            places = shuffle.sample(range(self.size), stop - start)
            return [self.page(place, 1)[0] for place in places]
        if self.descending:
            return self._between(self.size - stop, self.size - start)[::-1]
        if self.rank is None:
            return self._between(start, stop)
        lower = max(start - _PAIR, 0)
        wider = sorted(self._between(lower, stop + _PAIR), key=self.rank)
        return wider[start - lower : stop - lower]

    def _between(self, start: int, stop: int) -> list[int]:
        return [number for piece in _cut(self.pieces, start, stop) for number in piece]


def _cut(pieces: Sequence[Piece], start: int, stop: int) -> list[Piece]:
    """Return what lies between two places, without empty pieces."""
    cut, before = [], 0
    for piece in pieces:
        part: Piece = piece[max(start - before, 0) : max(stop - before, 0)]  # type: ignore[assignment]  # a slice is of its sequence's type
        if part:
            cut.append(part)
        before += len(piece)
    return cut
