"""A result with everything that is easily lost on the way into a table."""

from __future__ import annotations

import pytest

from liner_async import LinerClient
from liner_async.testing import FakeLiner
from tests.support.vendor_rows import awkward_orders


@pytest.fixture
async def orders():
    """Read the awkward orders."""
    async with FakeLiner(orders=awkward_orders()) as server:
        async with LinerClient(server.url, server.api_key) as liner:
            return await liner.orders.list()
