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


@define
class ContinuityCheck:
    """Checks the seams of one run, as "strict" demands.

    Attributes:
        is_whole: whether the run began at the head of the list, before which nothing can be.
        is_stalled: whether the latest page that attached brought nothing new, after a step back.
        _stride: how far back the latest step went (rows); 0 once a page attached.
        _steps: steps back since a page last brought something new.
    """

    is_whole: bool
    is_stalled: bool = field(init=False, default=False)
    _stride: int = field(init=False, default=0)
    _steps: int = field(init=False, default=0)

    def is_head(self, offset: int) -> bool:
        """Return whether a page at this offset needs no row before it."""
        return offset == 0 and self.is_whole

    def accept(self, *, is_progress: bool) -> None:
        """Record a page that attaches, and whether it brought something new."""
        self._stride = 0
        if is_progress:
            self._steps = 0
        self.is_stalled = self._steps > 0

    def step_back(self, last_row: int, *, stride: int) -> int:
        """Return the offset to read from, where a page does not attach.

        Args:
            last_row: where the latest page that attached ended.
            stride: how far to go back at first (rows).

        Raises:
            PagingDriftError: stepping back leads nowhere.
        """
        self._steps += 1
        if last_row <= self._stride or self._steps > _MOST_STEPS:
            raise PagingDriftError(
                "the list moved, and the place where the reading stopped is not found again",
                reason="seam",
            )
        if self._stride == 0:
            self._stride = stride
        elif self.is_whole:
            self._stride *= 2  # all rows further back are known, so none is passed over
        else:
            self._stride += 2 * stride  # few are: go page by page
        return max(0, last_row - self._stride)
