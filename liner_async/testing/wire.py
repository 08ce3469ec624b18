"""How a response goes over the wire, step by step: no sockets, no clock, no event loop."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import lru_cache
from http import HTTPStatus
from typing import Final, Literal, Protocol

from attrs import frozen

__all__ = [
    "WHOLE",
    "Context",
    "Delivery",
    "End",
    "Framing",
    "HttpDelivery",
    "Pause",
    "Place",
    "Response",
    "Step",
    "place_of",
    "rendered_head",
    "status_in",
    "whole",
]

Place = Literal["request", "status", "head", "headers", "half", "body"]
"""How much of a response has been sent.

Nothing since the `"request"`; half of the `"status"` line; half of the `"head"`; all `"headers"`
and no body; `"half"` of the body; the whole `"body"`.
"""

Framing = Literal["length", "chunked", "close"]
"""How the body ends: after Content-Length bytes, with a last chunk, or with the connection."""

_STATUS_LINE: Final = re.compile(rb"HTTP/1\.[01] ([0-9]{3})")
_CHUNK: Final = 16_384  # bytes
_REASONS: Final = {status.value: status.phrase for status in HTTPStatus}
# These have no body by definition, so they carry no length.
_NO_LENGTH: Final = frozenset({100, 101, 102, 103, 204})


class End(Enum):
    """What becomes of the connection after the last step; STALL waits until the client goes."""

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
    """What a head owes to the request: may the connection live on, is a body wanted."""

    keep_alive: bool = True
    with_body: bool = True
    date: str = ""


class Delivery(Protocol):
    """A way to send a response."""

    def steps(self, response: Response, context: Context) -> Iterator[Step]:
        """Yield what to send and how long to wait; an `End` comes last, if anything does."""
        ...


@frozen(kw_only=True)
class HttpDelivery:
    """Send a response up to `after`; then end the connection, or pause and send the rest."""

    framing: Framing = "length"
    after: Place = "body"
    then: Pause | End = End.KEEP

    def steps(self, response: Response, context: Context) -> Iterator[Step]:
        """Yield what is sent up to the place, what happens there and what follows."""
        head = rendered_head(response, context, framing=self.framing)
        text = head + (_framed(response.body, self.framing) if context.with_body else b"")
        place = place_of(self.after, head=head, size=len(text))
        yield text[:place]
        if isinstance(self.then, Pause):
            yield self.then
            yield text[place:]
        elif self.then is not End.KEEP:
            yield self.then
            return
        yield End.KEEP if context.keep_alive and self.framing != "close" else End.CLOSE


WHOLE: Final[Delivery] = HttpDelivery()
"""The healthy way: everything at once."""


@frozen
class Response:
    """One HTTP response: status, the whole body in bytes, headers, and how it is sent."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = {"Content-Type": "application/json"}
    delivery: Delivery = WHOLE


def whole(response: Response, context: Context) -> bytes:
    """Return a healthy response as it goes over the wire."""
    head = rendered_head(response, context)
    return head + response.body if context.with_body else head


def status_in(sent: bytes) -> int:
    """Return the status that a client can read in the first bytes sent, or 0."""
    line = _STATUS_LINE.match(sent)
    return 0 if line is None else int(line[1])


def rendered_head(response: Response, context: Context, *, framing: Framing = "length") -> bytes:
    """Return the status line and the headers; headers of the response's own come first."""
    lines = [_fixed_lines(response.status, tuple(response.headers.items()))]
    names = {name.lower() for name in response.headers}
    if "content-length" not in names and response.status not in _NO_LENGTH:
        if framing == "length":
            lines.append(b"Content-Length: %d\r\n" % len(response.body))
        elif framing == "chunked":
            lines.append(b"Transfer-Encoding: chunked\r\n")
    if context.date and "date" not in names:
        lines.append(b"Date: %s\r\n" % context.date.encode())
    if "connection" not in names and (not context.keep_alive or framing == "close"):
        lines.append(b"Connection: close\r\n")
    return b"".join((*lines, b"\r\n"))


def place_of(after: Place, *, head: bytes, size: int) -> int:
    """Return how many of the `size` bytes of a response are sent up to a place."""
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


@lru_cache(maxsize=64)
def _fixed_lines(status: int, headers: tuple[tuple[str, str], ...]) -> bytes:
    lines = [f"HTTP/1.1 {status:03} {_REASONS.get(status, 'Unknown')}"]
    lines += [f"{name}: {value}" for name, value in headers]
    # Beyond Latin-1 only a broken server goes, and those send UTF-8.
    return "".join(f"{line}\r\n" for line in lines).encode(
        "latin-1" if all(max(line) <= "\xff" for line in lines) else "utf-8"
    )


def _framed(body: bytes, framing: Framing) -> bytes:
    if framing != "chunked":
        return body
    chunks = [body[start : start + _CHUNK] for start in range(0, len(body), _CHUNK)]
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in (*chunks, b""))
