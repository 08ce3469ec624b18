"""Part G of the failure catalogue: concurrency and limits."""

from __future__ import annotations

import asyncio
import gc
import threading
import warnings

import pytest

from liner_async import ClientClosedError, LinerClient, PagingError, RetryPolicy, ServerError
from liner_async.testing import FakeLiner, Fault
from tests.support.reading import QUICK, client


@pytest.mark.unmeasured
async def test_74_sixty_lists_on_one_client_are_each_complete():
    """Never more requests or sockets than slots, faults and all."""
    with FakeLiner(total=500, fault_rate=0.05) as server:
        async with client(server) as liner:
            results = await asyncio.gather(*(liner.orders.list() for _ in range(60)))
        expected = [order["id"] for order in server.orders]
        assert all([order.id for order in result] == expected for result in results)
        assert server.peak_in_flight <= 8


async def test_75_the_wait_for_a_slot_is_no_timeout():
    """Thirty requests of 0.05 s through two slots, each with a timeout of 0.4 s."""
    with FakeLiner(total=5, latency=0.05) as server:
        async with client(server, concurrency=2, timeout=0.4, retry=RetryPolicy.never()) as liner:
            assert await asyncio.gather(*(liner.orders.count() for _ in range(30))) == [5] * 30
        assert server.peak_in_flight <= 2


@pytest.mark.parametrize(("options", "ahead"), [({}, 32), ({"lookahead": 5}, 5)])
async def test_76_a_slow_consumer_stops_the_reading(options, ahead):
    """No more pages are asked for than the look-ahead, however long the consumer takes."""
    with FakeLiner(total=30_000) as server:
        async with client(server, concurrency=8) as liner:
            pages = liner.orders.list(**options).pages()
            await anext(pages)
            async with asyncio.timeout(5):
                while len(server.requests) < 1 + ahead:
                    await asyncio.sleep(0.001)
            await asyncio.sleep(0.1)
            assert len(server.requests) == 1 + ahead
            await pages.aclose()


async def test_77_an_outage_stays_cheap():
    """A list of 1,000 pages whose server fails for good from page 2 on."""
    faults = {offset: Fault.status(503) for offset in range(100, 100_000, 100)}
    quick = RetryPolicy(attempts=3, wait_initial=0.001, wait_max=0.002)
    with FakeLiner(total=100_000, faults=faults) as server:
        async with client(server, retry=quick) as liner:
            with pytest.raises(ServerError) as caught:
                await liner.orders.list()
        per_offset = [len(server.requests_at(offset)) for offset in range(100, 5000, 100)]
        assert len(server.requests) <= 80
    assert max(per_offset) <= 3
    assert caught.value.offset == 100


async def test_77_many_requests_share_one_outage():
    """Two hundred counts cost no more than a list: the others wait, and end with the same error."""
    with FakeLiner(faults={None: Fault.status(503)}) as server:
        async with client(server) as liner:
            lists = [liner.orders.count() for _ in range(200)]
            results = await asyncio.gather(*lists, return_exceptions=True)
        assert {type(result) for result in results} == {ServerError}
        assert len(server.requests) <= 80


async def test_77_the_budget_ends_the_retries_of_many_lists():
    """500 tokens buy a hundred retries; then the real error comes at once."""
    with FakeLiner(faults={None: Fault.status(500)}) as server:
        async with client(server) as liner:
            lists = [liner.orders.count() for _ in range(200)]
            results = await asyncio.gather(*lists, return_exceptions=True)
        assert {type(result) for result in results} == {ServerError}
        assert len(server.requests) == 200 + 100


async def test_78_a_spent_budget_refills_with_success():
    """After the outage a retry is possible again."""
    policy = RetryPolicy(attempts=2, wait_initial=0.0, budget=5)
    faults = {0: [Fault.status(503)] * 3, 1: [Fault.status(503)]}
    with FakeLiner(total=50, faults=faults) as server:
        async with client(server, retry=policy) as liner:
            with pytest.raises(ServerError):  # one retry, and the budget is spent
                await liner.orders.count()
            with pytest.raises(ServerError) as caught:  # no retry
                await liner.orders.count()
            assert caught.value.attempts == 1
            for _ in range(5):
                await liner.orders.count()
            await liner.orders.page(offset=1)
        assert len(server.requests_at(1)) == 2


# The first loop ends with its connection open, which is this test's fault and not the client's.
@pytest.mark.filterwarnings("ignore:Exception ignored in:pytest.PytestUnraisableExceptionWarning")
def test_79_a_client_on_another_loop_is_an_error_and_never_hangs():
    """A second `asyncio.run` with the same client."""
    with FakeLiner(total=5) as server:
        liner = client(server)

        async def use():
            return await liner.orders.count()

        assert asyncio.run(use()) == 5
        with pytest.raises(ClientClosedError, match="event loop"):
            asyncio.run(use())
        asyncio.run(liner.aclose())
    with warnings.catch_warnings():
        # Only its finalizer can close the socket of a loop that is gone, and that complains.
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


async def test_79_a_client_in_use_elsewhere_cannot_be_closed_from_another_loop():
    """A thread with a loop of its own gets an error; the client goes on working."""
    with FakeLiner(total=5) as server:
        async with client(server) as liner:
            await liner.orders.count()
            problems = []

            def elsewhere():
                for what in (liner.orders.count, liner.aclose):
                    try:
                        asyncio.run(what())
                    except ClientClosedError as error:
                        problems.append(error)

            thread = threading.Thread(target=elsewhere)
            thread.start()
            await asyncio.to_thread(thread.join)
            assert len(problems) == 2
            assert await liner.orders.count() == 5


def test_79_a_client_for_each_loop_works():
    """`asyncio.run` again and again."""
    with FakeLiner(total=5) as server:

        async def use():
            async with LinerClient(server.url, server.api_key, retry=QUICK) as liner:
                return len(await liner.orders.list())

        assert [asyncio.run(use()) for _ in range(3)] == [5, 5, 5]


async def test_80_two_tasks_on_one_iterator_are_an_error():
    """The second step is refused; the first goes on."""
    with FakeLiner(total=5, latency=0.05) as server:
        async with client(server) as liner:
            orders = aiter(liner.orders.list())
            first, second = await asyncio.gather(
                anext(orders), anext(orders), return_exceptions=True
            )
            assert first.id == 123
            assert isinstance(second, PagingError)
            assert len([order async for order in orders]) == 4


async def test_a_limiter_is_entered_once_per_attempt():
    """Retries included."""
    entered = []

    class Limiter:
        async def __aenter__(self):
            entered.append(1)

        async def __aexit__(self, *_):
            entered.append(-1)

    with FakeLiner(total=300, faults={100: [Fault.status(503)]}) as server:
        async with client(server, limiter=Limiter()) as liner:
            await liner.orders.list()
        assert entered.count(1) == entered.count(-1) == len(server.requests) == 4
