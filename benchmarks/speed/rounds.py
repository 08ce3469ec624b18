"""Interleaved rounds, and what is taken from them: medians, and ratios with their spread.

A shared machine is now faster, now slower. Within a round every way meets about the same weather,
so the ratio of two ways is taken round by round, and its median is what counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median
from typing import Any

from attrs import define, field, frozen

from speed.workers import Pool, Way

__all__ = ["Ratio", "Samples", "interleaved"]


@frozen
class Ratio:
    """A ratio's median over the rounds, and its lowest and highest."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: list[float]) -> Ratio:
        """Summarize the ratios of the rounds."""
        return cls(median(values), min(values), max(values))

    def __str__(self) -> str:
        """Return the median and the spread, with three digits; of equal ones the one."""
        if self.low == self.high:
            return f"{self.median:.3g}"
        return f"{self.median:.3g} ({self.low:.3g} to {self.high:.3g})"


@define
class Samples:
    """What each way took, round by round."""

    by_way: dict[str, list[float]] = field(factory=dict)

    def __contains__(self, way: str) -> bool:
        return way in self.by_way

    def note(self, way: str, value: float) -> None:
        """Add what a way took in its next round."""
        self.by_way.setdefault(way, []).append(value)

    def median(self, way: str) -> float:
        """Return a way's median."""
        return median(self.by_way[way])

    def ratio(self, way: str, to: str) -> Ratio | None:
        """Return a way's time as a multiple of another's; None if one of them was not measured."""
        if way not in self or to not in self:
            return None
        pairs = zip(self.by_way[way], self.by_way[to], strict=False)
        return Ratio.of([mine / theirs for mine, theirs in pairs])

    def times(self, way: str, to: str) -> str:
        """Return the ratio as a table shows it."""
        return str(self.ratio(way, to) or "-")

    def against(self, way: str, constant: float) -> Ratio | None:
        """Return a way's time as a multiple of a constant."""
        if way not in self:
            return None
        return Ratio.of([value / constant for value in self.by_way[way]])


def interleaved(
    pool: Pool,
    ways: tuple[Way, ...],
    job: Callable[[int], Mapping[str, Any]],
    *,
    rounds: int,
    take: Callable[[Way, dict[str, Any]], float],
) -> Samples:
    """Let every way do its job once a round, each round beginning with another way."""
    samples = Samples()
    for number in range(rounds):
        start = number % len(ways)
        for way in ways[start:] + ways[:start]:
            samples.note(way.name, take(way, pool.call(way, job(number))))
    return samples
