"""Memory used by reading a list, in a process that has read nothing before. For Linux."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc
from time import perf_counter
from typing import Any

from liner_async import LinerClient, Order
from liner_async._paging.results import ResultList
from speed.catalogue import ids_sum
from speed.machine import kilobytes
from speed.serving import KEY

__all__ = ["kept", "streamed"]


def streamed(job: dict[str, Any]) -> dict[str, Any]:
    """Read the list at `url` order by order, keeping nothing; return the growth of the peak."""

    async def read() -> int:
        count = 0
        async with LinerClient(job["url"], KEY, concurrency=job["concurrency"]) as liner:
            async for _ in liner.orders.list(consistency=job["consistency"]):
                count += 1
        return count

    before, began = kilobytes("VmRSS"), perf_counter()
    count = asyncio.run(read())
    return {"count": count, "seconds": perf_counter() - began, "mb": _growth(before)}


def kept(job: dict[str, Any]) -> dict[str, Any]:
    """Read the whole list into a ResultList; return the bytes of memory it takes."""

    async def read() -> ResultList[Order]:
        async with LinerClient(job["url"], KEY) as liner:
            await liner.orders.list(max_items=200)  # fills what is cached, whatever the length
            gc.collect()
            tracemalloc.start()
            return await liner.orders.list()

    orders = asyncio.run(read())
    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    return {"count": len(orders), "ids": ids_sum(order.id for order in orders), "bytes": size}


def _growth(before: int) -> float:
    return (kilobytes("VmHWM") - before) / 1e3
