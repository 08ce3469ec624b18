"""The SDK: order by order, in list order."""

from __future__ import annotations

import asyncio
from typing import Any

from liner_async import LinerClient
from speed.readers.ledger import Ledger
from speed.serving import KEY

__all__ = ["read"]


def read(job: dict[str, Any]) -> dict[str, Any]:
    """Read the list at `url`, `concurrency` requests at once, with the look-ahead given if any."""
    return asyncio.run(_read(job))


async def _read(job: dict[str, Any]) -> dict[str, Any]:
    ledger = Ledger(job)
    record = ledger.record_order
    async with LinerClient(job["url"], KEY, concurrency=job["concurrency"]) as liner:
        async for order in liner.orders.list(lookahead=job.get("lookahead")):
            record(order)
    return ledger.answer()
