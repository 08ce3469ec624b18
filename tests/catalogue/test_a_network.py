"""Part A of the failure catalogue: the network, over sockets on loopback."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import time
import zlib

import pytest

from liner_async import (
    LinerClient,
    ResponseError,
    RetryPolicy,
    TransportError,
    TransportTimeoutError,
)
from liner_async.testing import FakeLiner, Fault
from liner_async.testing.wire import End
from tests.support.reading import KEY, QUICK, broken, client, healthy, ids_of, read_all
from tests.support.wire_faults import endless, raw, unsolicited

pytestmark = pytest.mark.usefixtures("each_concurrency")

PAGE = b'{"success": true, "message": "", "data": {"list": [], "next": 0, "total": 0}}'


def head(*lines: str) -> bytes:
    return "\r\n".join(("HTTP/1.1 200 OK", *lines, "", "")).encode()


async def recovers_from(*faults) -> None:
    """Read the list from a server that misbehaves first; every request must be accounted for."""
    with healthy(faults={0: faults}) as server:
        assert await read_all(server) == ids_of(server)
        assert len(server.requests) == len(faults) + 1


async def fails_after(attempts: int, fault, expected=TransportError, **options):
    """Read the list from a server that never recovers; count the requests on the wire."""
    with broken(fault) as server:
        with pytest.raises(expected) as caught:
            await read_all(server, **options)
        assert len(server.requests) == attempts
    assert caught.value.attempts == attempts
    assert caught.value.offset == 0
    assert KEY not in repr(caught.value)
    return caught.value


async def test_01_a_refused_connection_is_retried_and_then_a_transport_error():
    """Nothing listens: the error counts the attempts and names host and port."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        async with LinerClient(url, KEY, retry=QUICK) as liner:
            with pytest.raises(TransportError) as caught:
                await liner.orders.list()
    assert caught.value.reason == "connect"
    assert caught.value.attempts == 4
    assert "127.0.0.1" in str(caught.value)


async def test_02_an_unknown_host_is_tried_few_times_and_named_alone():
    """A name that does not resolve: the error holds the host, not the path or the query."""
    async with LinerClient(
        "http://x.invalid/api", KEY, retry=QUICK, allow_insecure_http=True
    ) as liner:
        with pytest.raises(TransportError) as caught:
            await liner.orders.list()
    assert caught.value.reason == "dns"
    assert caught.value.attempts <= 3
    assert "x.invalid" in str(caught.value)
    assert "order" not in str(caught.value)


async def test_03_a_bad_certificate_is_final_and_nothing_is_sent(self_signed):
    """A self-signed certificate: one connection, no request."""
    with healthy(ssl=self_signed) as server:
        with pytest.raises(TransportError) as caught:
            await read_all(server)
        assert (server.connections, server.requests) == (1, [])
    assert caught.value.reason == "tls"
    assert caught.value.attempts == 1


async def test_03_an_ssl_context_of_the_users_is_used(self_signed, trusting):
    """The certificate is accepted once the user's own context trusts it."""
    with healthy(ssl=self_signed) as server:
        ids = await read_all(server, ssl=trusting)
    assert len(ids) == 3


async def test_04_tls_spoken_to_a_plain_port_is_final():
    """https to an http port: no retry."""
    with FakeLiner(total=1) as server:
        url = server.url.replace("http:", "https:")
        async with LinerClient(url, KEY, retry=QUICK) as liner:
            with pytest.raises(TransportError) as caught:
                await liner.orders.list()
    assert caught.value.reason == "tls"
    assert caught.value.attempts == 1


async def test_05_a_connection_closed_after_the_request_is_retried():
    """Two closed connections, then an answer: three requests on the wire, no more."""
    await recovers_from(raw(b""), raw(b""))


async def test_05_attempts_are_counted_on_the_wire():
    """aiohttp's own second try does not happen: requests seen equal attempts made."""
    error = await fails_after(4, raw(b""))
    assert error.reason == "closed"


@pytest.mark.parametrize("sent", [b"", b"HTTP/1.1 20", b"HTTP/1.1 200 OK\r\nContent-"])
async def test_05_a_connection_closed_within_the_head_is_retried(sent):
    """Half a status line or half the headers count as a closed connection."""
    await recovers_from(raw(sent))


async def test_06_a_reset_connection_is_retried():
    """RST instead of an answer: the same."""
    await recovers_from(raw(b"", then=End.RESET))
    await fails_after(4, raw(b"", then=End.RESET))


async def test_07_a_kept_alive_connection_that_was_given_up_costs_nothing():
    """Each connection answers once and closes at its second request: read on, with no budget."""
    with healthy(500, requests_per_connection=1) as server:
        no_budget = RetryPolicy(wait_initial=60, wait_max=60, budget=0)
        ids = await read_all(server, retry=no_budget, concurrency=1)
        assert len([each for each in server.requests if each.status == 0]) == 4
    assert ids == ids_of(server)


async def test_08_a_body_cut_short_of_its_length_is_retried():
    """Half of what Content-Length promised."""
    cut = raw(head("Content-Length: 500") + PAGE[:30])
    await recovers_from(cut)
    assert (await fails_after(4, cut)).reason == "body"


@pytest.mark.parametrize(
    "body", [b"1000\r\n" + PAGE, b"zz\r\n" + PAGE, b"5\r\n{}"], ids=["cut", "bad size", "short"]
)
async def test_09_a_broken_chunked_body_is_retried_and_never_called_a_400(body):
    """aiohttp says 400 for it; the server never did."""
    fault = raw(head("Transfer-Encoding: chunked") + body)
    await recovers_from(fault)
    with broken(fault) as server:
        with pytest.raises(TransportError) as caught:
            await read_all(server)
    assert caught.value.status is None
    assert "400" not in str(caught.value)


