"""Pages decoded in both ways: by the fast path, and by cattrs alone."""

from __future__ import annotations

import json
from typing import Any

from liner_async import DecodeError, LinerError, Page
from liner_async._codec.decoder import Decoder
from liner_async._codec.json_text import parse
from liner_async._transport.credentials import ApiKey
from liner_async._transport.envelope import RawPage, Response, read_page

__all__ = ["PageDecoder", "body_of", "described", "raw_page"]

KEY = ApiKey("key")


class PageDecoder:
    """Decodes raw pages as a resource does; with `fast=False` by cattrs alone."""

    def __init__(self, model: type[Any], *, fast: bool = True) -> None:
        self.decoder = Decoder(model)
        self.fast = fast

    def __call__(
        self, raw: RawPage, *, offset: int = 0, limit: int = 100, on_invalid: str = "raise"
    ) -> Page[Any]:
        """Return the page, or raise as a resource does."""
        rows = raw.rows
        if not self.fast:
            rows = [parse(bytes(row)) if hasattr(row, "__buffer__") else row for row in rows]
        skips = on_invalid == "skip"
        decoded = self.decoder.page(rows, offset=offset, skip_invalid=skips)
        if decoded.problems and not skips:
            raise DecodeError.of(decoded.problems[0], attempts=raw.attempts)
        return Page(
            items=decoded.items,
            offset=offset,
            limit=limit,
            next=raw.next,
            total=raw.total,
            problems=decoded.problems,
        )


def body_of(items: list[Any], **fields: Any) -> bytes:
    """Return the body of a page that holds these items."""
    data = {"list": items, "next": None, "total": len(items)} | fields
    return json.dumps({"success": True, "message": "", "data": data}).encode()


def raw_page(items: list[Any], *, attempts: int = 1, **fields: Any) -> RawPage:
    """Return a page of these items as the transport brings it."""
    response = Response(status=200, body=body_of(items, **fields), attempt=attempts)
    return read_page(response, KEY)


def described(body: bytes, decode: PageDecoder, *, on_invalid: str = "raise") -> tuple[Any, ...]:
    """Return all that can be said of the page in a body, or of the error that it gives."""
    try:
        raw = read_page(Response(status=200, body=body), KEY)
        page = decode(raw, on_invalid=on_invalid)
    except LinerError as error:
        return type(error), str(error), error.reason, getattr(error, "problems", None)
    return repr(page), page.items, [item.to_dict() for item in page]
