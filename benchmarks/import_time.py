"""Measure the import: `python benchmarks/import_time.py --runs 15`.

Every run is a fresh process, with the byte code already on disk, and takes turns with `pass` and
with aiohttp alone. With `--most` it ends with 1 if the fastest run took longer than so many times
aiohttp's fastest: a busy machine slows both. `python -X importtime -c ...` shows which module is
slow.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from statistics import median
from time import perf_counter

STATEMENTS = ("import aiohttp", "from liner_async import LinerClient")


def seconds(statement: str) -> float:
    """Return how long a fresh process takes for a statement."""
    began = perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return perf_counter() - began


def milliseconds(runs: int) -> list[list[float]]:
    """Return the times of each statement, taken in turns, the start of the interpreter left out."""
    rounds = [[seconds(each) for each in ("pass", *STATEMENTS)] for _ in range(runs)]
    bare, *taken = ([1e3 * each for each in column] for column in zip(*rounds, strict=True))
    return [[each - median(bare) for each in column] for column in taken]


def main() -> int:
    """Read the command line, measure, and print the medians."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--most", type=float, help="times as long as aiohttp alone")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache:
        os.environ |= {"PYTHONPYCACHEPREFIX": cache, "PYTHONDONTWRITEBYTECODE": ""}
        seconds(STATEMENTS[-1])  # writes the byte code
        taken = milliseconds(given.runs)
    print(f"Python {platform.python_version()}, medians of {given.runs} processes, milliseconds")
    for statement, times in zip(STATEMENTS, taken, strict=True):
        print(f"{statement:<45} {median(times):>6.1f}")
    alone, whole = map(min, taken)
    print(f"the fastest import takes {whole / alone:.2f} times as long as aiohttp's")
    return int(given.most is not None and whole > given.most * alone)


if __name__ == "__main__":
    sys.exit(main())
