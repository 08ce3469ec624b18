"""How late others on an event loop are called while something keeps it busy."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from statistics import quantiles
from time import perf_counter

__all__ = ["heartbeat", "percentiles"]

_BEAT = 0.002


@asynccontextmanager
async def heartbeat() -> AsyncIterator[list[float]]:
    """Ask to be called every 2 ms; note by how many seconds each call is late."""
    late: list[float] = []

    async def beat() -> None:
        while True:
            due = perf_counter() + _BEAT
            await asyncio.sleep(_BEAT)
            late.append(perf_counter() - due)

    heart = asyncio.create_task(beat())
    try:
        yield late
    finally:
        heart.cancel()
        await asyncio.wait({heart})


def percentiles(values: list[float]) -> tuple[float, float]:
    """Return the median and the 99th percentile."""
    shares = quantiles(values, n=100, method="inclusive")
    return shares[49], shares[98]
