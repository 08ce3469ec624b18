"""Part F of the failure catalogue: cancellation and closing."""

from __future__ import annotations

import asyncio
import gc
import random
import time
import warnings

import pytest

from liner_async import ClientClosedError, RetryPolicy, StatusError
from liner_async.testing import FakeLiner, Fault
from tests.support.reading import client

pytestmark = pytest.mark.usefixtures("each_concurrency")


def own_tasks() -> set[asyncio.Task]:
    return asyncio.all_tasks() - {asyncio.current_task()}


async def settle(condition) -> None:
    """Wait until something that is about to happen in another thread has happened."""
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.001)


STALLING_LATER = {offset: Fault.stall(60) for offset in range(200, 100_000, 100)}


async def test_65_a_break_with_the_iterator_kept_leaves_nothing_once_the_client_is_closed():
    """Neither a task nor a socket."""
    with FakeLiner(total=5000, faults=STALLING_LATER) as server:
        before = own_tasks()
        async with client(server) as liner:
            orders = aiter(liner.orders.list())
            async for _ in orders:
                break
            await settle(lambda: server.in_flight >= 6)
        assert own_tasks() == before
        await settle(lambda: server.open_connections == 0)
        with pytest.raises(ClientClosedError):
            async for _ in orders:
                pass


async def test_66_a_break_with_the_iterator_dropped_cancels_its_requests():
    """Without a close, and without the client's end."""
    with FakeLiner(total=5000, faults=STALLING_LATER) as server:
        async with client(server) as liner:
            before = own_tasks()
            async for _ in liner.orders.list():
                break
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            await settle(lambda: own_tasks() == before)
            await settle(lambda: server.in_flight == 0)


async def test_66_a_break_and_the_clients_end_in_the_same_turn_leave_nothing():
    """What was cancelled is awaited by the client."""
    with FakeLiner(total=5000, faults=STALLING_LATER) as server:
        before = own_tasks()
        async with client(server) as liner:
            async for _ in liner.orders.list():
                break
        assert own_tasks() == before
        await settle(lambda: server.open_connections == 0)


@pytest.mark.parametrize(
    "fault",
    [Fault.stall(60), Fault.stall(60, after="half"), Fault.status(503)],
    ids=["in the headers", "in the body", "in the back-off"],
)
@pytest.mark.parametrize("how", ["iterate", "await", "page"])
async def test_67_a_cancellation_takes_effect_at_once_and_no_request_follows(fault, how):
    """Wherever the request is, the task is cancelled within half a second."""
    patient = RetryPolicy(wait_initial=30, wait_max=30)
    with FakeLiner(total=500, faults={None: fault}) as server:
        async with client(server, retry=patient) as liner:
            kept = []

            async def consume():
                if how == "page":
                    await liner.orders.page()
                elif how == "await":
                    await liner.orders.list()
                else:
                    kept.append(aiter(liner.orders.list()))
                    async for _ in kept[0]:
                        pass

            before = own_tasks()
            task = asyncio.create_task(consume())
            await settle(lambda: server.requests)
            await asyncio.sleep(0.02)
            began = time.monotonic()
            task.cancel()
            await asyncio.wait({task})
            assert task.cancelled()
            assert time.monotonic() - began < 0.5
            if how == "iterate":  # its requests end with the task, a turn of the loop later
                await settle(lambda: own_tasks() == before)
            assert own_tasks() == before
            sent = len(server.requests)
            await asyncio.sleep(0.05)
            assert len(server.requests) == sent


@pytest.mark.unmeasured
async def test_67b_no_cancellation_is_lost_at_any_moment():
    """Two hundred consumers, each cancelled at a random moment while later pages stall."""
    moments = random.Random(7)
    with FakeLiner(total=5000, faults=STALLING_LATER) as server:
        async with client(server) as liner:
            for _ in range(200):

                async def consume():
                    async for _ in liner.orders.list(concurrency=2):
                        pass

                task = asyncio.create_task(consume())
                await asyncio.sleep(moments.uniform(0, 0.02))
                task.cancel()
                done, _ = await asyncio.wait({task}, timeout=5)
                assert done
                assert task.cancelled()


