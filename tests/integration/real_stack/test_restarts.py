"""nginx and php-fpm go away in the middle of a list, and come back."""

from __future__ import annotations

import asyncio

import pytest
from attrs import define, field

from tests.integration.real_stack.processes import Service
from tests.integration.real_stack.stack import Stack

FIRST = 300  # orders before the outage


@define(eq=False)
class Reading:
    """One client that reads the list, and waits in the middle until it may go on."""

    _stack: Stack
    _concurrency: int
    found: list[int] = field(factory=list)
    under_way: asyncio.Event = field(factory=asyncio.Event)
    go_on: asyncio.Event = field(factory=asyncio.Event)

    async def run(self) -> None:
        """Read every order."""
        async with self._stack.client(concurrency=self._concurrency) as liner:
            async for page in liner.orders.list(page_size=10).pages():
                self.found += [order.id for order in page]
                if len(self.found) == FIRST:
                    self.under_way.set()
                    await self.go_on.wait()


async def be_away(service: Service, seconds: float) -> None:
    """Stop a service, and start it again after a while."""
    await asyncio.to_thread(service.stop)
    await asyncio.sleep(seconds)
    await asyncio.to_thread(service.start)


@pytest.mark.parametrize("seconds", [2.5, 10])
@pytest.mark.parametrize("name", ["nginx", "php"])
async def test_an_outage_is_survived(
    stack: Stack, filled: list[int], name: str, seconds: float
) -> None:
    """With default settings, whether connections are refused or nginx answers 502 meanwhile."""
    service = stack.nginx if name == "nginx" else stack.php
    reads = [Reading(stack, concurrency) for concurrency in (1, 8, 32) for _ in range(3)]
    async with asyncio.TaskGroup() as tasks:
        for each in reads:
            tasks.create_task(each.run())
        for each in reads:
            await each.under_way.wait()
        away = tasks.create_task(be_away(service, seconds))
        for each in reads:
            each.go_on.set()
        await away
    assert [each.found for each in reads] == [filled] * len(reads)


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
