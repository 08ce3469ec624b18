"""Does `concurrency="auto"` find the server's knee? `python benchmarks/limiters.py [--seed 1]`.

Reads lists from a few hundred simulated servers with the limiter of the client and with fixed
numbers of requests in flight: simulated seconds, so neither the machine nor its load matters, and
the same seed gives the same table. Takes a minute or two. Ends with 1 where a bound is missed.

For each server, time is compared with that of the best fixed number, and requests in flight with
the knee: the smallest fixed number that takes at most 5 % more time than the best.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from statistics import geometric_mean

from attrs import frozen
from simulated.draw import KINDS, Case, draw
from simulated.reader import FixedLimit, Limiter, Result, read

from liner_async._transport.limits import AutoLimit

_FIXED = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)
_AUTO = "auto"
_SHOWN = (_AUTO, 8, 16, 64)
_NEAR_BEST = 1.05
_PLAIN, _MUCH_SLOWER = 8, 1.35


@frozen
class Verdict:
    """One server: what each way of limiting took, as ratios.

    Attributes:
        kind: what kind of server it is.
        knee: the smallest fixed number that is about as fast as the best.
        runs: how each way went.
    """

    kind: str
    knee: int
    runs: dict[str | int, Result]

    def time(self, way: str | int) -> float:
        """Return the time of a way as a multiple of the best fixed number's."""
        return self.runs[way].seconds / min(self.runs[fixed].seconds for fixed in _fixed(self))

    def in_flight(self, way: str | int) -> float:
        """Return the mean number in flight as a multiple of the knee."""
        return self.runs[way].in_flight / self.knee

    def throttled(self, way: str | int) -> float:
        """Return answers 429 in a minute; short runs count as one."""
        run = self.runs[way]
        return run.throttled * 60 / max(60.0, run.seconds)


def main() -> int:
    """Simulate, print and judge."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--servers", type=int, default=390)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most", type=int, default=64, help="max_concurrency")
    options = parser.parse_args()
    cases = draw(options.servers, options.seed)
    with ProcessPoolExecutor() as pool:
        verdicts = list(pool.map(partial(judge, most=options.most), cases, chunksize=8))
    ways = [way for way in _SHOWN if way in verdicts[0].runs]
    _print_table(f"{len(verdicts)} servers", verdicts, ways)
    for kind in KINDS:
        _print_table(kind, [each for each in verdicts if each.kind == kind], [_AUTO])
    return _check(verdicts)


def judge(case: Case, *, most: int) -> Verdict:
    """Read one list with every way of limiting."""
    ways: dict[str | int, Callable[[Callable[[], float]], Limiter]] = {
        fixed: lambda _, fixed=fixed: FixedLimit(fixed)  # type: ignore[misc]  # bound now, not later
        for fixed in _FIXED
        if fixed <= most
    }
    ways[_AUTO] = partial(AutoLimit, most=most)
    runs = {way: read(case.server, case.pages, make, case.seed) for way, make in ways.items()}
    best = min(run.seconds for way, run in runs.items() if way != _AUTO)
    near = [way for way in _FIXED if way in runs and runs[way].seconds <= _NEAR_BEST * best]
    return Verdict(case.kind, near[0], runs)


def _fixed(verdict: Verdict) -> Iterable[int]:
    return (fixed for fixed in _FIXED if fixed in verdict.runs)


def _print_table(title: str, verdicts: list[Verdict], ways: list[str | int]) -> None:
    for way in ways:
        times = sorted(each.time(way) for each in verdicts)
        flights = sorted(each.in_flight(way) for each in verdicts)
        throttled = max(each.throttled(way) for each in verdicts)
        given_up = sum(each.runs[way].given_up for each in verdicts)
        sys.stdout.write(
            f"{title:<14} {way!s:>4}"
            f"  time: mean {geometric_mean(times):5.2f} median {_quantile(times, 0.5):5.2f}"
            f" p75 {_quantile(times, 0.75):5.2f} p90 {_quantile(times, 0.9):5.2f}"
            f" worst {times[-1]:6.2f}"
            f"  in flight: mean {geometric_mean(flights):5.2f} p90 {_quantile(flights, 0.9):5.2f}"
            f" worst {flights[-1]:6.2f}  429 a minute {throttled:4.0f}  given up {given_up}\n"
        )


def _quantile(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(share * len(values)))]


def _check(verdicts: list[Verdict]) -> int:
    times = sorted(each.time(_AUTO) for each in verdicts)
    flights = sorted(each.in_flight(_AUTO) for each in verdicts)
    against_eight = [each.runs[_AUTO].seconds / each.runs[_PLAIN].seconds for each in verdicts]
    slower = sum(ratio > _MUCH_SLOWER for ratio in against_eight)
    sys.stdout.write(
        f"{slower} of {len(verdicts)} servers take > {_MUCH_SLOWER} x fixed {_PLAIN}\n"
    )
    bounds = {
        "time, mean": (geometric_mean(times), 1.20),
        "time, p75": (_quantile(times, 0.75), 1.30),
        "time, p90": (_quantile(times, 0.9), 1.60),
        "in flight, p90": (_quantile(flights, 0.9), 2.0),
        "in flight, worst": (flights[-1], 5.0),
        f"time, worst against {_PLAIN}": (max(against_eight), _MUCH_SLOWER),
        "429 a minute, worst": (max(each.throttled(_AUTO) for each in verdicts), 75.0),
        "pages given up": (sum(each.runs[_AUTO].given_up for each in verdicts), 0.0),
    }
    for name, (value, bound) in bounds.items():
        verdict = "ok" if value <= bound else "MISSED"
        sys.stdout.write(f"{name:<22} {value:5.2f} <= {bound:.2f} {verdict}\n")
    return int(any(value > bound for value, bound in bounds.values()))


if __name__ == "__main__":
    sys.exit(main())
