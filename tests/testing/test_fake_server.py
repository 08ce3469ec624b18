"""FakeLiner over real sockets: what it answers, what it counts, and how it ends."""

from __future__ import annotations

import asyncio
import json
import logging
import pydoc
import socket
import threading
from contextlib import suppress
from types import SimpleNamespace

import aiohttp
import pytest

from liner_async.testing import Change, FakeLiner, Fault, Request, fake_orders
from liner_async.testing.traffic import Stats


def test_help_fits_three_screens():
    """Of 48 lines each, with eleven lists; none is filled with the values of defaults."""
    lines = pydoc.plain(pydoc.render_doc(FakeLiner)).splitlines()
    assert len(lines) <= 3 * 48
    assert max(map(len, lines)) < 120


@pytest.mark.parametrize("prefix", ["", "/api"])
async def test_a_server_says_where_it_listens(prefix):
    """And whether it does; its key is not shown."""
    server = FakeLiner(prefix=prefix, api_key="secret")
    assert repr(server) == "<FakeLiner, not started>"
    async with server:
        assert repr(server) == f"<FakeLiner at {server.url}>"
    assert repr(server) == f"<FakeLiner at {server.url}, stopped>"
    with server:
        assert repr(server) == f"<FakeLiner at {server.url}>"


async def test_a_page_is_answered_as_documented(ask):
    """The default page is the first 50 orders in the documented envelope."""
    async with FakeLiner(60) as server:
        got = await ask(server)
    assert (got.status, got.headers["Content-Type"]) == (200, "application/json")
    assert got.json == {
        "success": True,
        "message": "",
        "data": {"list": fake_orders(50), "next": 50, "total": 60},
    }


@pytest.mark.parametrize(
    ("offset", "limit", "count", "following"),
    [
        (0, 100, 100, 100),
        (200, 100, 50, 250),
        (249, 1, 1, 250),
        (250, 10, 0, 250),
        (999, 1, 0, 999),
    ],
)
async def test_next_is_the_offset_behind_the_page(ask, offset, limit, count, following):
    """On the last page `next` is the total; past the end it is the offset asked for."""
    async with FakeLiner() as server:
        data = (await ask(server, offset=offset, limit=limit)).json["data"]
    assert (len(data["list"]), data["next"], data["total"]) == (count, following, 250)


async def test_a_limit_over_the_maximum_is_lowered_without_a_word(ask):
    """The server caps `limit`, at 100 or at what the test says, and logs what was asked."""
    async with FakeLiner() as server, FakeLiner(max_limit=37, default_limit=5) as low:
        assert len((await ask(server, limit=500)).ids) == 100
        assert len((await ask(low, limit=100)).ids) == 37
        assert len((await ask(low)).ids) == 5
    assert [request.limit for request in low.requests] == [100, 5]


@pytest.mark.parametrize("query", [{"offset": -1}, {"limit": 0}, {"limit": "many"}])
async def test_a_bad_query_gets_400_in_the_envelope(ask, query):
    """The message names the parameter."""
    async with FakeLiner() as server:
        got = await ask(server, **query)
    assert (got.status, got.json["success"], got.json["data"]) == (400, False, None)
    assert next(iter(query)) in got.json["message"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Api-Key": "wrong-secret"},
        {"X-Api-Key": ""},
        [("X-Api-Key", "fake-liner-key"), ("X-Api-Key", "other")],
    ],
)
async def test_a_wrong_key_gets_401_and_is_not_echoed(ask, headers):
    """Without exactly the right key there is no page, and no key in the answer or the log."""
    async with FakeLiner() as server:
        got = await ask(server, headers=headers)
    assert (got.status, got.json["success"], got.json["data"]) == (401, False, None)
    assert b"secret" not in got.body
    assert "secret" not in repr(server.requests)
    assert [request.authorized for request in server.requests] == [False]


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/v2/order", "/v2/orders/", "/v2/order/1/", "/v2/custom-field/detail/123/"),
        *("/v2/call-attempt/detail/123", "/v2/call-attempt/detail/x/", "/v2/call-attempt/123/"),
        "/v2/call-attempt/detail/12\N{SUPERSCRIPT TWO}/",
    ],
)
async def test_another_path_gets_404_in_the_envelope(ask, path):
    """Only the documented paths, with their slash, are served."""
    async with FakeLiner() as server:
        got = await ask(server, path)
    assert (got.status, got.json["success"], got.json["data"]) == (404, False, None)
    [request] = server.requests
    assert (request.resource, request.offset, request.limit) == (None, None, None)


async def test_another_method_gets_405_in_the_envelope(ask):
    """The list is read with GET."""
    async with FakeLiner() as server:
        got = await ask(server, method="POST")
    assert (got.status, got.json["success"]) == (405, False)


