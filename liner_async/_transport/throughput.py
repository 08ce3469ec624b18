"""What a round of answers says about the server's throughput (pure)."""

from __future__ import annotations

import math
from statistics import fmean, harmonic_mean

from attrs import define, frozen

__all__ = ["RAMPING", "SMALL_STEP", "USUAL", "Care", "Measurement", "Round", "UsualErrors"]

_LEAST_LATENCY = 1e-9  # seconds, where the clock did not move
_FEWEST_ANSWERS = 4  # a round of fewer says too little
_MOST_ANSWERS, _LEAST_LIMIT = 3.0, 8  # per unit of limit, which counts as so much at least
_MEMORY = 100  # answers
_MOST_USUAL = 0.1  # a greater share is overload
_DEVIATIONS = 2.0  # standard deviations that may be chance


@frozen
class Care:
    """How well a round must know its mean latency before it counts.

    Attributes:
        answers: answers per unit of limit that it takes at least.
        uncertainty: the standard error to reach, as a share of the mean. Where latencies vary that
            takes more answers, up to three per unit of limit.
    """

    answers: float
    uncertainty: float


RAMPING = Care(0.8, 0.3)  # a step that is wrong by much shows at once
USUAL = Care(1.0, 0.15)
SMALL_STEP = Care(1.5, 0.15)  # its effect is small


@define
class Round:
    """Answers to requests that were sent at the present limit.

    Attributes:
        successes: good answers.
        errors: the others.
        latency: the sum of the seconds that the good ones took.
        squares: the sum of the squares of these seconds.
        in_flight: the sum of the requests that were in flight when the good ones came.
    """

    successes: int = 0
    errors: int = 0
    latency: float = 0.0
    squares: float = 0.0
    in_flight: int = 0

    @property
    def answers(self) -> int:
        """Return the number of answers, good or not."""
        return self.successes + self.errors

    def add(self, latency: float, in_flight: int) -> None:
        """Count a good answer."""
        self.successes += 1
        self.latency += latency
        self.squares += latency * latency
        self.in_flight += max(1, in_flight)

    def is_full(self, limit: int, care: Care) -> bool:
        """Return whether there are enough answers to judge a limit by."""
        if not self.successes or self.answers < max(_FEWEST_ANSWERS, care.answers * limit):
            return False
        is_long = self.answers >= _MOST_ANSWERS * max(_LEAST_LIMIT, limit)
        return is_long or self.uncertainty() <= care.uncertainty

    def uncertainty(self) -> float:
        """Return the standard error of the mean latency, as a share of it."""
        if self.successes <= 1 or not self.latency:
            return 0.0
        mean = self.latency / self.successes
        variance = max(0.0, self.squares / self.successes - mean * mean)
        return math.sqrt(variance / (self.successes - 1)) / mean

    def measure(self, limit: int, usual: UsualErrors) -> Measurement:
        """Return what the round says of the limit; it needs a success."""
        errors = usual.excess(self) / self.answers
        return Measurement(
            limit=limit,
            in_flight=self.in_flight / self.successes,
            throughput=self.in_flight / max(self.latency, _LEAST_LATENCY) * (1 - errors),
            errors=errors if self.errors > 1 else 0.0,
        )


@define
class UsualErrors:
    """The share of requests that fail whatever the load.

    Attributes:
        share: the share, over the last hundred answers or so that were learned from.
    """

    share: float = 0.0

    def learn(self, ended: Round) -> None:
        """Learn from a round after a step down, where the load explains errors least."""
        weight = min(1.0, ended.answers / _MEMORY)
        self.share += weight * (ended.errors / ended.answers - self.share)

    def excess(self, ended: Round) -> float:
        """Return how many of a round's errors are more than the usual share and chance explain."""
        share = min(_MOST_USUAL, self.share)
        expected = share * ended.answers
        chance = _DEVIATIONS * math.sqrt(expected * (1 - share))
        return max(0.0, ended.errors - expected - chance)


@frozen(kw_only=True)
class Measurement:
    """What a limit brings.

    Attributes:
        limit: the limit.
        in_flight: how many requests were in flight, on average.
        throughput: good answers a second; errors that are usual count as good.
        errors: the share of unusual errors; 0 for a single one, which may be chance.
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
