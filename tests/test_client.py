"""LinerClient and its iterators, in cases that the failure catalogue does not list."""

from __future__ import annotations

import asyncio
import gc
import inspect
import logging
import threading
from collections.abc import AsyncIterable, Iterable
from contextlib import nullcontext
from functools import partial
from unittest.mock import AsyncMock, MagicMock, Mock

import aiohttp
import pytest

from liner_async import (
    ClientClosedError,
    ConfigError,
    LinerClient,
    ListSource,
    Page,
    Progress,
    RetryPolicy,
    ServerError,
    TransportError,
)
from liner_async.contrib.tqdm import progress_bar
from liner_async.testing import FakeLiner, Fault, a_page, make_order
from tests.support.reading import client
from tests.support.waiting import until

BAD_FIRST = [make_order(id=1, title=None), make_order(id=2)]


async def test_a_closed_borrowed_session_is_an_error_that_says_so(server):
    """A request over a borrowed session that its owner closed raises ClientClosedError."""
    async with aiohttp.ClientSession() as session:
        pass
    async with client(server, session=session) as liner:
        with pytest.raises(ClientClosedError, match="borrowed"):
            await liner.orders.count()


class Spy:
    """Looks like what is asked for, but for one thing; its repr must not be shown."""

    closed = False

    def __repr__(self):
        return "secret"

    async def __aenter__(self):
        return self

    async def __call__(self, _):
        """Would have to be awaited."""


async def coroutine_function(_):
    """Would have to be awaited."""


@pytest.mark.parametrize("wrong", [Spy(), asyncio.Lock, "https://proxy", 5], ids=repr)
@pytest.mark.parametrize("name", ["session", "limiter"])
def test_a_session_or_limiter_of_another_kind_is_refused_at_once(name, wrong):
    """By its name, and without showing it."""
    with pytest.raises(ConfigError, match=f"^{name} must be an ") as caught:
        LinerClient("https://liner.example", "key", **{name: wrong})
    assert repr(wrong) not in str(caught.value)


def test_a_limiter_is_any_async_context_manager():
    """asyncio's own, and what only has the two methods."""
    limiters = [asyncio.Semaphore(2), asyncio.Lock(), nullcontext(), MagicMock()]
    for limiter in limiters:
        LinerClient("https://liner.example", "key", limiter=limiter)


WRONG_CALLBACKS = [Spy(), coroutine_function, partial(coroutine_function), AsyncMock(), "print", 5]


@pytest.mark.parametrize("wrong", WRONG_CALLBACKS, ids=lambda each: type(each).__name__)
def test_a_callback_that_would_have_to_be_awaited_is_refused_at_once(wrong):
    """Its coroutine would never run; what cannot be called is refused too."""
    liner = LinerClient("https://liner.example", "key")
    told = "must be a plain function of one argument"
    with pytest.raises(ConfigError, match=f"^on_progress {told}, the Progress$"):
        liner.orders.list(on_progress=wrong)
    with pytest.raises(ConfigError, match=f"^on_event {told}, the event$"):
        LinerClient("https://liner.example", "key", on_event=wrong)


def test_a_callback_is_whatever_can_be_called():
    """A function, a method, a partial, a mock, a class."""
    for callback in (print, [].append, partial(print, 1), Mock(), Progress):
        liner = LinerClient("https://liner.example", "key", on_event=callback)
        liner.orders.list(on_progress=callback)


async def test_an_exception_of_on_progress_ends_the_run_as_it_is(liner):
    """The user's own exception comes out unchanged, and again from the next step."""

    def fail(_):
        raise LookupError("mine")

    pages = liner.orders.list(on_progress=fail).pages()
    for _ in range(2):
        with pytest.raises(LookupError, match="mine"):
            await anext(pages)


async def test_progress_counts_orders_and_pages_up_to_the_total(liner):
    """It is called once per page with the orders so far and the total."""
    seen = []
    await liner.orders.list(on_progress=seen.append)
    assert [(each.done, each.total, each.pages) for each in seen] == [
        (100, 250, 1),
        (200, 250, 2),
        (250, 250, 3),
    ]
    assert seen[0].elapsed <= seen[-1].elapsed
    await liner.orders.list(max_items=120, offset=10, on_progress=seen.append)
    assert (seen[-1].done, seen[-1].total) == (120, 120)


async def test_the_first_of_nothing_is_none():
    """An empty list and a list of skipped orders have no first order."""
    with FakeLiner(total=0) as server:
        async with client(server) as liner:
            assert await liner.orders.list().first() is None
            assert await liner.orders.list() == await liner.orders.list()
    with FakeLiner(orders=BAD_FIRST[:1]) as server:
        async with client(server) as liner:
            assert await liner.orders.list(on_invalid="skip").first() is None
            assert [order async for order in liner.orders.list(on_invalid="skip")] == []


async def test_the_first_that_fits_is_given_where_others_are_skipped():
    """A page of skipped orders does not end the search."""
    with FakeLiner(orders=BAD_FIRST) as server:
        async with client(server) as liner:
            order = await liner.orders.list(on_invalid="skip").first()
    assert order.id == 2


