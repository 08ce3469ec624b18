"""Wall time of a list read by more and more processes, and memory as it goes to Parquet.

Run it where `liner-async[dask]` is installed: `python benchmarks/scale_out.py`. For Linux. It
prints Markdown tables. "One process" is a single pager; workers are of Dask, with a thread each.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

import dask
import pyarrow.parquet as pq
from distributed import Client, LocalCluster

from liner_async import ListSource, Partition
from liner_async.contrib.dask import bag, dataframe, report
from liner_async.testing import FakeLinerProcess

KEY = "fake-liner-key"


def in_one_process(source: ListSource) -> int:
    """Read the list with one pager; give the number of orders."""
    return len(source.read(Partition(offset=0, rows=None)))


def on_a_cluster(source: ListSource, *, rows: int, workers: int) -> int:
    """Read the list in partitions; give the number of orders."""
    return int(bag(source.share(workers), rows_per_partition=rows).count().compute())


def to_parquet(url: str, *, rows: int) -> int:
    """Write the list to files; give the number of orders in them."""
    with tempfile.TemporaryDirectory() as folder:
        frame = dataframe(ListSource(url), rows_per_partition=rows)
        dask.compute(frame.to_parquet(folder, write_index=False, compute=False), report(frame))
        return sum(pq.read_metadata(path).num_rows for path in Path(folder).glob("*.parquet"))


def peak() -> float:
    """Give the most memory that this process has had at any time (MB)."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1e3 if found else float("nan")


def cluster(workers: int) -> LocalCluster:
    """Give fresh worker processes of one thread each, ready to read."""
    settings: dict[str, Any] = {"processes": True, "threads_per_worker": 1}
    return LocalCluster(n_workers=workers, dashboard_address=None, **settings)


def measured(
    label: str, *, total: int, rows: int, most: int, rate: float | None, **options: Any
) -> None:
    """Print a row for one process, and for each number of workers."""

    def told(name: str, count: int, took: float) -> None:
        gain = f"{alone / took:.2f}"
        print(f"| {label} | {name} | {took:.1f} | {gain} | {count == total} |", flush=True)

    with FakeLinerProcess(total=total, **options) as server:
        source = ListSource(server.url, rate=rate)
        began = perf_counter()
        count = in_one_process(source)
        alone = perf_counter() - began
        told("one process", count, alone)
        for workers in [each for each in (1, 2, 4, 8) if each <= most]:
            with cluster(workers) as running, Client(running):
                began = perf_counter()
                count = on_a_cluster(source, rows=rows, workers=workers)
                told(f"{workers} worker{'s' * (workers > 1)}", count, perf_counter() - began)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--total", type=int, default=100_000, help="orders in the list")
    parser.add_argument("--rows", type=int, default=5_000, help="orders in a partition")
    parser.add_argument("--limit", type=float, default=200, help="requests per second, limited")
    parser.add_argument("--workers", type=int, default=4, help="the most worker processes")
    chosen = parser.parse_args()
    os.environ["LINER_API_KEY"] = KEY
    print(f"{chosen.total:,} orders, {chosen.rows:,} in a partition, {os.cpu_count()} cores,")
    print(f"Python {sys.version.split()[0]}; the server takes its part of the cores.\n")
    print(
        "| The server answers | Read by | Seconds | Speed-up | All there |\n|---|---|---|---|---|"
    )
    size = {"total": chosen.total, "rows": chosen.rows, "most": chosen.workers}
    measured("at once", rate=None, **size)
    measured("after 0.2 s", rate=None, latency=0.2, **size)
    limit = chosen.limit
    measured(f"{limit:.0f} a second at most", rate=limit * 0.9, rate_limit=limit, **size)
    print("\n| Orders to Parquet | Seconds | Peak memory of a worker (MB) |\n|---|---|---|")
    for total in (chosen.total // 5, chosen.total, chosen.total * 2):
        with (
            FakeLinerProcess(total=total) as server,
            cluster(2) as running,
            Client(running) as client,
        ):
            began = perf_counter()
            count = to_parquet(server.url, rows=chosen.rows)
            took = perf_counter() - began
            most = max(client.run(peak).values())
        print(f"| {count:,} | {took:.1f} | {most:.0f} |", flush=True)


if __name__ == "__main__":
    main()
