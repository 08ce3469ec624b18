"""Faults that only our own tests need: bytes that no proper server sends, on FakeLiner's wire."""

from __future__ import annotations

import gzip as gzip_module
import zlib
from collections.abc import Iterator
from functools import lru_cache, partial
from typing import Literal

import attrs
from attrs import frozen

from liner_async.testing import PASSING_FAULTS, Fault
from liner_async.testing.wire import (
    Context,
    End,
    Pause,
    Place,
    Response,
    Step,
    place_of,
    rendered_head,
    whole,
)

WrongFraming = Literal["bad chunk", "two lengths", "length and chunks", "short length"]
"""A chunk size that is no number, lengths that contradict each other or the body."""

_MEGABYTE = 2**20


@frozen
class Raw:
    """Send these bytes in place of a response."""

    data: bytes
    then: End

    def steps(self, response: Response, context: Context) -> Iterator[Step]:
        """Yield the bytes, then what becomes of the connection."""
        yield self.data
        yield self.then


@frozen
class Endless:
    """Send a start, then one piece after the other until the client goes."""

    start: bytes
    piece: bytes
    interval: float

    def steps(self, response: Response, context: Context) -> Iterator[Step]:
        """Yield without an end."""
        yield self.start
        while True:
            yield self.piece
            yield Pause(self.interval)


@frozen
class Followed:
    """Send the response and other bytes behind it in one write."""

    data: bytes

    def steps(self, response: Response, context: Context) -> Iterator[Step]:
        """Yield both at once."""
        yield whole(response, context) + self.data
        yield _kept(context)


@frozen
class Dripped:
    """Send what follows a place in pieces of `size` bytes, `interval` seconds apart."""

    interval: float
    size: int
    after: Place

    def steps(self, response: Response, context: Context) -> Iterator[Step]:
        """Yield what comes before the place, then the pieces."""
        text = whole(response, context)
        place = place_of(self.after, head=rendered_head(response, context), size=len(text))
        yield text[:place]
        for start in range(place, len(text), self.size):
            yield text[start : start + self.size]
            yield Pause(self.interval)
        yield _kept(context)


@frozen
class Misframed:
    """Send the whole body with a wrong account of where it ends."""

    framing: WrongFraming

    def steps(self, response: Response, context: Context) -> Iterator[Step]:
        """Yield a head and the body that it lies about."""
        exact = b"Content-Length: %d\r\n" % len(response.body)
        half = b"Content-Length: %d\r\n" % (len(response.body) // 2)
        chunked = b"Transfer-Encoding: chunked\r\n"
        lines = {
            "bad chunk": chunked,
            "two lengths": exact + half,
            "length and chunks": exact + chunked,
            "short length": half,
        }
        head = rendered_head(response, context).replace(exact, lines[self.framing])
        yield head + (b"zz\r\n" if self.framing == "bad chunk" else b"") + response.body
        yield _kept(context)


def raw(data: bytes, *, then: End = End.CLOSE) -> Fault:
    """Send these bytes in place of an answer; then close, reset, keep or stall."""
    return Fault(name="raw", delivery=Raw(data, then))


def garbage() -> Fault:
    """Send bytes that are not HTTP, and close."""
    return Fault(name="garbage", delivery=Raw(b"\x00\x01\x02\xff garbage\r\n" * 8, End.CLOSE))


def endless(piece: bytes, *, start: bytes = b"", interval: float = 0.0) -> Fault:
    """Send the bytes `start`, then `piece` every `interval` seconds until the client goes."""
    return Fault(name="endless", delivery=Endless(start, piece, interval))


def unsolicited(body: bytes) -> Fault:
    """Send the page and, in the same write, a second 200 with `body` that nobody asked for."""
    second = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    return Fault(name="unsolicited", delivery=Followed(second))


def drip(interval: float = 0.1, *, size: int = 1, after: Place = "headers") -> Fault:
    """Send what follows a place in small pieces: the body, or the headers too."""
    return Fault(name="drip", delivery=Dripped(interval, size, after))


def framing(wrong: WrongFraming) -> Fault:
    """Send the whole page with a wrong account of where its body ends."""
    return Fault(name=wrong, delivery=Misframed(wrong))


def changed(**fields: object) -> Fault:
    """Send the page in a response of which these fields are others: `status`, `headers`."""
    return Fault(name="changed", change=partial(attrs.evolve, **fields))


def gzip(defect: Literal["cut", "corrupt"]) -> Fault:
    """Compress the page and break it, under a Content-Length that is right all the same."""
    return Fault(name=f"{defect} gzip", change=_cut if defect == "cut" else _corrupt)


def gzip_bomb(size: int) -> Fault:
    """Answer 200 with a gzip body, a thousandth of the `size` bytes that it unpacks to."""
    headers = {"Content-Encoding": "gzip"}
    return Fault(name="gzip bomb", replacement=Response(200, _bomb(size), headers))


def _kept(context: Context) -> End:
    return End.KEEP if context.keep_alive else End.CLOSE


def _cut(response: Response) -> Response:
    body = gzip_module.compress(response.body, compresslevel=1)
    return _coded(response, body[: len(body) // 2])


def _corrupt(response: Response) -> Response:
    body = gzip_module.compress(response.body, compresslevel=1)
    # Behind the header of 10 bytes; 0xff begins a block of a kind that deflate reserves.
    return _coded(response, body[:10] + b"\xff" * 4 + body[14:])


def _coded(response: Response, body: bytes) -> Response:
    headers = {**response.headers, "Content-Encoding": "gzip"}
    return attrs.evolve(response, body=body, headers=headers)


@lru_cache(maxsize=2)
def _bomb(size: int) -> bytes:
    packer = zlib.compressobj(level=9, wbits=31)
    spaces = b" " * _MEGABYTE
    pieces = [packer.compress(spaces) for _ in range(size // _MEGABYTE)]
    return b"".join((*pieces, packer.compress(spaces[: size % _MEGABYTE]), packer.flush()))


PASSING = (*PASSING_FAULTS, framing("bad chunk"), gzip("cut"), gzip("corrupt"), garbage())
"""What a careful client gets over, the bytes included that only our own tests send."""
