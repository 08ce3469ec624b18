"""What is sent, and to whom: hosts, keys and requests."""

from __future__ import annotations

import copy
import pickle
from urllib.parse import urlsplit

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liner_async import ConfigError
from liner_async._transport.request import ApiKey, Request, base_url

SECRET = "s3cr3t-Token"


def refusal(make, *arguments, **options):
    """Give the error that an argument is refused with."""
    with pytest.raises(ConfigError) as caught:
        make(*arguments, **options)
    return caught.value


class TestTheKey:
    """Checked once, shown never."""

    @pytest.mark.parametrize(
        "given",
        [SECRET, f"{SECRET}\n", f"{SECRET}\r\n"],
        ids=["as it is", "a newline", "a windows newline"],
    )
    def test_one_trailing_newline_is_dropped(self, given):
        """A key read from a file usually ends with one."""
        assert ApiKey(given).headers()["X-Api-Key"] == SECRET

    def test_a_key_may_hold_any_printable_ascii(self):
        """No alphabet is documented."""
        key = "".join(map(chr, range(0x21, 0x7F)))
        assert ApiKey(key).headers()["X-Api-Key"] == key

    @pytest.mark.parametrize(
        "value",
        [
            "",
            "\n",
            " ",
            f" {SECRET}",
            f"{SECRET} ",
            f"{SECRET}\n\n",
            f"{SECRET}\n{SECRET}",
            f"{SECRET}\r\nX-Evil: 1",
            f"{SECRET}\t",
            f"{SECRET}\x00",
            f"{SECRET}\x7f",
            f"{SECRET}é",
            f"ключ-{SECRET}",
            f"{SECRET}\u2028",
            f"\ufeff{SECRET}",
            f"{SECRET}\ud800",
            None,
            SECRET.encode(),
            bytearray(SECRET.encode()),
            12345,
            [SECRET],
            {SECRET: SECRET},
        ],
        ids=ascii,
    )
    def test_what_is_no_key_is_refused_without_showing_it(self, value):
        """Neither the error nor what it is chained to holds the value."""
        error = refusal(ApiKey, value)
        assert str(error).startswith("api_key must be ")
        assert SECRET not in f"{error!r} {vars(error)}"
        assert (error.__cause__, error.__context__) == (None, None)

    def test_no_view_of_a_key_shows_it(self):
        """Not in text, format, attributes by name, or a container's representation."""
        key = ApiKey(SECRET)
        views = [repr(key), str(key), f"{key}", f"{key!s:>40}", repr([key]), repr({"k": key})]
        assert not [view for view in views if SECRET in view]
        assert not hasattr(key, "__dict__")
        assert SECRET not in dir(key)

    @pytest.mark.parametrize("attempt", [pickle.dumps, copy.copy, copy.deepcopy])
    def test_a_key_does_not_travel(self, attempt):
        """Pickles end up in queues and files."""
        with pytest.raises(TypeError, match="not pickled") as caught:
            attempt(ApiKey(SECRET))
        assert SECRET not in str(caught.value)

    def test_the_headers_are_the_documented_ones(self):
        """The vendor's example sends the first two."""
        assert ApiKey(SECRET).headers() == {
            "X-Api-Key": SECRET,
            "Content-Type": "application/json",
            "Accept": "application/json",
        }

    def test_headers_are_made_anew_for_each_request(self):
        """Nobody can change those of another."""
        key = ApiKey(SECRET)
        key.headers().clear()
        assert key.headers()["X-Api-Key"] == SECRET

    def test_every_occurrence_is_masked(self):
        """Whatever the server repeats."""
        said = f"{SECRET} and {SECRET}{SECRET}"
        assert ApiKey(SECRET).redact(said) == "*** and ******"
        assert ApiKey(SECRET).redact("nothing") == "nothing"


class TestRequests:
    """A path and a query."""

    def test_the_url_is_base_path_and_query(self):
        """A path of the host's own stays in front."""
        request = Request("/v2/order/", {"offset": 100, "limit": 50})
        assert request.url("https://proxy.example/liner") == (
            "https://proxy.example/liner/v2/order/?offset=100&limit=50"
        )

    def test_without_a_query_there_is_no_question_mark(self):
        """The path alone."""
        assert Request("/v2/order/").url("https://a.example") == "https://a.example/v2/order/"

    def test_the_log_shows_method_path_and_query(self):
        """And no host, no header."""
        request = Request("/v2/order/", {"offset": 0, "limit": 100})
        assert str(request) == "GET /v2/order/ offset=0 limit=100"
        assert str(Request("/v2/order/")) == "GET /v2/order/"

    def test_a_request_is_frozen(self):
        """It is sent again as it was."""
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            Request("/").path = "/other"


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
