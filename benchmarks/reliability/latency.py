"""How soon a cancellation takes effect, and how long the event loop is kept from others."""

from __future__ import annotations

import asyncio
import random
from time import perf_counter

from heartbeat import heartbeat, percentiles

from liner_async import LinerClient
from liner_async.testing import FakeLinerProcess, Fault
from reliability.figures import Figure
from reliability.watching import watched

__all__ = ["cancellations", "loop_lag"]

_HEALTHY_PAGES = 12


def cancellations(count: int) -> list[Figure]:
    """Cancel `count` readers at random moments: pages arrive at first, all later ones stall."""
    return asyncio.run(_cancel(count))


async def _cancel(count: int) -> list[Figure]:
    chance = random.Random(1)
    seconds: list[float] = []
    lost = 0
    healthy = dict.fromkeys(range(0, _HEALTHY_PAGES * 100, 100), ())
    stalling = {**healthy, "any": Fault.stall(600)}
    with FakeLinerProcess(total=100_000, faults=stalling) as server, watched() as watch:
        async with LinerClient(server.url, server.api_key) as liner:

            async def read(in_flight: int) -> None:
                async for _ in liner.orders.list(concurrency=in_flight):
                    pass

            for _ in range(count):
                task = asyncio.create_task(read(chance.choice((1, 2, 8))))
                ended: list[float] = []
                task.add_done_callback(lambda _, ended=ended: ended.append(perf_counter()))
                await asyncio.sleep(chance.uniform(0, 0.06))
                began = perf_counter()
                task.cancel()
                await asyncio.wait({task}, timeout=5)
                lost += not (task.done() and task.cancelled())
                seconds.append((ended[0] if ended else float("inf")) - began)
            await asyncio.sleep(0.1)  # requests end a turn of the loop after their reader's task
            tasks = watch.tasks_left()
        left = await watch.figures()
    return [
        Figure("cancellations lost", lost, 0),
        Figure("latency, p99", percentiles(seconds)[1] * 1e3, 20, "ms"),
        Figure("tasks while the client is open", tasks, 0),
        *left,
    ]


def loop_lag(count: int) -> list[Figure]:
    """Read `count` orders while a heartbeat measures how late it is called."""
    return asyncio.run(_lag(count))


async def _lag(count: int) -> list[Figure]:
    read = 0
    with FakeLinerProcess(total=count) as server:
        async with LinerClient(server.url, server.api_key) as liner, heartbeat() as lags:
            async for _ in liner.orders.list():
                read += 1
    return [
        Figure("orders read", read, count, is_least=True),
        Figure("heartbeats", len(lags), 10, is_least=True),
        Figure("lag, p99", percentiles(lags)[1] * 1e3, 25, "ms"),
    ]
