"""What the server answers, whatever carries it: no sockets, no clock, no event loop."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from attrs import frozen

from liner_async.testing.rendering import render

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "JSON_HEADERS",
    "Answer",
    "BadQueryError",
    "PageContent",
    "PageQuery",
    "page_answer",
    "refusal",
]

JSON_HEADERS: Final[Mapping[str, str]] = {"Content-Type": "application/json"}
_NUMBER: Final = re.compile(r"[0-9]{1,18}")


class BadQueryError(ValueError):
    """`offset` or `limit` is not what the vendor's page allows; the text names the parameter."""


@frozen
class Answer:
    """One HTTP answer: status, headers and the whole body in bytes."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = JSON_HEADERS


@frozen(kw_only=True)
class PageQuery:
    """The page asked for: `offset` in orders, `limit` in orders, capped by the server."""

    offset: int
    limit: int

    @classmethod
    def read(
        cls, query: Mapping[str, str], *, default_limit: int = 50, max_limit: int = 100
    ) -> PageQuery:
        """Read the query string as documented; a `limit` above the maximum is lowered to it.

        Raises:
            BadQueryError: A value that is not a plain decimal number, or a `limit` below 1.
        """
        offset = _number(query, "offset", default=0, least=0)
        limit = _number(query, "limit", default=default_limit, least=1)
        return cls(offset=offset, limit=min(limit, max_limit))


@frozen(kw_only=True)
class PageContent:
    """A page before it is rendered: JSON rows, where they start, and the `total` to claim."""

    rows: tuple[bytes, ...]
    offset: int
    total: int


def page_answer(page: PageContent) -> Answer:
    """Return the documented envelope; `next` is `offset` plus the number of rows."""
    body = b'{"success":true,"message":"","data":{"list":[%s],"next":%d,"total":%d}}' % (
        b",".join(page.rows),
        page.offset + len(page.rows),
        page.total,
    )
    return Answer(200, body)


def refusal(status: int, message: str, *, retry_after: int | None = None) -> Answer:
    """Return an error in the vendor's envelope; `retry_after` is in whole seconds."""
    extra = {} if retry_after is None else {"Retry-After": str(retry_after)}
    body = render({"success": False, "message": message, "data": None})
    return Answer(status, body, {**JSON_HEADERS, **extra})


def _number(query: Mapping[str, str], name: str, *, default: int, least: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    if not _NUMBER.fullmatch(text) or int(text) < least:
        msg = f"{name} must be a whole number of at least {least}"
        raise BadQueryError(msg)
    return int(text)
