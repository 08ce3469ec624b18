"""What reading a list takes of memory, in a process that has read nothing before. For Linux."""

from __future__ import annotations

import asyncio
import gc
import re
import tracemalloc
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Any

from liner_async import LinerClient, Order
from liner_async._paging.results import ResultList
from speed.catalogue import ids_sum
from speed.serving import KEY

__all__ = ["gathered", "kept", "streamed"]

_STATUS = Path("/proc/self/status")


def streamed(job: dict[str, Any]) -> dict[str, Any]:
    """Read the list at `url` order by order, keeping nothing; give the growth of the peak."""

    async def read() -> int:
        count = 0
        async with LinerClient(job["url"], KEY) as liner:
            async for _ in liner.orders.list(consistency=job["consistency"]):
                count += 1
        return count

    before, began = _kilobytes("VmRSS"), perf_counter()
    count = asyncio.run(read())
    return {"count": count, "seconds": perf_counter() - began, "mb": _growth(before)}


def gathered(job: dict[str, Any]) -> dict[str, Any]:
    """Read the same with aiohttp, gather and json(), which keeps it all."""
    read = import_module("speed.readers.aiohttp_gather").read
    before, began = _kilobytes("VmRSS"), perf_counter()
    read(job)
    return {"seconds": perf_counter() - began, "mb": _growth(before)}


def kept(job: dict[str, Any]) -> dict[str, Any]:
    """Read the whole list into a ResultList; give the bytes of memory it takes."""

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
    return (_kilobytes("VmHWM") - before) / 1e3


def _kilobytes(name: str) -> int:
    found = re.search(rf"{name}:\s+(\d+) kB", _STATUS.read_text())
    if found is None:
        raise RuntimeError(f"the system does not tell {name}")
    return int(found[1])
