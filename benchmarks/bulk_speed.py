"""Measure bulk creates against the latency bound: `python benchmarks/bulk_speed.py`.

A server that takes 50 ms for each answer and four writes in flight allow 80 leads a second. Rounds
without and with a ledger and with bare aiohttp take turns, and the best of each counts: other work
on the machine can only slow them down. Ends with 1 if less than 0.95 of that bound is reached, or
if the ledger costs more than a tenth. What bare aiohttp reaches says how much of the gap is the
server's and the sockets'.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import aiohttp
from reliability.figures import Figure

from liner_async import FileLedger, LinerClient, request_body
from liner_async.testing import FakeLinerProcess

_LATENCY = 0.05  # seconds
_IN_FLIGHT = 4


async def create(server: FakeLinerProcess, count: int, ledger: Path | None) -> float:
    """Create leads; return the share of the latency bound that was reached."""
    rows = ({"phone": f"+7900{number:07}", "order_id": 123} for number in range(count))
    async with LinerClient(server.url, server.api_key) as liner:
        await liner.leads.create(phone="+79001234567", order_id=123)  # what is only made once
        began = perf_counter()
        await liner.leads.create_many(
            rows,
            concurrency=_IN_FLIGHT,
            ledger=None if ledger is None else FileLedger(ledger),
        )
        seconds = perf_counter() - began
    return count / _IN_FLIGHT * _LATENCY / seconds


async def post(server: FakeLinerProcess, count: int) -> float:
    """Create leads with aiohttp alone; return the share of the latency bound that was reached."""
    numbers = iter(range(count))
    headers = {"X-Api-Key": server.api_key, "Content-Type": "application/json"}
    url = f"{server.url}/v2/lead/create/"
    connector = aiohttp.TCPConnector(limit=_IN_FLIGHT)
    async with aiohttp.ClientSession(connector=connector, headers=headers) as session:

        async def write() -> None:
            for number in numbers:
                lead = {"phone": f"+7900{number:07}", "order_id": 123}
                body = json.dumps(request_body("leads.create", lead)).encode()
                async with session.post(url, data=body) as answer:
                    json.loads(await answer.read())

        began = perf_counter()
        await asyncio.gather(*(write() for _ in range(_IN_FLIGHT)))
        seconds = perf_counter() - began
    return count / _IN_FLIGHT * _LATENCY / seconds


def main() -> int:
    """Measure, print the figures and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--count", type=int, default=200, help="leads of a round")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    plain, noted, bare = [], [], []
    with FakeLinerProcess(latency=_LATENCY) as server, tempfile.TemporaryDirectory() as folder:
        for number in range(given.rounds):
            plain.append(asyncio.run(create(server, given.count, None)))
            ledger = Path(folder) / str(number)
            noted.append(asyncio.run(create(server, given.count, ledger)))
            bare.append(asyncio.run(post(server, given.count)))
    share, with_ledger = max(plain), max(noted)
    figures = [
        Figure("share of the latency bound", share, 0.95, is_least=True),
        Figure("the same of bare aiohttp", max(bare), 0, is_least=True),
        Figure("the same with a ledger", with_ledger, 0, is_least=True),
        Figure("cost of the ledger", 1 - with_ledger / share, 0.1),
    ]
    for figure in figures:
        print(figure)
    return int(not all(figure.is_met for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
