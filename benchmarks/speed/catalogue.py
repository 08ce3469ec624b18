"""The orders that are measured with: rendered pages, and what a complete reading must add up to."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from liner_async.testing.data import OrderCatalogue

__all__ = ["PAGE", "body", "digest_of_fields", "digest_of_ids", "fields_sum", "ids_sum", "rows"]

PAGE: Final = 100
"""Orders per page, the vendor's limit."""

_CATALOGUE: Final = OrderCatalogue()
_FIRST_KEY: Final = len(b'{"id":')


def rows(offset: int, limit: int) -> bytes:
    """Give so many rendered orders from `offset` on, joined by commas."""
    return b",".join(_CATALOGUE.row(index) for index in range(offset, offset + limit))


def body(offset: int, *, total: int = 1_000_000) -> bytes:
    """Give the page at `offset` in the documented envelope."""
    return b'{"success":true,"message":"","data":{"list":[%s],"next":%d,"total":%d}}' % (
        rows(offset, PAGE),
        offset + PAGE,
        total,
    )


def ids_sum(ids: Iterable[int]) -> int:
    """Give a checksum of identifiers in their order."""
    return zlib.crc32(b",".join(b"%d" % each for each in ids))


def fields_sum(orders: Iterable[Any]) -> int:
    """Give a checksum of every value of every order, in their order."""
    checksum = 0
    for order in orders:
        checksum = zlib.crc32(json.dumps(order, sort_keys=True).encode(), checksum)
    return checksum


@cache
def digest_of_ids(total: int) -> int:
    """Give the checksum of the identifiers that a list of `total` orders has."""
    return ids_sum(_id(_CATALOGUE.row(index)) for index in range(total))


@cache
def digest_of_fields(total: int) -> int:
    """Give the checksum of all that a list of `total` orders holds."""
    return fields_sum(_CATALOGUE.order(index) for index in range(total))


def _id(row: bytes) -> int:
    return int(row[_FIRST_KEY : row.index(b",")])
