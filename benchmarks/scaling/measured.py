"""The figures that the simulation starts from, and small runs beside what it says.

Everything is read for real: from servers in processes of their own, over loopback.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from statistics import median

from attrs import evolve
from speed.chapter import Table
from speed.machine import kilobytes, machine

from liner_async import ListSource, Partition
from liner_async.testing import FakeLinerProcess
from scaling.simulation import PAGE, Reading, Worker, simulate

__all__ = ["measured"]

COLUMNS = ("id", "title", "status", "leads_priority", "created_at", "updated_at")
HERE = Worker(round_trips=0, per_connection=0.0)  # loopback, and no TLS
RUNS = (
    ("latency decides", 4, 5_000, evolve(HERE, at_once=2)),
    ("one short list at a time", 20, 500, evolve(HERE, at_once=1)),
    ("the rate decides", 4, 2_500, evolve(HERE, at_once=2, latency=0.02, rate=20.0)),
    ("the processor decides", 4, 10_000, evolve(HERE, at_once=4, latency=0.01)),
)
SIZES = (10_000, 100_000)


def measured() -> str:
    """Measure, and return the tables; takes about a minute."""
    place = machine()
    order, reading = costs()
    small = [
        ("processor time for an order, six columns", f"{order * 1e6:.1f} µs"),
        ("processor time for a reading: client, session, event loop", f"{reading * 1e3:.1f} ms"),
    ]
    memory = [(f"a partition of {rows:,} orders", f"+ {peak(rows):.0f} MB") for rows in SIZES]
    head = ("Run", "Orders", "Requests", "Seconds", "Simulated", "Ratio")
    tables = [
        str(Table(head=("What", "Measured"), rows=(*small, *memory))),
        str(Table(head=head, rows=tuple(compared(order, reading)))),
    ]
    where = f"`python benchmarks/scale.py --measure`; {place}.\n"
    return "\n".join([*tables, where])


def sources(server: FakeLinerProcess, worker: Worker, lists: int) -> list[ListSource]:
    """Return accounts: each has a variable, and so a rate, of its own."""
    names = [f"LINER_KEY_{number}" for number in range(lists)]
    os.environ |= dict.fromkeys(names, server.api_key)
    rate = None if worker.rate > 1e6 else worker.rate
    options = {"rate": rate, "concurrency": worker.concurrency}
    return [ListSource(server.url, key_variable=name, **options) for name in names]


def compared(per_order: float, per_reading: float) -> Iterator[tuple[str, ...]]:
    """Read lists for real, and return a row for each run."""
    for name, lists, rows, worker in RUNS:
        with FakeLinerProcess(total=rows, latency=worker.latency) as server:
            accounts = sources(server, worker, lists)
            began = time.perf_counter()
            with ThreadPoolExecutor(worker.at_once) as threads:
                read = sum(threads.map(_rows, accounts))
            seconds = time.perf_counter() - began
            requests = server.stats().requests
        same = evolve(worker, per_order=per_order, per_reading=per_reading)
        run = simulate(same, [Reading(account=each, rows=rows) for each in range(lists)])
        if (read, requests) != (lists * rows, run.requests):
            raise RuntimeError(f"{name}: {read} orders in {requests} requests")
        counts = f"{read:,}", str(requests)
        times = f"{seconds:.2f}", f"{run.seconds:.2f}", f"{seconds / run.seconds:.2f}"
        yield name, *counts, *times


def _rows(source: ListSource) -> int:
    return len(source.read(Partition(offset=0, rows=None), columns=COLUMNS))


def costs() -> tuple[float, float]:
    """Return processor seconds: for an order, and for a reading of one page of one order."""
    rounds, rows = 5, 10_000
    with FakeLinerProcess(total=rows) as server:
        (source,) = sources(server, HERE, 1)
        taken: dict[int, list[float]] = {1: [], rows: []}
        for number in range(rounds * 10):
            for size in (1, rows) if number % 10 == 0 else (1,):
                began = time.process_time()
                source.read(Partition(offset=0, rows=size), columns=COLUMNS)
                taken[size].append(time.process_time() - began)
    reading = median(taken[1])
    return (median(taken[rows]) - reading) / rows, reading


def peak(rows: int) -> float:
    """Return by how many MB a reading lets a fresh process grow at its peak."""
    with FakeLinerProcess(total=rows) as server:
        (source,) = sources(server, HERE, 1)
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            return pool.apply(_growth, (source,))


def _growth(source: ListSource) -> float:
    source.read(Partition(offset=0, rows=PAGE), columns=COLUMNS)  # all is imported
    before = kilobytes("VmHWM")
    source.read(Partition(offset=0, rows=None), columns=COLUMNS)
    return (kilobytes("VmHWM") - before) / 1_000
