"""How long the first order takes, next to one round trip of the same page."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import Any

from liner_async import LinerClient
from speed.ours import forget
from speed.readers.wire import Wire
from speed.serving import KEY

__all__ = ["first_order"]


def first_order(job: dict[str, Any]) -> dict[str, Any]:
    """Connect and read a page by raw streams; then open a client and take one order."""
    return asyncio.run(_first_order(job))


async def _first_order(job: dict[str, Any]) -> dict[str, Any]:
    began = perf_counter()
    async with Wire(job["url"]) as wire:
        await wire.get(0)
        round_trip = perf_counter() - began
    forget()
    began = perf_counter()
    async with (
        LinerClient(job["url"], KEY, concurrency=job["concurrency"]) as liner,
        aiter(liner.orders.list()) as orders,
    ):
        await anext(orders)
        first = perf_counter() - began
    return {"round_trip": round_trip, "first": first}
