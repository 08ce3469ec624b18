"""Fixed numbers of requests in flight against "auto", over sockets: `python benchmarks/knee.py`.

Reads lists from servers on this machine with few workers and with any number of them, in turns, and
prints the seconds of each way and the limit with which "auto" ended. With 200 pages it takes three
minutes; `--pages 40` shows that it runs.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from time import perf_counter
from typing import Final, Literal

from speed.chapter import Table
from speed.machine import machine
from speed.serving import KEY, PageServer, page_server

from liner_async import LinerClient

_PAGE: Final = 100
_FIXED: Final = (8, 16, 64)
_WORKERS: Final = (2, 8, 24, None)
_LATENCIES: Final = (0.05, 0.2)
_MOST: Final = 64

Way = int | Literal["auto"]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--pages", type=int, default=200)
    pages = parser.parse_args().pages
    with page_server(rendered=pages * _PAGE) as server:
        rows = [
            _row(server, pages, latency, workers) for latency in _LATENCIES for workers in _WORKERS
        ]
    heads = ("", *(f"{fixed} in flight" for fixed in _FIXED), '"auto"', "its limit")
    print(Table(head=heads, rows=tuple(rows)))
    print(f"`python benchmarks/knee.py --pages {pages}`; {machine()}.")
    return 0


def _row(server: PageServer, pages: int, latency: float, workers: int | None) -> tuple[str, ...]:
    total = pages * _PAGE
    if workers is None:
        host = server.flat(total, latency=latency)
    else:
        host = server.workers(total, latency=latency, workers=workers)
    taken = [asyncio.run(_seconds(host, total, way)) for way in (*_FIXED, "auto")]
    name = f"{'any number of' if workers is None else workers} workers, {latency * 1e3:g} ms"
    return (name, *(f"{seconds:.2f} s" for seconds, _ in taken), taken[-1][1])


async def _seconds(host: str, total: int, way: Way) -> tuple[float, str]:
    async with LinerClient(host, KEY, concurrency=way, max_concurrency=_MOST) as liner:
        await liner.orders.count()
        pager = liner.orders.list()
        began = perf_counter()
        read = sum([len(page) async for page in pager.pages()])
        seconds = perf_counter() - began
    if read != total:
        raise RuntimeError(f"{read} orders of {total} were read")
    seen = pager.report.concurrency
    limit = "" if seen is None else f"{seen.last}, from {seen.least} to {seen.most}"
    return seconds, limit


if __name__ == "__main__":
    sys.exit(main())