async def test_10_a_close_delimited_body_that_is_cut_is_retried():
    """No length to compare with: cut JSON shows it."""
    cut = raw(head("Connection: close") + PAGE[:50])
    await recovers_from(cut)
    error = await fails_after(4, cut, ResponseError)
    assert error.reason == "json"


async def test_11_a_gzip_body_cut_under_a_right_length_is_retried():
    """The length is that of the cut body, so nobody but the JSON parser notices."""
    cut = gzip.compress(PAGE * 1)[:-30]
    await recovers_from(raw(head("Content-Encoding: gzip", f"Content-Length: {len(cut)}") + cut))


async def test_11_a_deflate_body_cut_under_a_right_length_is_a_corrupt_body():
    """Whatever aiohttp calls it."""
    cut = zlib.compress(PAGE * 9)[:-8]
    fault = raw(head("Content-Encoding: deflate", f"Content-Length: {len(cut)}") + cut)
    assert (await fails_after(4, fault)).reason == "body"


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
async def test_12_a_body_that_is_not_coded_as_declared_is_retried_then_an_error(coding):
    """Plain JSON declared as compressed."""
    fault = Fault.body(PAGE, headers={"Content-Encoding": coding})
    await recovers_from(fault)
    with broken(fault) as server:
        with pytest.raises((TransportError, ResponseError)) as caught:
            await read_all(server)
    assert caught.value.status in (None, 200)


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00\x01\x02\xff" * 20,
        b"<html>HTTP 0.9</html>",
        b"\x00\x00\x12\x04\x00\x00\x00\x00\x00\r\n",
    ],
    ids=["noise", "http 0.9", "h2 frame"],
)
async def test_13_bytes_that_are_not_http_are_retried_few_times(garbage):
    """The error says what it is: not HTTP."""
    with broken(raw(garbage)) as server:
        with pytest.raises(TransportError) as caught:
            await read_all(server)
        assert 2 <= len(server.requests) <= 4
    assert caught.value.status is None


@pytest.mark.parametrize(
    "fault",
    [raw(b"", then=End.STALL), raw(head("Content-Length: 500") + PAGE[:30], then=End.STALL)],
    ids=["14 before the headers", "15 within the body"],
)
async def test_14_15_a_stall_ends_with_the_attempts_timer(fault):
    """The timer of 0.1 s ends each attempt, and the last error is a timeout in both families."""
    error = await fails_after(
        2, fault, TransportTimeoutError, timeout=0.1, retry=RetryPolicy(attempts=2, wait_initial=0)
    )
    assert isinstance(error, TimeoutError)


@pytest.mark.parametrize(
    "fault",
    [
        endless(b" ", interval=0.02, start=head("Content-Length: 50000")),
        endless(b"X", interval=0.02, start=b"HTTP/1.1 200 OK\r\nA: "),
    ],
    ids=["body", "headers"],
)
async def test_16_a_drip_is_bounded_by_the_attempts_timer(fault):
    """Each byte is in time, the whole never is."""
    await fails_after(1, fault, TransportTimeoutError, timeout=0.15, retry=RetryPolicy.never())


async def test_17_endless_100_continue_is_bounded_by_the_attempts_timer():
    """An interim answer is no answer."""
    fault = endless(b"HTTP/1.1 100 Continue\r\n\r\n", interval=0.001)
    await fails_after(1, fault, TransportTimeoutError, timeout=0.15, retry=RetryPolicy.never())


async def test_18_an_unsolicited_second_answer_does_not_become_the_next_one():
    """Two answers in one write: the second is thrown away with its connection."""
    lie = PAGE.replace(b'"total": 0', b'"total": 9')
    with healthy(150, faults={0: [unsolicited(lie)]}) as server:
        assert await read_all(server) == ids_of(server)


@pytest.mark.parametrize(
    "lines",
    [
        ("Content-Length: 77", "Content-Length: 5"),
        ("Content-Length: 77", "Transfer-Encoding: chunked"),
    ],
    ids=["two lengths", "length and chunks"],
)
async def test_19_conflicting_lengths_are_an_error_and_end_the_connection(lines):
    """No connection is used again after an answer whose end is in doubt."""
    with broken(raw(head(*lines) + PAGE, then=End.KEEP)) as server:
        with pytest.raises((TransportError, ResponseError)):
            await read_all(server)
        assert server.connections == len(server.requests)


async def test_the_attempts_timer_does_not_count_the_wait_for_a_slot():
    """Ten requests of 0.1 s through one slot take a second, and none its timeout of 0.4 s."""
    with healthy(latency=0.1) as server:
        async with client(server, concurrency=1, timeout=0.4, retry=RetryPolicy.never()) as liner:
            began = time.monotonic()
            counts = await asyncio.gather(*(liner.orders.count() for _ in range(8)))
            assert time.monotonic() - began > 0.4
    assert counts == [3] * 8


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """Make a self-signed certificate for 127.0.0.1 and its key."""
    trustme = pytest.importorskip("trustme")
    authority = trustme.CA()
    return authority, authority.issue_cert("127.0.0.1")


@pytest.fixture
def self_signed(certificate):
    """A server's TLS context with a certificate that nobody signed for us."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate[1].configure_cert(context)
    return context


@pytest.fixture
def trusting(certificate):
    """A client's TLS context that trusts it."""
    context = ssl.create_default_context()
    certificate[0].configure_trust(context)
    return context
