"""Measure the reliability figures: `python benchmarks/soak.py --scale short faults cancel`.

Each line runs in a process of its own, with the fake server in another. Without names all are run.
`full` takes about twenty minutes, `short` less than four minutes, `smoke` seconds. Ends with 1 if a
figure is missed.
"""

from __future__ import annotations

import argparse
import multiprocessing
import platform
import subprocess
import sys
from time import perf_counter

from reliability.figures import Line
from reliability.lines import LINES

_fork = multiprocessing.get_context("fork")  # a line starts at once, with everything imported


def measure(line: Line, count: int) -> int:
    """Measure a line in this process, print its figures and return the exit code."""
    sys.stdout.write(f"{line.name}: {count:,} {line.promise}\n")
    began = perf_counter()
    figures = line.measure(count)
    for figure in figures:
        sys.stdout.write(f"{figure}\n")
    seconds = perf_counter() - began
    sys.stdout.write(f"  {seconds:.1f} s, Python {platform.python_version()}\n")
    return int(not all(figure.is_met for figure in figures))


def measure_apart(line: Line, count: int) -> int:
    """Measure a line in a process of its own; return the exit code."""
    if line.interpreter:
        command = [sys.executable, *line.interpreter, __file__, "--apart", f"--count={count}"]
        return subprocess.run([*command, line.name], check=False).returncode
    sys.stdout.flush()  # or the child would write it once more
    process = _fork.Process(target=lambda: sys.exit(measure(line, count)))
    process.start()
    process.join()
    return 1 if process.exitcode is None else process.exitcode


def main() -> int:
    """Read the command line and measure."""
    lines = {line.name: line for line in LINES}
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("names", nargs="*", help=f"some of: {', '.join(lines)}")
    parser.add_argument("--scale", choices=("full", "short", "smoke"), default="short")
    parser.add_argument("--count", type=int, help="in place of the scale's")
    parser.add_argument("--apart", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if unknown := set(given.names) - lines.keys():
        parser.error(f"no such line: {', '.join(sorted(unknown))}")
    run = measure if given.apart else measure_apart
    codes = {
        name: run(line, given.count or line.count(given.scale))
        for name, line in lines.items()
        if not given.names or name in given.names
    }
    missed = [name for name, code in codes.items() if code]
    if not given.apart:
        sys.stdout.write(f"missed: {', '.join(missed)}\n" if missed else "all figures are met\n")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
