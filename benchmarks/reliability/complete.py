"""A long list through every passing fault: complete, in order, cheap, and nothing left behind."""

from __future__ import annotations

import asyncio

from liner_async import LinerClient
from liner_async._paging.consistency import Consistency
from liner_async.testing import FakeLinerProcess
from reliability.figures import Figure
from reliability.ledger import Ledger
from reliability.watching import Memory, watched
from tests.support.wire_faults import PASSING

__all__ = ["memory_without_books", "orders_through_faults"]

_PAGE = 100
_SAMPLES = 200


def orders_through_faults(count: int) -> list[Figure]:
    """Read `count` orders while 5 % of the requests meet a fault; default client, default list."""
    return asyncio.run(_read(count, consistency="detect"))


def memory_without_books(count: int) -> list[Figure]:
    """Read the same with `consistency="off"`: nothing is kept, so nothing grows."""
    memory = Memory()
    figures = asyncio.run(_read(count, consistency="off", memory=memory))
    return [*figures, Figure("growth after the first tenth", memory.growth(), 5.0, "MB")]


async def _read(
    count: int, *, consistency: Consistency, memory: Memory | None = None
) -> list[Figure]:
    ledger = Ledger(count)
    faults = FakeLinerProcess(total=count, fault_rate=0.05, fault_kinds=PASSING)
    with faults as server, watched() as watch:
        async with LinerClient(server.url, server.api_key) as liner:
            pager = liner.orders.list(consistency=consistency)
            async for order in pager:
                ledger.record(order.id)
                if memory is not None and ledger.count % max(_PAGE, count // _SAMPLES) == 0:
                    memory.note()
        left = await watch.figures()
        requests = server.stats().requests
    pages = -(-count // _PAGE)
    kinds = len({fault.name for fault in PASSING})
    return [
        Figure("kinds of fault", kinds, 12, is_least=True),
        *ledger.figures(),
        Figure("requests per page", requests / pages, 1.06),
        Figure("signs of a moving list", len(pager.report.drift), 0),
        *left,
    ]
