"""What goes over the wire for each delivery, step by step and without a socket."""

from __future__ import annotations

from itertools import islice

import pytest

from liner_async.testing import Fault
from liner_async.testing.answers import Answer
from liner_async.testing.script import Context, End, Pause, script, status_in, whole

ANSWER = Answer(200, b"12345678", {"A": "b"})
HEAD = b"HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 8\r\n\r\n"


def steps(fault, context=Context(), answer=ANSWER):  # noqa: B008 - a frozen value
    """Return the steps that send the answer as the fault does."""
    return list(script(answer, fault.delivery, context))


def test_a_healthy_answer_is_one_piece():
    """Head, length, body, and the connection lives on."""
    assert whole(ANSWER, Context()) == HEAD + b"12345678"
    assert steps(Fault.status(500)) == [HEAD + b"12345678", End.KEEP]


def test_the_head_tells_the_date_and_the_end_of_the_connection():
    """Unless the answer has headers of that name itself."""
    context = Context(keep_alive=False, date="today")
    assert whole(Answer(200, b"", {}), context) == (
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nDate: today\r\nConnection: close\r\n\r\n"
    )
    own = Answer(200, b"", {"date": "d", "connection": "c", "content-length": "9"})
    assert whole(own, context) == (
        b"HTTP/1.1 200 OK\r\ndate: d\r\nconnection: c\r\ncontent-length: 9\r\n\r\n"
    )
    assert steps(Fault.status(500), context)[-1] is End.CLOSE


@pytest.mark.parametrize("fault", [Fault.status(500), Fault.stall(0), Fault.framing("chunked")])
def test_no_body_is_sent_where_none_is_wanted(fault):
    """The head is that of the whole answer."""
    context = Context(with_body=False)
    assert whole(ANSWER, context) == HEAD
    sent = b"".join(step for step in steps(fault, context) if isinstance(step, bytes))
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
    assert whole(Answer(status), Context()).startswith(line + b"\r\n")


def test_a_204_has_no_length():
    """It has no body by definition."""
    assert whole(Answer(204, b"", {}), Context()) == b"HTTP/1.1 204 No Content\r\n\r\n"


@pytest.mark.parametrize(
    ("value", "sent"), [("\xb2", b"\xb2"), ("\u0441", b"\xd1\x81"), ("a\x00b", b"a\x00b")]
)
def test_headers_are_sent_as_they_are(value, sent):
    """As Latin-1 where that can be, otherwise as UTF-8; nothing is refused."""
    assert b"A: " + sent + b"\r\n" in whole(Answer(200, b"", {"A": value}), Context())


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
def test_an_answer_stops_at_its_place(place, sent):
    """Cut, reset and stalled answers have sent the same, and then end in their own ways."""
    assert steps(Fault.cut(after=place)) == [sent, End.CLOSE]
    assert steps(Fault.reset(after=place)) == [sent, End.RESET]
    rest = (HEAD + b"12345678").removeprefix(sent)
    assert steps(Fault.stall(2, after=place)) == [sent, Pause(2), rest, End.KEEP]


def test_an_answer_can_stop_within_its_headers():
    """After the status line, before the empty line."""
    [sent, _] = steps(Fault.cut(after="head"))
    assert sent.startswith(b"HTTP/1.1 200 OK\r\nA: b")
    assert b"\r\n\r\n" not in sent


def test_a_drip_is_pieces_and_pauses():
    """The headers come at once, or drip too."""
    assert steps(Fault.drip(0.5, size=5)) == [
        HEAD,
        b"12345",
        Pause(0.5),
        b"678",
        Pause(0.5),
        End.KEEP,
    ]
    assert steps(Fault.drip(1, after="request"))[:4] == [b"", b"H", Pause(1), b"T"]


@pytest.mark.parametrize(
    ("framing", "head", "body", "end"),
    [
        ("length", b"Content-Length: 8\r\n", b"12345678", End.KEEP),
        ("chunked", b"Transfer-Encoding: chunked\r\n", b"8\r\n12345678\r\n0\r\n\r\n", End.KEEP),
        ("close", b"Connection: close\r\n", b"12345678", End.CLOSE),
        ("bad chunk", b"Transfer-Encoding: chunked\r\n", b"zz\r\n12345678", End.KEEP),
        ("two lengths", b"Content-Length: 8\r\nContent-Length: 4\r\n", b"12345678", End.KEEP),
        (
            "length and chunks",
            b"Content-Length: 8\r\nTransfer-Encoding: chunked\r\n",
            b"12345678",
            End.KEEP,
        ),
        ("short length", b"Content-Length: 4\r\n", b"12345678", End.KEEP),
    ],
)
def test_the_end_of_a_body_is_told_in_many_ways(framing, head, body, end):
    """Each is on the wire exactly as its name says."""
    expected = b"HTTP/1.1 200 OK\r\nA: b\r\n" + head + b"\r\n" + body
    assert steps(Fault.framing(framing)) == [expected, end]


def test_a_large_body_comes_in_several_chunks():
    """So that a cut falls between them too."""
    [sent, _] = steps(Fault.framing("chunked"), answer=Answer(200, b"x" * 20_000))
    assert b"\r\n\r\n4000\r\nx" in sent
    assert sent.endswith(b"x\r\n0\r\n\r\n")


@pytest.mark.parametrize("then", ["keep", "close", "reset", "stall"])
def test_raw_bytes_replace_the_answer(then):
    """And the connection ends as asked for."""
    assert steps(Fault.raw(b"\x00", then=then)) == [b"\x00", End(then)]


def test_endless_deliveries_have_no_end():
    """A start, then the same piece again and again."""
    fault = Fault.endless(b"p", start=b"s", interval=3)
    got = list(islice(script(ANSWER, fault.delivery, Context()), 5))
    assert got == [b"s", b"p", Pause(3), b"p", Pause(3)]


def test_an_unsolicited_answer_comes_in_the_same_write():
    """Right behind the one asked for."""
    second = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
    assert steps(Fault.unsolicited(b"{}")) == [HEAD + b"12345678" + second, End.KEEP]


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
