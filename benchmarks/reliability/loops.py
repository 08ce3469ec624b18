"""One event loop after another in one process, each with a client of its own."""

from __future__ import annotations

import asyncio
import gc
import sys

from liner_async import LinerClient
from liner_async.testing import FakeLinerProcess
from reliability.figures import Figure
from reliability.ledger import Ledger
from reliability.watching import descriptors, watched

__all__ = ["one_loop_after_another"]

_ORDERS = 250


def one_loop_after_another(count: int) -> list[Figure]:
    """Call `asyncio.run` on a whole list `count` times; wants `-X dev -W error`."""
    held: list[int] = []
    complaints: list[str] = []
    incomplete = 0
    with FakeLinerProcess(total=_ORDERS, fault_rate=0.05) as server:
        for _ in range(count):
            complete, complained = asyncio.run(_read(server))
            incomplete += not complete
            complaints += complained
            gc.collect()
            held.append(descriptors())
    for complaint in complaints[:5]:
        sys.stderr.write(f"  ! {complaint}\n")
    after = held[count // 10 :]
    return [
        Figure("development mode is on", int(sys.flags.dev_mode), 1, is_least=True),
        Figure("lists that were not complete", incomplete, 0),
        Figure("descriptors more than after the first tenth", max(after) - after[0], 0),
        Figure("warnings", len(complaints), 0),
    ]


async def _read(server: FakeLinerProcess) -> tuple[bool, list[str]]:
    ledger = Ledger(_ORDERS)
    with watched() as watch:
        async with LinerClient(server.url, server.api_key) as liner:
            for order in await liner.orders.list():
                ledger.record(order.id)
        gc.collect()
    return all(figure.is_met for figure in ledger.figures()), watch.complaints
