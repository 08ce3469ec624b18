"""The SDK: order by order, in list order."""

from __future__ import annotations

import asyncio
from typing import Any

from liner_async import LinerClient
from speed.readers.ledger import Ledger
from speed.serving import KEY

__all__ = ["read"]


def read(job: dict[str, Any]) -> dict[str, Any]:
    """Read the list at `url`; return what its concurrency was, too.

    The job has `concurrency`, and `max_concurrency` and `lookahead` if they are not the defaults.
    """
    return asyncio.run(_read(job))


async def _read(job: dict[str, Any]) -> dict[str, Any]:
    ledger = Ledger(job)
    record = ledger.record_order
    most = {key: job[key] for key in ("max_concurrency",) if key in job}
    async with LinerClient(job["url"], KEY, concurrency=job["concurrency"], **most) as liner:
        pager = liner.orders.list(lookahead=job.get("lookahead"))
        async for order in pager:
            record(order)
    answer, limit = ledger.answer(), pager.report.concurrency
    if limit is not None:
        answer["limit"] = (limit.least, limit.most, limit.last)
    return answer
