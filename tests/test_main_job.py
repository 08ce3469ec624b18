"""The main job, end to end: fetch every order concurrently, decode it, keep the order."""

import pytest

from liner_async import LinerClient
from liner_async.testing import FakeLiner

pytestmark = pytest.mark.unmeasured


async def test_every_order_arrives_once_in_order_and_equal_to_the_vendors_json():
    """12,345 orders take 124 requests, never more than `concurrency` at once."""
    with FakeLiner(total=12_345) as server:
        async with LinerClient(server.url, server.api_key, concurrency=8) as liner:
            orders = await liner.orders.list()
    assert orders.to_dicts() == list(server.orders)
    assert len(server.requests) == 124
    assert server.peak_in_flight <= 8


async def test_iterating_gives_the_same_orders_as_awaiting(liner, server):
    """`async for` yields the orders that `await` collects."""
    iterated = [order async for order in liner.orders.list()]
    assert iterated == list(await liner.orders.list())
    assert [order.id for order in iterated] == [order["id"] for order in server.orders]
