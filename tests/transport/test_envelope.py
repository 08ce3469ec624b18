"""What an answer means: every status, every hostile body, and what errors must not hold."""

from __future__ import annotations

import gzip
import json
import pickle

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from liner_async import (
    ApiError,
    AuthError,
    LinerError,
    NotFoundError,
    Order,
    RateLimitError,
    ResponseError,
    ServerError,
    StatusError,
)
from liner_async._transport.credentials import ApiKey
from liner_async._transport.envelope import (
    RawPage,
    Response,
    read_data,
    read_list,
    read_object,
    read_page,
)
from liner_async.testing import EXAMPLE_ORDER, MISSING, make_order
from tests.support.decoding import PageDecoder

SECRET = "k3y-T0ken.of/LINER+="
KEY = ApiKey(SECRET)
PAGE = {"list": [EXAMPLE_ORDER], "next": 50, "total": 12345}


def envelope(success=True, data=PAGE, message=""):
    """Render the vendor's envelope; what is MISSING is left out."""
    fields = {"success": success, "message": message, "data": data}
    return json.dumps({name: of for name, of in fields.items() if of is not MISSING}).encode()


def page_with(**changes):
    """Render an envelope whose page has some fields replaced, or left out."""
    fields = {name: of for name, of in (PAGE | changes).items() if of is not MISSING}
    return envelope(data=fields)


def failure(body=b"", status=200, **fields):
    """Give the error that judging an answer raises."""
    with pytest.raises(LinerError) as caught:
        read_page(Response(status=status, body=body, **fields), KEY)
    return caught.value


def quoted_in(error):
    """Give what an error quotes of the server's words."""
    text = str(error)
    start = min(place for place in (text.find("'"), text.find('"')) if place >= 0)
    return text[start:]


class TestASoundPage:
    """A 200 with the documented envelope."""

    def test_the_vendors_example_gives_its_rows_next_and_total(self):
        """The items wait as raw JSON."""
        raw = read_page(Response(status=200, body=envelope(), attempt=3), KEY)
        assert [json.loads(bytes(row)) for row in raw.rows] == [EXAMPLE_ORDER]
        assert (raw.next, raw.total, raw.attempts) == (50, 12345, 3)

    def test_data_of_any_shape_is_handed_on_by_read_data(self):
        """Only a page has to be an object."""
        assert read_data(Response(status=200, body=envelope(data=[1, None])), KEY) == [1, None]
        assert read_data(Response(status=200, body=envelope(data=None)), KEY) is None

    @pytest.mark.parametrize("around", [b"\xef\xbb\xbf%b", b" \r\n\t%b\n"], ids=["bom", "blanks"])
    def test_a_byte_order_mark_or_blanks_do_no_harm(self, around):
        """What PHP files and templates leave around JSON is skipped."""
        assert read_page(Response(status=200, body=around % page_with(total=1)), KEY).total == 1

    @pytest.mark.parametrize("following", [0, -5, 10**12, 50], ids=str)
    def test_next_is_kept_as_it_came_when_it_is_an_integer(self, following):
        """It is judged elsewhere, and never followed."""
        assert (
            read_page(Response(status=200, body=page_with(next=following)), KEY).next == following
        )

    @pytest.mark.parametrize("following", [None, MISSING, "50", True, 50.0, [50], {}], ids=repr)
    def test_next_of_any_other_kind_is_none(self, following):
        """Paging does not depend on it, so it is no reason to fail."""
        body = page_with(next=following)
        assert read_page(Response(status=200, body=body), KEY).next is None

    def test_an_empty_list_written_as_an_object_is_accepted_when_there_is_nothing(self):
        """PHP writes an empty array as `{}` now and then; with a total of 0 that is no loss."""
        assert read_page(Response(status=200, body=page_with(list={}, total=0)), KEY).total == 0

    def test_of_duplicate_keys_the_last_one_wins(self):
        """As in every common JSON parser."""
        body = b'{"success":false,"success":true,"data":{"list":[],"total":1,"total":2}}'
        assert read_page(Response(status=200, body=body), KEY).total == 2

    def test_an_escaped_surrogate_pair_is_one_character(self):
        r"""PHP escapes emoji as `\ud83d\ude00`, in keys and values."""
        body = rb'{"success":true,"data":{"list":[{"\ud83d\ude00":"\uD83D\uDE00"}],"total":1}}'
        assert read_data(Response(status=200, body=body), KEY)["list"] == [{"😀": "😀"}]

    def test_an_escaped_backslash_before_a_u_is_no_surrogate(self):
        r"""The text `\ud800`, itself escaped, is six harmless characters."""
        body = rb'{"success":true,"data":{"list":["\\ud800"],"total":1}}'
        assert read_data(Response(status=200, body=body), KEY)["list"] == [r"\ud800"]

    @pytest.mark.parametrize("total", [0, 10**12, 10**30], ids=str)
    def test_a_total_of_any_size_is_taken_at_its_word(self, total):
        """Whether it is true shows while paging."""
        assert read_page(Response(status=200, body=page_with(total=total)), KEY).total == total


