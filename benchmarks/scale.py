"""Work through two large jobs on paper: `python benchmarks/scale.py`.

Prints the tables of `docs/scale.md`, which are the same on every machine: a simulation of one
worker, request by request, fed with figures that were measured. With `--measure` it reads small
lists for real, on loopback, and puts what they took beside what the simulation says.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from attrs import evolve
from scaling.simulation import PAGE, Reading, Worker, simulate
from speed.chapter import Table

HOUR = 3600.0
TABLES = Path(__file__).resolve().parents[1] / "docs" / "scale"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Write a table in Markdown."""
    return str(Table(head=head, rows=tuple(rows)))


def duration(seconds: float) -> str:
    """Write a time as people say it."""
    if seconds >= 48 * HOUR:
        return f"{seconds / HOUR / 24:,.1f} days"
    if seconds >= HOUR:
        return f"{seconds / HOUR:.1f} h"
    return f"{seconds / 60:.0f} min" if seconds >= 60 else f"{seconds:.0f} s"


ACCOUNTS, ORDERS = 10_000, 12_345


def accounts() -> str:
    """Read ten thousand accounts; each is a reading of its own."""
    rows = []
    for name, workers, worker in (
        ("1 process, 1 account at a time", 1, Worker(at_once=1)),
        ("1 process, 8 accounts at a time", 1, Worker()),
        ("8 processes, 8 accounts each (8 x 8)", 8, Worker()),
        ("8 x 8, answers take 200 ms", 8, Worker(latency=0.2)),
        ("8 x 8, 2 requests a second for each account", 8, Worker(rate=2.0)),
        ("8 x 64, 2 requests a second for each account", 8, Worker(rate=2.0, at_once=64)),
        ("8 x 8, one host, 50 requests a second for all", 8, Worker(rate=50 / 8)),
    ):
        one_host = name.endswith("for all")
        mine = range(ACCOUNTS // workers)
        run = simulate(
            worker,
            (Reading(account=0 if one_host else number, rows=ORDERS) for number in mine),
        )
        rows.append(
            (
                name,
                f"{run.requests * workers:,}",
                duration(run.seconds),
                f"{ACCOUNTS * ORDERS / run.seconds:,.0f}",
                f"{run.processor / run.seconds:.0%}",
            )
        )
    return table(("How", "Requests", "Time", "Orders a second", "Processor busy"), rows)


ONE_LIST, PARTITION = 100_000_000, 100_000


def one_list() -> str:
    """Read one list of a hundred million orders, in partitions of 100,000."""
    rows = []
    every = [
        Reading(account=0, offset=offset, rows=PARTITION)
        for offset in range(0, ONE_LIST, PARTITION)
    ]
    free = Worker(at_once=2)
    for name, workers, worker in (
        ("8 processes, 10 requests a second in all", 8, evolve(free, rate=10 / 8)),
        ("8 processes, 50 requests a second in all", 8, evolve(free, rate=50 / 8)),
        ("1 process, no limit", 1, free),
        ("8 processes, no limit", 8, free),
        ("8 processes, 0.01 µs for each row skipped", 8, evolve(free, skipping=1e-8)),
        ("8 processes, 0.1 µs", 8, evolve(free, skipping=1e-7)),
        ("8 processes, 1 µs", 8, evolve(free, skipping=1e-6)),
    ):
        run = simulate(worker, every[::workers])
        server = sum(worker.skipping * (each.offset + PARTITION / 2) for each in every)
        rows.append(
            (
                name,
                f"{run.requests * workers:,}",
                duration(run.seconds),
                duration(server * PARTITION / PAGE) if server else "-",
                f"at row {run.too_deep:,}" if run.too_deep else "-",
            )
        )
    head = ("How", "Requests", "Time", "The server only skips for", "Attempts time out")
    return table(head, rows)


OBJECT, READING, IDS, SEEN = 2_010, 2_510, 70, 60
"""Bytes for an order: kept as an object, while it is read, in a JobReport's ids, in a run's ids."""


def memory() -> str:
    """Add up what one process holds."""

    def size(count: float) -> str:
        return f"{count / 1e9:,.1f} GB" if count >= 1e9 else f"{count / 1e6:,.0f} MB"

    held = READING
    return table(
        ("What is held", "Orders", "Memory"),
        [
            ("8 accounts at a time, each a partition", f"{8 * ORDERS:,}", size(8 * ORDERS * held)),
            ("64 accounts at a time", f"{64 * ORDERS:,}", size(64 * ORDERS * held)),
            ("2 partitions of 10,000 at a time", "20,000", size(20_000 * held)),
            ("2 partitions of 100,000 at a time", "200,000", size(200_000 * held)),
            ("all accounts as objects", f"{ACCOUNTS * ORDERS:,}", size(ACCOUNTS * ORDERS * OBJECT)),
            ("the ids of one list, one run", f"{ONE_LIST:,}", size(ONE_LIST * SEEN)),
            (
                "the ids of all accounts, one report",
                f"{ACCOUNTS * ORDERS:,}",
                size(ACCOUNTS * ORDERS * IDS),
            ),
            ("the ids of one list, one report", f"{ONE_LIST:,}", size(ONE_LIST * IDS)),
            ('the ids with `consistency="off"`', f"{ONE_LIST:,}", size(0)),
        ],
    )


CHAPTERS = {"accounts": accounts, "one-list": one_list, "memory": memory}


def main() -> int:
    """Print the tables, or write them; with `--measure`, read for real."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--write", action="store_true", help="into docs/scale/")
    parser.add_argument("--measure", action="store_true", help="what small lists really take")
    given = parser.parse_args()
    if given.measure:
        from scaling.measured import measured  # noqa: PLC0415 - the tables need no servers

        chapters = {"measured": measured()}
    else:
        chapters = {name: chapter() for name, chapter in CHAPTERS.items()}
    for name, text in chapters.items():
        print(f"## {name}\n\n{text}")
        if given.write:
            TABLES.mkdir(exist_ok=True)
            (TABLES / f"{name}.md").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
