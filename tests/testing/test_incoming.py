"""Requests read from bytes: what is understood, and what is refused."""

from __future__ import annotations

import pytest

from liner_async.testing.incoming import BadRequestError, Incoming, Query


def parse(*lines):
    """Read a request with these lines."""
    return Incoming.parse("\r\n".join(lines).encode("latin-1"))


def test_a_request_is_split_into_its_parts():
    """Path and query are decoded; of a parameter given twice the first counts."""
    got = parse("GET /v2/%6frder/?offset=7&limit=&offset=9&a=%31 HTTP/1.1", "Host: h", "A: b : c ")
    assert (got.method, got.path) == ("GET", "/v2/order/")
    assert got.target == "/v2/%6frder/?offset=7&limit=&offset=9&a=%31"
    assert [got.query.scalar(name) for name in ("offset", "limit", "a", "b")] == [
        ["7"],
        [""],
        ["1"],
        [],
    ]
    assert got.headers == {"Host": "h", "A": "b : c"}
    assert got.body_length == 0


@pytest.mark.parametrize(
    ("version", "headers", "expected"),
    [
        ("HTTP/1.1", [], True),
        ("HTTP/1.1", ["Connection: Close"], False),
        ("HTTP/1.0", [], False),
        ("HTTP/1.0", ["Connection: keep-alive"], True),
        ("HTTP/1.1", ["Transfer-Encoding: chunked"], False),
        ("HTTP/1.1", ["Expect: 100-continue", "Content-Length: 9"], False),
    ],
)
def test_a_connection_lives_on_unless_somebody_says_otherwise(version, headers, expected):
    """HTTP/1.1 keeps it, HTTP/1.0 does not; a body that cannot be skipped ends it."""
    got = parse(f"GET / {version}", *headers)
    assert (got.keep_alive, got.body_length) == (expected, 0)


def test_a_body_is_measured():
    """Its length is known from the head."""
    assert parse("POST / HTTP/1.1", "content-length: 12").body_length == 12


@pytest.mark.parametrize(
    "lines",
    [
        ["GET / HTTP/1.1", "no colon"],
        ["GET /"],
        ["GET / HTTP/2"],
        ["GET / HTTP/1.1", "Content-Length: -1"],
        ["GET / HTTP/1.1", "Content-Length: \xb2"],
        [""],
    ],
)
def test_what_is_no_request_is_refused(lines):
    """Nothing is guessed."""
    with pytest.raises(BadRequestError):
        parse(*lines)


def test_headers_are_found_in_any_case_and_the_first_counts():
    """All of them can still be had; a line feed in a value is not taken for white space."""
    headers = parse("GET / HTTP/1.1", "X-Key: 1", "Accept: */*\n", "x-key:\t2 ").headers
    assert (headers["x-KEY"], headers.getall("X-key")) == ("1", ["1", "2"])
    assert headers["accept"] == "*/*\n"
    assert "Absent" not in headers


@pytest.mark.parametrize(
    "query",
    [
        "ids[]=7&ids[]=9",
        "ids%5B%5D=7&ids%5B%5D=9",
        "ids[0]=7&ids[1]=9",
        "ids%5B1%5D=9&ids%5b0%5d=7",
        "ids[3]=7&a=1&ids[]=9&ids=5&idsx[]=6&ids[x]=8",
        "ids[0]=1&ids[0]=7&ids[]=9",
    ],
)
def test_an_array_is_read_in_all_its_spellings(query):
    """Brackets literal or encoded, with or without an index; the index orders, as in PHP."""
    got = parse(f"GET /?{query} HTTP/1.1").query
    assert got.array("ids") == ["7", "9"]


def test_further_variables_are_dropped_and_some_ignored():
    """An ignored one counts all the same: PHP has read it."""
    query = Query((("a[]", "1"), ("b", "2"), ("a[0]", "3"), ("c", "4")))
    assert query.limited(3, without={"a"}) == Query((("b", "2"),))