class TestStatuses:
    """Only 200 is success."""

    @pytest.mark.parametrize(
        ("status", "kind"),
        [
            *((status, AuthError) for status in (401, 403)),
            (404, NotFoundError),
            (429, RateLimitError),
            *((status, ServerError) for status in (500, 501, 502, 503, 504, 599)),
            *((status, StatusError) for status in (400, 405, 408, 409, 410, 422, 425, 451, 499)),
            *((status, StatusError) for status in (301, 302, 303, 307, 308, 304, 399)),
            *((status, StatusError) for status in (100, 101, 99, 201, 202, 204, 206, 226)),
            *((status, StatusError) for status in (600, 999, 0)),
        ],
    )
    def test_a_status_other_than_200_is_the_error_of_its_class(self, status, kind):
        """Even with a sound page in its body; the status is kept."""
        error = failure(envelope(), status, retry_after=7.0)
        assert type(error) is kind
        assert (error.status, error.retry_after) == (status, 7.0)
        assert f"HTTP {status}" in str(error)

    def test_no_content_is_told_apart_because_asking_again_may_help(self):
        """204 and an empty 200 are both "empty"."""
        assert failure(b"", 204).reason == "empty"
        assert failure(b"", 200).reason == "empty"
        assert failure(b"", 500).reason is None

    @pytest.mark.parametrize("body", [b"", b" \r\n\t "], ids=["nothing", "blanks"])
    def test_an_empty_200_is_a_response_error(self, body):
        """Nothing was said, which is not an empty list."""
        error = failure(body)
        assert (type(error), error.status, error.reason) == (ResponseError, 200, "empty")

    def test_a_refusal_that_speaks_is_quoted(self):
        """The vendor's message helps; it is quoted, not trusted."""
        error = failure(envelope(success=False, data=MISSING, message="no right"), 403)
        assert str(error).endswith("the server says 'no right'")

    @pytest.mark.parametrize(
        "body",
        [b"<html>bad gateway</html>", b"[]", b'"text"', b"null", b'{"message": 5}', b"\xff", b""],
    )
    def test_a_refusal_that_says_nothing_sensible_is_not_quoted(self, body):
        """Whatever its body is, the status decides."""
        assert str(failure(body, 400)) == "HTTP 400"

    @pytest.mark.parametrize(
        ("title", "meaning"),
        [
            ("No required SSL certificate was sent", "the server requires a client certificate"),
            ("The SSL certificate error", "the server did not accept the client certificate"),
            ("The plain HTTP request was sent to HTTPS port", "this port speaks HTTPS"),
        ],
    )
    def test_nginx_pages_about_tls_are_explained(self, title, meaning):
        """They come as HTML with a bare 400; a message of the API that says the same is quoted."""
        page = f"<html>\r\n<head><title>400 {title}</title></head>\r\n<body>...</body></html>"
        assert str(failure(page.encode(), 400)).startswith(f"HTTP 400; {meaning}")
        message = envelope(success=False, data=MISSING, message=title)
        assert str(failure(message, 400)) == f"HTTP 400; the server says '{title}'"

    @pytest.mark.parametrize("status", [301, 302, 307, 308])
    def test_a_redirect_names_the_target_without_path_query_or_user(self, status):
        """Whoever moved the API sees where to; what was sent is not repeated."""
        error = failure(b"", status, location=f"https://u:p@new.example:8443/x/{SECRET}?k={SECRET}")
        assert "'https://new.example:8443'" in str(error)
        assert not {"u:p", SECRET, "/x/"} & set(str(error).split())
        assert SECRET not in str(error)

    @pytest.mark.parametrize("location", [None, "", "/v3/order/", "http://[", "mailto:x", "//"])
    def test_a_redirect_to_nowhere_in_particular_names_no_half_address(self, location):
        """A missing, relative or broken Location is not shown as if it were a host."""
        error = failure(b"", 301, location=location)
        assert error.status == 301
        assert "redirects are not followed" in str(error)
        assert "//'" not in str(error)


