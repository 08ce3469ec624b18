"""aiohttp: the first page, then all others at once under a semaphore, `response.json()`."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp

from speed.catalogue import PAGE
from speed.readers.ledger import Ledger
from speed.serving import KEY

__all__ = ["read"]


def read(job: dict[str, Any]) -> dict[str, Any]:
    """Read the list at `url`, `concurrency` requests at once."""
    return asyncio.run(_read(job))


async def _read(job: dict[str, Any]) -> dict[str, Any]:
    ledger = Ledger(job)
    url = f"{job['url']}/v2/order/"
    slots = asyncio.Semaphore(job["concurrency"])
    async with aiohttp.ClientSession(headers={"X-Api-Key": KEY}) as session:

        async def page(offset: int) -> dict[str, Any]:
            query = {"offset": offset, "limit": PAGE}
            async with slots, session.get(url, params=query) as response:
                response.raise_for_status()
                return (await response.json())["data"]

        first = await page(0)
        others = await asyncio.gather(*map(page, range(PAGE, first["total"], PAGE)))
    record = ledger.record_dict
    for data in (first, *others):
        for order in data["list"]:
            record(order)
    return ledger.answer()
