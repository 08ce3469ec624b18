"""Pages of the rows that histories are made of: leads and calls, the vendor's largest lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from attrs import frozen

from liner_async import Call, Lead
from liner_async.testing import fake_calls, fake_leads
from speed.catalogue import PAGE, Change, body, changed

__all__ = ["KINDS", "Kind"]


@frozen
class Kind:
    """A kind of rows.

    Attributes:
        name: what the tables call it, and its goal.
        model: the class of its objects.
        rows: returns so many rows as the vendor's JSON.
        changes: what makes them untidy.
    """

    name: str
    model: type[Any]
    rows: Callable[[int], list[dict[str, Any]]]
    changes: tuple[Change, ...]

    def bodies(self, pages: int, *, untidy: bool = False) -> list[bytes]:
        """Return the first pages of the list."""
        rows = self.rows(pages * PAGE)
        if untidy:
            rows = [changed(row, index, self.changes) for index, row in enumerate(rows)]
        return [
            body(rows[offset : offset + PAGE], offset=offset)
            for offset in range(0, len(rows), PAGE)
        ]


_BOTH: Final = (
    Change(83, {"reviewState": "open"}),
    Change(89, {"owner": {"ids": [1, {}]}}),
    Change(5, {"createdAt": "2024-01-01T03:00:00.250+03:00"}),
)

KINDS: Final = (
    Kind(
        "leads",
        Lead,
        fake_leads,
        (
            *_BOTH,
            Change(71, {"leadType": "rent"}),
            Change(7, {"customValues": {"7": {"list": [1, {"a": []}]}}}),
            Change(101, {"planningCallDateTime": ""}),
        ),
    ),
    Kind("calls", Call, fake_calls, (*_BOTH, Change(71, {"direction": "internal"}))),
)
