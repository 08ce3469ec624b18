"""The faults of `tests.support.wire_faults`: exactly the bytes that their names promise."""

from __future__ import annotations

import gzip as gzip_module
import zlib
from itertools import islice

import pytest

from liner_async.testing.bodies import Content, healthy
from liner_async.testing.wire import Context, End, Pause, Response
from tests.support.wire_faults import (
    PASSING,
    changed,
    drip,
    endless,
    framing,
    garbage,
    gzip,
    gzip_bomb,
    raw,
    unsolicited,
)

RESPONSE = Response(200, b"12345678", {"A": "b"})
HEAD = b"HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 8\r\n\r\n"
PAGE = Content(rows=(b"{}",), total=1)


def steps(fault, *, keep_alive=True):
    """Return the first steps that send the response as the fault does."""
    return list(islice(fault.delivery.steps(RESPONSE, Context(keep_alive=keep_alive)), 6))


@pytest.mark.parametrize("then", End)
def test_raw_bytes_replace_the_response(then):
    """And the connection ends as asked for."""
    assert steps(raw(b"\x00", then=then)) == [b"\x00", then]


def test_an_endless_response_has_no_end():
    """A start, then the same piece again and again."""
    assert steps(endless(b"p", start=b"s", interval=3))[:5] == [
        b"s",
        b"p",
        Pause(3),
        b"p",
        Pause(3),
    ]


def test_an_unsolicited_response_comes_in_the_same_write():
    """Right behind the one asked for."""
    second = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
    assert steps(unsolicited(b"{}")) == [HEAD + b"12345678" + second, End.KEEP]


def test_a_drip_is_pieces_and_pauses():
    """The headers come at once, or drip too."""
    pieces = [b"12345", Pause(0.5), b"678", Pause(0.5)]
    assert steps(drip(0.5, size=5)) == [HEAD, *pieces, End.KEEP]
    assert steps(drip(1, after="request"))[:4] == [b"", b"H", Pause(1), b"T"]
    assert steps(drip(0, size=99), keep_alive=False)[-1] is End.CLOSE


@pytest.mark.parametrize(
    ("wrong", "lines", "body"),
    [
        ("bad chunk", b"Transfer-Encoding: chunked\r\n", b"zz\r\n12345678"),
        ("two lengths", b"Content-Length: 8\r\nContent-Length: 4\r\n", b"12345678"),
        ("length and chunks", b"Content-Length: 8\r\nTransfer-Encoding: chunked\r\n", b"12345678"),
        ("short length", b"Content-Length: 4\r\n", b"12345678"),
    ],
)
def test_a_wrong_framing_is_on_the_wire_as_its_name_says(wrong, lines, body):
    """And the server keeps the connection: the client has to be the one who gives it up."""
    expected = b"HTTP/1.1 200 OK\r\nA: b\r\n" + lines + b"\r\n" + body
    assert steps(framing(wrong)) == [expected, End.KEEP]


@pytest.mark.parametrize(("defect", "error"), [("cut", EOFError), ("corrupt", zlib.error)])
def test_broken_gzip_does_not_unpack(defect, error):
    """It lacks its end, or is corrupt inside, behind a sound header."""
    response = gzip(defect).response(PAGE)
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.body.startswith(b"\x1f\x8b")
    with pytest.raises(error):
        gzip_module.decompress(response.body)


def test_a_gzip_bomb_is_small_until_it_is_unpacked():
    """Three and a half megabytes in a few kilobytes."""
    response = gzip_bomb(3_500_000).response(PAGE)
    assert len(response.body) < 10_000
    assert gzip_module.decompress(response.body) == b" " * 3_500_000


def test_a_page_can_come_with_anything_else_changed():
    """Its status, for example."""
    response = changed(status=206).response(PAGE)
    assert (response.status, response.body) == (206, healthy(PAGE).body)


def test_garbage_is_among_what_a_careful_client_gets_over():
    """Twenty faults, sixteen of which users have too."""
    assert len(PASSING) == 20
    assert garbage() in PASSING