class TestSuccessIsABoolean:
    """`success` decides, and only true and false are answers."""

    @pytest.mark.parametrize("success", [MISSING, None, 1, 0, "true", "false", "", [], {}, 1.0])
    def test_anything_else_is_not_the_documented_envelope(self, success):
        """`"false"` must not pass for true, nor 1 for success."""
        error = failure(envelope(success=success))
        assert (type(error), error.reason, error.status) == (ResponseError, "shape", 200)
        assert "success" in str(error)

    def test_false_raises_the_vendors_message(self):
        """An error is never an empty page, even with a page beside it."""
        error = failure(envelope(success=False, message="Invalid offset"))
        assert (type(error), error.status) == (ApiError, 200)
        assert str(error) == "the API refused: 'Invalid offset'"

    @pytest.mark.parametrize("message", [MISSING, None, "", 5, ["x"], {"a": "b"}], ids=repr)
    def test_false_without_a_message_says_so(self, message):
        """Only a text is a message."""
        error = failure(envelope(success=False, message=message))
        assert str(error) == "the API refused: no message"


class TestShapes:
    """A 200 that is JSON, but not the documented envelope."""

    @pytest.mark.parametrize("body", [b"null", b"[]", b'"text"', b"1", b"true", b"[[1]]"])
    def test_a_body_that_is_no_object_is_refused(self, body):
        """There is no `success` to look at."""
        error = failure(body)
        assert (type(error), error.reason) == (ResponseError, "shape")
        assert "the body is not an object" in str(error)

    def test_data_missing_is_refused(self):
        """Success without data is no success."""
        error = failure(envelope(data=MISSING))
        assert (error.reason, "data is missing" in str(error)) == ("shape", True)

    @pytest.mark.parametrize("data", [None, [], [PAGE], "page", 0, False], ids=repr)
    def test_data_that_is_no_object_is_refused(self, data):
        """A page is an object."""
        error = failure(envelope(data=data))
        assert (error.reason, "data is not an object" in str(error)) == ("shape", True)

    @pytest.mark.parametrize(
        "rows", [MISSING, None, {}, {"0": EXAMPLE_ORDER}, "rows", 0, True], ids=repr
    )
    def test_a_list_that_is_no_array_is_refused(self, rows):
        """`{}` with a total is a loss of rows, not an empty page."""
        error = failure(page_with(list=rows))
        assert (error.reason, "data.list is not an array" in str(error)) == ("shape", True)

    @pytest.mark.parametrize("rows", [None, MISSING, "", {"0": 1}], ids=repr)
    def test_with_a_total_of_0_only_an_empty_object_passes_for_a_list(self, rows):
        """Null is not an empty list."""
        assert failure(page_with(list=rows, total=0)).reason == "shape"

    @pytest.mark.parametrize(
        "total", [MISSING, None, "1000", "", True, False, 1.5, 1.0, 1e3, -1, -5, [], {}], ids=repr
    )
    def test_a_total_that_is_no_count_is_refused(self, total):
        """`true` is not 1, and "1000" is not 1000."""
        error = failure(page_with(total=total))
        assert (error.reason, "data.total" in str(error)) == ("shape", True)