async def test_a_prefix_comes_before_every_path(ask):
    """`url` holds the prefix, and nothing is served without it."""
    async with FakeLiner(prefix="/api/") as server:
        assert server.url.endswith("/api")
        assert (await ask(server)).status == 200
        bare = SimpleNamespace(url=server.url.removesuffix("/api"), api_key=server.api_key)
        assert (await ask(bare)).status == 404


async def test_orders_given_are_served_as_they_are(ask):
    """A test may serve anything as an order."""
    async with FakeLiner(orders=[{"id": 1}, {"id": None}]) as server:
        assert (await ask(server)).ids == [1, None]
        assert server.orders == [{"id": 1}, {"id": None}]


async def test_the_total_may_lie(ask):
    """`total_override` changes what is claimed, not what is served."""
    async with FakeLiner(3, total_override=10**12) as server:
        data = (await ask(server)).json["data"]
    assert (data["total"], len(data["list"])) == (10**12, 3)


async def test_an_unstable_order_shuffles_each_request(ask):
    """The same page differs from request to request, and the same seed gives the same pages."""
    async with FakeLiner(unstable_order=True) as one, FakeLiner(unstable_order=True) as two:
        pages = [(await ask(one, limit=100)).ids for _ in range(2)]
        assert pages[0] != pages[1]
        assert [(await ask(two, limit=100)).ids for _ in range(2)] == pages


async def test_changes_apply_just_before_their_request(ask):
    """Rows move between two answers, in the order of the changes' request numbers."""
    changes = [Change(at_request=3, delete=1, position=-1), Change(at_request=2, insert=2)]
    async with FakeLiner(5, changes=changes) as server:
        before = (await ask(server)).ids
        grown = (await ask(server)).ids
        shrunk = await ask(server)
        assert grown[2:] == before
        assert min(grown[:2]) > max(before)
        assert shrunk.ids == grown[:-1]
        assert shrunk.json["data"]["total"] == 6
        assert [order["id"] for order in server.orders] == shrunk.ids


async def test_refused_requests_do_not_count_for_changes(ask):
    """A 401 and a 400 leave the second answered request the second."""
    async with FakeLiner(5, changes=[Change(at_request=2, delete=5)]) as server:
        await ask(server, headers={})
        await ask(server, limit=0)
        assert len((await ask(server)).ids) == 5
        assert (await ask(server)).ids == []


async def test_requests_over_the_rate_get_429_with_whole_seconds(ask):
    """Beyond the rate the answer is 429 with Retry-After, and no fault is used up."""
    async with FakeLiner(rate_limit=0.001, faults={0: [Fault.status(500)]}) as server:
        assert (await ask(server)).status == 500
        got = await ask(server)
    assert (got.status, got.json["success"]) == (429, False)
    assert 990 <= int(got.headers["Retry-After"]) <= 1000


async def test_a_long_fault_sends_more_than_the_limit(ask):
    """Rows past the limit come from the list, past the cap too."""
    async with FakeLiner(300, faults={100: Fault.long(50)}) as server:
        got = await ask(server, offset=100, limit=100)
        assert got.ids == [order["id"] for order in server.orders[100:250]]


async def test_chance_faults_follow_the_seed(ask):
    """A rate of 1 fails twice, then answers."""
    async with FakeLiner(5, fault_rate=1, fault_kinds=[Fault.status(503)], seed=3) as server:
        assert [(await ask(server)).status for _ in range(3)] == [503, 503, 200]


async def test_latency_may_be_drawn_by_a_function(ask):
    """The function gets a seeded source of chance, once for each answer."""
    drawn = []
    async with FakeLiner(latency=lambda rng: drawn.append(rng.random()) or 0.001) as server:
        await ask(server)
        await ask(server, limit=0)
        await ask(server)
    assert len(set(drawn)) == 2


async def test_a_request_waits_its_latency(ask, until):
    """With an hour of latency the request is in flight and unanswered."""
    async with FakeLiner(latency=3600) as server:
        task = asyncio.create_task(ask(server))
        await until(lambda: server.in_flight)
        assert server.requests[0].status == 0
        task.cancel()
        await until(lambda: not server.in_flight)
        assert server.requests[0].status == 0


