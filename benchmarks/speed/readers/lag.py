"""How late others on the event loop are called while a list is read."""

from __future__ import annotations

import asyncio
from typing import Any

from heartbeat import heartbeat, percentiles

from liner_async import LinerClient
from speed.serving import KEY

__all__ = ["lag"]


def lag(job: dict[str, Any]) -> dict[str, Any]:
    """Read the list at `url` beside a heartbeat; return its lateness in seconds."""
    return asyncio.run(_lag(job))


async def _lag(job: dict[str, Any]) -> dict[str, Any]:
    async with (
        LinerClient(job["url"], KEY, concurrency=job["concurrency"]) as liner,
        heartbeat() as late,
    ):
        async for _ in liner.orders.list():
            pass
    late += 0.0, 0.0  # a list so short that no beat fell into it
    p50, p99 = percentiles(late)
    return {"p50": p50, "p99": p99, "max": max(late)}
