"""Measure the import: `python benchmarks/import_time.py --runs 15 --rows 20`.

Every run is a fresh process, with the byte code already on disk; "own" leaves out what a module
imports in its turn. The figures are medians. With `--most` or `--most-beyond` it ends with 1 if
even the fastest run took longer: the others tell of the machine.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import sys
import tempfile
from statistics import median
from time import perf_counter

AIOHTTP = "aiohttp"
STATEMENT = "from liner_async import LinerClient"
_LINE = re.compile(r"import time: +(\d+) \| +\d+ \| +(\S+)$", re.MULTILINE)


def run(statement: str, *options: str) -> tuple[float, str]:
    """Run a statement in a fresh process; give the seconds and what it wrote to standard error."""
    began = perf_counter()
    done = subprocess.run(
        [sys.executable, *options, "-c", statement], capture_output=True, text=True, check=True
    )
    return perf_counter() - began, done.stderr


def milliseconds(statements: list[str], runs: int) -> list[list[float]]:
    """Give the times of each statement, taken in turns, the start of the interpreter left out."""
    rounds = [[run(each)[0] for each in ("pass", *statements)] for _ in range(runs)]
    bare, *taken = ([1e3 * seconds for seconds in column] for column in zip(*rounds, strict=True))
    return [[one - median(bare) for one in column] for column in taken]


def modules(statement: str) -> dict[str, float]:
    """Give the own milliseconds of every module that a statement imports, in order."""
    _, text = run(statement, "-X", "importtime")
    return {name: int(own) / 1e3 for own, name in _LINE.findall(text)}


def beyond_aiohttp(runs: int) -> list[dict[str, float]]:
    """Give, for each run, the modules that are imported besides aiohttp's."""
    profiles = [modules(f"import {AIOHTTP}; {STATEMENT}") for _ in range(runs)]
    names = [*profiles[0]]
    ours = names[names.index(AIOHTTP) + 1 :]
    return [{name: profile[name] for name in ours} for profile in profiles]


def table(rows: dict[str, float], most: int) -> str:
    """Lay the modules out, the slowest first, and what the others take together."""
    slowest = sorted(rows.items(), key=lambda row: -row[1])
    others = slowest[most:]
    shown = [*slowest[:most], (f"{len(others)} others", sum(own for _, own in others))]
    return "\n".join(f"{name:<45} {own:>6.1f}" for name, own in shown)


def missed(name: str, taken: list[float], limit: float | None) -> bool:
    """Tell whether a limit was given and missed; if so, print it."""
    if limit is None or min(taken) <= limit:
        return False
    print(f"{name}: {min(taken):.1f} ms at best, at most {limit:g} are allowed")
    return True


def main() -> int:
    """Read the command line, measure, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--rows", type=int, default=15)
    parser.add_argument("--most", type=float, help="milliseconds for the whole import")
    parser.add_argument("--most-beyond", type=float, help="milliseconds beyond aiohttp's own")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache:
        os.environ |= {"PYTHONPYCACHEPREFIX": cache, "PYTHONDONTWRITEBYTECODE": ""}
        run(STATEMENT)  # writes the byte code
        profiles = beyond_aiohttp(given.runs)
        alone, whole = milliseconds([f"import {AIOHTTP}", STATEMENT], given.runs)
    beyond = [sum(profile.values()) for profile in profiles]
    rows = {name: median(profile[name] for profile in profiles) for name in profiles[0]}
    print(f"Python {platform.python_version()}, medians of {given.runs} processes, milliseconds\n")
    print(f"{'Module, beyond aiohttp':<45} {'own':>6}")
    print(table(rows, given.rows))
    print(f"{'all of them':<45} {median(beyond):>6.1f}\n")
    print(f"{'import aiohttp':<45} {median(alone):>6.1f}")
    print(f"{STATEMENT:<45} {median(whole):>6.1f}")
    verdicts = [
        missed("the import", whole, given.most),
        missed("beyond aiohttp", beyond, given.most_beyond),
    ]
    return int(any(verdicts))


if __name__ == "__main__":
    sys.exit(main())
