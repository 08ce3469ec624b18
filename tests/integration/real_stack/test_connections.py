"""Keep-alive, compression, TLS, limits and refusals, as nginx does them."""

from __future__ import annotations

import asyncio
import random
import re
import ssl
from collections import Counter

import pytest
import trustme

from liner_async import AuthError, LinerClient, NotFoundError, StatusError, TransportError
from tests.integration.real_stack.stack import KEY, Stack
from tests.support.waiting import eventually

PAGES = 10


async def read_ids(liner: LinerClient) -> list[int]:
    return [order.id async for order in liner.orders.list()]


def per_connection(requests: list[str]) -> Counter[str]:
    """Count the requests on each connection."""
    return Counter(re.findall(r"connection=(\d+)", "\n".join(requests)))


async def test_connections_are_used_again(stack: Stack, filled: list[int]) -> None:
    """Ten pages, read one by one, take one connection."""
    async with stack.client(concurrency=1) as liner:
        assert filled == await read_ids(liner)

    def latest() -> list[int]:
        return [*per_connection(stack.requests("plain")[-PAGES:]).values()]

    eventually(lambda: latest() == [PAGES], "nginx to log ten requests on one connection")


async def test_a_connection_is_left_after_as_many_requests_as_nginx_allows(
    stack: Stack, filled: list[int]
) -> None:
    """nginx closes it after three; no request is lost or sent twice by that."""
    async with stack.client("few_requests") as liner:
        assert filled == await read_ids(liner)
    eventually(lambda: len(stack.requests("few_requests")) >= PAGES, "nginx to log every request")
    requests = stack.requests("few_requests")
    assert len(requests) == PAGES
    assert max(per_connection(requests).values()) <= 3


@pytest.mark.parametrize("server", ["short_keep_alive", "no_keep_alive"])
async def test_connections_that_nginx_closes_between_two_pages_cost_nothing(
    stack: Stack, filled: list[int], server: str
) -> None:
    """nginx drops idle connections at about the moment when the next request goes out."""
    rng = random.Random(1)
    async with stack.client(server, concurrency=2, lookahead=2) as liner:
        for _ in range(4):
            found = []
            async for page in liner.orders.list().pages():
                found += [order.id for order in page]
                await asyncio.sleep(rng.uniform(0.005, 0.015))
            assert filled == found


async def test_compressed_answers_are_read(stack: Stack, filled: list[int]) -> None:
    """nginx compresses PHP's answers on the fly."""
    async with stack.client("gzip") as liner:
        assert filled == await read_ids(liner)
    assert {True} == {"encoding=gzip" in line for line in stack.requests("gzip")}


@pytest.mark.parametrize("server", ["limited_503", "limited_429"])
async def test_a_limited_rate_slows_a_list_down_but_does_not_end_it(
    stack: Stack, filled: list[int], server: str
) -> None:
    """`limit_req` refuses some of eight requests at once without saying when to come back."""
    async with stack.client(server) as liner:
        assert filled == await read_ids(liner)

    def statuses() -> Counter[str]:
        return Counter(re.findall(r'" (\d+) "', "\n".join(stack.requests(server))))

    eventually(lambda: statuses()["200"] == PAGES, "nginx to log every page")
    assert statuses()[server[-3:]] > 0


async def test_a_certificate_of_the_companys_own_authority_is_accepted_when_it_is_named(
    stack: Stack, filled: list[int]
) -> None:
    """`ssl=` names the authority; without it nothing is sent."""
    before = len(stack.requests("tls"))
    async with stack.client("tls", ssl=stack.trusting) as liner:
        assert filled == await read_ids(liner)
    sent = before + PAGES
    eventually(lambda: len(stack.requests("tls")) >= sent, "nginx to log every page")
    async with LinerClient(stack.url("tls", "https"), KEY) as liner:
        with pytest.raises(TransportError, match="certificate"):
            await liner.orders.count()
    assert sent == len(stack.requests("tls"))


async def test_a_client_certificate_is_presented_where_it_is_required(
    stack: Stack, filled: list[int]
) -> None:
    """The context of `ssl=` holds it."""
    async with stack.client("mutual_tls", ssl=stack.known) as liner:
        assert filled == await read_ids(liner)


async def test_a_missing_client_certificate_is_named(stack: Stack) -> None:
    """nginx answers 400 with a page of HTML; the error says what it means."""
    async with stack.client("mutual_tls", ssl=stack.trusting) as liner:
        with pytest.raises(StatusError, match="400; the server requires a client certificate"):
            await liner.orders.count()


async def test_a_client_certificate_of_another_authority_is_named(stack: Stack) -> None:
    """nginx answers 400 with another page of HTML."""
    context = ssl.create_default_context(cafile=stack.folder / "authority.pem")
    trustme.CA().issue_cert("client.example").configure_cert(context)
    async with stack.client("mutual_tls", ssl=context) as liner:
        with pytest.raises(StatusError, match="400; the server did not accept the client cert"):
            await liner.orders.count()


async def test_plain_http_to_a_tls_port_is_named(stack: Stack) -> None:
    """nginx answers 400 with a third page of HTML."""
    async with stack.client("tls") as liner:
        with pytest.raises(StatusError, match="400; this port speaks HTTPS; write https://"):
            await liner.orders.count()


def times_logged(stack: Stack, text: str) -> int:
    """Return how many of nginx's log lines hold a text, once one does: it logs after it answers."""

    def found() -> int:
        return sum(text in line for line in stack.requests("plain"))

    eventually(lambda: found() > 0, "nginx to log the request")
    return found()


async def test_a_wrong_key_is_refused_once(stack: Stack, filled: list[int]) -> None:
    """PHP answers 401 with an envelope, and its message is quoted."""
    async with stack.client(key="another-key") as liner:
        with pytest.raises(AuthError, match="the server says 'Unauthorized'"):
            await liner.orders.count()
    assert times_logged(stack, '" 401 "') == 1


async def test_what_php_does_not_accept_is_refused_once(stack: Stack) -> None:
    """PHP answers 400 with an envelope, and its message is quoted."""
    async with stack.client() as liner:
        with pytest.raises(StatusError, match="400; the server says 'Parameter offset must be"):
            await liner.orders.page(offset=2**63)
    assert times_logged(stack, f"offset={2**63}&") == 1


async def test_a_path_that_is_not_there_is_named(stack: Stack) -> None:
    """PHP's own 404 is told from a missing object."""
    async with LinerClient(f"{stack.url('plain')}/api", KEY) as liner:
        with pytest.raises(NotFoundError, match="check the host"):
            await liner.orders.count()
