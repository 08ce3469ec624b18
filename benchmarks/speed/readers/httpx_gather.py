"""httpx: the first page, then all others at once under a semaphore."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

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
    async with httpx.AsyncClient(headers={"X-Api-Key": KEY}, timeout=30) as client:

        async def page(offset: int) -> dict[str, Any]:
            async with slots:
                response = await client.get(url, params={"offset": offset, "limit": PAGE})
            return response.raise_for_status().json()["data"]

        first = await page(0)
        others = await asyncio.gather(*map(page, range(PAGE, first["total"], PAGE)))
    enter = ledger.enter_dict
    for data in (first, *others):
        for order in data["list"]:
            enter(order)
    return ledger.answer()
