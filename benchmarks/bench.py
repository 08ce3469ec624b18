"""Measure how fast the SDK is: `python benchmarks/bench.py decoding latency`.

Without names all parts are measured, in about a quarter of an hour, and the tables are written to
`docs/performance/`, with the table of the goals. With `--quick` the scripts only show that they
run: nothing is judged, and nothing is written.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from time import perf_counter

from speed.chapter import Figures, Scale
from speed.goals import GOALS, goals_table, missed
from speed.machine import machine
from speed.parts import PARTS

PROJECT = Path(__file__).resolve().parents[1]


def main() -> int:
    """Read the command line, measure, and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("names", nargs="*", help=f"some of: {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="seconds, not minutes; not judged")
    parser.add_argument("--check", action="store_true", help="end with 1 if a goal is missed")
    parser.add_argument("--output", type=Path, help="where to write; docs/performance by default")
    given = parser.parse_args()
    if unknown := set(given.names) - PARTS.keys():
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    os.environ["PYTHONHASHSEED"] = "0"  # every process of a run hashes alike
    output = given.output
    if output is None and not given.quick:
        output = PROJECT / "docs" / "performance"
    names = [name for name in PARTS if not given.names or name in given.names]
    measured = run(names, Scale(given.quick), output)
    every = len(names) == len(PARTS)
    keys = [key for key in GOALS if every or key in measured]
    text = str(goals_table(measured, keys=keys, judged=not given.quick))
    print(text)
    if every:
        write(output, "goals", f"{text}\n`python benchmarks/bench.py`; {machine()}.\n")
    failed = [] if given.quick else missed(measured)
    print(f"missed: {', '.join(failed)}" if failed else "no goal is missed")
    return int(bool(failed) and given.check)


def run(names: list[str], scale: Scale, output: Path | None) -> Figures:
    """Measure the parts one after the other; print and write each as soon as it is done."""
    measured: Figures = {}
    for name in names:
        place, began = machine(), perf_counter()
        sys.stderr.write(f"{name}...\n")
        chapter = PARTS[name](scale)
        command = f"python benchmarks/bench.py {'--quick ' * scale.is_quick}{name}"
        text = chapter.text(command=command, machine=place)
        print(f"## {name}\n\n{text}", flush=True)
        sys.stderr.write(f"{name}: {perf_counter() - began:.0f} s\n")
        write(output, name, text)
        measured = {**measured, **chapter.measured}
    return measured


def write(directory: Path | None, name: str, text: str) -> None:
    """Write a chapter, if there is a directory to write to."""
    if directory is not None:
        directory.mkdir(parents=True, exist_ok=True)
        (directory / f"{name}.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
