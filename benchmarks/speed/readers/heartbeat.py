"""How late others on the event loop are called while a list is read."""

from __future__ import annotations

import asyncio
from statistics import quantiles
from time import perf_counter
from typing import Any

from liner_async import LinerClient
from speed.serving import KEY

__all__ = ["lag"]

_BEAT = 0.002


def lag(job: dict[str, Any]) -> dict[str, Any]:
    """Read the list at `url` beside a heartbeat; give its lateness in seconds."""
    return asyncio.run(_lag(job))


async def _lag(job: dict[str, Any]) -> dict[str, Any]:
    late: list[float] = []

    async def beat() -> None:
        while True:
            due = perf_counter() + _BEAT
            await asyncio.sleep(_BEAT)
            late.append(perf_counter() - due)

    heart = asyncio.create_task(beat())
    began = perf_counter()
    async with LinerClient(job["url"], KEY, concurrency=job["concurrency"]) as liner:
        async for _ in liner.orders.list():
            pass
    seconds = perf_counter() - began
    heart.cancel()
    await asyncio.wait({heart})
    late.append(0.0)  # a list so short that no beat fell into it
    late.append(0.0)
    shares = quantiles(late, n=100, method="inclusive")
    return {"p50": shares[49], "p99": shares[98], "max": max(late), "seconds": seconds}
