"""Pages of the rows that histories are made of: leads and calls, the vendor's largest lists."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from attrs import frozen

from liner_async import Call, Lead
from liner_async.testing import fake_calls, fake_leads
from speed.catalogue import PAGE

__all__ = ["KINDS", "Kind", "body"]


def body(rows: list[dict[str, Any]], *, offset: int) -> bytes:
    """Return the body of the page that these rows make."""
    data = {"list": rows, "next": offset + len(rows), "total": 1_000_000}
    page = {"success": True, "message": "", "data": data}
    return json.dumps(page, ensure_ascii=False, separators=(",", ":")).encode()


@frozen
class Kind:
    """A kind of rows.

    Attributes:
        name: what the tables call it, and its goal.
        model: the class of its objects.
        rows: returns so many rows as the vendor's JSON.
    """

    name: str
    model: type[Any]
    rows: Callable[[int], list[dict[str, Any]]]

    def bodies(self, pages: int) -> list[bytes]:
        """Return the first pages of the list."""
        rows = self.rows(pages * PAGE)
        return [
            body(rows[offset : offset + PAGE], offset=offset)
            for offset in range(0, len(rows), PAGE)
        ]


KINDS: Final = (Kind("leads", Lead, fake_leads), Kind("calls", Call, fake_calls))
