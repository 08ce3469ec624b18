"""How far a run may read ahead of its consumer (pure)."""

from __future__ import annotations

from collections.abc import Callable

from attrs import define, field

__all__ = ["Lookahead"]

_PAGES_AHEAD, _LEAST, _MOST = 8, 32, 256
_PAGES_AHEAD_IF_FIXED = 4
_MOST_BYTES = 12 * 2**20
_PAGES_TO_AVERAGE = 16


@define
class Lookahead:
    """Pages that may be asked for and not be taken yet.

    A number that was chosen stays. Otherwise it is 8 times what may be in flight, from 32 to 256,
    or 4 times a fixed number; and pages of the size that the latest had on average fill at most
    12 MiB. It is never less than what may be in flight.

    Attributes:
        limit: returns how many requests may be in flight now.
        chosen: the number that the user chose, or None.
        fixed: the fixed number of requests in flight; None where it follows the server.
        _size: bytes of the latest pages, on average.
        _pages: pages counted.
    """

    limit: Callable[[], int]
    chosen: int | None
    fixed: int | None
    _size: float = field(default=0.0, init=False)
    _pages: int = field(default=0, init=False)

    def __call__(self) -> int:
        """Return how many pages, now."""
        if self.chosen is not None:
            return self.chosen
        limit = self.limit()
        if self.fixed is None:
            pages = max(_LEAST, min(_MOST, _PAGES_AHEAD * limit))
        else:
            pages = _PAGES_AHEAD_IF_FIXED * self.fixed
        return max(limit, min(pages, int(_MOST_BYTES / max(1.0, self._size))))

    def note(self, size: int) -> None:
        """Count a page of so many bytes."""
        self._pages += 1
        self._size += (size - self._size) / min(self._pages, _PAGES_TO_AVERAGE)
