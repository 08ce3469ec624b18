"""Pages of data that nobody tidied: what vendors send once a schema has lived for a while.

The rows are those of the tidy pages with one change each. A decoder that falls off its fast path
because of one row shows here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attrs import field, frozen

from speed.catalogue import PAGE, orders
from speed.kinds import body

__all__ = ["CASES", "LEAST", "TIDY", "Case"]

LEAST: Final = 0.85
"""The share of its speed on tidy data that decoding keeps at least."""
TIDY: Final = "tidy"


@frozen
class Case:
    """A change made to one row in `every`.

    Attributes:
        name: what the tables call it.
        every: 83, a prime that no page size shares, spreads the rows over the pages; 1 is all.
        change: the vendor's fields that such a row has in addition, or instead.
    """

    name: str
    every: int = 1
    change: Mapping[str, Any] = field(factory=dict)

    def bodies(self, pages: int) -> list[bytes]:
        """Return the first pages of the list with the change."""
        return [self._body(number * PAGE) for number in range(pages)]

    def _body(self, offset: int) -> bytes:
        rows = orders(offset, PAGE)
        for index, row in enumerate(rows, start=offset):
            if index % self.every == 0:
                row.update(self.change)
        return body(rows, offset=offset)


_FIELD: Final = {"reviewState": "open"}
_NESTED: Final = {**_FIELD, "owner": {"ids": [1, {}]}}
_VALUES: Final = {"customValues": {"7": {"list": [1, {"a": []}]}}}
_COMMA: Final = {"createdAt": "2024-01-01T00:00:00,5Z"}
_EMPTY: Final = {"updatedAt": ""}

CASES: Final = (
    Case(TIDY),
    Case("an unknown field, one row in 83", 83, _FIELD),
    Case("an unknown field, every row", 1, _FIELD),
    Case("two unknown fields, one nested, every row", 1, _NESTED),
    Case("a time with a decimal comma, one row in 83", 83, _COMMA),
    Case("a time with a decimal comma, every row", 1, _COMMA),
    Case("an empty text for a time, one row in 83", 83, _EMPTY),
    Case("an empty text for a time, every row", 1, _EMPTY),
    Case("unknown enumeration values, every row", 1, {"status": "new", "aiDefaultLanguage": "kz"}),
    Case("nested custom values, every row", 1, _VALUES),
)
"""Tidy first; every other case is compared with that."""