class TestBrokenBodies:
    """A 200 that is not JSON as RFC 8259 has it."""

    @pytest.mark.parametrize(
        ("body", "reason"),
        [
            (envelope()[:-2], "json"),
            (envelope() + b"}", "json"),
            (b"\xef\xbb\xbf" + b"\xef\xbb\xbf" + envelope(), "json"),
            (b"<html></html>", "json"),
            (b"{'success': true}", "json"),
            (envelope().decode().encode("utf-16"), "json"),
            (envelope().decode().encode("utf-16-le"), "json"),
            (envelope().decode().encode("utf-32"), "json"),
            ('{"success":true,"ё":1}'.encode("cp1251"), "json"),
            (b'{"success":"\xff"}', "json"),
            (b'{"success":"\xed\xa0\x80"}', "json"),
            (b'{"success":"\xc0\xaf"}', "json"),
            (gzip.compress(envelope()), "json"),
            (b'{"success":true,"a":"\\ud800"}', "shape"),
            (b'{"success":true,"a":"\\uDC00\\uD800"}', "shape"),
            (b'{"success":true,"\\udfff":1}', "shape"),
            (page_with(total=7).replace(b" 7", b" " + b"9" * 5000), "shape"),
            (page_with(total=7).replace(b" 7", b" NaN"), "shape"),
            (page_with(total=7).replace(b" 7", b" Infinity"), "shape"),
            (page_with(total=7).replace(b" 7", b" -Infinity"), "shape"),
            (page_with(total=7).replace(b" 7", b" 1e999"), "shape"),
            (page_with(total=7).replace(b" 7", b" -1e999"), "shape"),
            (b"[" * 100_000 + b"]" * 100_000, "nesting"),
            (b"[" * 100_000, "nesting"),
            (b'{"a":' * 100_000, "nesting"),
            (
                json.dumps(envelope(data={**PAGE, "list": [make_order(code="HERE")]}).decode())
                .encode()
                .replace(b"HERE", b"[" * 10),
                "shape",
            ),
        ],
        ids=[
            "cut",
            "trailing brace",
            "two byte order marks",
            "html",
            "single quotes",
            "utf-16",
            "utf-16 without mark",
            "utf-32",
            "cp1251",
            "bad utf-8",
            "raw surrogate",
            "overlong utf-8",
            "gzip",
            "lone surrogate",
            "surrogates the wrong way round",
            "lone surrogate in a key",
            "5000 digits",
            "NaN",
            "Infinity",
            "-Infinity",
            "1e999",
            "-1e999",
            "100k brackets",
            "100k open brackets",
            "100k open objects",
            "json in a string",
        ],
    )
    def test_a_broken_body_is_a_response_error_with_its_reason(self, body, reason):
        """Reason "json" may be a cut body and is worth another try, the others are not."""
        error = failure(body)
        assert (type(error), error.status, error.reason) == (ResponseError, 200, reason)

    @pytest.mark.parametrize("depth", [100_000, 200_000])
    def test_deep_nesting_inside_an_order_is_refused(self, depth):
        """It neither overflows the stack nor leaves a RecursionError behind.

        Where msgspec skips over it, which depends on the Python, the decoder refuses it.
        """
        deep = b"[" * depth + b"]" * depth
        body = page_with(list=[make_order(custom_values={"1": "HERE"})]).replace(b'"HERE"', deep)
        with pytest.raises(LinerError) as caught:
            PageDecoder(Order)(read_page(Response(status=200, body=body), KEY))
        error = caught.value
        assert (type(error), error.reason) == (ResponseError, "nesting")
        assert (error.__cause__, error.__context__) == (None, None)


