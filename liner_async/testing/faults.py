"""Faults: what may be wrong with an answer, and with the way it is sent.

A `Fault` changes the answer (pure, `Fault.answer`) and names its `Delivery`; a server that speaks
to sockets carries the delivery out.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, Final, Literal

from attrs import field, frozen

from liner_async.testing.answers import JSON_HEADERS, Answer, PageContent, page_answer
from liner_async.testing.rendering import render

__all__ = ["MISSING", "WHOLE", "Delivery", "Fault", "Marker"]

RowEdit = Callable[[list[Any]], list[Any] | None] | Mapping[int, object]


class Marker(Enum):
    """Values that stand for the lack of one."""

    MISSING = "missing"
    UNCHANGED = "unchanged"


MISSING: Final = Marker.MISSING
"""As an override: the key is left out of the JSON."""

_UNCHANGED: Final = Marker.UNCHANGED


@frozen(kw_only=True)
class Delivery:
    """How an answer travels.

    `seconds` is the pause of a stall or between the pieces of a drip; `after` says what a stall has
    sent before it; `size` is the bytes of one piece of a drip.
    """

    kind: Literal["whole", "disconnect", "reset", "stall", "drip", "cut"] = "whole"
    seconds: float = 0.0
    after: Literal["request", "headers", "half"] = "request"
    size: int = 0


WHOLE: Final = Delivery()
"""The healthy way: everything at once."""


@frozen(kw_only=True)
class Fault:
    """One thing that goes wrong with one answer; made by the named constructors.

    To send one fault's answer in another's way:
    `attrs.evolve(Fault.status(502), delivery=Fault.cut().delivery)`.
    """

    name: str
    replacement: Answer | None = None
    resize: int = 0
    row_edit: RowEdit | None = None
    overrides: Mapping[str, object] = field(factory=dict)
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
    def body(cls, body: bytes, *, headers: Mapping[str, str] | None = None) -> Fault:
        """Answer 200 with this body, and JSON's content type unless `headers` says otherwise."""
        return cls(name="body", replacement=Answer(200, body, {**JSON_HEADERS, **(headers or {})}))

    @classmethod
    def envelope(  # noqa: PLR0913 - one parameter for each key of the envelope
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
        return cls(name="envelope", overrides=changed)

    @classmethod
    def rows(cls, edit: RowEdit) -> Fault:
        """Change the items of a page.

        Either a mapping from the item's index in the page to overrides, with the vendor's field
        names (`MISSING` removes one; a value that is no mapping stands in for the whole item; an
        index past the page is ignored), or a function that gets the list of items and changes it
        in place or returns another.
        """
        return cls(name="rows", row_edit=edit)

    @classmethod
    def short(cls, count: int) -> Fault:
        """Leave out the last `count` rows of the page; `next` agrees with what is sent."""
        return cls(name="short", resize=-count)

    @classmethod
    def long(cls, count: int) -> Fault:
        """Send up to `count` rows more than asked for; `next` agrees with what is sent."""
        return cls(name="long", resize=count)

    @classmethod
    def empty(cls) -> Fault:
        """Send no rows; `total` stays and `next` is the offset asked for."""
        return cls(name="empty", resize=-sys.maxsize)

    @classmethod
    def disconnect(cls) -> Fault:
        """Close the connection without an answer."""
        return cls(name="disconnect", delivery=Delivery(kind="disconnect"))

    @classmethod
    def reset(cls) -> Fault:
        """Reset the connection (RST) without an answer."""
        return cls(name="reset", delivery=Delivery(kind="reset"))

    @classmethod
    def stall(
        cls, seconds: float, *, after: Literal["request", "headers", "half"] = "request"
    ) -> Fault:
        """Pause after the request, the headers or half the body; then send the rest."""
        return cls(name="stall", delivery=Delivery(kind="stall", seconds=seconds, after=after))

    @classmethod
    def drip(cls, interval: float = 0.1, *, size: int = 1) -> Fault:
        """Send the body in pieces of `size` bytes, `interval` seconds apart."""
        return cls(name="drip", delivery=Delivery(kind="drip", seconds=interval, size=size))

    @classmethod
    def cut(cls) -> Fault:
        """Promise the whole body in Content-Length, send half of it and close."""
        return cls(name="cut", delivery=Delivery(kind="cut"))

    def answer(self, page: PageContent) -> Answer:
        """Return what is sent in place of the healthy `page`.

        For `Fault.long` the page must hold the extra rows already.
        """
        if self.replacement is not None:
            return self.replacement
        rows = page.rows[: max(len(page.rows) + min(self.resize, 0), 0)]
        page = PageContent(rows=rows, offset=page.offset, total=page.total)
        if self.row_edit is None and not self.overrides:
            return page_answer(page)
        items: list[Any] = [json.loads(row) for row in page.rows]
        return Answer(200, render(self._envelope(_edited(items, self.row_edit), page)))

    def _envelope(self, items: list[Any], page: PageContent) -> dict[str, object]:
        data: dict[str, object] = {
            "list": items,
            "next": page.offset + len(page.rows),
            "total": page.total,
        }
        envelope: dict[str, object] = {"success": True, "message": "", "data": data}
        for key, value in self.overrides.items():
            (data if key in data else envelope)[key] = value
        envelope["data"] = _present(data) if envelope["data"] is data else envelope["data"]
        return _present(envelope)


def _edited(items: list[Any], edit: RowEdit | None) -> list[Any]:
    if edit is None:
        return items
    if callable(edit):
        result = edit(items)
        return items if result is None else result
    for index, change in edit.items():
        if not -len(items) <= index < len(items):
            continue
        if isinstance(change, Mapping):
            items[index] = _present({**items[index], **change})
        else:
            items[index] = change
    return items


def _present(values: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in values.items() if value is not MISSING}
