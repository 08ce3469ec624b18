"""Requests that have not ended, and which of them a change or a pause came too late for (pure)."""

from __future__ import annotations

from attrs import define, field

__all__ = ["Outstanding", "SincePause"]

_RATE_MEMORY, _RATE_ANSWERS = 120.0, 8  # seconds and answers


@define
class Outstanding:
    """Requests that were sent and have not ended, as far as is known.

    Attributes:
        count: how many there are.
        sent_before: how many of them were sent before the latest `mark`.
    """

    count: int = 0
    sent_before: int = 0

    def mark(self) -> None:
        """Tell those that are under way from those to come."""
        self.sent_before = self.count

    def start(self) -> None:
        """Count a request that is sent."""
        self.count += 1

    def end(self, *, was_before: bool | None = None) -> bool:
        """Take one off; return whether it was sent before the mark.

        Where that is not known the oldest are thought to end first.
        """
        self.count = max(0, self.count - 1)
        is_before = self.sent_before > 0 if was_before is None else was_before
        if is_before:
            self.sent_before = max(0, self.sent_before - 1)
        self.sent_before = min(self.sent_before, self.count)
        return is_before


@define(kw_only=True)
class SincePause:
    """What went well since the server last asked for a pause.

    Attributes:
        began: when it asked.
        outstanding: requests sent before that, which may ask for the same pause.
        successes: good answers since then.
        latency: the sum of their seconds.
    """

    began: float
    outstanding: int
    successes: int = field(default=0, init=False)
    latency: float = field(default=0.0, init=False)

    def count(self, sent_at: float, latency: float) -> None:
        """Count a good answer, by when its request was sent and how long it took."""
        self.successes += 1
        self.latency += latency
        if sent_at < self.began:
            self.outstanding = max(0, self.outstanding - 1)

    def clamp(self, outstanding: int) -> None:
        """Note how many requests have not ended; no more of them can have been sent before."""
        self.outstanding = min(self.outstanding, outstanding)

    def sustained(self, now: float) -> int | None:
        """Return how many in flight make the rate that the server bore from pause to pause."""
        seconds = now - self.began
        if self.successes < _RATE_ANSWERS or not 0 < seconds < _RATE_MEMORY:
            return None
        return round(self.successes / seconds * self.latency / self.successes)
