"""One exchange over a real socket: which of its three limits ends it."""

from __future__ import annotations

import asyncio
import gc
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import aiohttp
import pytest
from aiohttp.client_proto import ResponseHandler

from liner_async import AuthError, LinerClient, TransportError, TransportTimeoutError
from liner_async._transport.credentials import ApiKey
from liner_async._transport.request import Request
from liner_async._transport.session import HttpSession
from liner_async._transport.translation import translated
from liner_async.testing import FakeLiner, Fault
from tests.support.json_server import target_of

PAGE = Request(path="/v2/order/", query=(("offset", 0), ("limit", 100)))


async def test_the_target_is_path_and_query():
    """A path of the host's own stays in front."""
    assert await target_of(PAGE) == "/v2/order/?offset=0&limit=100"
    assert await target_of(PAGE, path="/liner") == "/liner/v2/order/?offset=0&limit=100"


async def test_without_a_query_there_is_no_question_mark():
    """The path alone."""
    assert await target_of(Request(path="/v2/order/")) == "/v2/order/"


async def test_names_may_repeat_and_everything_is_encoded():
    """As the vendor's samples send lists, in the order given; no value can add a parameter."""
    query = (("orderIds[]", 2), ("orderIds[]", 1), ("name", "a b&c=d+e#ж%41"))
    assert await target_of(Request(path="/v2/lead/", query=query)) == (
        "/v2/lead/?orderIds%5B%5D=2&orderIds%5B%5D=1&name=a+b%26c%3Dd%2Be%23%D0%B6%2541"
    )


async def exchange(fault, *, seconds=5.0, gap=0.1):
    """Send one request to a server with a fault, and return the answer or the error."""
    with FakeLiner(total=100, faults={0: fault}) as server:
        session = HttpSession(
            name="client",
            base=server.url,
            key=ApiKey(server.api_key),
            timeout=0.01,  # the gap is half of it at least
            connections=1,
            gap=gap,
        )
        try:
            return await session.exchange(PAGE, seconds=seconds, attempt=1)
        except TransportError as error:
            return error
        finally:
            await session.aclose()


async def test_the_wait_for_the_first_byte_is_no_gap():
    """A query that the server thinks about is not cut short."""
    answer = await exchange(Fault.stall(0.3))
    assert (answer.status, answer.body[:16]) == (200, b'{"success":true,')


async def test_a_gap_within_an_answer_ends_the_attempt_and_is_named():
    """A server that stops in the middle will hardly go on."""
    error = await exchange(Fault.stall(5, after="half"))
    assert (type(error), str(error)) == (TransportTimeoutError, "the answer stopped for 0.1 s")
    assert error.reason == "timeout"


async def test_a_slow_answer_without_a_gap_is_read():
    """Each piece begins the gap anew."""
    answer = await exchange(Fault.stall(0.2, after="half"), gap=0.5)
    assert answer.status == 200


async def test_the_whole_attempt_is_the_last_limit_and_is_named():
    """From the first byte sent to the last one read."""
    error = await exchange(Fault.stall(5), seconds=0.2)
    assert str(error) == "no complete answer within 0.2 s"


async def test_a_tls_connection_that_ends_waits_for_no_farewell(certified, trusting):
    """Where a server says `Connection: close` and then nothing, a closed client holds no socket."""

    def answer_once():
        """Answer the first request, and return once the connection is closed below TLS."""
        plain, _ = listener.accept()
        with certified.wrap_socket(plain, server_side=True) as secure:
            secure.recv(65_536)
            secure.sendall(b"HTTP/1.1 401 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            with socket.socket(fileno=secure.detach()) as plain, suppress(ConnectionResetError):
                plain.settimeout(5)
                while plain.recv(65_536):
                    pass

    with socket.create_server(("127.0.0.1", 0)) as listener:
        served = asyncio.create_task(asyncio.to_thread(answer_once))
        host = f"https://127.0.0.1:{listener.getsockname()[1]}"
        async with LinerClient(host, "key", ssl=trusting) as liner:
            with pytest.raises(AuthError):
                await liner.orders.count()
        await served


def test_a_tls_connection_that_opens_as_its_request_is_cancelled_is_closed_with_the_loop(
    certified, trusting, monkeypatch
):
    """Nobody holds it yet, and it would wait for the server's farewell until it is collected."""

    def accept_once():
        """Open one connection, and return whether it is closed below TLS."""
        plain, _ = listener.accept()
        with certified.wrap_socket(plain, server_side=True) as secure:
            with socket.socket(fileno=secure.detach()) as plain:
                plain.settimeout(2)
                try:
                    while plain.recv(65_536):
                        pass
                except ConnectionResetError:
                    pass
                except TimeoutError:
                    return False
        return True

    async def give_up(host):
        async with LinerClient(host, "key", ssl=trusting) as liner:
            counting = asyncio.create_task(liner.orders.count())
            opened = ResponseHandler.connection_made

            def open_and_cancel(handler, transport):
                opened(handler, transport)
                counting.cancel()

            monkeypatch.setattr(ResponseHandler, "connection_made", open_and_cancel)
            with pytest.raises(asyncio.CancelledError):
                await counting

    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor() as threads:
        is_closed = threads.submit(accept_once)
        gc.disable()
        try:
            asyncio.run(give_up(f"https://127.0.0.1:{listener.getsockname()[1]}"))
            assert is_closed.result()
        finally:
            gc.enable()
            gc.collect()


@pytest.mark.parametrize(
    ("foreign", "text", "reason"),
    [
        (aiohttp.ConnectionTimeoutError("x"), "no connection within 10 s", "timeout"),
        (TimeoutError(), "no complete answer within 30 s", "timeout"),
        (aiohttp.ServerFingerprintMismatch(b"", b"", "h", 1), "another one", "tls"),
        (aiohttp.ServerDisconnectedError("secret"), "closed the connection", "closed"),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, Exception) else "",
)
def test_an_error_of_aiohttps_is_told_in_our_words(foreign, text, reason):
    """Which limit was reached, and never what the request held."""
    error = translated(foreign, seconds=30.0, connect=10.0)
    assert (text in str(error), error.reason) == (True, reason)
    assert "secret" not in str(error)
