"""Has decoding become slower? `python benchmarks/guard.py`.

Compares the processor time of checking and decoding pages with that of `json.loads` on the same
bytes, and decoding untidy pages with decoding tidy ones: in the same process and in turns, the best
of the rounds each, so that neither the machine nor its load decides. Ends with 1 where a bound is
passed.
"""

from __future__ import annotations

import json
import sys

from speed.ours import fresh_decoder
from speed.turns import in_turns, over
from speed.untidy import CASES, LEAST, TIDY

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
    bodies = {case.name: case.bodies(_PAGES) for case in CASES}
    calls = {name: over(fresh_decoder(), each) for name, each in bodies.items()}
    calls[_JSON] = over(json.loads, bodies[TIDY])
    samples = in_turns(calls, rounds=_ROUNDS)
    best = {name: min(taken) for name, taken in samples.by_way.items()}
    whole = best[TIDY] / best[_JSON]
    is_met = [verdict(f"{_WHOLE}, x {_JSON}", f"{whole:.2f} <= {_MOST}", whole <= _MOST)]
    for case in CASES[1:]:
        kept = best[TIDY] / best[case.name]
        figure = f"{kept:.2f} >= {LEAST}"
        is_met.append(verdict(f"{case.name}, speed kept", figure, kept >= LEAST - _NOISE))
    return int(not all(is_met))


def verdict(name: str, figure: str, is_met: bool) -> bool:
    """Print a figure and whether it is met."""
    sys.stdout.write(f"{name:<66} {figure} {'ok' if is_met else 'SLOWER THAN IT MAY BE'}\n")
    return is_met


if __name__ == "__main__":
    sys.exit(main())
