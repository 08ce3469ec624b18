"""Strict reading of lists that move, over real sockets: complete, or an exception."""

from __future__ import annotations

import asyncio
import random
import sys

from liner_async import LinerClient, PagingDriftError
from liner_async.testing import Change, FakeLinerProcess
from liner_async.testing.rows import Rows
from liner_async.testing.world import World
from reliability.figures import Figure
from reliability.watching import watched

__all__ = ["strict_over_moving_lists"]

_TOTAL = 1_500
_PAGE = 25


def strict_over_moving_lists(count: int) -> list[Figure]:
    """Read `count` lists, each with its own random insertions and deletions while it is read."""
    missing = doubtful = complete = repairs = 0
    left: list[Figure] = []
    for seed in range(count):
        lost, error, repaired, left = asyncio.run(_read(seed))
        repairs += repaired
        complete += not error
        missing += not error and lost > 0
        doubtful += bool(error)
    sys.stdout.write(f"    {complete:,} ended normally, {doubtful:,} in PagingDriftError\n")
    return [
        Figure("lists read", complete + doubtful, count, is_least=True),
        Figure("complete to all appearance, an order missing", missing, 0),
        Figure("repairs", repairs, 1, is_least=True),
        *left,
    ]


def _changes(chance: random.Random) -> list[Change]:
    """Draw one to eight changes; half of the lists only grow."""
    changes = []
    may_delete = chance.random() < 0.5
    for _ in range(chance.randint(1, 8)):
        size = chance.choice((1, 1, 2, 30))
        position = chance.choice((0, -1, -1, -1, chance.randrange(_TOTAL)))
        is_deletion = may_delete and chance.random() < 0.5
        changes.append(
            Change(
                at_request=chance.randint(2, _TOTAL // _PAGE),
                insert=0 if is_deletion else size,
                delete=size if is_deletion else 0,
                position=position,
            )
        )
    return sorted(changes, key=lambda change: change.at_request)


async def _read(seed: int) -> tuple[int, PagingDriftError | None, int, list[Figure]]:
    changes = _changes(random.Random(seed))
    handed_out: set[int] = set()
    failure: PagingDriftError | None = None
    with FakeLinerProcess(total=_TOTAL, changes=changes) as server, watched() as watch:
        async with LinerClient(server.url, server.api_key) as liner:
            pager = liner.orders.list(consistency="strict", page_size=_PAGE)
            try:
                async for order in pager:
                    if order.id in handed_out:
                        raise AssertionError(f"order {order.id} came twice, seed {seed}")
                    handed_out.add(order.id)
            except PagingDriftError as error:
                failure = error
        watch.complaints.clear()  # the WARNING that the list moved is expected
        left = await watch.figures()
        answered = server.stats().requests
    throughout = _there_throughout([each for each in changes if each.at_request <= answered])
    return len(throughout - handed_out), failure, pager.report.repairs, left


def _there_throughout(changes: list[Change]) -> set[int]:
    """Return the ids of the orders that no change touched."""
    rows = Rows(World(sizes={"orders": _TOTAL}).source("orders"))
    before = {order["id"] for order in rows.items()}
    for change in changes:
        rows.apply(change)
    return before & {order["id"] for order in rows.items()}
