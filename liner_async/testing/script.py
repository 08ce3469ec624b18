"""What a connection sends for an answer, step by step: no sockets, no clock, no event loop."""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from liner_async.testing.answers import Answer
    from liner_async.testing.delivery import Delivery, Framing, Place

__all__ = ["Context", "End", "Pause", "Step", "script", "status_in", "whole"]

_STATUS_LINE: Final = re.compile(rb"HTTP/1\.[01] ([0-9]{3})")
_CHUNK: Final = 16_384
_REASONS: Final = {status.value: status.phrase for status in HTTPStatus}
# These have no body by definition, so that no length is told.
_NO_LENGTH: Final = frozenset({100, 101, 102, 103, 204})


class End(Enum):
    """What becomes of the connection after the last step."""

    KEEP = "keep"
    CLOSE = "close"
    RESET = "reset"
    STALL = "stall"


@frozen
class Pause:
    """Seconds in which nothing is sent."""

    seconds: float


Step = bytes | Pause | End


@frozen(kw_only=True)
class Context:
    """What an answer's head owes to the request: may the connection live on, is a body wanted."""

    keep_alive: bool = True
    with_body: bool = True
    date: str = ""


def whole(answer: Answer, context: Context) -> bytes:
    """Return a healthy answer as it goes over the wire."""
    head = _head(answer, context, framing="length")
    return head + answer.body if context.with_body else head


def script(answer: Answer, delivery: Delivery, context: Context) -> Iterator[Step]:
    """Give what is to be sent and waited for, and last what becomes of the connection.

    The script of an endless delivery has no end.
    """
    kind = delivery.kind
    if kind == "raw":
        yield delivery.data
        yield End(delivery.then)
        return
    if kind == "endless":
        yield delivery.data
        while True:
            yield delivery.piece
            yield Pause(delivery.seconds)
    head = _head(answer, context, framing=delivery.framing)
    text = head + (_framed(answer.body, delivery.framing) if context.with_body else b"")
    place = _place(delivery.after, head=head, size=len(text))
    is_last = not context.keep_alive or delivery.framing == "close"
    match kind:
        case "whole":
            yield text
        case "twice":
            yield text + delivery.data
        case "stop":
            yield text[:place]
            yield End(delivery.then)
            return
        case "stall":
            yield text[:place]
            yield Pause(delivery.seconds)
            yield text[place:]
        case _:  # "drip"
            yield text[:place]
            for start in range(place, len(text), delivery.size):
                yield text[start : start + delivery.size]
                yield Pause(delivery.seconds)
    yield End.CLOSE if is_last else End.KEEP


def status_in(sent: bytes) -> int:
    """Return the status that a client can read in the first bytes sent, or 0."""
    line = _STATUS_LINE.match(sent)
    return 0 if line is None else int(line[1])


def _place(after: Place, *, head: bytes, size: int) -> int:
    line = head.index(b"\r\n")
    places: dict[Place, int] = {
        "request": 0,
        "status": line // 2,
        "head": (line + len(head)) // 2,
        "headers": len(head),
        "half": len(head) + (size - len(head)) // 2,
        "body": size,
    }
    return places[after]


def _head(answer: Answer, context: Context, *, framing: Framing) -> bytes:
    lines = [_fixed_lines(answer.status, tuple(answer.headers.items()))]
    names = {name.lower() for name in answer.headers}
    if "content-length" not in names and answer.status not in _NO_LENGTH:
        lines += _framing_lines(framing, len(answer.body))
    if context.date and "date" not in names:
        lines.append(b"Date: %s\r\n" % context.date.encode())
    if "connection" not in names and (not context.keep_alive or framing == "close"):
        lines.append(b"Connection: close\r\n")
    return b"".join((*lines, b"\r\n"))


@lru_cache(maxsize=64)
def _fixed_lines(status: int, headers: tuple[tuple[str, str], ...]) -> bytes:
    lines = [f"HTTP/1.1 {status:03} {_REASONS.get(status, 'Unknown')}"]
    lines += [f"{name}: {value}" for name, value in headers]
    # Beyond Latin-1 only a broken server goes, and those send UTF-8.
    return "".join(f"{line}\r\n" for line in lines).encode(
        "latin-1" if all(line.isascii() or max(line) <= "\xff" for line in lines) else "utf-8"
    )


def _framing_lines(framing: Framing, length: int) -> list[bytes]:
    exact = b"Content-Length: %d\r\n" % length
    chunked = b"Transfer-Encoding: chunked\r\n"
    lines: dict[Framing, list[bytes]] = {
        "length": [exact],
        "chunked": [chunked],
        "close": [],
        "bad chunk": [chunked],
        "two lengths": [exact, b"Content-Length: %d\r\n" % (length // 2)],
        "length and chunks": [exact, chunked],
        "short length": [b"Content-Length: %d\r\n" % (length // 2)],
    }
    return lines[framing]


def _framed(body: bytes, framing: Framing) -> bytes:
    if framing == "bad chunk":
        return b"zz\r\n" + body
    if framing != "chunked":
        return body
    starts = range(0, len(body), _CHUNK)
    chunks = [body[start : start + _CHUNK] for start in starts]
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in (*chunks, b""))
