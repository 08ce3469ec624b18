"""A server of one PHP worker, behind an nginx that answers 502 to what does not fit its queue."""

from __future__ import annotations

import pytest

from liner_async import RetryPolicy
from tests.integration.real_stack.stack import Stack


async def test_a_single_worker_is_read_to_the_end_by_itself(
    stack: Stack, filled: list[int]
) -> None:
    """Nothing is set: the client finds how few requests at once such a server bears."""
    async with stack.client("single") as liner:
        orders = await liner.orders.list(page_size=10)
    statuses = [line.split()[4] for line in stack.requests("single")]
    assert [order.id for order in orders] == filled
    assert orders.report.concurrency is not None
    assert orders.report.concurrency.last <= 4
    assert statuses.count("502") > 0  # it was too much for a moment


@pytest.mark.parametrize("concurrency", [1, 2])
async def test_a_single_worker_is_read_by_a_fixed_number_that_it_bears(
    stack: Stack, filled: list[int], concurrency: int
) -> None:
    """Without a single retry."""
    async with stack.client("single", concurrency=concurrency, retry=RetryPolicy.never()) as liner:
        orders = await liner.orders.list(page_size=10)
    assert [order.id for order in orders] == filled