async def test_68_a_step_that_timed_out_can_be_taken_again():
    """Nothing is lost, nothing comes twice, and each request is sent once."""
    with FakeLiner(total=500, faults={200: [Fault.stall(1)]}) as server:
        async with client(server) as liner:
            ids, timeouts = [], 0
            orders = aiter(liner.orders.list(concurrency=2))
            while True:
                try:
                    async with asyncio.timeout(0.3):
                        ids.append((await anext(orders)).id)
                except TimeoutError:
                    timeouts += 1
                except StopAsyncIteration:
                    break
        assert ids == [order["id"] for order in server.orders]
        assert len(server.requests) == 5
    assert timeouts >= 2


@pytest.mark.parametrize("way", ["timeout", "wait_for"])
async def test_68_a_heartbeat_shorter_than_an_answer_makes_progress(way):
    """The requests of a step that was cancelled go on, and nothing new starts meanwhile."""
    with FakeLiner(total=300, latency=0.2) as server:
        async with client(server) as liner:
            pages, beats = liner.orders.list(concurrency=1).pages(), 0
            offsets = []
            while len(offsets) < 3:
                try:
                    if way == "timeout":
                        async with asyncio.timeout(0.05):
                            page = await anext(pages)
                    else:
                        page = await asyncio.wait_for(anext(pages), 0.05)
                    offsets.append(page.offset)
                except TimeoutError:
                    beats += 1
            await pages.aclose()
        assert offsets == [0, 100, 200]
        assert [request.offset for request in server.requests] == [0, 100, 200]
    assert beats >= 6


async def test_68_a_step_taken_again_by_another_task_goes_on():
    """The task whose step was cancelled has ended, and its requests with it."""
    with FakeLiner(total=300, faults={100: [Fault.stall(60)]}) as server:
        async with client(server) as liner:
            pages = liner.orders.list(concurrency=1).pages()

            async def consume():
                return [page.offset async for page in pages]

            first = asyncio.create_task(consume())
            await settle(lambda: len(server.requests) == 2)
            first.cancel()
            await asyncio.wait({first})
            await settle(lambda: server.in_flight == 0)
            assert await consume() == [100, 200]


async def test_68_an_iterator_dropped_after_a_cancelled_step_ends_though_its_task_lives_on():
    """A worker that gives up list after list in one task keeps none of them."""
    with FakeLiner(total=300, faults={None: Fault.stall(60)}) as server:
        async with client(server) as liner:
            before = own_tasks()
            for _ in range(3):
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(0.05):
                        async for _ in liner.orders.list():
                            pass
                gc.collect()
                await settle(lambda: own_tasks() == before)


async def test_69_closing_ends_a_read_of_another_task_with_an_error():
    """Within two seconds, and never as if the list had come to its end."""
    with FakeLiner(total=5000, faults=STALLING_LATER) as server:
        liner = client(server)

        async def consume():
            async for _ in liner.orders.list():
                pass

        reader = asyncio.create_task(consume())
        await settle(lambda: server.in_flight >= 6)
        async with asyncio.timeout(2):
            await liner.aclose()
            with pytest.raises(ClientClosedError):
                await reader


async def test_69_closing_ends_a_direct_request_with_an_error():
    """The same for a single page."""
    with FakeLiner(total=5, faults={None: Fault.stall(60)}) as server:
        liner = client(server)
        reader = asyncio.create_task(liner.orders.page())
        await settle(lambda: server.in_flight)
        await liner.aclose()
        with pytest.raises(ClientClosedError):
            await reader


async def test_70_an_exception_of_the_loop_body_comes_out_as_it_is():
    """Neither wrapped nor grouped, and the requests are gone."""
    with FakeLiner(total=5000, faults=STALLING_LATER) as server:
        async with client(server) as liner:
            before = own_tasks()
            with pytest.raises(KeyError):
                async for _ in liner.orders.list():
                    raise KeyError("mine")
            gc.collect()
            await settle(lambda: own_tasks() == before)


