"""Part H of the failure catalogue: configuration."""

from __future__ import annotations

import math

import pytest

from liner_async import ConfigError, LinerClient, RetryPolicy
from liner_async.testing import FakeLiner
from tests.support.reading import KEY, healthy

HOST = "https://liner.example"


@pytest.mark.parametrize(
    "key",
    [
        "",
        " ",
        "\n",
        "a\nb",
        "a\r\nb",
        "a\r\n\r\n",
        " abc",
        "abc ",
        "a\tb",
        "ключ",
        b"abc",
        12,
        "a\0",
    ],
    ids=repr,
)
def test_81_a_key_that_cannot_be_sent_is_refused_without_showing_it(key):
    """At construction."""
    with pytest.raises(ConfigError) as caught:
        LinerClient(HOST, key)
    assert repr(key)[1:-1] not in str(caught.value) or len(repr(key)) < 5
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("key", ["abc\n", "abc\r\n", "abc"])
async def test_81_one_trailing_newline_is_the_editors(key):
    """It is not sent."""
    with FakeLiner(total=1, api_key="abc") as server:
        async with LinerClient(server.url, key) as liner:
            await liner.orders.count()
        assert server.requests[0].authorized


def test_81_a_missing_key_names_the_variable(monkeypatch):
    """And so does a missing host."""
    monkeypatch.delenv("LINER_HOST", raising=False)
    monkeypatch.delenv("LINER_API_KEY", raising=False)
    with pytest.raises(ConfigError, match="LINER_API_KEY"):
        LinerClient(HOST)
    with pytest.raises(ConfigError, match="LINER_HOST"):
        LinerClient()


def test_the_variables_configure_a_client(monkeypatch):
    """Host and key need not be in the code."""
    monkeypatch.setenv("LINER_HOST", HOST)
    monkeypatch.setenv("LINER_API_KEY", KEY)
    assert repr(LinerClient()) == "LinerClient(host='https://liner.example', api_key='***')"


@pytest.mark.parametrize(
    "host",
    [
        "liner.example",
        "liner.example:443",
        "ftp://liner.example",
        "https://",
        "https://user:secret@liner.example",
        "https://user@liner.example",
        "https://liner.example?x=1",
        "https://liner.example/api?",
        "https://liner.example#part",
        "https://liner.example:99999",
        "https://liner.example:0",
        "https://liner.example:port",
        "https://liner example",
        "https://liner.example\r\nX: y",
        "https://[::1",
        "https://liner..example",
        "https://exa\u2100mple.org",
        "",
        None,
        b"https://liner.example",
    ],
    ids=repr,
)
def test_82_a_host_that_is_no_plain_url_is_refused(host, monkeypatch):
    """User names, queries and other schemes included."""
    monkeypatch.delenv("LINER_HOST", raising=False)
    with pytest.raises(ConfigError) as caught:
        LinerClient(host, KEY)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("suffix", "path"),
    [
        ("", "/v2/order/"),
        ("/", "/v2/order/"),
        ("/api", "/api/v2/order/"),
        ("/a/b/", "/a/b/v2/order/"),
    ],
)
async def test_82_a_path_of_the_hosts_is_kept(suffix, path):
    """As the request line shows."""
    with healthy(prefix=suffix) as server:
        host = server.url.removesuffix(suffix.rstrip("/")) + suffix
        async with LinerClient(host, KEY) as liner:
            await liner.orders.list()
        assert server.requests[0].path_qs == f"{path}?offset=0&limit=100"


def test_82_a_unicode_host_is_written_in_ascii():
    """As DNS wants it."""
    assert "xn--e1afmkfd.xn--p1ai" in repr(LinerClient("https://пример.рф/api", KEY))


def test_83_plain_http_is_for_loopback_alone():
    """Elsewhere it takes an explicit word."""
    with pytest.raises(ConfigError, match="allow_insecure_http"):
        LinerClient("http://liner.example", KEY)
    LinerClient("http://liner.example", KEY, allow_insecure_http=True)
    for host in ("localhost:1", "127.0.0.1", "127.8.8.8:80", "[::1]:8080", "api.localhost"):
        LinerClient(f"http://{host}", KEY)


@pytest.mark.parametrize(
    "options",
    [{"timeout": value} for value in (0, -1, math.nan, math.inf, None, "3", True)]
    + [{"concurrency": value} for value in (0, -1, 1.5, None, True, "all", b"auto")]
    + [{"max_concurrency": value} for value in (0, 129, 1.5, None, True, "auto")]
    + [{"lookahead": value} for value in (0, -1, 1.5)]
    + [{"ssl": value} for value in (False, True, 0)]
    + [{"retry": value} for value in (None, 3)],
    ids=repr,
)
def test_84_90_settings_out_of_range_are_refused(options):
    """TLS verification has no switch among them."""
    with pytest.raises(ConfigError):
        LinerClient(HOST, KEY, **options)


@pytest.mark.parametrize(
    "options",
    [{"attempts": value} for value in (0, -1, 1.5, None, True)]
    + [{"deadline": value} for value in (0, -1, math.nan, math.inf, None)]
    + [{"wait_initial": -1}, {"wait_max": math.nan}, {"retry_after_max": -1}, {"budget": -1}],
    ids=repr,
)
def test_84_a_retry_policy_out_of_range_is_refused(options):
    """At construction."""
    with pytest.raises(ConfigError):
        RetryPolicy(**options)


@pytest.mark.parametrize(
    "options",
    [{"page_size": value} for value in (0, 101, -1, 1.5, None, True)]
    + [{"concurrency": 0}, {"lookahead": 0}, {"offset": -1}, {"offset": None}, {"max_items": 0}]
    + [{"consistency": "loose"}, {"on_invalid": "hide"}, {"ordered": "no"}],
    ids=repr,
)
async def test_84_paging_options_out_of_range_are_refused_where_they_are_given(options):
    """Before any request, by the plain call."""
    liner = LinerClient(HOST, KEY)
    with pytest.raises(ConfigError):
        liner.orders.list(**options)


@pytest.mark.parametrize("options", [{"limit": 0}, {"limit": 101}, {"offset": -1}], ids=repr)
async def test_84_a_page_out_of_range_is_refused(options):
    """The endpoint's own limits."""
    with pytest.raises(ConfigError):
        await LinerClient(HOST, KEY).orders.page(**options)
