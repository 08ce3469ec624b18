"""The orders used for measuring: rendered pages, and checksums of a complete reading."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from liner_async.testing.world import World

__all__ = [
    "PAGE",
    "digest_of_fields",
    "digest_of_ids",
    "fields_sum",
    "ids_sum",
    "order_id",
    "orders",
    "rows",
]

PAGE: Final = 100
"""Orders per page, the vendor's limit."""

_CATALOGUE: Final = World().source("orders")
_FIRST_KEY: Final = len(b'{"id":')


def rows(offset: int, limit: int) -> bytes:
    """Return so many rendered orders from `offset` on, joined by commas."""
    return b",".join(_CATALOGUE.row(index) for index in range(offset, offset + limit))


def orders(offset: int, limit: int) -> list[dict[str, Any]]:
    """Return so many orders from `offset` on, as fresh dicts."""
    return [json.loads(_CATALOGUE.row(index)) for index in range(offset, offset + limit)]


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
def digest_of_fields(total: int) -> int:
    """Return the checksum of all that a list of `total` orders holds."""
    return fields_sum(json.loads(_CATALOGUE.row(index)) for index in range(total))