async def test_71_of_several_failures_the_first_in_list_order_surfaces():
    """The orders before it are handed out; one exception, no group, nobody left."""
    faults = {100: Fault.stall(0.2), 300: Fault.status(400), 400: Fault.status(422)}
    with FakeLiner(total=5000, faults=faults) as server:
        async with client(server) as liner:
            before = own_tasks()
            ids = []
            with pytest.raises(StatusError) as caught:
                async for order in liner.orders.list():
                    ids.append(order.id)
            assert own_tasks() == before
        assert ids == [order["id"] for order in server.orders][:300]
    assert (caught.value.status, caught.value.offset) == (400, 300)


async def test_71_a_hole_before_a_failed_page_is_still_filled():
    """Page 100 comes short after page 200 has failed: its hole is filled, then the error comes."""
    faults = {100: Fault.short(1), 200: Fault.status(400)}
    with FakeLiner(total=400, faults=faults) as server:
        async with client(server) as liner:
            ids = []
            with pytest.raises(StatusError):
                async for order in liner.orders.list():
                    ids.append(order.id)
        assert ids == [order["id"] for order in server.orders][:200]


async def test_an_error_is_raised_again_by_each_further_step():
    """A failed iterator never looks finished."""
    with FakeLiner(total=300, faults={100: Fault.status(400)}) as server:
        async with client(server) as liner:
            orders = aiter(liner.orders.list())
            with pytest.raises(StatusError):
                async for _ in orders:
                    pass
            with pytest.raises(StatusError):
                await anext(orders)


async def test_72_closing_twice_or_before_use_is_fine_and_use_after_closing_an_error():
    """`aclose` is idempotent."""
    with FakeLiner(total=5) as server:
        liner = client(server)
        await liner.aclose()
        await liner.aclose()
        with pytest.raises(ClientClosedError):
            await liner.orders.list()
        with pytest.raises(ClientClosedError):
            await liner.orders.page()
        assert server.connections == 0


async def test_72_a_closed_iterator_is_no_finished_one():
    """A step after `aclose` raises, unless the list was read to its end."""
    with FakeLiner(total=250) as server:
        async with client(server) as liner:
            async with aiter(liner.orders.list()) as orders:
                await anext(orders)
            with pytest.raises(ClientClosedError):
                await anext(orders)
            pages = liner.orders.list().pages()
            assert [len(page) async for page in pages] == [100, 100, 50]
            await pages.aclose()
            with pytest.raises(StopAsyncIteration):
                await anext(pages)


def test_72_a_loop_may_end_with_an_iterator_open():
    """`asyncio.run` ends without noise."""
    with FakeLiner(total=5000, faults=STALLING_LATER) as server:
        kept = []

        async def main():
            async with client(server) as liner:
                kept.append(aiter(liner.orders.list()))
                async for _ in kept[0]:
                    break

        asyncio.run(main())
        kept.clear()
        gc.collect()


def test_73_a_client_that_is_never_closed_is_named_once():
    """One ResourceWarning, ours, with what to do."""
    with FakeLiner(total=5) as server, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")

        async def main():
            await client(server).orders.count()

        asyncio.run(main())
        gc.collect()
    (warning,) = caught
    assert warning.category is ResourceWarning
    assert "LinerClient" in str(warning.message)
    assert "aclose" in str(warning.message)
    assert server.api_key not in str(warning.message)


async def test_71_out_of_order_what_has_arrived_comes_before_the_error():
    """The failed page ends the run; the error names the lowest offset that is missing."""
    faults = {200: Fault.stall(60), 300: Fault.status(400)}
    with FakeLiner(total=400, latency=0.01, faults=faults) as server:
        async with client(server) as liner:
            before = own_tasks()
            pages = []
            with pytest.raises(StatusError) as caught:
                async for page in liner.orders.list(ordered=False).pages():
                    pages.append(page.offset)
            assert own_tasks() == before
    assert 0 in pages
    assert 200 not in pages
    assert caught.value.offset == min({0, 100, 200} - set(pages))
