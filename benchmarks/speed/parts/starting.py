"""Starting and stopping: the first order, and the requests nobody needed."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from liner_async import LinerClient
from liner_async.testing import FakeLinerProcess
from speed.catalogue import PAGE, TIDY, Data
from speed.chapter import Chapter, Scale, Table, by_goal
from speed.parts.ways import AUTO_NOTE
from speed.rounds import Ratio
from speed.serving import page_server
from speed.untidy import DATA
from speed.workers import Worker

__all__ = ["starting"]

_LATENCY: Final = 0.05
_CONCURRENCIES: Final = ("auto", 8, 64)
_LATENCIES_OF_BREAKS: Final = (0.0, 0.01)
_STOPS: Final = (1, 101, 1_001)
_MOST: Final = (1, 50, 100, 101, 250, 1_000)
_OF_BREAKS: Final = ("auto", 8)
_FIXED: Final = 8
_LOOKAHEAD: Final = 4 * _FIXED


def starting(scale: Scale) -> Chapter:
    """Time the first order, then count requests on the wire."""
    firsts = {data: _first_orders(data, rounds=scale.rounds(20, data)) for data in DATA.values()}
    broken = {each: asyncio.run(_beyond_breaks(each, scale.pick(5, 1))) for each in _OF_BREAKS}
    limited = asyncio.run(_beyond_max_items())
    found: dict[Data, dict[str, Ratio | None]] = {
        data: {"first order": max(extra.values(), key=lambda ratio: ratio.median)}
        for data, extra in firsts.items()
    }
    found[TIDY] |= {"beyond/break": _highest(broken[_FIXED]), "beyond/max_items": _highest(limited)}
    return Chapter(tables=(_table(firsts, broken, limited),), measured=by_goal(found))


def _table(
    firsts: dict[Data, dict[int | str, Ratio]],
    broken: dict[int | str, dict[int, Ratio]],
    limited: dict[int, Ratio],
) -> Table:
    rows = [
        (f"first order at {_LATENCY * 1e3:g} ms, {data.name}", _name(each), f"{ratio} ms")
        for data, extra in firsts.items()
        for each, ratio in extra.items()
    ]
    rows += [
        (f"requests, break after order {stop:,}", _name(each), str(ratio))
        for each, beyond in broken.items()
        for stop, ratio in beyond.items()
    ]
    rows += [
        (f"requests, `max_items={most}`", _name("auto"), str(ratio))
        for most, ratio in limited.items()
    ]
    note = (
        "For a first order: what it takes beyond one round trip, which is a new connection and one "
        "page by raw streams; the first order is a new client, its connection, one page and its "
        "decoding, by a decoder that has learned nothing yet. For requests: those beyond the "
        f"needed, with {_of(_LATENCIES_OF_BREAKS)} of latency. At a break at most {_LOOKAHEAD} "
        f"pages are asked for and not handed out with {_FIXED} in flight. {AUTO_NOTE} It may read "
        "ahead by more pages once it tries more."
    )
    head = ("What", "In flight", "Beyond: median (lowest to highest)")
    return Table(head=head, rows=tuple(rows), note=note)


def _name(concurrency: int | str) -> str:
    return f'`"{concurrency}"`' if concurrency == "auto" else str(concurrency)


def _of(latencies: tuple[float, ...]) -> str:
    return " and ".join(f"{latency * 1e3:g} ms" for latency in latencies)


def _highest(ratios: dict[int, Ratio]) -> Ratio:
    return Ratio.of([max(ratio.high for ratio in ratios.values())])


def _first_orders(data: Data, *, rounds: int) -> dict[int | str, Ratio]:
    with (
        page_server(data, rendered=PAGE) as server,
        Worker("speed.readers.starting:first_order") as worker,
    ):
        job: dict[str, Any] = {"url": server.flat(100_000, latency=_LATENCY)}
        found: dict[int | str, list[float]] = {each: [] for each in _CONCURRENCIES}
        for _ in range(rounds + 1):
            for concurrency, extra in found.items():
                answer = worker.call({**job, "concurrency": concurrency})
                extra.append((answer["first"] - answer["round_trip"]) * 1e3)
    # The first of each kind paid for imports and for caches.
    return {concurrency: Ratio.of(extra[1:]) for concurrency, extra in found.items()}


async def _beyond_breaks(concurrency: Any, rounds: int) -> dict[int, Ratio]:
    found: dict[int, list[float]] = {stop: [] for stop in _STOPS}
    for latency in _LATENCIES_OF_BREAKS:
        with FakeLinerProcess(total=100_000, latency=latency) as server:
            for _ in range(rounds):
                for stop, beyond in found.items():
                    server.reset_stats()
                    async with LinerClient(
                        server.url, server.api_key, concurrency=concurrency
                    ) as liner:
                        read = 0
                        async for _ in liner.orders.list():
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