async def test_the_log_tells_what_came_over_the_wire(ask):
    """Requests are logged in order of arrival with query, status and headers, the key masked."""
    async with FakeLiner(faults={50: Fault.status(503)}) as server:
        await ask(server)
        await ask(server, offset=50, limit=10)
        await ask(server, offset="x", note=server.api_key)
        first, second, third = server.requests
    assert isinstance(first, Request)
    assert (first.method, first.offset, first.limit, first.status) == ("GET", 0, 50, 200)
    assert (second.offset, second.limit, second.status) == (50, 10, 503)
    assert second.path_qs == "/v2/order/?offset=50&limit=10"
    assert first.at <= second.at <= third.at
    assert (third.offset, third.status) == (None, 400)
    assert first.headers["X-Api-Key"] == "***"
    assert first.headers["x-api-key"] == "***"
    assert all(request.authorized for request in server.requests)
    assert server.api_key not in repr(server.requests)
    assert server.requests_at(50) == [second]


async def test_a_key_in_another_header_is_masked_where_it_stands(ask):
    """A leak of the key shows as asterisks in the header that carried it."""
    async with FakeLiner() as server:
        await ask(server, headers={"Authorization": f"Bearer {server.api_key}"})
    assert server.requests[0].headers["Authorization"] == "Bearer ***"
    assert "X-Api-Key" not in server.requests[0].headers


async def test_in_flight_peak_and_connections_are_counted(ask, until):
    """Five requests at once on five connections, then none, then one more on an old one."""
    async with FakeLiner(faults={0: [Fault.stall(3600)] * 5}) as server:
        tasks = [asyncio.create_task(ask(server)) for _ in range(5)]
        await until(lambda: server.in_flight == 5)
        assert (server.peak_in_flight, server.connections, server.open_connections) == (5, 5, 5)
        for task in tasks:
            task.cancel()
        await until(lambda: server.in_flight == server.open_connections == 0)
        await ask(server)
        await ask(server)
        assert (server.peak_in_flight, server.connections, server.open_connections) == (5, 6, 1)


async def test_reset_forgets_the_past_and_keeps_what_is_in_flight(ask, until):
    """After a reset only the request under way counts; its entry is not written to the new log."""
    faults = {100: [Fault.stall(3600)], 0: [None, Fault.status(500)]}
    async with FakeLiner(faults=faults) as server:
        await ask(server)
        task = asyncio.create_task(ask(server, offset=100))
        await until(lambda: server.in_flight)
        server.reset_stats()
        assert (server.requests, server.peak_in_flight, server.connections) == ([], 1, 0)
        assert (await ask(server)).status == 500
        assert [request.status for request in server.requests] == [500]
        task.cancel()


async def test_stats_are_served_over_http_and_not_counted(ask):
    """GET gives the counts as JSON without a key; DELETE forgets them."""
    async with FakeLiner(prefix="/api", faults={50: Fault.status(503)}) as server:
        await ask(server)
        await ask(server, offset=50)
        async with (
            aiohttp.ClientSession() as other,
            other.get(f"{server.url}/fake-liner/stats") as response,
        ):
            assert Stats.from_json(await response.read()).connections == 1
        got = await ask(server, "/fake-liner/stats", headers={})
        assert Stats.from_json(got.body) == Stats(
            requests=2,
            in_flight=0,
            peak_in_flight=1,
            connections=1,
            offsets={0: 1, 50: 1},
            statuses={200: 1, 503: 1},
        )
        cleared = await ask(server, "/fake-liner/stats", method="DELETE")
        assert Stats.from_json(cleared.body).requests == 0
        assert server.requests == []


async def test_a_broken_row_function_is_a_500_in_the_log(ask, caplog):
    """A mistake in a test's own function is visible, not swallowed."""
    async with FakeLiner(faults={0: Fault.rows(lambda rows: rows[1000])}) as server:
        with caplog.at_level(logging.ERROR, logger="liner_async.testing"):
            assert (await ask(server)).status == 500
    assert "IndexError" in caplog.text


def test_there_is_no_url_before_the_start():
    """Asking too early is an error with a reason."""
    with pytest.raises(RuntimeError, match="before it is started"):
        _ = FakeLiner().url
    assert FakeLiner().open_connections == 0


async def test_starting_twice_is_an_error():
    """One FakeLiner listens once at a time."""
    async with FakeLiner() as server:
        with pytest.raises(RuntimeError, match="running already"):
            await server.__aenter__()


async def test_it_can_be_started_again_with_its_rows_and_log(ask):
    """A second start goes on where the first one ended."""
    server = FakeLiner(faults={0: [Fault.status(500)]})
    async with server:
        assert (await ask(server)).status == 500
    async with server:
        assert (await ask(server)).status == 200
    assert len(server.requests) == 2


async def test_an_ipv6_address_is_bracketed(ask):
    """The url of `::1` is one that clients can use."""
    if not socket.has_ipv6:  # pragma: no cover - depends on the machine
        pytest.skip("no IPv6")
    try:
        async with FakeLiner(host="::1") as server:
            assert server.url.startswith("http://[::1]:")
            assert (await ask(server)).status == 200
    except OSError:  # pragma: no cover - depends on the machine
        pytest.skip("no IPv6")


