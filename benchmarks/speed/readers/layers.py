"""The same pages through more and more layers of the SDK."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from time import perf_counter, process_time
from typing import Any

import aiohttp

from liner_async import LinerClient
from speed.catalogue import PAGE
from speed.ours import decode_raw, fetch
from speed.readers.wire import Wire
from speed.serving import KEY

__all__ = ["LAYERS", "read"]

Read = Callable[[int], Awaitable[Any]]


def read(job: dict[str, Any]) -> dict[str, Any]:
    """Send `total` orders through a layer, `concurrency` pages at once; give seconds a page."""
    return asyncio.run(_measure(job))


async def _measure(job: dict[str, Any]) -> dict[str, Any]:
    run = LAYERS[job["layer"]]
    began, cpu = perf_counter(), process_time()
    await run(job)
    pages = -(-job["total"] // PAGE)
    return {"seconds": (perf_counter() - began) / pages, "cpu": (process_time() - cpu) / pages}


async def _share(job: dict[str, Any], reads: list[Read]) -> None:
    """Let each of the readers take the next offset until there is none."""
    offsets = iter(range(0, job["total"], PAGE))

    async def work(read: Read) -> None:
        for offset in offsets:
            await read(offset)

    await asyncio.gather(*map(work, reads))


async def _streams(job: dict[str, Any]) -> None:
    async with AsyncExitStack() as stack:
        wires = [
            await stack.enter_async_context(Wire(job["url"])) for _ in range(job["concurrency"])
        ]
        await _share(job, [wire.get for wire in wires])


async def _aiohttp(job: dict[str, Any]) -> None:
    url = f"{job['url']}/v2/order/"
    connector = aiohttp.TCPConnector(limit=job["concurrency"])
    async with aiohttp.ClientSession(headers={"X-Api-Key": KEY}, connector=connector) as session:

        async def get(offset: int) -> bytes:
            async with session.get(f"{url}?offset={offset}&limit={PAGE}") as response:
                return await response.read()

        await _share(job, [get] * job["concurrency"])


async def _transport(job: dict[str, Any]) -> None:
    async with LinerClient(job["url"], KEY, concurrency=job["concurrency"]) as liner:

        async def get(offset: int) -> Any:
            return await fetch(liner, offset, PAGE)

        await _share(job, [get] * job["concurrency"])


async def _decoding(job: dict[str, Any]) -> None:
    async with LinerClient(job["url"], KEY, concurrency=job["concurrency"]) as liner:

        async def get(offset: int) -> None:
            decode_raw(await fetch(liner, offset, PAGE))

        await _share(job, [get] * job["concurrency"])


async def _pages(job: dict[str, Any]) -> None:
    async with LinerClient(job["url"], KEY, concurrency=job["concurrency"]) as liner:
        async for _ in liner.orders.list().pages():
            pass


async def _orders(job: dict[str, Any]) -> None:
    async with LinerClient(job["url"], KEY, concurrency=job["concurrency"]) as liner:
        async for _ in liner.orders.list():
            pass


LAYERS: dict[str, Callable[[dict[str, Any]], Awaitable[None]]] = {
    "streams": _streams,
    "aiohttp": _aiohttp,
    "transport": _transport,
    "decoding": _decoding,
    "pages": _pages,
    "orders": _orders,
}
"""By the name of the topmost layer."""
