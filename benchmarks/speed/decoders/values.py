"""What an order says, whatever class it is of: how two decoders are found to agree."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any, Final

from liner_async import CallHours, Order
from liner_async._codec.unstructure import to_wire

__all__ = ["NAMES", "typed_sum"]

NAMES: Final = tuple(name for name in Order.__annotations__ if name != "extra")
"""The fields of an order that the vendor documents."""


def typed_sum(orders: Iterable[Any], *, hours_as_text: bool) -> int:
    """Give a checksum of every value of every order and of its type.

    With `hours_as_text` the schedule counts as the vendor's pairs of texts.
    """
    checksum = 0
    for order in orders:
        values = {name: getattr(order, name) for name in NAMES}
        if hours_as_text:
            values["call_schedule"] = to_wire(values["call_schedule"])
        checksum = zlib.crc32(repr(_told(values)).encode(), checksum)
    return checksum


def _told(value: Any) -> Any:
    match value:
        case CallHours(start, end):
            return "hours", _told(start), _told(end)
        case StrEnum():
            return "enumeration", value.value
        case datetime():
            return "datetime", value.isoformat()
        case date() | time():
            return type(value).__name__, value.isoformat()
        case tuple() | list():
            return tuple(_told(item) for item in value)
        case Mapping():
            return tuple((key, _told(item)) for key, item in value.items())
    return type(value).__name__, value
