"""The goals: promises about speed, each with what was measured for it on tidy and untidy data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Literal

from attrs import frozen

from speed.catalogue import TIDY
from speed.chapter import Figures, Table
from speed.rounds import Ratio
from speed.untidy import DATA, LEAST, UNTIDY

__all__ = ["GOALS", "Goal", "goals_table", "missed"]

_BOTH: Final = tuple(DATA)
_TIDY: Final = (TIDY.name,)
_SLACK: Final = 0.15
_WITHIN: Final = f"{_SLACK * 100:g} %"


@frozen
class Goal:
    """A limit that a median has to keep within.

    `sign` says which side of `limit` is right; `unit` is empty for a ratio; `data` names what it is
    measured on. On untidy data the limit may be missed by 15 %, if it is one for tidy data too.
    """

    number: int
    what: str
    against: str
    sign: Literal["<=", ">="]
    limit: float
    unit: str = ""
    data: tuple[str, ...] = _BOTH

    def is_met_by(self, ratio: Ratio, *, slack: float = 0.0) -> bool:
        """Return whether the median over the rounds reaches the goal, or misses it by the slack."""
        if self.sign == "<=":
            return ratio.median <= self.limit * (1 + slack)
        return ratio.median >= self.limit * (1 - slack)

    def verdict(self, ratio: Ratio, *, data: str) -> str:
        """Return what the table says of a figure."""
        if self.is_met_by(ratio):
            return "met"
        if data == UNTIDY.name and self.data == _BOTH and self.is_met_by(ratio, slack=_SLACK):
            return f"within {_WITHIN}"
        return _MISSED


_MISSED: Final = "**MISSED**"
_DECODED: Final = "bytes to typed orders"
_WHOLE: Final = "whole run, no latency, 16 in flight"
_AT: Final = "12,345 orders at {} ms, 16 in flight"
_BOUND: Final = "the latency bound"
_JITTER: Final = "lognormal latency, 16 in flight"
_STREAMED: Final = 'peak memory, 100,000 orders streamed, `"auto"`'
_OFF: Final = 'peak memory, 1,000,000 orders, `"auto"`, `consistency="off"`'
_AUTO: Final = '`"auto"`, up to 64, over servers with 2, 8, 24 and any number of workers'

GOALS: Final[Mapping[str, Goal]] = {
    "decoding/cattrs": Goal(1, _DECODED, "json + plain cattrs", ">=", 4.5, data=_TIDY),
    "decoding/untidy": Goal(
        2, f"{_DECODED}, the worst of the untidy", "tidy data", ">=", LEAST, data=(UNTIDY.name,)
    ),
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
    "memory/100 k": Goal(9, _STREAMED, "before", "<=", 20.0, "MB"),
    "memory/slope": Goal(9, _OFF, "100,000", "<=", 5.0, "MB"),
    "memory/kept": Goal(9, "memory per order of a `ResultList`", "nothing", "<=", 2.4, "kB"),
    "beyond/break": Goal(
        10, "requests after an early break, 8 in flight", "the needed", "<=", 32.0, "more", _TIDY
    ),
    "beyond/max_items": Goal(
        10, 'requests with `max_items`, `"auto"`', "the needed", "<=", 0.0, "more", _TIDY
    ),
    "first order": Goal(11, "first order at 50 ms", "one round trip", "<=", 10.0, "ms more"),
    "knee/best": Goal(
        12, f"{_AUTO}: the mean", "the best of 8, 16, 64 in flight", "<=", 1.2, data=_TIDY
    ),
    "knee/8": Goal(12, f"{_AUTO}: the worst", "8 in flight", "<=", 1.35, data=_TIDY),
}
"""By the key under which a part reports what it measured."""


def missed(measured: Figures) -> list[str]:
    """Name the goals that were measured and not reached, and on which data."""
    return [
        f"{key} ({data})"
        for key, ratios in measured.items()
        for data, ratio in ratios.items()
        if GOALS[key].verdict(ratio, data=data) == _MISSED
    ]


def goals_table(measured: Figures, *, keys: Iterable[str], judged: bool) -> Table:
    """Return a row for each goal; `judged` is False where the counts are too small to tell."""
    rows = []
    for key in keys:
        goal, ratios = GOALS[key], measured.get(key, {})
        limit = f"{goal.sign} {goal.limit:g}{f' {goal.unit}' if goal.unit else 'x'}"
        row = [str(goal.number), goal.what, goal.against, limit]
        for data in DATA:
            ratio = ratios.get(data)
            if data not in goal.data:
                row += "", ""
            elif ratio is None:
                row += "-", "not measured"
            else:
                verdict = goal.verdict(ratio, data=data) if judged else "not judged"
                row += str(ratio), verdict
        rows.append(tuple(row))
    columns = (column for data in DATA for column in (f"{data.capitalize()} data", "Verdict"))
    head = ("#", "What", "Against", "Goal", *columns)
    note = (
        "Median of the rounds (lowest to highest). On untidy data a goal may be missed by "
        f"{_WITHIN}, except goal 2."
    )
    return Table(head=head, rows=tuple(rows), note=note)