async def test_an_iterator_closed_before_its_first_step_sends_nothing(liner, server):
    """Its next step raises ClientClosedError."""
    orders = aiter(liner.orders.list())
    await orders.aclose()
    with pytest.raises(ClientClosedError):
        await anext(orders)
    assert server.requests == []


async def test_a_pager_can_be_read_again(liner):
    """Each loop starts a fresh run, and `report` covers the latest."""
    pager = liner.orders.list(max_items=120)
    assert pager.report.handed_out == 0
    assert [len([order async for order in pager]) for _ in range(2)] == [120, 120]
    assert pager.report.handed_out == 120
    assert repr(pager) == (
        "<Pager of orders: at most 120 items from offset 0, 100 a page, concurrency auto>"
    )
    assert "every item" in repr(liner.orders.list())


async def test_a_plain_loop_over_a_list_says_what_to_write(liner, server):
    """So do an index, `in`, list() and whatever else reads without awaiting; nothing is sent."""
    pager = liner.orders.list()
    told = r"`async for item in pager`, or `items = await pager`"
    with pytest.raises(TypeError, match=told):
        for _ in pager:
            pass
    for read in (list, dict, sorted, lambda of: of[0], lambda of: of[:5], lambda of: 1 in of):
        with pytest.raises(TypeError, match=told):
            read(pager)
    assert server.requests == []


async def test_the_length_of_an_unread_list_says_what_to_write(liner):
    """There is a request for it."""
    with pytest.raises(TypeError, match=r"`await pager.count\(\)`, or `len\(await pager\)`"):
        len(liner.orders.list())


async def test_an_unread_list_is_true_and_no_iterable(liner):
    """`pager or default` and what asks for its kind work as with any object."""
    pager = liner.orders.list(max_items=2)
    assert pager
    assert not isinstance(pager, Iterable)
    assert isinstance(pager, AsyncIterable)
    assert [order async for order in pager] == await pager


def test_a_plain_with_says_what_to_write():
    """Nothing was opened, so nothing is left to close."""
    told = "write `async with LinerClient\\(\\) as liner`"
    with pytest.raises(TypeError, match=told):
        with LinerClient("https://liner.example", "key"):
            pass


LINER = LinerClient("https://liner.example", "key")
PLACES = {
    # what takes numbers of items, and by which of the three words
    LINER.orders.list: {"max_items", "page_size"},
    LINER.call_attempts.list: {"max_items", "page_size"},
    LINER.custom_fields.list: {"max_items"},
    LINER.orders.page: {"limit"},
    LINER.call_attempts.page: {"limit"},
    ListSource: {"page_size"},
    Page: {"limit"},
    a_page: {"limit"},
    progress_bar: set(),
}


@pytest.mark.parametrize("place", PLACES, ids=lambda of: of.__qualname__)
def test_there_is_one_word_for_each_number_of_items(place):
    """`max_items` of a list, `page_size` of a request, `limit` as the endpoint's own parameter."""
    named = inspect.signature(place).parameters.keys()
    assert named & {"max_items", "page_size", "limit"} == PLACES[place]
    assert not named & {"size", "count", "top", "per_page", "max_rows", "batch_size"}


def test_a_list_with_a_limit_is_told_the_word_for_it():
    """Where the endpoint's own parameter is not taken."""
    with pytest.raises(TypeError, match="'limit': `max_items` is the most items to hand out"):
        LINER.orders.list(limit=5)


async def test_a_closed_client_is_not_opened_again():
    """The error comes at the `async with`, not at the first request in it."""
    liner = LinerClient("https://liner.example", "key")
    await liner.aclose()
    with pytest.raises(ClientClosedError, match="is closed: open a new one"):
        await liner.__aenter__()


@pytest.mark.parametrize(
    ("variable", "text"), [("LINER_HOST", "no host"), ("LINER_API_KEY", "no api_key")]
)
def test_an_empty_variable_is_as_good_as_none(monkeypatch, variable, text):
    """So a secret that was never filled in is not called a wrong key."""
    monkeypatch.setenv("LINER_HOST", "https://liner.example")
    monkeypatch.setenv("LINER_API_KEY", "key")
    monkeypatch.setenv(variable, "")
    with pytest.raises(ConfigError, match=f"^{text}: pass .* or set the variable {variable}$"):
        LinerClient()


def test_a_plain_for_over_pages_or_items_says_what_to_write():
    """Neither iterator counts as an Iterable."""
    pages = LINER.orders.list().pages()
    for steps in (pages, aiter(LINER.orders.list())):
        with pytest.raises(TypeError, match="write `async for`"):
            iter(steps).__next__()
        assert not isinstance(steps, Iterable)


async def test_a_client_says_whether_it_is_closed():
    """Its resources name their host."""
    async with LinerClient("https://liner.example/api", "secret") as liner:
        opened = repr(liner)
    assert opened == "LinerClient(host='https://liner.example/api', api_key='***')"
    assert repr(liner) == f"<closed {opened}>"
    assert [repr(each) for each in (liner.orders, liner.call_attempts, liner.custom_fields)] == [
        "<Orders of https://liner.example/api>",
        "<CallAttempts of https://liner.example/api>",
        "<CustomFields of https://liner.example/api>",
    ]


