"""How answers travel: every delivery as bytes on a socket."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress

import attrs
import pytest

from liner_async.testing import FakeLiner, FakeLinerProcess, Fault
from liner_async.testing.wire import End, HttpDelivery
from tests.support.wire_faults import PASSING, drip, endless, framing, gzip, raw, unsolicited

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def split(sent):
    """Split an answer into its status line, its headers and its body."""
    head, _, body = sent.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    return lines[0], dict(line.split(": ", 1) for line in lines[1:]), body


def parsed(sent):
    """Split an answer into its status line, its Content-Length and its body."""
    line, headers, body = split(sent)
    return line, int(headers["Content-Length"]), body


async def test_a_disconnect_sends_nothing(send):
    """The connection closes without a byte, once for each request, and the status stays 0."""
    async with FakeLiner(faults={0: [Fault.disconnect()]}) as server:
        assert await send(server) == b""
        assert [request.status for request in server.requests] == [0]
        assert (await send(server)).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(("after", "status"), [("request", 0), ("status", 0), ("half", 200)])
async def test_a_reset_is_a_reset(dial, after, status):
    """The client gets what was sent, then ECONNRESET and not an orderly end."""
    async with FakeLiner(faults={"any": Fault.reset(after=after)}) as server:
        reader, _ = await dial(server)
        with pytest.raises(ConnectionResetError):
            await reader.read()
        assert [request.status for request in server.requests] == [status]


async def test_a_reset_within_the_body_comes_after_what_was_sent(dial):
    """Half of the page has arrived when the connection is reset."""
    async with FakeLiner(faults={"any": Fault.reset(after="half")}) as server:
        reader, _ = await dial(server)
        _, promised, _ = parsed(await reader.readuntil(b"\r\n\r\n"))
        await reader.readexactly(promised // 2)
        with pytest.raises(ConnectionResetError):
            await reader.read(1)


async def test_a_cut_promises_more_than_it_sends(send):
    """Content-Length is true of the page, half of which comes."""
    async with FakeLiner(faults={"any": Fault.cut()}) as server:
        status, promised, body = parsed(await send(server, close=False))
    assert (status, len(body)) == ("HTTP/1.1 200 OK", promised // 2)
    assert [request.status for request in server.requests] == [200]


async def test_a_cut_within_the_status_line_leaves_no_status(send):
    """The request was never answered as far as anybody can tell."""
    async with FakeLiner(faults={"any": Fault.cut(after="status")}) as server:
        assert await send(server) == b"HTTP/1."
        assert [request.status for request in server.requests] == [0]


@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
async def test_a_cut_body_lacks_its_end_however_it_is_framed(send, framing):
    """Half of the page comes, and no last chunk."""
    async with FakeLiner(3, faults={0: [Fault.cut(framing=framing)]}) as server:
        _, _, cut = split(await send(server, close=False))
        _, whole, _ = parsed(await send(server))
    assert whole // 2 <= len(cut) < whole // 2 + 10


async def test_a_chunked_page_is_a_healthy_page(ask):
    """So is one that ends with its connection, and one that is compressed."""
    chunked, closed = (
        Fault(name="framed", delivery=HttpDelivery(framing=how)) for how in ("chunked", "close")
    )
    faults = {0: [chunked, closed, Fault.gzip(), None]}
    async with FakeLiner(100, faults=faults) as server:
        pages = [await ask(server, limit=100) for _ in range(4)]
        assert {page.body for page in pages} == {pages[3].body}
        assert (len(pages[3].ids), server.connections) == (100, 2)
    assert pages[2].headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize("defect", ["cut", "corrupt"])
async def test_broken_gzip_comes_under_a_right_length(send, defect):
    """Only unpacking shows what is wrong."""
    async with FakeLiner(3, faults={0: gzip(defect)}) as server:
        line, promised, body = parsed(await send(server))
    assert (line, promised) == ("HTTP/1.1 200 OK", len(body))


async def test_two_lengths_and_a_length_with_chunks_keep_the_connection(dial):
    """The client has to be the one who gives it up."""
    faults = {0: [framing("two lengths"), framing("length and chunks")]}
    async with FakeLiner(0, faults=faults) as server:
        reader, writer = await dial(server, count=3)
        heads = [await reader.readuntil(b"\r\n\r\n") for _ in range(3)]
        assert [head.count(b"Content-Length") for head in heads] == [2, 1, 1]
        assert b"Transfer-Encoding: chunked" in heads[1]
        writer.close()
    assert server.connections == 1


async def test_raw_bytes_and_then_the_end_asked_for(dial):
    """Closed, reset, left open for the next request, or silent."""
    faults = {0: [raw(b"abc", then=then) for then in (End.KEEP, End.CLOSE, End.RESET, End.STALL)]}
    async with FakeLiner(faults=faults) as server:
        reader, _ = await dial(server, count=2)
        assert await reader.read() == b"abcabc"
        reader, _ = await dial(server)
        assert await reader.readexactly(3) == b"abc"
        with pytest.raises(ConnectionResetError):
            await reader.read()
        reader, writer = await dial(server)
        assert await reader.readexactly(3) == b"abc"
        assert server.in_flight == 1
        assert server.connections == 3
        writer.close()
    assert await reader.read() == b""


async def test_bytes_that_are_not_http_have_no_status(send):
    """As far as a client can tell the request was never answered."""
    async with FakeLiner(faults={0: raw(b"\x00\x01\x02\xff")}) as server:
        assert await send(server) == b"\x00\x01\x02\xff"
        assert [request.status for request in server.requests] == [0]


@pytest.mark.parametrize(
    ("fault", "piece", "status"),
    [
        (endless(CONTINUE, interval=0.001), b" Continue\r\n\r\nHTTP/1.1 100 Continue", 100),
        (endless(b"x" * 999, start=b"HTTP/1.1 200 OK\r\nX: "), b" OK\r\nX: " + b"x" * 5000, 200),
        (endless(b" " * 999, start=b"HTTP/1.1 502 No\r\n\r\n"), b"\r\n\r\n" + b" " * 5000, 502),
    ],
)
async def test_an_endless_answer_lasts_until_the_client_goes(dial, until, fault, piece, status):
    """It goes on and on, in as much memory as the client reads, and then stops at once."""
    async with FakeLiner(faults={"any": fault}) as server:
        reader, writer = await dial(server)
        assert (await reader.readuntil(piece)).startswith(b"HTTP/1.1 %d " % status)
        assert server.requests[0].status == status
        assert server.in_flight == 1
        writer.transport.abort()
        await until(lambda: not server.open_connections)
        assert server.in_flight == 0


async def test_an_unsolicited_answer_follows_the_one_asked_for(dial):
    """Both are there at once; the next request gets a third."""
    async with FakeLiner(0, faults={0: [unsolicited(b"{}")]}) as server:
        reader, _ = await dial(server, count=2)
        heads = [await reader.readuntil(b"\r\n\r\n") for _ in range(3)]
        assert b"Content-Length: 2\r\n" in heads[1]
        assert heads[2].startswith(b"{}HTTP/1.1 200 OK")
    assert len(server.requests) == 2


async def test_a_drip_sends_all_in_small_pieces(send):
    """The pieces add up to the healthy page."""
    faults = {0: [drip(0, size=7), drip(0, size=40, after="request")]}
    async with FakeLiner(3, faults=faults) as server:
        dripped = [parsed(await send(server)) for _ in range(2)]
        assert dripped == [parsed(await send(server))] * 2
        assert [request.status for request in server.requests] == [200] * 3
    assert json.loads(dripped[0][2])["data"]["total"] == 3


@pytest.mark.parametrize("after", ["request", "status", "head", "headers", "half", "body"])
async def test_a_stall_goes_on_when_its_time_is_over(send, after):
    """After the pause the rest of the healthy page follows."""
    async with FakeLiner(3, faults={0: [Fault.stall(0.001, after=after)]}) as server:
        assert parsed(await send(server)) == parsed(await send(server))


@pytest.mark.parametrize(("after", "status"), [("request", 0), ("headers", 200), ("half", 200)])
async def test_a_stall_sends_what_comes_before_it(dial, until, after, status):
    """Nothing, the headers alone, or half the body are there while the server pauses."""
    async with FakeLiner(3, faults={"any": Fault.stall(3600, after=after)}) as server:
        reader, _ = await dial(server)
        async with asyncio.timeout(10):
            if after != "request":
                head = await reader.readuntil(b"\r\n\r\n")
            if after == "half":
                _, promised, _ = parsed(head)
                await reader.readexactly(promised // 2)
            await until(lambda: server.in_flight)
        assert server.requests[0].status == status
    assert await reader.read() == b""


async def test_a_faulty_answer_can_be_sent_in_a_faulty_way(send):
    """Answer and delivery combine: half of a 502 page, and an empty one that stalls."""
    cut = attrs.evolve(Fault.status(502, body=b"1234"), delivery=Fault.cut().delivery)
    stalled = attrs.evolve(Fault.status(503), delivery=Fault.stall(0, after="half").delivery)
    async with FakeLiner(faults={0: [cut, stalled]}) as server:
        assert parsed(await send(server)) == ("HTTP/1.1 502 Bad Gateway", 4, b"12")
        assert parsed(await send(server)) == ("HTTP/1.1 503 Service Unavailable", 0, b"")


async def test_any_header_can_be_sent_with_a_page(send):
    """Cookies, a coding that is a lie, a hundred kilobytes, a date of the server's own."""
    headers = {"Set-Cookie": "a=b", "X-Huge": "x" * 100_000, "Date": "d", "Content-Encoding": "br"}
    async with FakeLiner(3, faults={"any": Fault.headers(headers)}) as server:
        _, got, body = split(await send(server))
    assert {name: got[name] for name in headers} == headers
    assert json.loads(body)["data"]["total"] == 3


