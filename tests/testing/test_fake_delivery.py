"""How answers travel: every delivery as bytes on a socket."""

from __future__ import annotations

import asyncio
import json

import attrs
import pytest
from aiohttp import ClientConnectionResetError
from aiohttp.test_utils import make_mocked_request

from liner_async.testing import FakeLiner, Fault
from liner_async.testing.answers import Answer
from liner_async.testing.delivery import deliver


def parsed(raw):
    """Split an answer into its status line, its Content-Length and its body."""
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines[1:])
    return lines[0], int(headers["Content-Length"]), body


async def test_a_disconnect_sends_nothing(send):
    """The connection closes without a byte, once for each request, and the status stays 0."""
    async with FakeLiner(faults={0: [Fault.disconnect()]}) as server:
        assert await send(server) == b""
        assert [request.status for request in server.requests] == [0]
        assert (await send(server)).startswith(b"HTTP/1.1 200 ")


async def test_a_reset_is_a_reset(send):
    """The client sees ECONNRESET, not an orderly end."""
    async with FakeLiner(faults={"any": Fault.reset()}) as server:
        with pytest.raises(ConnectionResetError):
            await send(server)
        assert [request.status for request in server.requests] == [0]


async def test_a_cut_promises_more_than_it_sends(send):
    """Content-Length is true of the page, half of which comes."""
    async with FakeLiner(faults={"any": Fault.cut()}) as server:
        status, promised, body = parsed(await send(server, close=False))
    assert (status, len(body)) == ("HTTP/1.1 200 OK", promised // 2)
    assert [request.status for request in server.requests] == [200]


async def test_a_drip_sends_all_in_small_pieces(send):
    """The pieces add up to the healthy page."""
    async with FakeLiner(3, faults={0: [Fault.drip(0, size=7)]}) as server:
        dripped = parsed(await send(server))
        assert dripped == parsed(await send(server))
    assert json.loads(dripped[2])["data"]["total"] == 3


@pytest.mark.parametrize("after", ["request", "headers", "half"])
async def test_a_stall_goes_on_when_its_time_is_over(send, after):
    """After the pause the rest of the healthy page follows."""
    async with FakeLiner(3, faults={0: [Fault.stall(0.001, after=after)]}) as server:
        assert parsed(await send(server)) == parsed(await send(server))


@pytest.mark.parametrize(("after", "status"), [("request", 0), ("headers", 200), ("half", 200)])
async def test_a_stall_sends_what_comes_before_it(until, after, status):
    """Nothing, the headers alone, or half the body are there while the server pauses."""
    async with FakeLiner(3, faults={"any": Fault.stall(3600, after=after)}) as server:
        host, port = server.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(
            f"GET /v2/order/ HTTP/1.1\r\nHost: h\r\nX-Api-Key: {server.api_key}\r\n\r\n".encode()
        )
        got = b""
        async with asyncio.timeout(10):
            if after != "request":
                got = await reader.readuntil(b"\r\n\r\n")
            if after == "half":
                _, promised, _ = parsed(got)
                got = await reader.readexactly(promised // 2)
            await until(lambda: server.in_flight)
        assert server.requests[0].status == status
    rest = await reader.read()
    writer.close()
    assert rest == b""


async def test_a_faulty_answer_can_be_sent_in_a_faulty_way(send):
    """Answer and delivery combine: half of a 502 page, and an empty one that stalls."""
    cut = attrs.evolve(Fault.status(502, body=b"1234"), delivery=Fault.cut().delivery)
    stalled = attrs.evolve(Fault.status(503), delivery=Fault.stall(0, after="half").delivery)
    async with FakeLiner(faults={0: [cut, stalled]}) as server:
        assert parsed(await send(server)) == ("HTTP/1.1 502 Bad Gateway", 4, b"12")
        assert parsed(await send(server)) == ("HTTP/1.1 503 Service Unavailable", 0, b"")


async def test_a_client_that_leaves_during_a_drip_is_no_error(until, caplog):
    """The handler ends with the connection, without a word in any log."""
    async with FakeLiner(faults={"any": Fault.drip(0, size=1)}) as server:
        host, port = server.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(
            f"GET /v2/order/ HTTP/1.1\r\nHost: h\r\nX-Api-Key: {server.api_key}\r\n\r\n".encode()
        )
        await reader.readuntil(b"\r\n\r\n")
        writer.transport.abort()
        await until(lambda: not server.open_connections)
        assert server.in_flight == 0
    assert [record for record in caplog.records if record.levelname != "DEBUG"] == []


class Gone:
    """A response writer whose client has left."""

    def __getattr__(self, name):
        async def refuse(*_, **__):
            raise ClientConnectionResetError

        return refuse


class Transport:
    """A transport that knows whether it was told to close or to abort."""

    def __init__(self):
        self.calls = []

    def close(self):
        """Note the call."""
        self.calls.append("close")

    def get_extra_info(self, name):
        """Know nothing: make_mocked_request asks for the peer."""
        return


async def test_a_write_to_a_client_that_has_left_hangs_up():
    """A lost connection that shows only on writing is closed, not reported."""
    transport = Transport()
    request = make_mocked_request("GET", "/", transport=transport, writer=Gone())
    await deliver(Answer(200, b"12"), Fault.cut().delivery, to=request, on_status=lambda _: None)
    assert transport.calls == ["close"]


@pytest.mark.parametrize("fault", [Fault.disconnect(), Fault.reset()])
async def test_a_connection_that_is_gone_already_needs_no_closing(fault):
    """A transport lost before its turn is left alone."""
    request = make_mocked_request("GET", "/")
    request.protocol.transport = None
    assert request.transport is None
    response = await deliver(
        Answer(200), fault.delivery, to=request, on_status=lambda _: pytest.fail("no status")
    )
    assert not response.prepared
