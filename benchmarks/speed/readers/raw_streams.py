"""The floor: raw asyncio streams, one per slot, and the SDK's decoder; unordered."""

from __future__ import annotations

import asyncio
from typing import Any

from speed.catalogue import PAGE
from speed.ours import decode
from speed.readers.ledger import Ledger
from speed.readers.wire import Wire

__all__ = ["read"]


def read(job: dict[str, Any]) -> dict[str, Any]:
    """Read the list at `url`, `total` orders, over `concurrency` connections."""
    return asyncio.run(_read(job))


async def _read(job: dict[str, Any]) -> dict[str, Any]:
    ledger = Ledger(job)
    record = ledger.record_order
    offsets = iter(range(0, job["total"], PAGE))

    async def connection() -> None:
        async with Wire(job["url"]) as wire:
            for offset in offsets:
                for order in decode(await wire.get(offset)):
                    record(order)

    await asyncio.gather(*(connection() for _ in range(job["concurrency"])))
    return ledger.answer()
