"""The goals: eleven promises about speed, each with what was measured for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Literal

from attrs import frozen

from speed.chapter import Table
from speed.rounds import Ratio
from speed.untidy import LEAST

__all__ = ["GOALS", "Goal", "goals_table", "missed"]


@frozen
class Goal:
    """A limit that a median has to keep within.

    `sign` says which side of `limit` is right; `unit` is empty for a ratio.
    """

    number: int
    what: str
    against: str
    sign: Literal["<=", ">="]
    limit: float
    unit: str = ""

    def is_met_by(self, ratio: Ratio) -> bool:
        """Whether the median over the rounds reaches the goal."""
        return ratio.median <= self.limit if self.sign == "<=" else ratio.median >= self.limit


_DECODED: Final = "bytes to typed orders"
_WHOLE: Final = "whole run, no latency"
_AT: Final = "12,345 orders at {} ms, 16 in flight"
_BOUND: Final = "the latency bound"
_JITTER: Final = "lognormal latency, 16 in flight"
_OFF: Final = 'peak memory, 1,000,000 orders, `consistency="off"`'

GOALS: Final[Mapping[str, Goal]] = {
    "decoding/cattrs": Goal(1, _DECODED, "json + plain cattrs", ">=", 4.5),
    "decoding/untidy": Goal(2, f"{_DECODED}, the worst of the untidy", "tidy data", ">=", LEAST),
    "decoding/orjson": Goal(3, _DECODED, "orjson to dicts", "<=", 1.25),
    "decoding/leads": Goal(3, "bytes to typed leads", "orjson to dicts", "<=", 1.25),
    "decoding/calls": Goal(3, "bytes to typed calls", "orjson to dicts", "<=", 1.25),
    "run/floor": Goal(4, _WHOLE, "raw asyncio streams, same decoding", "<=", 1.4),
    "run/requests": Goal(5, _WHOLE, "requests to dicts", ">=", 2.0),
    "run/httpx": Goal(5, _WHOLE, "httpx to dicts", ">=", 1.8),
    "run/dlt": Goal(5, _WHOLE, "dlt RESTClient to dicts", ">=", 4.2),
    "run/gather": Goal(5, _WHOLE, "aiohttp gather + json() to dicts", ">=", 2.2),
    "latency/one by one": Goal(6, _AT.format(50), "requests one by one", ">=", 12.5),
    "latency/bound 50": Goal(7, _AT.format(50), _BOUND, "<=", 1.2),
    "latency/bound 200": Goal(7, _AT.format(200), _BOUND, "<=", 1.1),
    "jitter/unordered": Goal(8, _JITTER, "unordered gather", "<=", 1.15),
    "jitter/strict": Goal(8, _JITTER, "strict window", ">=", 2.0),
    "memory/100 k": Goal(9, "peak memory, 100,000 orders streamed", "before", "<=", 20.0, "MB"),
    "memory/slope": Goal(9, _OFF, "100,000", "<=", 5.0, "MB"),
    "memory/kept": Goal(9, "memory per order of a `ResultList`", "nothing", "<=", 2.4, "kB"),
    "beyond/break": Goal(10, "requests after an early break", "the needed", "<=", 32.0, "more"),
    "beyond/max_items": Goal(10, "requests with `max_items`", "the needed", "<=", 0.0, "more"),
    "first order": Goal(11, "first order", "one round trip", "<=", 10.0, "ms more"),
}
"""By the key under which a part reports what it measured."""


def missed(measured: Mapping[str, Ratio]) -> list[str]:
    """Name the goals that were measured and not reached."""
    return [key for key, ratio in measured.items() if not GOALS[key].is_met_by(ratio)]


def goals_table(measured: Mapping[str, Ratio], *, keys: Iterable[str], judged: bool) -> Table:
    """Return a row for each goal; `judged` is False where the counts are too small to tell."""
    rows = []
    for key in keys:
        goal, ratio = GOALS[key], measured.get(key)
        if ratio is None:
            verdict = "not measured"
        elif not judged:
            verdict = "not judged"
        else:
            verdict = "met" if goal.is_met_by(ratio) else "**MISSED**"
        unit = f" {goal.unit}" if goal.unit else "x"
        limit = f"{goal.sign} {goal.limit:g}{unit}"
        found = "-" if ratio is None else str(ratio)
        rows.append((str(goal.number), goal.what, goal.against, found, limit, verdict))
    head = ("#", "What", "Against", "Measured: median (lowest to highest)", "Goal", "Verdict")
    return Table(head=head, rows=tuple(rows))