async def test_closing_cancels_stalled_handlers_at_once():
    """Leaving the block does not wait for an hour's stall, and leaves no task behind."""
    before = asyncio.all_tasks()
    async with aiohttp.ClientSession() as session:
        async with FakeLiner(faults={"any": Fault.stall(3600, after="half")}) as server:
            headers = {"X-Api-Key": server.api_key}
            responses = [
                await session.get(f"{server.url}/v2/order/", headers=headers) for _ in range(3)
            ]
            assert server.in_flight == 3
        assert server.in_flight == server.open_connections == 0
        for response in responses:
            with pytest.raises(aiohttp.ClientPayloadError):
                await response.read()
    assert asyncio.all_tasks() == before


async def test_closing_ends_idle_connections_too(ask):
    """A client's kept-alive connection sees the end; nothing listens any more."""
    async with FakeLiner() as server:
        await ask(server)
        assert server.open_connections == 1
    with pytest.raises(aiohttp.ClientConnectorError):
        await ask(server)


@pytest.mark.parametrize("turns", range(5))
async def test_closing_forgets_no_connection_that_is_just_being_accepted(turns):
    """Clients that connect while the server closes see its end, at whatever turn of the loop."""
    async with FakeLiner() as server:
        host, port = server.url.removeprefix("http://").split(":")
        clients = [socket.create_connection((host, int(port)), timeout=10) for _ in range(20)]
        for _ in range(turns):
            await asyncio.sleep(0)
    for client in clients:
        with client, suppress(ConnectionResetError):
            assert client.recv(1) == b""


async def test_closing_without_starting_does_nothing():
    """A server that never listened can be left."""
    await FakeLiner().__aexit__(None, None, None)
    FakeLiner().__exit__(None, None, None)


async def test_in_a_thread_it_serves_and_stops_at_once(ask, until):
    """`with` runs the server in a thread of its own, which has ended after the block."""
    with FakeLiner(faults={100: Fault.stall(3600)}) as server:
        assert (await ask(server)).status == 200
        task = asyncio.create_task(ask(server, offset=100))
        await until(lambda: server.in_flight)
    assert "fake-liner" not in {thread.name for thread in threading.enumerate()}
    with pytest.raises(aiohttp.ClientConnectorError):
        await task


def test_in_a_thread_a_taken_port_is_an_error_at_the_start():
    """What goes wrong in the thread is raised by `with`, and no thread is left."""
    with FakeLiner() as server:
        port = int(server.url.rpartition(":")[2])
        with pytest.raises(OSError, match="address already in use"), FakeLiner(port=port):
            pass
    assert "fake-liner" not in {thread.name for thread in threading.enumerate()}


def test_an_error_while_a_thread_stops_is_raised():
    """What fails in the thread is the caller's to hear, and no thread is left."""
    server = FakeLiner()
    close = server._listener.close

    async def broken():
        await close()
        raise ZeroDivisionError

    server._listener.close = broken
    with pytest.raises(ZeroDivisionError), server:
        pass
    assert "fake-liner" not in {thread.name for thread in threading.enumerate()}


async def test_it_serves_until_cancelled(ask):
    """`serve_forever` tells when it is ready, and cancelling it closes the server."""
    ready = asyncio.Queue()
    server = FakeLiner()
    task = asyncio.create_task(server.serve_forever(on_ready=ready.put_nowait))
    assert await ready.get() is server
    assert (await ask(server)).status == 200
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(aiohttp.ClientConnectorError):
        await ask(server)


async def test_serving_forever_needs_no_callback(until):
    """Without `on_ready` the url tells."""
    server = FakeLiner(host="127.0.0.1")
    task = asyncio.create_task(server.serve_forever())
    await until(lambda: server._listener.address)
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()


@pytest.mark.unmeasured
async def test_12345_orders_come_complete_through_eight_connections():
    """A large list is read whole, in order, by concurrent requests."""
    connector = aiohttp.TCPConnector(limit=8)
    async with FakeLiner(12345) as server, aiohttp.ClientSession(connector=connector) as session:
        headers = {"X-Api-Key": server.api_key}

        async def page(offset):
            query = {"offset": offset, "limit": 100}
            url = f"{server.url}/v2/order/"
            async with session.get(url, params=query, headers=headers) as response:
                return json.loads(await response.read())["data"]["list"]

        pages = await asyncio.gather(*map(page, range(0, 12345, 100)))
        assert [order for page in pages for order in page] == fake_orders(12345)
        assert (len(server.requests), server.connections) == (124, 8)
        assert server.peak_in_flight <= 8
