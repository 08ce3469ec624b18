"""The continuity check: does each page attach to what was handed out before? (pure).

Ranges overlap by one row. While a list keeps its order, a page that holds any row handed out before
leaves no gap: whatever stood between was handed out with that row, or came into the list later,
whenever the two pages were read. A page that holds none may have skipped rows, so the reading steps
back: by half a page at first, then further each time.
"""

from __future__ import annotations

from attrs import define, field

from liner_async.errors import PagingDriftError

__all__ = ["ContinuityCheck"]

_MOST_STEPS = 60
_MOST_READINGS = 4


@define
class ContinuityCheck:
    """Checks the seams of one run, as "strict" demands.

    Attributes:
        is_whole: whether the run began at the head of the list, before which nothing can be.
        is_stalled: whether the latest page that attached brought nothing new, after a step back.
        _stride: how far back the latest step went (rows); None once a page attached.
        _steps: steps back since a page last brought something new.
        _pages: the pages of the run, those that did not attach included.
    """

    is_whole: bool
    is_stalled: bool = field(init=False, default=False)
    _stride: int | None = field(init=False, default=None)
    _steps: int = field(init=False, default=0)
    _pages: int = field(init=False, default=0)

    def is_head(self, offset: int) -> bool:
        """Return whether a page at this offset needs no row before it."""
        return offset == 0 and self.is_whole

    def accept(self, *, is_progress: bool) -> None:
        """Record a page that attaches, and whether it brought something new."""
        self._pages += 1
        self._stride = None
        if is_progress:
            self._steps = 0
        self.is_stalled = self._steps > 0

    def step_back(self, last_row: int, *, stride: int, total: int, has_grown: bool) -> int:
        """Return the offset to read from, where a page does not attach.

        Args:
            last_row: where the latest page that attached ended.
            stride: how far to go back at first (rows): half a page.
            total: the rows that the list had at first.
            has_grown: whether it has more by now; the last row is then further on than it was.

        Raises:
            PagingDriftError: stepping back leads nowhere, or has cost as many pages as reading the
                list four times.
        """
        self._steps += 1
        self._pages += 1
        if self._pages > _MOST_STEPS + _MOST_READINGS * total / (2 * stride):
            raise PagingDriftError("the list moves faster than it can be read", reason="seam")
        if last_row <= (self._stride or 0) or self._steps > _MOST_STEPS:
            raise PagingDriftError(
                "the list moved, and the place where the reading stopped is not found again",
                reason="seam",
            )
        if self._stride is None:
            self._stride = 0 if has_grown else stride
        elif self._stride == 0:
            self._stride = stride
        elif self.is_whole:
            self._stride *= 2  # all rows further back are known, so none is passed over
        else:
            self._stride += 2 * stride  # few are: go page by page
        return max(0, last_row - self._stride)
