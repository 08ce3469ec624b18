"""Changes to a page: rows left out or replaced, the envelope's keys, shapes that PHP makes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any, Final, Literal

from attrs import field, frozen

from liner_async.testing.answers import Answer, PageContent, page_answer
from liner_async.testing.rendering import render

__all__ = ["MISSING", "UNEDITED", "PageEdit", "PhpShape", "RowEdit"]

RowEdit = Callable[[list[Any]], list[Any] | None] | Mapping[int, object]
PhpShape = Literal["page", "lists", "maps"]


class _Marker(Enum):
    MISSING = "missing"


MISSING: Final = _Marker.MISSING
"""As an override: the key is left out of the JSON."""


@frozen(kw_only=True)
class PageEdit:
    """What is changed in the page that a healthy server would send.

    `resize` is rows more or less, `page_at` the offset of the page to send in its place.
    """

    resize: int = 0
    row_edit: RowEdit | None = None
    overrides: Mapping[str, object] = field(factory=dict)
    php: Sequence[PhpShape] = ()
    page_at: int | None = None

    def answer(self, page: PageContent) -> Answer:
        """Return the changed page; rows to add must be in `page` already."""
        rows = page.rows[: max(len(page.rows) + min(self.resize, 0), 0)]
        page = PageContent(rows=rows, offset=page.offset, total=page.total)
        if self.row_edit is None and not self.overrides and not self.php:
            return page_answer(page)
        items = _edited([json.loads(row) for row in page.rows], self.row_edit)
        return Answer(200, render(self._envelope(self._shaped(items), page)))

    def _shaped(self, items: list[Any]) -> object:
        if "lists" in self.php:
            items = _each_field(items, _list_with_a_gap)
        if "maps" in self.php:
            items = _each_field(items, _map_as_list)
        return dict(enumerate(items)) if "page" in self.php else items

    def _envelope(self, items: object, page: PageContent) -> dict[str, object]:
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


UNEDITED: Final = PageEdit()


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
