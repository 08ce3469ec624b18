"""Hosts: which are accepted, and what becomes of them."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liner_async import ConfigError
from liner_async._transport.url import base_url

SECRET = "s3cr3t-Token"


def refusal(make, *arguments, **options):
    """Give the error that an argument is refused with."""
    with pytest.raises(ConfigError) as caught:
        make(*arguments, **options)
    return caught.value


class TestHosts:
    """Which hosts are taken, and how they are written."""

    @pytest.mark.parametrize(
        ("host", "expected"),
        [
            ("https://liner.example", "https://liner.example"),
            ("https://liner.example/", "https://liner.example"),
            ("https://liner.example//", "https://liner.example"),
            ("  https://liner.example\n", "https://liner.example"),
            ("HTTPS://Liner.Example", "https://liner.example"),
            ("https://liner.example:8443", "https://liner.example:8443"),
            ("https://liner.example:443/", "https://liner.example:443"),
            ("https://liner.example:", "https://liner.example"),
            ("https://liner.example.", "https://liner.example."),
            ("https://proxy.example/api", "https://proxy.example/api"),
            ("https://proxy.example/api/", "https://proxy.example/api"),
            ("https://proxy.example/Api/v1//", "https://proxy.example/Api/v1"),
            ("https://10.0.0.1", "https://10.0.0.1"),
            ("https://[2001:db8::1]:8443/x", "https://[2001:db8::1]:8443/x"),
            ("https://bücher.example", "https://xn--bcher-kva.example"),
            ("https://линер.рф", "https://xn--e1aaqjt.xn--p1ai"),
            ("http://localhost:8080", "http://localhost:8080"),
            ("http://api.localhost", "http://api.localhost"),
            ("http://127.0.0.1:1/", "http://127.0.0.1:1"),
            ("http://127.9.9.9", "http://127.9.9.9"),
            ("http://[::1]:8080", "http://[::1]:8080"),
        ],
        ids=ascii,
    )
    def test_a_host_is_normalised(self, host, expected):
        """Scheme and name in lower case, a path of its own kept, no slash at the end."""
        if host.startswith("https://линер"):
            expected = f"https://{'линер.рф'.encode('idna').decode()}"
        assert base_url(host) == expected

    @pytest.mark.parametrize(
        "host",
        [
            "",
            " ",
            "liner.example",
            "liner.example:443",
            "localhost:8080",
            "//liner.example",
            "/v2",
            "https",
            "https:",
            "https://",
            "https:///v2",
            "https:liner.example",
            "https:/liner.example",
            "https://:443",
            "https://.",
            "https://a..b",
            "https://.a",
            "https://a.example:99999",
            "https://a.example:0",
            "https://a.example:-1",
            "https://a.example:port",
            "https://[::1",
            "https://[nonsense]",
            "https://" + "a" * 64 + ".example",
            "ftp://a.example",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "https://u@a.example",
            "https://u:p@a.example",
            "https://:@a.example",
            "https://@a.example",
            "https://a.example?",
            "https://a.example?x=1",
            "https://a.example/#",
            "https://a.example/#x",
            "https://a b.example",
            "https://a.example/a b",
            "https://a.example\r\nX-Evil: 1",
            "https://a.example\t/x",
            "https://a.exa\x00mple",
            "https://a.example\\@evil.example",
            "https://<a>.example",
            "https://a.example/{x}",
            "https://a\ud800.example",
        ],
        ids=ascii,
    )
    def test_what_is_no_host_is_a_config_error(self, host):
        """Found before any request, said in words that help."""
        assert str(refusal(base_url, host)).startswith("host ")

    @pytest.mark.parametrize(
        "host", [None, b"https://a.example", 5, ["https://a.example"]], ids=repr
    )
    def test_a_host_is_a_string(self, host):
        """The error names the kind that came."""
        error = refusal(base_url, host)
        assert str(error) == f"host must be a string, not {type(host).__name__}"

    @pytest.mark.parametrize(
        "host",
        [
            f"https://user:{SECRET}@a.example",
            f"https://user:{SECRET}/x@a.example",
            f"https://a.example?key={SECRET}",
            f"https://a.example:{SECRET}",
            f"https://[{SECRET}",
            f"ftp://{SECRET}",
            f"http://{SECRET}.example",
        ],
    )
    def test_a_refused_host_is_not_shown(self, host):
        """It may hold a password: not in the text, nor in what the error is chained to."""
        error = refusal(base_url, host)
        seen = f"{error!r} {vars(error)} {error.__cause__!r} {error.__context__!r}"
        assert SECRET.lower() not in seen.lower()

    @pytest.mark.parametrize(
        "host",
        [
            "http://liner.example",
            "http://10.0.0.1",
            "http://0.0.0.0",
            "http://128.0.0.1",
            "http://[2001:db8::1]",
            "http://localhost.example",
            "http://notlocalhost",
            "http://127.0.0.1.example",
        ],
    )
    def test_plain_http_stays_on_this_machine(self, host):
        """Unless it is allowed in as many words."""
        assert "allow_insecure_http=True" in str(refusal(base_url, host))
        assert base_url(host, allow_insecure_http=True) == host

    @given(st.text("htps:/.@?#[]\\%0aё \n①-", max_size=20).map("https://".__add__))
    def test_any_text_is_a_base_or_a_config_error(self, host):
        """What is taken holds nothing that could change where the key goes."""
        try:
            base = base_url(host)
        except ConfigError as error:
            assert str(error).startswith("host ")  # noqa: PT017 - either outcome is right
        else:
            assert not set(base) & set("?#\\ \n")
            assert "@" not in urlsplit(base).netloc
            assert not base.endswith("/")
            assert base_url(base) == base
