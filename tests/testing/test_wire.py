"""What goes over the wire for each delivery, step by step and without a socket."""

from __future__ import annotations

import pytest

from liner_async.testing import Fault
from liner_async.testing.wire import (
    Context,
    End,
    HttpDelivery,
    Pause,
    Response,
    status_in,
    whole,
)

RESPONSE = Response(200, b"12345678", {"A": "b"})
HEAD = b"HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 8\r\n\r\n"


def steps(delivery, context=Context(), response=RESPONSE):  # noqa: B008 - a frozen value
    """Return the steps that send the response in this way."""
    return list(delivery.steps(response, context))


def test_a_healthy_response_is_one_piece():
    """Head, length, body, and the connection lives on."""
    assert whole(RESPONSE, Context()) == HEAD + b"12345678"
    assert steps(HttpDelivery()) == [HEAD + b"12345678", End.KEEP]


def test_the_head_tells_the_date_and_the_end_of_the_connection():
    """Unless the response has headers of that name itself."""
    context = Context(keep_alive=False, date="today")
    assert whole(Response(200, b"", {}), context) == (
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nDate: today\r\nConnection: close\r\n\r\n"
    )
    own = Response(200, b"", {"date": "d", "connection": "c", "content-length": "9"})
    assert whole(own, context) == (
        b"HTTP/1.1 200 OK\r\ndate: d\r\nconnection: c\r\ncontent-length: 9\r\n\r\n"
    )
    assert steps(HttpDelivery(), context)[-1] is End.CLOSE


@pytest.mark.parametrize(
    "delivery", [HttpDelivery(), Fault.stall(0).delivery, HttpDelivery(framing="chunked")]
)
def test_no_body_is_sent_where_none_is_wanted(delivery):
    """The head is that of the whole response."""
    context = Context(with_body=False)
    assert whole(RESPONSE, context) == HEAD
    sent = b"".join(step for step in steps(delivery, context) if isinstance(step, bytes))
    assert sent.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    ("status", "line"),
    [
        (99, b"HTTP/1.1 099 Unknown"),
        (999, b"HTTP/1.1 999 Unknown"),
        (404, b"HTTP/1.1 404 Not Found"),
    ],
)
def test_any_status_can_be_sent(status, line):
    """Known ones with their reason."""
    assert whole(Response(status), Context()).startswith(line + b"\r\n")


def test_a_204_has_no_length():
    """It has no body by definition."""
    assert whole(Response(204, b"", {}), Context()) == b"HTTP/1.1 204 No Content\r\n\r\n"


@pytest.mark.parametrize(
    ("value", "sent"), [("\xb2", b"\xb2"), ("\u0441", b"\xd1\x81"), ("a\x00b", b"a\x00b")]
)
def test_headers_are_sent_as_they_are(value, sent):
    """As Latin-1 where that can be, otherwise as UTF-8; nothing is refused."""
    assert b"A: " + sent + b"\r\n" in whole(Response(200, b"", {"A": value}), Context())


@pytest.mark.parametrize(
    ("place", "sent"),
    [
        ("request", b""),
        ("status", b"HTTP/1."),
        ("headers", HEAD),
        ("half", HEAD + b"1234"),
        ("body", HEAD + b"12345678"),
    ],
)
def test_a_response_stops_at_its_place(place, sent):
    """Cut, reset and stalled responses have sent the same, and then end in their own ways."""
    assert steps(Fault.cut(after=place).delivery) == [sent, End.CLOSE]
    assert steps(Fault.reset(after=place).delivery) == [sent, End.RESET]
    rest = (HEAD + b"12345678").removeprefix(sent)
    assert steps(Fault.stall(2, after=place).delivery) == [sent, Pause(2), rest, End.KEEP]


def test_a_response_can_stop_within_its_headers():
    """After the status line, before the empty line."""
    [sent, _] = steps(Fault.cut(after="head").delivery)
    assert sent.startswith(b"HTTP/1.1 200 OK\r\nA: b")
    assert b"\r\n\r\n" not in sent


@pytest.mark.parametrize(
    ("framing", "head", "body", "end"),
    [
        ("length", b"Content-Length: 8\r\n", b"12345678", End.KEEP),
        ("chunked", b"Transfer-Encoding: chunked\r\n", b"8\r\n12345678\r\n0\r\n\r\n", End.KEEP),
        ("close", b"Connection: close\r\n", b"12345678", End.CLOSE),
    ],
)
def test_the_end_of_a_body_is_told_in_three_ways(framing, head, body, end):
    """By a length, by a last chunk, or by the connection."""
    expected = b"HTTP/1.1 200 OK\r\nA: b\r\n" + head + b"\r\n" + body
    assert steps(HttpDelivery(framing=framing)) == [expected, end]


def test_a_large_body_comes_in_several_chunks():
    """So that a cut falls between them too."""
    [sent, _] = steps(HttpDelivery(framing="chunked"), response=Response(200, b"x" * 20_000))
    assert b"\r\n\r\n4000\r\nx" in sent
    assert sent.endswith(b"x\r\n0\r\n\r\n")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"HTTP/1.1 503 x", 503),
        (b"HTTP/1.0 099", 99),
        (b"HTTP/1.1 20", 0),
        (b"", 0),
        (b"\x00\x01", 0),
        (b"HTTP/2 200", 0),
    ],
)
def test_the_status_is_what_a_client_can_read(sent, status):
    """Half a status line holds none."""
    assert status_in(sent) == status