async def test_a_report_counts_the_items_that_were_taken(liner):
    """It is exact in the middle of a page, and `next_offset` is where that page began."""
    pager = liner.orders.list()
    async with aiter(pager) as orders:
        for _ in range(150):
            await anext(orders)
        report = pager.report
    assert (report.handed_out, report.pages, report.next_offset) == (150, 2, 100)
    assert not report.complete


async def test_the_deadline_ends_a_retry_that_waits_for_its_turn():
    """A slot that frees up after the deadline raises the last error without another request."""
    faults = {0: [Fault.status(503)], 1: Fault.stall(0.15)}
    policy = RetryPolicy(wait_initial=0.05, wait_max=0.05, deadline=0.1)
    with FakeLiner(total=5, faults=faults) as server:
        async with client(server, concurrency=1, retry=policy) as liner:
            late = asyncio.create_task(liner.orders.page(offset=0))
            long = asyncio.create_task(liner.orders.page(offset=1))
            results = await asyncio.gather(late, long, return_exceptions=True)
        assert len(server.requests_at(0)) == 1
    assert isinstance(results[0], ServerError)
    assert results[0].attempts == 1


async def test_each_attempt_is_a_debug_line_and_each_retry_an_info_line(server, caplog):
    """Each line has method, path, offset, limit, status and attempt, but no header or body."""
    caplog.set_level(logging.DEBUG, logger="liner_async")
    policy = RetryPolicy(wait_initial=0.0)
    with FakeLiner(total=5, faults={0: [Fault.status(503)]}) as faulty:
        async with client(faulty, retry=policy) as liner:
            await liner.orders.page()
    first, retry, second = [
        record for record in caplog.records if record.name == "liner_async.transport"
    ]
    asked = "GET /v2/order/ offset=0 limit=50"
    assert first.getMessage().startswith(f"{asked} -> ServerError('HTTP 503') (attempt 1, ")
    assert retry.getMessage() == f"{asked}: HTTP 503; trying again in 0.0 s"
    assert second.getMessage().startswith(f"{asked} -> 200 (attempt 2, ")
    assert [each.levelname for each in (first, retry, second)] == ["DEBUG", "INFO", "DEBUG"]


async def test_a_certificate_other_than_the_pinned_one_is_final(certified):
    """A borrowed session that pins another fingerprint makes one attempt and sends no request."""
    pinned = aiohttp.TCPConnector(ssl=aiohttp.Fingerprint(bytes(32)))
    with FakeLiner(ssl=certified) as server:
        async with (
            aiohttp.ClientSession(connector=pinned) as session,
            client(server, session=session) as liner,
        ):
            with pytest.raises(TransportError) as caught:
                await liner.orders.count()
        assert server.requests == []
    assert (type(caught.value), caught.value.reason) == (TransportError, "tls")
    assert str(caught.value) == "the server's certificate is another one (offset 0, attempts 1)"


async def test_an_iterator_dropped_in_another_thread_cancels_on_its_own_loop():
    """The garbage collector may drop it in any thread."""
    stalling = {offset: Fault.stall(60) for offset in range(100, 5000, 100)}
    with FakeLiner(total=5000, faults=stalling) as server:
        async with client(server) as liner:
            kept = [aiter(liner.orders.list())]
            await anext(kept[0])
            await until(lambda: server.in_flight == 8)
            thread = threading.Thread(target=kept.clear)
            thread.start()
            await asyncio.to_thread(thread.join)
            gc.collect()
            await until(lambda: server.in_flight == 0)


async def test_connections_on_which_the_server_spoke_unasked_are_not_used_again():
    """Where all three kept connections have bytes waiting, the next request opens a fourth."""
    page = b'{"success": true, "message": "", "data": {"list": [], "next": 0, "total": 0}}'
    response = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(page), page)
    connections = []
    all_connected = asyncio.Barrier(3)

    async def respond_once(reader, writer):
        connections.append(writer)
        await reader.readuntil(b"\r\n\r\n")
        if len(connections) <= 3:
            await all_connected.wait()
        writer.write(response)

    async with await asyncio.start_server(respond_once, "127.0.0.1", 0) as server:
        url = "http://{}:{}".format(*server.sockets[0].getsockname())
        try:
            async with LinerClient(url, "key", concurrency=3) as liner:
                await asyncio.gather(*(liner.orders.count() for _ in range(3)))
                for connection in connections:
                    connection.write(response)
                for _ in range(5):  # turns of the loop, for the bytes to arrive
                    await asyncio.sleep(0)
                assert await liner.orders.count() == 0
        finally:
            for connection in connections:
                connection.close()
    assert len(connections) == 4


def test_a_client_with_a_borrowed_session_can_be_closed_on_a_later_loop():
    """The client has no session of its own to close."""
    with FakeLiner(total=5) as server:
        kept = []

        async def use():
            async with aiohttp.ClientSession() as session:
                kept.append(client(server, session=session))
                return await kept[0].orders.count()

        assert asyncio.run(use()) == 5
        asyncio.run(kept[0].aclose())
