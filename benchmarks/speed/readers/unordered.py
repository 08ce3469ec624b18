"""aiohttp, unordered: pages are decoded by the SDK's decoder as they arrive, whatever their place.

No order to keep and nothing to wait for: what a latency that jitters allows at best.
"""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp

from speed.catalogue import PAGE
from speed.ours import decode
from speed.readers.ledger import Ledger
from speed.serving import KEY

__all__ = ["read"]


def read(job: dict[str, Any]) -> dict[str, Any]:
    """Read the list at `url`, `total` orders, `concurrency` requests at once."""
    return asyncio.run(_read(job))


async def _read(job: dict[str, Any]) -> dict[str, Any]:
    ledger = Ledger(job)
    record = ledger.record_order
    url = f"{job['url']}/v2/order/"
    slots = asyncio.Semaphore(job["concurrency"])
    async with aiohttp.ClientSession(headers={"X-Api-Key": KEY}) as session:

        async def page(offset: int) -> None:
            query = {"offset": offset, "limit": PAGE}
            async with slots, session.get(url, params=query) as response:
                body = await response.read()
            for order in decode(body):
                record(order)

        await asyncio.gather(*map(page, range(0, job["total"], PAGE)))
    return ledger.answer()
