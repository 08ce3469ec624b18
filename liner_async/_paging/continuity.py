"""The continuity check: does each page attach to what was handed out before? (pure).

Spans overlap by one row. While a list keeps its order, a page that holds any row handed out before
leaves no gap: whatever stood between was handed out with that row, or came into the list later. A
page that holds none may have skipped rows, so the reading steps back, twice as far each time.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence

from attrs import define, field

from liner_async.errors import PagingDriftError

__all__ = ["ContinuityCheck"]

_MOST_STEPS = 60


@define
class ContinuityCheck:
    """Checks the seams of one run, as "strict" demands.

    Attributes:
        is_whole: whether the run began at the head of the list, before which nothing can be.
        _stride: how far back the latest step went (rows); 0 once a page attached.
        _steps: steps back since a page last brought something new.
    """

    is_whole: bool
    _stride: int = field(init=False, default=0)
    _steps: int = field(init=False, default=0)

    def step_back(
        self, offset: int, *, total: int, keys: Sequence[Hashable], seen: Collection[Hashable]
    ) -> int | None:
        """Return the offset to read again from, or None where the page attaches.

        Raises:
            PagingDriftError: stepping back leads nowhere.
        """
        is_head = offset == 0 and self.is_whole
        if is_head or not seen or any(key in seen for key in keys):
            self._stride = 0
            self._steps = self._steps if all(key in seen for key in keys) else 0
            return None
        self._steps += 1
        if offset == 0 or self._steps > _MOST_STEPS:
            raise PagingDriftError(
                "the list moved, and the place where the reading stopped is not found again",
                reason="seam",
            )
        self._stride = self._stride * 2 or 1
        return max(0, min(offset - self._stride, total - 1))
