"""What the pauses that a server asks for reveal of its rate limit (pure)."""

from __future__ import annotations

import math

from attrs import define, field

__all__ = ["Ceiling", "SincePause"]

_RATE_MEMORY, _RATE_ANSWERS = 120.0, 8  # seconds and answers
_ENOUGH = 0.95  # of the rate of good answers
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

        That is as few as keep up the rate of good answers since the last pause, by Little's law. It
        is the limit itself if one fewer would be slower, unless the limit had too many throttled.

        Args:
            now: when the new pause was asked for.
            limit: how many were allowed to be in flight.
            lower: the least to return, also if too few answers came to know the rate.
        """
        seconds = now - self.began
        if self.successes < _RATE_ANSWERS or not 0 < seconds < _RATE_MEMORY:
            return lower
        needed = math.ceil(_ENOUGH * self.latency / seconds)
        most = limit if self.throttled < _MOST_THROTTLED * seconds else limit - 1
        return max(lower, min(most, needed))


class Ceiling:
    """The highest limit to try for a while, which doubles each time, up to a minute.

    Attributes:
        _most: the highest limit at all other times.
        _height: the highest limit until `_until`.
        _seconds: how long it will hold next time.
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
        """Return whether it is in force now."""
        return now < self._until

    def height(self, now: float) -> int:
        """Return the highest limit to try now."""
        return self._height if self.holds(now) else self._most

    def hold(self, height: int, now: float) -> None:
        """Hold at a height for a while; a lower one that is in force stays."""
        self._height = max(1, min(height, self.height(now)))
        self._until = max(self._until, now + self._seconds)
        self._seconds = min(_LONGEST_HOLD, 2 * self._seconds)
