"""Has decoding become slower? `python benchmarks/guard.py`.

Compares the processor time of checking and decoding pages of orders, leads and calls with that of
`json.loads` on the same bytes, and decoding untidy pages with decoding tidy ones: in the same
process and in turns, the best of the rounds each, so that neither the machine nor its load decides.
Ends with 1 where a bound is passed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

from speed.catalogue import TIDY
from speed.kinds import KINDS
from speed.ours import fresh_decoder
from speed.turns import in_turns, over
from speed.untidy import CASES, LEAST

from liner_async import Order

_ROUNDS = 30
_PAGES = 5
_JSON = "json.loads"
_WHOLE = "checked and decoded"
# Measured on CPython 3.11 to 3.13: 0.63 to 0.85. Half as much again is a change of ours.
_MOST = 1.3
# What the best of the rounds still differs by when the same code is measured twice.
_NOISE = 0.05


def main() -> int:
    """Measure, print and judge."""
    orders = {case.name: case.bodies(_PAGES) for case in CASES}
    is_met = [is_fast_enough("orders", Order, orders[TIDY.name])]
    is_met += [is_fast_enough(each.name, each.model, each.bodies(_PAGES)) for each in KINDS]
    best = best_of({name: over(fresh_decoder(), each) for name, each in orders.items()})
    for case in CASES[1:]:
        kept = best[TIDY.name] / best[case.name]
        figure = f"{kept:.2f} >= {LEAST}"
        is_met.append(verdict(f"{case.name}, speed kept", figure, kept >= LEAST - _NOISE))
    return int(not all(is_met))


def is_fast_enough(name: str, model: type[Any], bodies: list[bytes]) -> bool:
    """Compare checking and decoding pages with parsing them."""
    decode = over(fresh_decoder(model), bodies)
    best = best_of({_WHOLE: decode, _JSON: over(json.loads, bodies)})
    ratio = best[_WHOLE] / best[_JSON]
    return verdict(f"{name}, {_WHOLE}, x {_JSON}", f"{ratio:.2f} <= {_MOST}", ratio <= _MOST)


def best_of(calls: Mapping[str, Callable[[], None]]) -> dict[str, float]:
    """Return the shortest time of each call."""
    samples = in_turns(calls, rounds=_ROUNDS)
    return {name: min(taken) for name, taken in samples.by_way.items()}


def verdict(name: str, figure: str, is_met: bool) -> bool:
    """Print a figure and whether it is met."""
    sys.stdout.write(f"{name:<66} {figure} {'ok' if is_met else 'SLOWER THAN IT MAY BE'}\n")
    return is_met


if __name__ == "__main__":
    sys.exit(main())
