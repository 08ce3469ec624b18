"""The example that keeps a resume point in Redis."""

from __future__ import annotations

from importlib import import_module

import pytest
from redis import Redis

from liner_async import LinerClient
from liner_async.testing import FakeLiner
from tests.support.example_process import EXAMPLES
from tests.support.redis_server import redis_server


@pytest.fixture(scope="module")
def redis():
    """Give a client of a real Redis."""
    with redis_server() as url, Redis.from_url(url) as client:
        yield client


@pytest.fixture
def checkpoint(redis, monkeypatch):
    """Give a function that opens the checkpoint of a name, as another process would."""
    redis.flushall()
    monkeypatch.syspath_prepend(EXAMPLES / "workers")
    opened = import_module("redis_checkpoint").RedisCheckpoint
    return lambda name: opened(redis, name)


async def test_another_process_continues_at_the_point_in_redis(checkpoint):
    """What the first run saved is not read again, and the end forgets the point."""
    with FakeLiner(total=500) as server:
        async with LinerClient(server.url, server.api_key) as liner:
            read = []
            async with liner.orders.list(resume=checkpoint("orders").load()).pages() as pages:
                async for page in pages:
                    read += [order.id for order in page]
                    checkpoint("orders").save(page.resume_point)
                    if page.offset == 200:
                        break
            async for order in liner.orders.list(resume=checkpoint("orders").load()):
                read.append(order.id)
            assert read == [order.id for order in await liner.orders.list()]
    checkpoint("orders").clear()
    assert checkpoint("orders").load() is None


async def test_two_copies_have_points_of_their_own(checkpoint):
    """A name that was never saved has no point."""
    with FakeLiner(total=100) as server:
        async with LinerClient(server.url, server.api_key) as liner:
            async for page in liner.orders.list().pages():
                checkpoint("orders").save(page.resume_point)
                assert checkpoint("orders").load() == page.resume_point
    assert checkpoint("other orders").load() is None
