"""What an answer means: status, headers and body in, data or the right error out (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from attrs import field, frozen

from liner_async._codec.json_text import Listing, parse, peek
from liner_async._transport.credentials import ApiKey
from liner_async._transport.nginx import meaning_of_400
from liner_async._transport.request import READ
from liner_async.errors import (
    ApiError,
    AuthError,
    NotFoundError,
    RateLimitError,
    ResponseError,
    ServerError,
    StatusError,
)

__all__ = [
    "RawPage",
    "Response",
    "check_found",
    "read_data",
    "read_envelope",
    "read_list",
    "read_object",
    "read_page",
]

_OK = 200
_NO_CONTENT = 204
_NOT_FOUND = 404
_LONGEST_QUOTE = 200


@frozen(kw_only=True)
class Response:
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
    """A page as it came: its envelope is sound, its items are still to be decoded.

    Attributes:
        rows: the items: raw JSON as a rule, parsed values where only a full parse was sure.
        next: the server's `next`, if it is an integer.
        total: the server's `total`.
        attempts: requests it took.
        size: the bytes of its body.
    """

    rows: Sequence[Any] = field(repr=False)
    next: int | None
    total: int
    attempts: int = 1
    size: int = 0


def read_page(response: Response, key: ApiKey) -> RawPage:
    """Return the page that an answer holds: `{"list", "next", "total"}` as `data`.

    Raises:
        StatusError, ApiError, ResponseError: see `read_data`; also data of another shape.
    """
    listing = _listing(response, key)
    if not listing.is_page:  # it could be the first page of many
        raise _shape("data is not an object")
    return _raw_page(listing, response)


def read_list(response: Response, key: ApiKey) -> RawPage:
    """Return the list that an answer holds, as a bare array or as a page; raise as `read_page`."""
    return _raw_page(_listing(response, key), response)


def _raw_page(listing: Listing, response: Response) -> RawPage:
    return RawPage(
        rows=listing.rows,
        next=listing.next,
        total=listing.total,
        attempts=response.attempt,
        size=len(response.body),
    )


def _listing(response: Response, key: ApiKey) -> Listing:
    seen = peek(response.body) if response.status == _OK else None
    return _listed(read_data(response, key)) if seen is None else seen


def _listed(data: Any) -> Listing:
    """Return what parsed data lists."""
    if isinstance(data, list):
        return Listing(rows=data, total=len(data), is_page=False)
    if not isinstance(data, dict):
        raise _shape("data is not an object")
    total = data.get("total")
    if type(total) is not int or total < 0:
        raise _shape("data.total is not an integer of 0 or more")
    rows = data.get("list")
    if rows == {} and total == 0:  # an empty array, as PHP writes it
        rows = []
    if not isinstance(rows, list):
        raise _shape("data.list is not an array")
    following = data.get("next")
    return Listing(rows=rows, total=total, next=following if type(following) is int else None)


def read_data(response: Response, key: ApiKey) -> Any:
    """Parse an answer and return the `data` of its envelope.

    Raises:
        StatusError, ApiError, ResponseError: see `read_envelope`; also an envelope without data.
    """
    envelope = read_envelope(response, key)
    if "data" not in envelope:
        raise _shape("data is missing")
    return envelope["data"]


def read_envelope(
    response: Response, key: ApiKey, *, accepted: frozenset[int] = READ
) -> dict[str, Any]:
    """Parse an answer and return its envelope, which says `success: true`.

    Raises:
        StatusError: the status is not an accepted one; its subclass says more.
        ApiError: the envelope says `success: false`.
        ResponseError: the body is not the documented envelope.
    """
    if response.status not in accepted:
        raise _status_error(response, key)
    if not response.body.strip():
        raise ResponseError("the body is empty", status=response.status, reason="empty")
    envelope: Any = parse(response.body)
    if not isinstance(envelope, dict):
        raise _shape("the body is not an object")
    match envelope.get("success"):
        case True:
            return envelope
        case False:
            said = _quote(envelope.get("message"), key)
            raise ApiError(f"the API refused: {said or 'no message'}", status=response.status)
    raise _shape("success is neither true nor false")


def read_object(response: Response, key: ApiKey) -> Any:
    """Return the one object that an answer holds.

    Raises:
        NotFoundError: there is no such object.
        StatusError, ApiError, ResponseError: see `read_data`.
    """
    check_found(response, key)
    data = read_data(response, key)
    if data is None or data in ([], {}):
        raise NotFoundError("no such object: data is empty", status=_OK, reason="missing")
    return data


def check_found(response: Response, key: ApiKey) -> None:
    """Raise NotFoundError for a 404 of a request with an identifier: either may be missing."""
    if response.status == _NOT_FOUND:
        parts = ["HTTP 404", "no such path or object", _message_of(response.body, key)]
        raise NotFoundError(
            "; ".join(part for part in parts if part), status=_NOT_FOUND, reason="missing"
        )


def _shape(problem: str) -> ResponseError:
    return ResponseError(f"not the documented envelope: {problem}", status=_OK, reason="shape")


def _status_error(response: Response, key: ApiKey) -> StatusError:
    status = response.status
    kind, hint = _KINDS.get(status, (StatusError, ""))
    if 500 <= status <= 599:
        kind = ServerError
    if 300 <= status <= 399:
        hint = f"redirects are not followed; check the host{_origin(response.location, key)}"
    if status == 400:
        hint = meaning_of_400(response.body)
    parts = [f"HTTP {status}", hint, _message_of(response.body, key)]
    return kind(
        "; ".join(part for part in parts if part),
        status=status,
        retry_after=response.retry_after,
        reason="empty" if status == _NO_CONTENT else None,
    )


_KINDS: Mapping[int, tuple[type[StatusError], str]] = {
    401: (AuthError, "the API key was not accepted"),
    403: (AuthError, "the API key does not allow this"),
    404: (NotFoundError, "no such path: check the host"),
    429: (RateLimitError, "too many requests"),
}


def _message_of(body: bytes, key: ApiKey) -> str:
    """Return the message of an error's envelope, if its body is one."""
    try:
        envelope = parse(body)
    except ResponseError:
        return ""
    said = _quote(envelope.get("message"), key) if isinstance(envelope, dict) else ""
    return f"the server says {said}" if said else ""


def _quote(text: object, key: ApiKey) -> str:
    """Return a quoted text of the server's: 200 characters, the key masked, escapes shown."""
    if not isinstance(text, str) or not text:
        return ""
    quoted = repr(key.redact(text)[:_LONGEST_QUOTE])
    return quoted if len(quoted) <= _LONGEST_QUOTE else f"{quoted[: _LONGEST_QUOTE - 1]}…"


def _origin(location: str | None, key: ApiKey) -> str:
    """Return scheme and host of a redirect's target; the rest may repeat what was sent."""
    try:
        parts = urlsplit(location or "")
    except ValueError:
        return ""
    name = parts.netloc.rpartition("@")[2]
    return f", which points to {_quote(f'{parts.scheme}://{name}', key)}" if name else ""
