"""The vendor's envelope around pages, arrays and single items, as it should be or edited."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any, Final, Literal

import attrs
from attrs import field, frozen

from liner_async.testing.wire import Response

__all__ = ["MISSING", "Content", "Edit", "PhpShape", "RowEdit", "healthy", "refusal", "render"]

RowEdit = Callable[[list[Any]], list[Any] | None] | Mapping[int, object]
PhpShape = Literal["page", "lists", "maps"]


class _Marker(Enum):
    MISSING = "missing"


MISSING: Final = _Marker.MISSING
"""As an override: the key is left out of the JSON."""


@frozen(kw_only=True)
class Content:
    """What a healthy server would send: rows as JSON, and their place in the list.

    A `"page"` starts at `offset` and claims `total`; an `"array"` and an `"item"` (one row) are
    `data` themselves.
    """

    rows: tuple[bytes, ...]
    shape: Literal["page", "array", "item"] = "page"
    offset: int = 0
    total: int = 0

    @property
    def next(self) -> int:
        """The offset behind the last row."""
        return self.offset + len(self.rows)


def render(value: object) -> bytes:
    """Return a value as compact UTF-8 JSON; a lone surrogate becomes its JSON escape."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", errors="backslashreplace")


def healthy(content: Content) -> Response:
    """Return the documented envelope around the rows, which are not parsed for it."""
    data = b",".join(content.rows)
    if content.shape == "page":
        data = b'{"list":[%s],"next":%d,"total":%d}' % (data, content.next, content.total)
    elif content.shape == "array":
        data = b"[%s]" % data
    else:
        data = data or b"null"
    return Response(200, b'{"success":true,"message":"","data":%s}' % data)


def refusal(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return an error in the vendor's envelope."""
    body = render({"success": False, "message": message, "data": None})
    return Response(status, body, {"Content-Type": "application/json", **(headers or {})})


@frozen(kw_only=True)
class Edit:
    """Changes to what a healthy server would send.

    `resize` is rows more or less, `page_at` the offset of the page to send instead; rows that they
    add must be in the content already.
    """

    resize: int = 0
    rows: RowEdit | None = None
    overrides: Mapping[str, object] = field(factory=dict)
    php: Sequence[PhpShape] = ()
    page_at: int | None = None

    def response(self, content: Content) -> Response:
        """Return the edited content in its envelope."""
        size = max(len(content.rows) + min(self.resize, 0), 0)
        content = attrs.evolve(content, rows=content.rows[:size])
        if self.rows is None and not self.overrides and not self.php:
            return healthy(content)
        items = _edited([json.loads(row) for row in content.rows], self.rows)
        return Response(200, render(self._envelope(self._shaped(items), content)))

    def _shaped(self, items: list[Any]) -> Any:
        if "lists" in self.php:
            items = _each_field(items, _list_with_a_gap)
        if "maps" in self.php:
            items = _each_field(items, _map_as_list)
        return dict(enumerate(items)) if "page" in self.php else items

    def _envelope(self, items: Any, content: Content) -> dict[str, object]:
        inner, outer = dict(self.overrides), {"success": True, "message": "", "data": items}
        for key in outer.keys() & inner.keys():
            outer[key] = inner.pop(key)
        if content.shape == "page" and "data" not in self.overrides:
            data = {"list": items, "next": content.next, "total": content.total}
            outer["data"] = _present(data | inner)
        elif content.shape == "item" and "data" not in self.overrides:
            outer["data"] = items[0] if items else None
        return _present(outer)


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


def _each_field(items: list[Any], change: Callable[[object], object]) -> list[Any]:
    return [
        {name: change(value) for name, value in item.items()} if isinstance(item, dict) else item
        for item in items
    ]


def _list_with_a_gap(value: object) -> object:
    """Return a list as PHP sends it once an element was removed: `{"0": 1, "2": 3}`."""
    if not isinstance(value, list) or not value:
        return value
    return {str(index + (index > 0)): element for index, element in enumerate(value)}


def _map_as_list(value: object) -> object:
    """Return a map as PHP sends it when it is empty: `[]`."""
    return [] if value == {} else value


def _present(values: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in values.items() if value is not MISSING}
