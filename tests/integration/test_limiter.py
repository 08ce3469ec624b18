"""Rate limits from other packages, as `limiter=`: held on the wire, not only in the client."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack

import pytest
from aiolimiter import AsyncLimiter
from redis.asyncio import Redis
from redis.exceptions import RedisError

from liner_async import LinerClient, RetryPolicy
from liner_async.testing import FakeLiner, Fault
from tests.support.example_process import EXAMPLES
from tests.support.redis_server import redis_server

QUICK = RetryPolicy(wait_initial=0.001, wait_max=0.002)
CLOCKS = 0.01  # seconds by which two clocks may differ


@pytest.fixture
def shared_rate(monkeypatch):
    """Give the example's class."""
    monkeypatch.syspath_prepend(EXAMPLES / "workers")
    from shared_rate import SharedRate  # noqa: PLC0415 - found since the line before

    return SharedRate


async def test_aiolimiter_holds_over_every_attempt_of_the_client():
    """Retries are requests too: after the first ten, twenty go out in a second."""
    busy = {offset: [Fault.status(503)] for offset in range(0, 2_000, 400)}
    with FakeLiner(total=2_000, faults=busy) as server:
        started = time.monotonic()
        limiter = AsyncLimiter(10, 0.5)  # ten requests in any half second
        async with LinerClient(server.url, server.api_key, limiter=limiter, retry=QUICK) as liner:
            assert len(await liner.orders.list()) == 2_000
        assert len(server.requests) == 25
        assert server.requests[-1].at - started >= (25 - 10) / 20 - CLOCKS


async def test_clients_that_know_nothing_of_each_other_share_a_rate_through_redis(shared_rate):
    """Sixty requests of three clients at forty a second take no less than their slots."""
    with FakeLiner(total=2_000) as server, redis_server() as url:
        async with AsyncExitStack() as stack:
            clients = []
            for _ in range(3):
                redis = await stack.enter_async_context(Redis.from_url(url))
                limiter = shared_rate(redis, "liner", rate=40)
                client = LinerClient(server.url, server.api_key, limiter=limiter)
                clients.append(await stack.enter_async_context(client))
            started = time.monotonic()
            lists = await asyncio.gather(*[client.orders.list() for client in clients])
            assert [len(each) for each in lists] == [2_000] * 3
        assert len(server.requests) == 60
        assert server.requests[-1].at - started >= 59 / 40 - CLOCKS


async def test_a_slot_that_was_not_used_in_time_is_not_saved_up(shared_rate):
    """After a pause the next request goes at once, and the one after it waits for its slot."""
    with redis_server() as url:
        async with Redis.from_url(url) as redis:
            limiter = shared_rate(redis, "liner", rate=0.5)
            async with limiter:
                assert 1_900 < await redis.pttl("shared-rate:liner") <= 2_000
            await redis.delete("shared-rate:liner")  # as if two seconds had passed
            async with asyncio.timeout(1), limiter:
                pass
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05), limiter:
                    pass


async def test_an_error_of_the_limiter_is_raised_as_it_is(shared_rate):
    """Without Redis nothing is sent: a limit that cannot be asked is not passed by."""
    with FakeLiner(total=100) as server, redis_server() as url:
        redis = Redis.from_url(url + ".gone")
        limiter = shared_rate(redis, "liner", rate=40)
        async with redis, LinerClient(server.url, server.api_key, limiter=limiter) as liner:
            with pytest.raises(RedisError):
                await liner.orders.list()
        assert server.requests == []
