"""nginx is told to start anew in the middle of a list."""

from __future__ import annotations

import asyncio

from tests.integration.real_stack.stack import Stack


async def test_reloads_of_nginx_are_not_noticed(stack: Stack, filled: list[int]) -> None:
    """Each reload ends every kept-alive connection between two requests."""
    async with stack.client() as liner:
        for _ in range(3):
            found = []
            async for page in liner.orders.list(page_size=10).pages():
                found += [order.id for order in page]
                if len(found) % 100 == 0:
                    stack.nginx.reload()
                await asyncio.sleep(0)
            assert found == filled
