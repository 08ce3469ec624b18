"""What an answer means (pure): status, headers and body in, data or the right error out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from attrs import field, frozen

from liner_async._codec.json_text import Summary, parse, peek
from liner_async._transport.request import ApiKey
from liner_async.errors import (
    ApiError,
    AuthError,
    NotFoundError,
    RateLimitError,
    ResponseError,
    ServerError,
    StatusError,
)

__all__ = ["RawPage", "Reply", "read_data", "read_page"]

_OK = 200
_NO_CONTENT = 204
_LONGEST_QUOTE = 200


@frozen(kw_only=True)
class Reply:
    """An HTTP answer, read: `body` is empty where the status alone decides.

    Attributes:
        retry_after: seconds the server asked to wait, if it said so and made sense.
        location: where a redirect leads.
        date: the server's clock, as the header has it.
        attempt: which attempt brought it, from 1.
    """

    status: int
    body: bytes = field(default=b"", repr=False)
    retry_after: float | None = None
    location: str | None = None
    date: str | None = None
    attempt: int = 1


@frozen(kw_only=True)
class RawPage:
    """A page as it came: its envelope is sound, its items wait in the body to be decoded."""

    body: bytes = field(repr=False)
    next: int | None
    total: int
    attempts: int = 1


def read_page(reply: Reply, key: ApiKey) -> RawPage:
    """Parse an answer that should hold a page: `{"list", "next", "total"}` as `data`.

    Raises:
        StatusError, ApiError, ResponseError: see `read_data`; also data of another shape.
    """
    seen = peek(reply.body) if reply.status == _OK else None
    if seen is None:
        seen = _summary(read_data(reply, key))
    return RawPage(body=reply.body, next=seen.next, total=seen.total, attempts=reply.attempt)


def _summary(data: Any) -> Summary:
    if not isinstance(data, dict):
        raise _shape("data is not an object")
    total = data.get("total")
    if type(total) is not int or total < 0:
        raise _shape("data.total is not an integer of 0 or more")
    items = data.get("list")
    is_empty_array = items == {} and total == 0  # as PHP writes one
    if not isinstance(items, list) and not is_empty_array:
        raise _shape("data.list is not an array")
    following = data.get("next")
    return Summary(total, following if type(following) is int else None)


def read_data(reply: Reply, key: ApiKey) -> Any:
    """Parse an answer and give the `data` of its envelope.

    Raises:
        StatusError: the status is not 200; its subclass says more.
        ApiError: the envelope says `success: false`.
        ResponseError: the body is not the documented envelope.
    """
    if reply.status != _OK:
        raise _status_error(reply, key)
    if not reply.body.strip():
        raise ResponseError("the body is empty", status=_OK, reason="empty")
    envelope = parse(reply.body)
    if not isinstance(envelope, dict):
        raise _shape("the body is not an object")
    match envelope.get("success"):
        case True:
            if "data" not in envelope:
                raise _shape("data is missing")
            return envelope["data"]
        case False:
            said = _quote(envelope.get("message"), key)
            raise ApiError(f"the API refused: {said or 'no message'}", status=_OK)
    raise _shape("success is neither true nor false")


def _shape(problem: str) -> ResponseError:
    return ResponseError(f"not the documented envelope: {problem}", status=_OK, reason="shape")


def _status_error(reply: Reply, key: ApiKey) -> StatusError:
    status = reply.status
    kind, hint = _KINDS.get(status, (StatusError, ""))
    if 500 <= status <= 599:
        kind = ServerError
    if 300 <= status <= 399:
        hint = f"redirects are not followed; check the host{_origin(reply.location, key)}"
    parts = [f"HTTP {status}", hint, _message_of(reply.body, key)]
    return kind(
        "; ".join(part for part in parts if part),
        status=status,
        retry_after=reply.retry_after,
        reason="empty" if status == _NO_CONTENT else None,
    )


_KINDS: Mapping[int, tuple[type[StatusError], str]] = {
    401: (AuthError, "the API key was not accepted"),
    403: (AuthError, "the API key does not allow this"),
    404: (NotFoundError, "no such path: check the host"),
    429: (RateLimitError, "too many requests"),
}


def _message_of(body: bytes, key: ApiKey) -> str:
    """Give what an error's envelope says, where its body is one."""
    try:
        envelope = parse(body)
    except ResponseError:
        return ""
    said = _quote(envelope.get("message"), key) if isinstance(envelope, dict) else ""
    return f"the server says {said}" if said else ""


def _quote(text: object, key: ApiKey) -> str:
    """Quote a text of the server's: the key masked, 200 characters, nothing a terminal obeys."""
    if not isinstance(text, str) or not text:
        return ""
    quoted = repr(key.redact(text)[:_LONGEST_QUOTE])
    return quoted if len(quoted) <= _LONGEST_QUOTE else f"{quoted[: _LONGEST_QUOTE - 1]}…"


def _origin(location: str | None, key: ApiKey) -> str:
    """Name scheme and host of a redirect's target; the rest may repeat what was sent."""
    try:
        parts = urlsplit(location or "")
    except ValueError:
        return ""
    name = parts.netloc.rpartition("@")[2]
    return f", which points to {_quote(f'{parts.scheme}://{name}', key)}" if name else ""
