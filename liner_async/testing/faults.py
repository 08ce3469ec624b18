"""Faults: what may be wrong with an answer, and with the way it is sent."""

from __future__ import annotations

import sys
from enum import Enum
from typing import TYPE_CHECKING, Final, Literal

import attrs
from attrs import field, frozen

from liner_async.testing.answers import JSON_HEADERS, Answer, PageContent
from liner_async.testing.coding import Coding, bomb, coded
from liner_async.testing.delivery import WHOLE, Delivery, Ending, Framing, Place
from liner_async.testing.editing import MISSING, UNEDITED, PageEdit, PhpShape, RowEdit

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["MISSING", "Fault"]


class _Marker(Enum):
    UNCHANGED = "unchanged"


_UNCHANGED: Final = _Marker.UNCHANGED
_HEAD: Final = b"HTTP/1.1 %03d Endless\r\nContent-Type: application/json\r\n\r\n"
_NOISE: Final = b"\x00\x01\x02\xff garbage\r\n" * 8
_UPGRADE: Final = b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"
_SECOND: Final = b'{"success":true,"message":"","data":{"list":[],"next":0,"total":0}}'


@frozen(kw_only=True)
class Fault:
    """One thing that goes wrong with one answer; made by the named constructors.

    To send one fault's answer in another's way:
    `attrs.evolve(Fault.status(502), delivery=Fault.cut().delivery)`.
    """

    name: str
    replacement: Answer | None = None
    edit: PageEdit = UNEDITED
    added: Mapping[str, str] = field(factory=dict)
    coding: Coding | None = None
    bomb_size: int | None = None
    delivery: Delivery = WHOLE

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
        answer = Answer(status, body, {**own, **(headers or {})})
        return cls(name=f"status {status}", replacement=answer)

    @classmethod
    def redirect(cls, location: str, *, status: int = 302) -> Fault:
        """Answer that the list is at `location`, a URL or a path."""
        return cls.status(status, headers={"Location": location})

    @classmethod
    def body(cls, body: bytes, *, headers: Mapping[str, str] | None = None) -> Fault:
        """Answer 200 with this body, and JSON's content type unless `headers` says otherwise."""
        return cls(name="body", replacement=Answer(200, body, {**JSON_HEADERS, **(headers or {})}))

    @classmethod
    def headers(cls, headers: Mapping[str, str]) -> Fault:
        """Add headers to the page, sent as they are: `Set-Cookie`, a lying `Content-Encoding`."""
        return cls(name="headers", added=headers)

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
        return cls(name="envelope", edit=PageEdit(overrides=changed))

    @classmethod
    def rows(cls, edit: RowEdit) -> Fault:
        """Change the items of a page.

        Either a mapping from the item's index in the page to overrides, with the vendor's field
        names (`MISSING` removes one; a value that is no mapping stands in for the whole item; an
        index past the page is ignored), or a function that gets the list of items and changes it
        in place or returns another.
        """
        return cls(name="rows", edit=PageEdit(row_edit=edit))

    @classmethod
    def short(cls, count: int) -> Fault:
        """Leave out the last `count` rows of the page; `next` agrees with what is sent."""
        return cls(name="short", edit=PageEdit(resize=-count))

    @classmethod
    def long(cls, count: int) -> Fault:
        """Send up to `count` rows more than asked for; `next` agrees with what is sent."""
        return cls(name="long", edit=PageEdit(resize=count))

    @classmethod
    def empty(cls) -> Fault:
        """Send no rows; `total` stays and `next` is the offset asked for."""
        return cls(name="empty", edit=PageEdit(resize=-sys.maxsize))

    @classmethod
    def page(cls, offset: int) -> Fault:
        """Send the rows at another `offset`, as if they were those asked for."""
        return cls(name="page", edit=PageEdit(page_at=offset))

    @classmethod
    def php(cls, *shapes: PhpShape) -> Fault:
        """Write arrays as PHP does now and then.

        `"page"`: the list of orders is an object, `{"0": {...}, "1": {...}}`. `"lists"`: so are
        lists in orders, with a gap, `{"0": 1, "2": 3}`. `"maps"`: an empty map is `[]`.
        """
        return cls(name="php", edit=PageEdit(php=shapes))

    @classmethod
    def gzip(cls, defect: Literal["cut", "corrupt"] | None = None) -> Fault:
        """Compress the page, under a Content-Length that is right even where the gzip is not."""
        codings: dict[str | None, Coding] = {"cut": "cut gzip", "corrupt": "corrupt gzip"}
        coding = codings.get(defect, "gzip")
        return cls(name=coding, coding=coding)

    @classmethod
    def gzip_bomb(cls, size: int = 400_000_000) -> Fault:
        """Answer 200 with a small gzip body that unpacks to `size` bytes."""
        return cls(name="gzip bomb", bomb_size=size)

    @classmethod
    def framing(cls, framing: Framing) -> Fault:
        """Send the whole page, with the end of its body told in another way, right or wrong."""
        return cls(name=framing, delivery=Delivery(framing=framing))

    @classmethod
    def disconnect(cls) -> Fault:
        """Close the connection without an answer."""
        return cls(name="disconnect", delivery=Delivery(kind="stop"))

    @classmethod
    def reset(cls, *, after: Place = "request") -> Fault:
        """Reset the connection (RST), without an answer or within it."""
        return cls(name="reset", delivery=Delivery(kind="stop", after=after, then="reset"))

    @classmethod
    def cut(cls, *, after: Place = "half", framing: Framing = "length") -> Fault:
        """Promise the whole body, send the answer up to a place and close."""
        delivery = Delivery(kind="stop", after=after, framing=framing)
        return cls(name=f"cut {framing} {after}", delivery=delivery)

    @classmethod
    def stall(cls, seconds: float, *, after: Place = "request") -> Fault:
        """Pause after the request, the headers, half the body...; then send the rest."""
        return cls(name="stall", delivery=Delivery(kind="stall", seconds=seconds, after=after))

    @classmethod
    def drip(cls, interval: float = 0.1, *, size: int = 1, after: Place = "headers") -> Fault:
        """Send what follows a place in pieces of `size` bytes, `interval` seconds apart.

        That is the body, or the headers too with `after="request"`.
        """
        delivery = Delivery(kind="drip", seconds=interval, size=size, after=after)
        return cls(name="drip", delivery=delivery)

    @classmethod
    def raw(cls, data: bytes, *, then: Ending = "close") -> Fault:
        """Send these bytes in place of an answer; then close, reset, keep or stall."""
        return cls(name="raw", delivery=Delivery(kind="raw", data=data, then=then))

    @classmethod
    def garbage(cls) -> Fault:
        """Send bytes that are not HTTP, and close."""
        return cls(name="garbage", delivery=Delivery(kind="raw", data=_NOISE))

    @classmethod
    def endless(cls, piece: bytes, *, start: bytes = b"", interval: float = 0.0) -> Fault:
        """Send the bytes `start`, then `piece` every `interval` seconds until the client goes."""
        delivery = Delivery(kind="endless", data=start, piece=piece, seconds=interval)
        return cls(name="endless", delivery=delivery)

    @classmethod
    def endless_body(cls, *, status: int = 200, interval: float = 0.0) -> Fault:
        """Answer with this status and a body that never ends."""
        return cls.endless(b" " * 65_536, start=_HEAD % status, interval=interval)

    @classmethod
    def endless_headers(cls, *, interval: float = 0.0) -> Fault:
        """Answer 200 with a header that never ends."""
        return cls.endless(b"x" * 1024, start=b"HTTP/1.1 200 OK\r\nX-Endless: ", interval=interval)

    @classmethod
    def endless_continue(cls, *, interval: float = 0.001) -> Fault:
        """Answer `100 Continue` again and again."""
        return cls.endless(b"HTTP/1.1 100 Continue\r\n\r\n", interval=interval)

    @classmethod
    def upgrade(cls) -> Fault:
        """Answer `101 Switching Protocols` and fall silent."""
        return cls(name="upgrade", delivery=Delivery(kind="raw", data=_UPGRADE, then="stall"))

    @classmethod
    def unsolicited(cls, body: bytes = _SECOND) -> Fault:
        """Send the page and, in the same write, a second 200 with `body` that nobody asked for."""
        second = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
        return cls(name="unsolicited", delivery=Delivery(kind="twice", data=second))

    def answer(self, page: PageContent) -> Answer:
        """Return what is sent in place of the healthy `page`.

        For `Fault.long` and `Fault.page` it must hold their rows already.
        """
        if self.bomb_size is not None:
            return bomb(self.bomb_size)
        answer = self.edit.answer(page) if self.replacement is None else self.replacement
        if self.coding is not None:
            answer = coded(answer, self.coding)
        if self.added:
            answer = attrs.evolve(answer, headers={**answer.headers, **self.added})
        return answer
