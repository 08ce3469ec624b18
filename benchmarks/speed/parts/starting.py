"""Starting and stopping: the first order, and the requests nobody needed."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from liner_async import LinerClient
from liner_async.testing import FakeLinerProcess
from speed.catalogue import PAGE
from speed.chapter import Chapter, Scale, Table
from speed.rounds import Ratio
from speed.serving import page_server
from speed.workers import Worker

__all__ = ["starting"]

_LATENCY: Final = 0.05
_CONCURRENCIES: Final = (8, 64)
_LATENCIES_OF_BREAKS: Final = (0.0, 0.01)
_STOPS: Final = (1, 101, 1_001)
_MOST: Final = (1, 50, 100, 101, 250, 1_000)
_LOOKAHEAD: Final = 32


def starting(scale: Scale) -> Chapter:
    """Time the first order, then count requests on the wire."""
    extra = _first_orders(rounds=scale.pick(20, 2))
    broken = asyncio.run(_beyond_breaks(scale.pick(5, 1)))
    limited = asyncio.run(_beyond_max_items())
    rows = [
        (
            f"first order, {concurrency} in flight, minus one round trip at {_LATENCY * 1e3:g} ms",
            f"{ratio} ms",
        )
        for concurrency, ratio in extra.items()
    ]
    rows += [
        (f"requests beyond the needed, break after order {stop:,}", str(ratio))
        for stop, ratio in broken.items()
    ]
    rows += [
        (f"requests beyond the needed, `max_items={most}`", str(ratio))
        for most, ratio in limited.items()
    ]
    note = (
        "The round trip is a new connection and one page by raw streams; the first order is a new "
        f"client, its connection, one page and its decoding. At a break at most {_LOOKAHEAD} pages "
        f"are asked for and not handed out, the default; {_of(_LATENCIES_OF_BREAKS)} of latency."
    )
    return Chapter(
        tables=(Table(head=("What", "Median (lowest to highest)"), rows=tuple(rows), note=note),),
        measured={
            "first order": max(extra.values(), key=lambda ratio: ratio.median),
            "beyond/break": Ratio.of([max(ratio.high for ratio in broken.values())]),
            "beyond/max_items": Ratio.of([max(ratio.high for ratio in limited.values())]),
        },
    )


def _of(latencies: tuple[float, ...]) -> str:
    return " and ".join(f"{latency * 1e3:g} ms" for latency in latencies)


def _first_orders(*, rounds: int) -> dict[int, Ratio]:
    with (
        page_server(rendered=PAGE) as server,
        Worker("speed.readers.starting:first_order") as worker,
    ):
        job: dict[str, Any] = {"url": server.flat(100_000, latency=_LATENCY)}
        found: dict[int, list[float]] = {concurrency: [] for concurrency in _CONCURRENCIES}
        for _ in range(rounds + 1):
            for concurrency, extra in found.items():
                answer = worker.call({**job, "concurrency": concurrency})
                extra.append((answer["first"] - answer["round_trip"]) * 1e3)
    # The first of each kind paid for imports and for caches.
    return {concurrency: Ratio.of(extra[1:]) for concurrency, extra in found.items()}


async def _beyond_breaks(rounds: int) -> dict[int, Ratio]:
    found: dict[int, list[float]] = {stop: [] for stop in _STOPS}
    for latency in _LATENCIES_OF_BREAKS:
        with FakeLinerProcess(total=100_000, latency=latency) as server:
            for _ in range(rounds):
                for stop, beyond in found.items():
                    server.reset_stats()
                    async with LinerClient(server.url, server.api_key) as liner:
                        read = 0
                        async for _ in liner.orders.list(lookahead=_LOOKAHEAD):
                            read += 1
                            if read == stop:
                                break
                    beyond.append(server.stats().requests - _pages(stop))
    return {stop: Ratio.of(beyond) for stop, beyond in found.items()}


async def _beyond_max_items() -> dict[int, Ratio]:
    found: dict[int, Ratio] = {}
    with FakeLinerProcess(total=100_000) as server:
        for most in _MOST:
            server.reset_stats()
            async with LinerClient(server.url, server.api_key) as liner:
                orders = await liner.orders.list(max_items=most)
            if len(orders) != most:
                raise RuntimeError(f"{len(orders)} orders instead of {most}")
            found[most] = Ratio.of([server.stats().requests - _pages(most)])
    return found


def _pages(orders: int) -> int:
    return -(-orders // PAGE)
