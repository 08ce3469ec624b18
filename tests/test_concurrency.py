"""How many requests a client has in flight, over a real socket."""

from __future__ import annotations

import asyncio

import pytest

from liner_async import ConcurrencyRange, LinerClient, RequestEvent, RetryPolicy
from liner_async.testing import FakeLiner, Fault
from tests.support.few_workers import FewWorkers
from tests.support.reading import client, ids_of

pytestmark = pytest.mark.unmeasured


async def test_auto_is_the_default_and_finds_that_more_is_better():
    """A server that bears anything gets more than the first eight, and 32 at most."""
    with FakeLiner(total=8_000, latency=0.1) as server:
        async with LinerClient(server.url, server.api_key) as liner:
            orders = await liner.orders.list()
        assert [order.id for order in orders] == ids_of(server)
        assert 8 < server.peak_in_flight <= 32
    assert orders.report.concurrency.least == 8
    assert orders.report.concurrency.most > 8


@pytest.mark.parametrize("most", [1, 3, 12])
async def test_max_concurrency_bounds_what_auto_tries(most):
    """On the wire, and in the report."""
    with FakeLiner(total=8_000, latency=0.01) as server:
        async with client(server, max_concurrency=most) as liner:
            orders = await liner.orders.list()
        assert server.peak_in_flight <= most
    assert orders.report.concurrency.most == most


async def test_a_number_fixes_it():
    """Nothing is tried."""
    with FakeLiner(total=4_000, latency=0.01) as server:
        async with client(server, concurrency=5) as liner:
            orders = await liner.orders.list()
        assert server.peak_in_flight == 5
    assert orders.report.concurrency == ConcurrencyRange(least=5, most=5, last=5)


async def test_a_lists_own_number_bounds_that_list_alone():
    """The client's limit goes on following the server."""
    with FakeLiner(total=2_000, latency=0.01) as server:
        async with client(server) as liner:
            orders = await liner.orders.list(concurrency=2)
        assert server.peak_in_flight == 2
    assert orders.report.concurrency == ConcurrencyRange(least=2, most=2, last=2)


async def test_every_request_event_tells_the_limit_of_its_time():
    """A plot of a run needs nothing else."""
    events = []
    with FakeLiner(total=6_000, latency=0.01) as server:
        async with client(server, on_event=events.append) as liner:
            await liner.orders.list()
    limits = [event.concurrency for event in events if isinstance(event, RequestEvent)]
    assert limits[0] == 8
    assert max(limits) > 8


async def test_requests_that_wait_at_a_users_limiter_are_not_in_flight():
    """Two at a time get through it: the limit learns nothing, and does not grow."""
    with FakeLiner(total=4_000, latency=0.01) as server:
        async with client(server, limiter=asyncio.Semaphore(2)) as liner:
            orders = await liner.orders.list()
        assert server.peak_in_flight <= 2
    assert orders.report.concurrency == ConcurrencyRange(least=8, most=8, last=8)


async def test_a_pause_lowers_the_limit(skipping):
    """The list arrives all the same."""
    faults = {3_000: [Fault.status(429, retry_after="1")]}
    with FakeLiner(total=6_000, latency=0.02, faults=faults) as server:
        async with client(server) as liner:
            orders = await liner.orders.list()
    assert len(orders) == 6_000
    assert orders.report.concurrency.last < orders.report.concurrency.most


async def test_lists_share_the_limit_fairly():
    """A list that begins while a longer one is read gets its pages in turn with it."""
    with FakeLiner(total=20_000, latency=0.02) as server:
        async with client(server, max_concurrency=8) as liner:
            long = liner.orders.list().pages()
            for _ in range(10):
                await anext(long)
            before = len(server.requests)
            reading = asyncio.create_task(_read_on(long))
            assert await liner.orders.list(offset=19_900, lookahead=1).first() is not None
            # Those that were queued or in flight, and a round that came meanwhile.
            assert len(server.requests) - before <= 8 + 8 + 8
            await reading


async def _read_on(pages):
    async for _ in pages:
        pass


@pytest.mark.parametrize("queue", [1, 3])
async def test_a_single_worker_with_a_short_queue_is_read_to_the_end(queue):
    """Where eight at once are answered with 502, fewer are sent until the list has come."""
    server = FewWorkers(3_000, workers=1, queue=queue, seconds=0.01)
    async with (
        server.running(),
        LinerClient(server.url, "key", retry=RetryPolicy(wait_initial=0.2)) as liner,
    ):
        orders = await liner.orders.list()
    assert [order.id for order in orders] == server.ids
    assert server.refused > 0
    assert orders.report.concurrency.last <= 1 + queue
