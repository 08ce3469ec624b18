"""Connections to the fake server: kept, given up, secured, misused."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct

import aiohttp
import pytest
import trustme

from liner_async.testing import FakeLiner, Fault
from liner_async.testing import connection as connection_module
from tests.support.wire_faults import drip, raw


@pytest.fixture(scope="module")
def authority():
    """Make a certificate authority."""
    return trustme.CA()


@pytest.fixture
def certified(authority):
    """Make a server's TLS context for 127.0.0.1."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def trusting(authority):
    """Make a client's TLS context that trusts the authority."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


async def test_a_connection_serves_request_after_request(dial):
    """Two in one packet are answered one after the other, and nothing is closed."""
    async with FakeLiner(0) as server:
        reader, writer = await dial(server, count=2)
        heads = [await reader.readuntil(b"\r\n\r\n") for _ in range(2)]
        assert b"HTTP/1.1 200 OK" in heads[1]
        assert b"Date: " in heads[0]
        assert not reader.at_eof()
        assert (server.connections, server.peak_in_flight) == (1, 1)
        writer.close()


@pytest.mark.parametrize("lines", [["Connection: close"], ["Transfer-Encoding: chunked"]])
async def test_a_connection_closes_when_the_request_wants_it_or_cannot_be_skipped(dial, lines):
    """The answer says so."""
    async with FakeLiner(0) as server:
        reader, _ = await dial(server, *lines, count=2)
        answer = await reader.read()
    assert answer.count(b"HTTP/1.1 200 OK") == 1
    assert b"Connection: close\r\n" in answer


async def test_without_keep_alive_each_answer_ends_its_connection(ask):
    """Clients have to connect anew each time."""
    async with FakeLiner(keep_alive=False) as server:
        for _ in range(3):
            assert (await ask(server)).headers["Connection"] == "close"
        assert server.connections == 3


async def test_a_connection_can_be_given_up_at_the_moment_of_use(dial):
    """The second request on it comes in and is never answered; faults are not used up."""
    faults = {0: [None, Fault.status(500)]}
    async with FakeLiner(0, faults=faults, requests_per_connection=1) as server:
        reader, writer = await dial(server)
        head = await reader.readuntil(b"\r\n\r\n")
        assert b"Connection: close" not in head
        writer.write(b"GET /v2/order/ HTTP/1.1\r\nHost: h\r\n\r\n")
        assert not (await reader.read()).startswith(b"HTTP")
        reader, _ = await dial(server)
        assert await reader.readline() == b"HTTP/1.1 500 Internal Server Error\r\n"
        assert [request.status for request in server.requests] == [200, 0, 500]


async def test_a_request_may_have_a_body_that_nobody_reads(session):
    """However long; the connection goes on with the next request."""
    async with FakeLiner() as server:
        headers = {"X-Api-Key": server.api_key}
        url = f"{server.url}/v2/order/"
        for size in (10, 1_000_000):
            async with session.post(url, data=b"x" * size, headers=headers) as response:
                assert response.status == 405
        async with session.get(url, headers=headers) as response:
            assert response.status == 200
        assert server.connections == 1


async def test_a_head_request_gets_no_body(session):
    """Its 405 is only a head."""
    async with FakeLiner() as server, session.head(f"{server.url}/v2/order/") as response:
        assert (response.status, await response.read()) == (405, b"")


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/2\r\n\r\n",
        b"\x16\x03\x01",
        b"GET /" + b"x" * 200,
        b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
    ],
    ids=["version", "TLS", "too long", "length"],
)
async def test_what_is_no_request_gets_400_and_is_not_logged(monkeypatch, sent):
    """The connection closes."""
    monkeypatch.setattr(connection_module, "_LONGEST_HEAD", 100)
    async with FakeLiner() as server:
        host, port = server.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(sent)
        assert (await reader.readline()).startswith(b"HTTP/1.1 400 ")
        writer.close()
        assert server.requests == []


async def test_a_request_may_come_in_pieces(dial):
    """The head is complete when its empty line is."""
    async with FakeLiner(0) as server:
        reader, writer = await dial(server, "X-Cut: ")
        await reader.readuntil(b"\r\n\r\n")
        for piece in (b"GET /v2/or", b"der/ HTTP/1.1\r", b"\n\r", b"\n"):
            writer.write(piece)
            await asyncio.sleep(0.001)
        assert b"HTTP/1.1 401 " in await reader.readuntil(b"\r\n\r\n")


async def test_a_client_that_reads_slowly_gets_everything(dial):
    """A page larger than all buffers waits for its reader, also within a delivery."""
    orders = [{"id": 1, "text": "x" * 20_000_000}]
    faults = {0: [None, Fault.stall(0, after="half"), Fault.reset(after="half")]}
    async with FakeLiner(orders=orders, faults=faults) as server:
        for _ in range(2):
            reader, writer = await dial(server, "Connection: close", limit=1000)
            await asyncio.sleep(0.01)
            assert len(await reader.read()) > 20_000_000
            writer.close()
        reader, _ = await dial(server, limit=1000)
        await asyncio.sleep(0.01)
        with pytest.raises(ConnectionResetError):
            await reader.read()


async def test_a_reset_from_a_client_that_does_not_read_is_no_error(dial, until):
    """What is still to be sent is forgotten."""
    orders = [{"id": 1, "text": "x" * 20_000_000}]
    async with FakeLiner(orders=orders, faults={0: drip(0, size=10_000_000)}) as server:
        _, writer = await dial(server, limit=10)
        await until(lambda: server.in_flight)
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
        await until(lambda: not server.open_connections)
        assert server.in_flight == 0


async def test_a_server_may_speak_tls(dial, certified, trusting):
    """`url` says https, and every fault travels as it does in plain text."""
    faults = {0: [None, raw(b"abc"), Fault.reset(), Fault.stall(3600, after="headers")]}
    async with FakeLiner(0, faults=faults, ssl=certified) as server:
        assert server.url.startswith("https://127.0.0.1:")
        reader, _ = await dial(server, ssl=trusting, count=2)
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 OK\r\n")
        assert (await reader.read()).endswith(b'"total":0}}abc')
        reader, _ = await dial(server, ssl=trusting)
        with pytest.raises(ConnectionResetError):
            await reader.read()
        reader, _ = await dial(server, ssl=trusting)
        await reader.readuntil(b"\r\n\r\n")
        assert (server.in_flight, server.connections) == (1, 3)
    assert server.open_connections == 0
    with contextlib.suppress(ConnectionResetError):
        assert await reader.read() == b""


async def test_a_client_that_trusts_nobody_sends_no_request(certified, until, caplog):
    """The handshake fails: a connection, no request, no noise."""
    async with FakeLiner(ssl=certified) as server, aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await session.get(server.url)
        await until(lambda: not server.open_connections)
        assert (server.connections, server.requests) == (1, [])
    assert [record for record in caplog.records if record.levelname != "DEBUG"] == []


@pytest.mark.parametrize("leave", ["close", "reset", "plain"])
async def test_a_client_may_leave_within_the_handshake(certified, until, caplog, leave):
    """Or not speak TLS at all."""
    async with FakeLiner(ssl=certified) as server:
        host, port = server.url.removeprefix("https://").split(":")
        with socket.create_connection((host, int(port))) as client:
            if leave == "plain":
                client.sendall(b"GET / HTTP/1.1\r\n\r\n")
            else:
                client.sendall(b"\x16\x03\x01")
            await until(lambda: server.open_connections)
            if leave == "reset":
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        await until(lambda: not server.open_connections)
    assert [record for record in caplog.records if record.levelname != "DEBUG"] == []


@pytest.mark.parametrize("turns", range(6))
async def test_closing_within_a_handshake_leaves_nothing(certified, trusting, turns):
    """At whatever turn of the loop: sockets are closed, tasks are gone."""
    async with FakeLiner(ssl=certified) as server:
        host, port = server.url.removeprefix("https://").split(":")
        clients = [
            asyncio.create_task(asyncio.open_connection(host, int(port), ssl=trusting))
            for _ in range(5)
        ]
        silent = socket.create_connection((host, int(port)), timeout=10)
        for _ in range(turns * turns):
            await asyncio.sleep(0)
    assert server.open_connections == 0
    with silent, contextlib.suppress(ConnectionResetError):
        assert silent.recv(1) == b""
    for client in clients:
        try:
            reader, writer = await client
        except OSError:
            continue
        with contextlib.suppress(OSError, ssl.SSLError):
            await reader.read()
        writer.transport.abort()


async def test_a_server_in_a_thread_may_speak_tls(certified, trusting):
    """And stops at once, a handshake under way included."""
    with FakeLiner(1, ssl=certified) as server:
        connector = aiohttp.TCPConnector(ssl=trusting)
        async with aiohttp.ClientSession(connector=connector) as session:
            headers = {"X-Api-Key": server.api_key}
            async with session.get(f"{server.url}/v2/order/", headers=headers) as response:
                assert response.status == 200
        host, port = server.url.removeprefix("https://").split(":")
        silent = socket.create_connection((host, int(port)), timeout=10)
    with silent, contextlib.suppress(ConnectionResetError):
        assert silent.recv(1) == b""


async def test_offset_and_limit_may_be_ignored(ask):
    """The first page for every offset; as many rows as the server likes for every limit."""
    async with (
        FakeLiner(300, ignore_offset=True) as first,
        FakeLiner(300, ignore_limit=True, default_limit=250) as long,
    ):
        pages = [await ask(first, offset=offset, limit=20) for offset in (0, 100, 999)]
        assert len({page.body for page in pages}) == 1
        assert pages[0].json["data"]["next"] == 20
        assert [request.offset for request in first.requests] == [0, 100, 999]
        assert len((await ask(long, limit=10)).ids) == 250
        assert len((await ask(long, offset=250, limit=10)).ids) == 50


async def test_another_page_can_come_in_the_place_of_one(ask):
    """With the `next` of the one asked for."""
    async with FakeLiner(300, faults={100: Fault.page(0)}) as server:
        asked, other = await ask(server, offset=100), await ask(server)
    assert asked.ids == other.ids
    assert (asked.json["data"]["next"], other.json["data"]["next"]) == (150, 50)


async def test_a_connection_that_was_never_made_can_end():
    """Nothing is there to abort or to cancel."""
    connection = connection_module.Connection(None, None, on_end=pytest.fail)
    connection.abort()
    connection.connection_lost(None)