class TestQuotes:
    """What is quoted of the server's words is masked, escaped and short."""

    @pytest.mark.parametrize("status", [200, 400, 403, 429])
    def test_the_key_is_masked_wherever_a_message_echoes_it(self, status):
        """A server that repeats the key does not bring it into a log."""
        said = f"bad key {SECRET}, I said {SECRET}"
        error = failure(envelope(success=False, message=said), status)
        assert "'bad key ***, I said ***'" in str(error)
        assert SECRET not in f"{error!r} {vars(error)}"

    def test_a_key_that_is_a_word_leaves_the_message_readable(self):
        """It is masked where it stands as a value, and not where the word is meant."""
        body = envelope(success=False, message="wrong key 'wrong'")
        with pytest.raises(ApiError) as caught:
            read_page(Response(status=200, body=body), ApiKey("wrong"))
        assert r"wrong key '***'" in str(caught.value)

    @pytest.mark.parametrize("before", range(200 - len(SECRET) - 2, 202, 3))
    def test_the_key_is_masked_before_the_message_is_cut(self, before):
        """A key across the 200th character does not leave its first half."""
        error = failure(envelope(success=False, message="x" * before + SECRET + "y" * 50))
        assert SECRET[:4] not in str(error)

    @pytest.mark.parametrize(
        "said",
        [
            "\x1b[2J\x1b]0;owned\x07",
            "line\r\nFAKE LOG LINE",
            "\x00\x08\x7f\x9b31m",
            "a\u202eb\u2028c\u200b\ufeff",
            "it's \"quoted\" \\ 'thus'",
        ],
        ids=["terminal", "lines", "controls", "invisible", "quotes"],
    )
    def test_nothing_a_terminal_or_a_log_obeys_is_let_through(self, said):
        """Control, format and line characters are escaped, so that a log line stays one line."""
        text = str(failure(envelope(success=False, message=said)))
        assert text == f"the API refused: {said!r}"
        assert text.isprintable()

    @pytest.mark.parametrize(
        "said",
        ["x" * 201, "x" * 10_000_000, "\x1b" * 300, "'\"" * 150, "😀" * 300, "\U000e0001" * 199],
        ids=["201", "10 MB", "escapes", "quotes", "emoji", "tags"],
    )
    def test_a_quote_has_at_most_200_characters(self, said):
        """Escapes count too."""
        text = str(failure(envelope(success=False, message=said)))
        assert 190 <= len(text.removeprefix("the API refused: ")) <= 200

    def test_umlauts_and_cyrillic_stay_readable(self):
        """The vendor's messages are Russian."""
        text = str(failure(envelope(success=False, message="Неверный ключ")))
        assert text == "the API refused: 'Неверный ключ'"


PRIVATE = "+79990001122"

LEAKY = {
    "refusal": (200, envelope(success=False, message="no", data=[PRIVATE, SECRET])),
    "status": (400, envelope(message="no", data=[PRIVATE, SECRET])),
    "not json": (200, f"{PRIVATE} {SECRET}".encode()),
    "cut": (200, envelope(data=[PRIVATE, SECRET])[:-1]),
    "bad utf-8": (200, f"{PRIVATE} {SECRET}".encode() + b"\xff"),
    "number": (200, envelope(data=[PRIVATE, SECRET]).replace(b"true", b"NaN")),
    "digits": (200, envelope(data=[PRIVATE, SECRET]).replace(b"true", b"1" * 5000)),
    "surrogate": (200, envelope(data=[PRIVATE, SECRET, "\ud800"])),
    "nesting": (200, f'["{PRIVATE}", "{SECRET}", '.encode() + b"[" * 100_000),
    "shape": (200, envelope(success="yes", data=[PRIVATE, SECRET])),
    "data": (200, envelope(data=[PRIVATE, SECRET])),
    "list": (200, page_with(list={"0": PRIVATE, "1": SECRET})),
    "total": (200, page_with(total=PRIVATE + SECRET)),
}


class TestAList:
    """A bare array, or a page object."""

    @pytest.mark.parametrize("around", [b"%b", b"\xef\xbb\xbf%b"], ids=["peeked at", "parsed"])
    def test_a_bare_array_is_as_long_as_it_is(self, around):
        """The vendor sends four lists in one piece."""
        raw = read_list(Response(status=200, body=around % envelope(data=[{"id": 1}])), KEY)
        assert (len(raw.rows), raw.total, raw.next) == (1, 1, None)

    def test_a_page_object_is_read_as_a_page(self):
        """Should the vendor start to page such a list."""
        raw = read_list(Response(status=200, body=page_with(total=7)), KEY)
        assert (len(raw.rows), raw.total, raw.next) == (1, 7, 50)

    @pytest.mark.parametrize("around", [b"%b", b"\xef\xbb\xbf%b"], ids=["peeked at", "parsed"])
    def test_a_paged_list_is_never_a_bare_array(self, around):
        """It could be the first page of many."""
        error = failure(around % envelope(data=[EXAMPLE_ORDER]))
        assert (type(error), error.reason) == (ResponseError, "shape")


