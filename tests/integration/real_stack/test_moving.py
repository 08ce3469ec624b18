"""A writer changes the table while lists are read: what each reading may come to."""

from __future__ import annotations

import asyncio

import pytest

from liner_async.testing import fake_orders
from tests.integration.real_stack.stack import Stack
from tests.integration.real_stack.tables import ORDERS
from tests.integration.real_stack.writer import Churn, Tally, writer

AT_ONCE = 4


async def read_while_it_moves(
    stack: Stack, server: str, *, length: int, per_second: int, runs: int, consistency: str
) -> Tally:
    """Read a list many times, four at once, while orders are added and deleted in turns."""
    database = stack.databases["mariadb"]
    tally = Tally()

    async def read_some() -> None:
        with ORDERS.open(database) as rows:
            for _ in range(runs // AT_ONCE):
                await tally.read(liner, rows, consistency)

    with ORDERS.open(database) as rows:
        rows.fill(fake_orders(length))
        churn = Churn(max(rows.ids()))
    with writer(database, churn, per_second=per_second):
        async with stack.client(server) as liner:
            await asyncio.gather(*(read_some() for _ in range(AT_ONCE)))
    print(f"{server}, {length} orders, {per_second} changes a second, {consistency}: {tally}")  # noqa: T201 - for -rP
    return tally


@pytest.mark.parametrize("per_second", [5, 50])
async def test_no_order_comes_twice(stack: Stack, per_second: int) -> None:
    """`detect` ends normally, and drops what the writer shifted into a second page."""
    tally = await read_while_it_moves(
        stack, "mariadb", length=2_000, per_second=per_second, runs=16, consistency="detect"
    )
    assert (tally.ended, tally.raised, tally.twice) == (16, 0, 0)


@pytest.mark.parametrize("per_second", [5, 50])
async def test_strict_loses_no_order_of_a_long_list(stack: Stack, per_second: int) -> None:
    """It reads every order that was there throughout, or raises."""
    tally = await read_while_it_moves(
        stack, "mariadb", length=2_000, per_second=per_second, runs=16, consistency="strict"
    )
    assert (tally.ended + tally.raised, tally.lost, tally.twice) == (16, 0, 0)


@pytest.mark.parametrize("per_second", [5, 50])
@pytest.mark.parametrize("server", ["rows_then_count", "count_then_rows", "newest_first"])
async def test_strict_loses_no_order_between_a_query_and_its_count(
    stack: Stack, server: str, per_second: int
) -> None:
    """A list of 100 orders, one page, becomes 101 and 100 again; PHP rests between its queries."""
    tally = await read_while_it_moves(
        stack, server, length=100, per_second=per_second, runs=400, consistency="strict"
    )
    assert (tally.ended + tally.raised, tally.lost, tally.twice) == (400, 0, 0)
