"""Faults: what may be wrong with a response, and with the way it is sent."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import attrs
from attrs import field, frozen

from liner_async.testing.bodies import Content, Edit, PhpShape, RowEdit
from liner_async.testing.wire import (
    WHOLE,
    Delivery,
    End,
    Framing,
    HttpDelivery,
    Pause,
    Place,
    Response,
)

__all__ = ["PASSING_FAULTS", "Fault"]


_UNCHANGED: Final = object()


@frozen(kw_only=True)
class Fault:
    """One thing that goes wrong with one response; made by the named constructors.

    To send one fault's response in another's way:
    `attrs.evolve(Fault.status(502), delivery=Fault.cut().delivery)`.

    `applied` says whether a write that meets it is carried out first: by default only if its own
    answer comes through and is no refusal. `attrs.evolve(Fault.disconnect(), applied=True)` loses
    the answer alone.
    """

    name: str
    replacement: Response | None = field(default=None, repr=False)
    edit: Edit = field(default=Edit(), repr=False)
    change: Callable[[Response], Response] | None = field(default=None, repr=False)
    delivery: Delivery = field(default=WHOLE, repr=False)
    applied: bool = field(repr=False)

    @applied.default
    def _lets_the_answer_through(self) -> bool:
        """Return whether the client gets the answer in the end, so that a write was carried out."""
        is_whole = isinstance(self.delivery, HttpDelivery) and not isinstance(
            self.delivery.then, End
        )
        is_own = self.replacement is None and self.edit.overrides.get("success") is not False
        return is_own and (is_whole or self.delivery is WHOLE)

    @classmethod
    def status(
        cls,
        status: int,
        *,
        retry_after: str | None = None,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Fault:
        """Answer with another status; `retry_after` is the raw header, sent as it is."""
        own = {"Content-Type": "text/html"}
        if retry_after is not None:
            own["Retry-After"] = retry_after
        response = Response(status, body, {**own, **(headers or {})})
        return cls(name=f"status {status}", replacement=response)

    @classmethod
    def redirect(cls, location: str, *, status: int = 302) -> Fault:
        """Redirect to `location`, a URL or a path."""
        return cls.status(status, headers={"Location": location})

    @classmethod
    def body(cls, body: bytes, *, headers: Mapping[str, str] | None = None) -> Fault:
        """Answer 200 with this body, and JSON's content type unless `headers` says otherwise."""
        json = {"Content-Type": "application/json"}
        return cls(name="body", replacement=Response(200, body, {**json, **(headers or {})}))

    @classmethod
    def headers(cls, headers: Mapping[str, str]) -> Fault:
        """Add headers to the page, sent as they are: `Set-Cookie`, a lying `Content-Encoding`."""
        return cls(name="headers", change=partial(_with_headers, headers=headers))

    @classmethod
    def envelope(
        cls,
        *,
        success: object = _UNCHANGED,
        message: object = _UNCHANGED,
        data: object = _UNCHANGED,
        list: object = _UNCHANGED,  # noqa: A002 - the vendor's name
        next: object = _UNCHANGED,  # noqa: A002 - the vendor's name
        total: object = _UNCHANGED,
    ) -> Fault:
        """Replace keys of the envelope or of its `data`; `MISSING` leaves a key out."""
        given = {
            "success": success,
            "message": message,
            "data": data,
            "list": list,
            "next": next,
            "total": total,
        }
        changed = {key: value for key, value in given.items() if value is not _UNCHANGED}
        return cls(name="envelope", edit=Edit(overrides=changed))

    @classmethod
    def rows(cls, edit: RowEdit) -> Fault:
        """Change the items of a page or an array, or the one item of a detail.

        Either a mapping from the item's index in the page to overrides, with the vendor's field
        names (`MISSING` removes one; a value that is no mapping stands in for the whole item; an
        index past the page is ignored), or a function that gets the list of items and changes it
        in place or returns another.
        """
        return cls(name="rows", edit=Edit(rows=edit))

    @classmethod
    def short(cls, count: int) -> Fault:
        """Leave out the last `count` rows of the page; `next` agrees with what is sent."""
        return cls(name="short", edit=Edit(resize=-count))

    @classmethod
    def long(cls, count: int) -> Fault:
        """Send up to `count` rows more than asked for; `next` agrees with what is sent."""
        return cls(name="long", edit=Edit(resize=count))

    @classmethod
    def empty(cls) -> Fault:
        """Send no rows; `total` stays and `next` is the offset asked for."""
        return cls(name="empty", edit=Edit(resize=-sys.maxsize))

    @classmethod
    def page(cls, offset: int) -> Fault:
        """Send the rows at another `offset`, as if they were those asked for."""
        return cls(name="page", edit=Edit(page_at=offset))

    @classmethod
    def php(cls, *shapes: PhpShape) -> Fault:
        """Write arrays as PHP does now and then.

        `"page"`: the list of items is an object, `{"0": {...}, "1": {...}}`. `"lists"`: so are
        lists in items, with a gap, `{"0": 1, "2": 3}`. `"maps"`: an empty map is `[]`.
        """
        return cls(name="php", edit=Edit(php=shapes))

    @classmethod
    def gzip(cls) -> Fault:
        """Compress the body, as a server may if the client accepts it."""
        return cls(name="gzip", change=_compressed)

    @classmethod
    def disconnect(cls) -> Fault:
        """Close the connection without an answer."""
        return cls(name="disconnect", delivery=HttpDelivery(after="request", then=End.CLOSE))

    @classmethod
    def reset(cls, *, after: Place = "request") -> Fault:
        """Reset the connection (RST), without an answer or within it."""
        return cls(name=f"reset {after}", delivery=HttpDelivery(after=after, then=End.RESET))

    @classmethod
    def cut(cls, *, after: Place = "half", framing: Framing = "length") -> Fault:
        """Promise the whole body, send the response up to a place and close."""
        delivery = HttpDelivery(framing=framing, after=after, then=End.CLOSE)
        return cls(name=f"cut {framing} {after}", delivery=delivery)

    @classmethod
    def stall(cls, seconds: float, *, after: Place = "request") -> Fault:
        """Pause after the request, the headers, half the body...; then send the rest."""
        return cls(name="stall", delivery=HttpDelivery(after=after, then=Pause(seconds)))

    def response(self, content: Content) -> Response:
        """Return what is sent in place of the healthy `content`."""
        response = self.edit.response(content) if self.replacement is None else self.replacement
        if self.change is not None:
            response = self.change(response)
        return attrs.evolve(response, delivery=self.delivery)


PASSING_FAULTS: Final[tuple[Fault, ...]] = (
    Fault.status(500),
    Fault.status(502, body=b"<html><body>502 Bad Gateway</body></html>"),
    Fault.status(503),
    Fault.status(504),
    Fault.status(503, retry_after="0"),
    Fault.status(429, retry_after="0"),
    Fault.disconnect(),
    Fault.reset(),
    Fault.reset(after="half"),
    Fault.cut(after="head"),
    Fault.cut(),
    Fault.cut(framing="chunked"),
    Fault.cut(framing="close"),
    Fault.body(b""),
    Fault.body(b'{"success":true,"message":"","data":{"list":[{"id":1'),
    Fault.stall(0.05, after="half"),
)
"""Faults that a careful client gets over by asking again, or by waiting a moment."""


def _with_headers(response: Response, *, headers: Mapping[str, str]) -> Response:
    return attrs.evolve(response, headers={**response.headers, **headers})


def _compressed(response: Response) -> Response:
    body = gzip.compress(response.body, compresslevel=1, mtime=0)
    return _with_headers(attrs.evolve(response, body=body), headers={"Content-Encoding": "gzip"})
