"""What answers say about the server's throughput: by rounds, and between pauses (pure)."""

from __future__ import annotations

import math
from statistics import fmean, harmonic_mean

from attrs import define, field, frozen

__all__ = ["Measurement", "Round", "SincePause"]

_LEAST_LATENCY = 1e-9  # seconds, where the clock did not move
_RATE_MEMORY, _RATE_ANSWERS = 120.0, 8  # seconds and answers


@define
class Round:
    """Answers to requests that were sent at the present limit; the last two are sums."""

    successes: int = 0
    errors: int = 0
    latency: float = 0.0
    in_flight: int = 0

    def measure(self, limit: int) -> Measurement:
        """Return what the round says of the limit; it needs a success."""
        answers = self.successes + self.errors
        return Measurement(
            limit=limit,
            in_flight=self.in_flight / self.successes,
            throughput=self.in_flight
            / max(self.latency, _LEAST_LATENCY)
            * self.successes
            / answers,
            errors=self.errors / answers,
        )


@frozen(kw_only=True)
class Measurement:
    """What a limit brings.

    Attributes:
        limit: the limit.
        in_flight: how many requests were in flight, on average.
        throughput: good answers a second.
        errors: the share of answers that were errors.
    """

    limit: int
    in_flight: float
    throughput: float
    errors: float

    @classmethod
    def mean(cls, rounds: list[Measurement]) -> Measurement:
        """Return the mean of rounds at the same limit."""
        return cls(
            limit=rounds[0].limit,
            in_flight=fmean(each.in_flight for each in rounds),
            throughput=harmonic_mean([each.throughput for each in rounds]),
            errors=fmean(each.errors for each in rounds),
        )

    def elasticity_from(self, origin: Measurement) -> float:
        """Return how much of the change of the requests in flight shows in the throughput.

        Where their number did not follow the limit, a step up brought nothing, and a step down is
        judged by throughput alone.
        """
        is_up = self.limit > origin.limit
        change = math.log(self.in_flight / origin.in_flight)
        gain = math.log(self.throughput / origin.throughput)
        if change == 0 or (change > 0) != is_up:
            is_better = gain > 0 and not is_up
            return -math.inf if is_up or is_better else math.inf
        return gain / change


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

    def sustained(self, now: float) -> int | None:
        """Return how many in flight make the rate that the server bore from pause to pause."""
        seconds = now - self.began
        if self.successes < _RATE_ANSWERS or not 0 < seconds < _RATE_MEMORY:
            return None
        return round(self.successes / seconds * self.latency / self.successes)