class TestAnObject:
    """One object as `data`."""

    def test_it_is_handed_on_as_it_came(self):
        """Decoding comes later."""
        body = envelope(data=EXAMPLE_ORDER)
        assert read_object(Response(status=200, body=body), KEY) == EXAMPLE_ORDER

    @pytest.mark.parametrize("data", [None, [], {}], ids=repr)
    def test_empty_data_means_that_there_is_no_such_object(self, data):
        """PHP writes nothing in several ways."""
        with pytest.raises(NotFoundError, match="no such object") as caught:
            read_object(Response(status=200, body=envelope(data=data)), KEY)
        assert (caught.value.status, caught.value.reason) == (200, "missing")

    def test_a_404_may_mean_the_path_or_the_object(self):
        """Nobody can tell, so the text says both, and what the server said."""
        body = envelope(success=False, message="gone")
        with pytest.raises(NotFoundError, match="no such path or object; the server says 'gone'"):
            read_object(Response(status=404, body=body), KEY)

    def test_other_statuses_are_those_of_any_request(self):
        """The key is judged before the object."""
        with pytest.raises(AuthError):
            read_object(Response(status=401), KEY)


@pytest.mark.parametrize(("status", "body"), LEAKY.values(), ids=LEAKY)
def test_no_error_holds_the_key_or_a_body(status, body):
    """Neither text, attributes, cause, context nor pickle shows what the server sent."""
    error = failure(body, status)
    assert (error.__cause__, error.__context__) == (None, None)
    shown = f"{error} {error!r} {error.args} {vars(error)}".encode() + pickle.dumps(error)
    assert PRIVATE.encode() not in shown
    assert SECRET.encode() not in shown


def test_neither_reply_nor_raw_page_shows_its_content():
    """A representation in a log or a debugger shows no row."""
    reply = Response(status=200, body=PRIVATE.encode())
    raw = RawPage(rows=[PRIVATE], next=None, total=1)
    assert PRIVATE not in repr(reply) + repr(raw)


fragments = st.sampled_from(
    [
        b"{",
        b"}",
        b"[",
        b"]",
        b":",
        b",",
        b'"',
        b"\\ud800",
        b"\xef\xbb\xbf",
        b"NaN",
        b"1e999",
        b"-",
        b"0",
        b"true",
        b"null",
        b'"success"',
        b'"data"',
        b'"list"',
        b'"total"',
        b'"message"',
    ]
)
hostile_bodies = (
    st.binary(max_size=60)
    | st.lists(fragments, max_size=25).map(b"".join)
    | st.tuples(st.integers(0, 400), st.binary(max_size=3)).map(
        lambda cut: page_with(total=1)[: cut[0]] + cut[1] + page_with(total=1)[cut[0] + 1 :]
    )
)


@given(st.sampled_from([200, 200, 200, 204, 301, 400, 429, 503]) | st.integers(), hostile_bodies)
@example(200, b'{"success":true,"data":{"list":[],"total":0}}')
def test_whatever_bytes_come_only_a_liner_error_comes_out(status, body):
    """Every answer is a sound page or one of our errors, with nothing chained to it."""
    error = None
    try:
        raw = read_page(Response(status=status, body=body, location="http://[::"), KEY)
    except LinerError as raised:
        error = raised
    if error is None:
        assert (status, len(raw.rows) >= 0, type(raw.total)) == (200, True, int)
    else:
        assert (error.status, error.__cause__, error.__context__) == (status, None, None)


@given(st.text("k3y-T0ken.of/LINER+=\x1b\n'\"😀", max_size=300))
def test_no_message_brings_the_key_or_an_escape_through(said):
    """Masked, escaped and at most 200 characters, whatever stands around the key."""
    error = failure(envelope(success=False, message=said + SECRET + said))
    assert SECRET not in str(error)
    assert str(error).isprintable()
    assert len(quoted_in(error)) <= 200
