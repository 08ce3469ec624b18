"""The rows used for measuring, tidy and changed: rendered pages, and checksums of a reading."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final

from attrs import frozen

from liner_async.testing.world import World

__all__ = [
    "PAGE",
    "TIDY",
    "Change",
    "Data",
    "body",
    "changed",
    "digest_of_fields",
    "digest_of_ids",
    "fields_sum",
    "ids_sum",
    "order_id",
]

PAGE: Final = 100
"""Orders per page, the vendor's limit."""

_CATALOGUE: Final = World().source("orders")
_FIRST_KEY: Final = len(b'{"id":')


@frozen(eq=False)  # one is itself, so that sets of data can be keys
class Change:
    """What one row in `every` has in addition, or instead: the vendor's fields.

    A prime that no page size shares, such as 83, spreads the rows over the pages; 1 is all rows.
    """

    every: int
    fields: Mapping[str, Any]


def changed(row: dict[str, Any], index: int, changes: Iterable[Change]) -> dict[str, Any]:
    """Return the row at this place of a list with the changes that it has."""
    for change in changes:
        if index % change.every == 0:
            row |= change.fields
    return row


@frozen
class Data:
    """Which orders are read: those of the catalogue, some of them changed.

    Attributes:
        name: what the tables call it.
        changes: none of them touches an id.
    """

    name: str
    changes: tuple[Change, ...] = ()

    def orders(self, offset: int, limit: int) -> list[dict[str, Any]]:
        """Return so many orders from `offset` on, as fresh dicts."""
        return [self._order(index) for index in range(offset, offset + limit)]

    def rows(self, offset: int, limit: int) -> bytes:
        """Return so many rendered orders from `offset` on, joined by commas."""
        return b",".join(self._row(index) for index in range(offset, offset + limit))

    def bodies(self, pages: int) -> list[bytes]:
        """Return the bodies of the first pages of the list."""
        return [
            body(self.orders(offset, PAGE), offset=offset)
            for offset in range(0, pages * PAGE, PAGE)
        ]

    def _order(self, index: int) -> dict[str, Any]:
        return changed(json.loads(_CATALOGUE.row(index)), index, self.changes)

    def _row(self, index: int) -> bytes:
        if any(index % change.every == 0 for change in self.changes):
            return _json(self._order(index))
        return _CATALOGUE.row(index)


TIDY: Final = Data("tidy")
"""Every order is as the vendor's documentation says."""


def body(rows: list[dict[str, Any]], *, offset: int) -> bytes:
    """Return the body of the page that these rows make."""
    data = {"list": rows, "next": offset + len(rows), "total": 1_000_000}
    return _json({"success": True, "message": "", "data": data})


def order_id(index: int) -> int:
    """Return the identifier of the order at this place of the list."""
    row = _CATALOGUE.row(index)
    return int(row[_FIRST_KEY : row.index(b",")])


def ids_sum(ids: Iterable[int]) -> int:
    """Return a checksum of identifiers in their order."""
    return zlib.crc32(b",".join(b"%d" % each for each in ids))


def fields_sum(orders: Iterable[Any]) -> int:
    """Return a checksum of every value of every order, in their order."""
    checksum = 0
    for order in orders:
        checksum = zlib.crc32(json.dumps(order, sort_keys=True).encode(), checksum)
    return checksum


@cache
def digest_of_ids(total: int) -> int:
    """Return the checksum of the identifiers that a list of `total` orders has."""
    return ids_sum(map(order_id, range(total)))


@cache
def digest_of_fields(data: Data, total: int) -> int:
    """Return the checksum of all that a list of `total` orders holds."""
    return fields_sum(data.orders(0, total))


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
