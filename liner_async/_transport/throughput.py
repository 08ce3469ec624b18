"""What a round of answers says about the server's throughput (pure)."""

from __future__ import annotations

import math
from statistics import fmean, harmonic_mean

from attrs import define, frozen

__all__ = ["Measurement", "Round"]

_LEAST_LATENCY = 1e-9  # seconds, where the clock did not move


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
            errors=self.errors / answers if self.errors > 1 else 0.0,
        )


@frozen(kw_only=True)
class Measurement:
    """What a limit brings.

    Attributes:
        limit: the limit.
        in_flight: how many requests were in flight, on average.
        throughput: good answers a second.
        errors: the share of answers that were errors; 0 for a single one, which may be chance.
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
