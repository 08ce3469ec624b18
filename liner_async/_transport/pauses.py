"""What the pauses that a server asks for say of the rate it allows (pure)."""

from __future__ import annotations

import math

from attrs import define, field

__all__ = ["Ceiling", "SincePause"]

_RATE_MEMORY, _RATE_ANSWERS = 120.0, 8  # seconds and answers
_ENOUGH = 0.95  # of the rate that the server bore
_MOST_THROTTLED = 1.0  # a second; with more, one fewer is tried
_LONGEST_HOLD = 60.0  # seconds


@define(kw_only=True)
class SincePause:
    """What came since the server last asked for a pause.

    Attributes:
        began: when it asked.
        outstanding: requests sent before that, which may ask for the same pause.
        successes: good answers since then.
        latency: the sum of their seconds.
        throttled: answers that asked for a pause, the first one included.
    """

    began: float
    outstanding: int
    successes: int = field(default=0, init=False)
    latency: float = field(default=0.0, init=False)
    throttled: int = field(default=1, init=False)

    def count(self, sent_at: float, latency: float) -> None:
        """Count a good answer, by when its request was sent and how long it took."""
        self.successes += 1
        self.latency += latency
        if sent_at < self.began:
            self.outstanding = max(0, self.outstanding - 1)

    def clamp(self, outstanding: int) -> None:
        """Note how many requests have not ended; no more of them can have been sent before."""
        self.outstanding = min(self.outstanding, outstanding)

    def target(self, now: float, *, limit: int, lower: int) -> int:
        """Return how many should be in flight from a new pause on.

        That is as few as make the rate that the server bore from pause to pause, by Little's law:
        the limit itself where one fewer would be slower, unless too many are throttled by it.

        Args:
            now: when the new pause was asked for.
            limit: how many were allowed to be in flight.
            lower: what to return at least, and where too few answers came to know the rate.
        """
        seconds = now - self.began
        if self.successes < _RATE_ANSWERS or not 0 < seconds < _RATE_MEMORY:
            return lower
        needed = math.ceil(_ENOUGH * self.latency / seconds)
        most = limit if self.throttled < _MOST_THROTTLED * seconds else limit - 1
        return max(lower, min(most, needed))


class Ceiling:
    """What no step may pass for a while; the while doubles each time, up to a minute.

    Attributes:
        _most: what may never be passed.
        _height: what may not be passed until `_until`.
        _seconds: how long the next while is.
    """

    def __init__(self, most: int, *, seconds: float) -> None:
        self._most = most
        self._first = seconds
        self.lift()

    def lift(self) -> None:
        """Forget it."""
        self._height = self._most
        self._until = -math.inf
        self._seconds = self._first

    def holds(self, now: float) -> bool:
        """Return whether it is lower than usual now."""
        return now < self._until

    def height(self, now: float) -> int:
        """Return what may not be passed now."""
        return self._height if self.holds(now) else self._most

    def hold(self, height: int, now: float) -> None:
        """Let nothing pass a height for a while; a lower one that still holds stays."""
        self._height = max(1, min(height, self.height(now)))
        self._until = max(self._until, now + self._seconds)
        self._seconds = min(_LONGEST_HOLD, 2 * self._seconds)