async def test_a_raw_retry_after_is_sent_as_it_is(send):
    """Nonsense included."""
    async with FakeLiner(faults={0: Fault.status(503, retry_after="\xb2 soon")}) as server:
        _, headers, _ = split(await send(server))
    assert headers["Retry-After"] == "\xb2 soon"


@pytest.mark.parametrize("fault", [drip(0), endless(b" ", start=b"HTTP/1.1 200 OK\r\n\r\n")])
async def test_a_client_that_leaves_within_an_answer_is_no_error(dial, until, caplog, fault):
    """The answer ends with the connection, without a word in any log."""
    async with FakeLiner(faults={"any": fault}) as server:
        reader, writer = await dial(server)
        await reader.readuntil(b"\r\n\r\n")
        writer.transport.abort()
        await until(lambda: not server.open_connections)
        assert server.in_flight == 0
    assert [record for record in caplog.records if record.levelname != "DEBUG"] == []


@pytest.mark.parametrize(
    "fault", PASSING, ids=[f"{i} {fault.name}" for i, fault in enumerate(PASSING)]
)
async def test_a_passing_fault_passes_and_is_not_a_page(send, fault):
    """Each spoils one answer, a stall excepted, and the next is healthy."""
    async with FakeLiner(3, faults={0: [fault]}) as server:
        first = b""
        with suppress(ConnectionResetError):
            first = await send(server)
        healthy = parsed(await send(server))
    assert json.loads(healthy[2])["data"]["total"] == 3
    if fault.name != "stall":
        assert (
            healthy[2] not in first
            or not first.startswith(b"HTTP/1.1 200")
            or (b"chunked" in first)
        )


async def test_a_child_commits_every_kind_of_fault(ask, send):
    """Wire faults travel to another process like all others."""
    faults = {0: [raw(b"abc"), gzip("cut"), Fault.php("page"), Fault.page(100)]}
    with FakeLinerProcess(total=150, faults=faults, keep_alive=False) as server:
        assert await send(server) == b"abc"
        assert b"Content-Encoding: gzip" in await send(server)
        assert isinstance((await ask(server)).json["data"]["list"], dict)
        page = await ask(server)
        assert page.ids == (await ask(server, offset=100)).ids
        assert page.headers["Connection"] == "close"
        assert server.stats().connections == 5
