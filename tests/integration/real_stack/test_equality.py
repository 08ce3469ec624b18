"""What the client hands out is what the table holds."""

from __future__ import annotations

import pytest

from liner_async.testing import fake_orders
from tests.integration.real_stack.stack import Stack
from tests.integration.real_stack.tables import ORDERS

TOTAL = 3_017


@pytest.mark.parametrize("server", ["plain", "mariadb"])
async def test_every_field_of_every_order_is_that_of_the_table(stack: Stack, server: str) -> None:
    """PHP's escapes, its `[]` for an empty map and SQL's numbers for booleans change nothing."""
    database = stack.databases["sqlite" if server == "plain" else server]
    with ORDERS.open(database) as rows:
        rows.fill(fake_orders(TOTAL))
        async with stack.client(server) as liner:
            pager = liner.orders.list()
            orders = [order async for order in pager]
        expected = rows.as_fields()
    assert expected == [{name: getattr(order, name) for name in ORDERS.columns} for order in orders]
    assert pager.report.complete
