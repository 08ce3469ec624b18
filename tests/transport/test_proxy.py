"""One proxy for every request: what it sees, and what becomes of its failures."""

from __future__ import annotations

import pytest

from liner_async import ConfigError, LinerClient, TransportError
from liner_async.testing import FakeLiner
from tests.support.proxy import Proxy
from tests.support.reading import QUICK


async def test_over_https_a_proxy_sees_the_host_alone(certified, trusting):
    """Neither the key nor a path."""
    with FakeLiner(total=250, ssl=certified) as server:
        async with (
            Proxy().running() as proxy,
            LinerClient(server.url, server.api_key, proxy=proxy.url, ssl=trusting) as liner,
        ):
            orders = await liner.orders.list()
        assert len(orders) == 250
    address = server.url.removeprefix("https://").encode()
    assert {head.split(b"\r\n")[0] for head in proxy.heads} == {b"CONNECT %b HTTP/1.1" % address}
    assert not [head for head in proxy.heads if server.api_key.encode() in head]


async def test_over_plain_http_a_proxy_would_see_the_key():
    """So that has to be allowed."""
    with FakeLiner(total=5) as server:
        with pytest.raises(ConfigError, match="allow_insecure_http=True"):
            LinerClient(server.url, server.api_key, proxy="http://127.0.0.1:1")
        async with (
            Proxy().running() as proxy,
            LinerClient(
                server.url, server.api_key, proxy=proxy.url, allow_insecure_http=True
            ) as liner,
        ):
            assert await liner.orders.count() == 5
    assert [head.split(b" ")[0] for head in proxy.heads] == [b"GET"]


async def test_a_proxy_that_cannot_be_reached_is_named(certified, trusting):
    """Retried, as any connection is."""
    async with Proxy().running() as proxy:
        address = proxy.url
    with FakeLiner(total=5, ssl=certified) as server:
        async with LinerClient(
            server.url, server.api_key, proxy=address, ssl=trusting, retry=QUICK
        ) as liner:
            with pytest.raises(TransportError, match="the proxy") as caught:
                await liner.orders.count()
    assert (caught.value.reason, caught.value.attempts) == ("connect", QUICK.attempts)


async def test_a_proxy_that_refuses_is_not_asked_again(certified, trusting):
    """Its password is wrong, most likely; it is in no text."""
    with FakeLiner(total=5, ssl=certified) as server:
        async with Proxy(refusal=407).running() as proxy:
            address = proxy.url.replace("//", "//user:s3cret@")
            async with LinerClient(
                server.url, server.api_key, proxy=address, ssl=trusting, retry=QUICK
            ) as liner:
                with pytest.raises(TransportError, match="refused: HTTP 407") as caught:
                    await liner.orders.count()
                assert "s3cret" not in f"{caught.value!r} {liner!r} {vars(caught.value)}"
    assert (caught.value.reason, caught.value.attempts) == ("proxy", 1)


@pytest.mark.parametrize(
    "proxy", ["", "proxy.example:3128", "socks5://proxy.example", 5, "http://", "http://h:99999"]
)
def test_what_is_no_proxy_is_refused_without_quoting_it(proxy):
    """It may hold a password."""
    with pytest.raises(ConfigError, match="proxy must") as caught:
        LinerClient("https://liner.example", "key", proxy=proxy)
    assert "example" not in str(caught.value).replace("http://proxy.example:3128", "")
