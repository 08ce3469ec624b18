"""How a model's values are written as the vendor's JSON: names in camelCase, times as text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from enum import Enum
from functools import cache
from typing import Any, TypeAlias

import attrs

__all__ = ["END_OF_DAY", "JsonValue", "camel_case", "to_wire", "vendor_fields"]

JsonValue: TypeAlias = Any
"""A value as `json.loads` gives it: None, bool, int, float, str, list or dict."""

END_OF_DAY = time.max
"""The vendor's `24:00`: the end of a day, which `00:00` (its start) is not."""


def camel_case(name: str) -> str:
    """Give the vendor's spelling of a field name: `sip_endpoint_ids` is `sipEndpointIds`."""
    head, *tail = name.split("_")
    return head + "".join(word.capitalize() for word in tail)


def vendor_fields(model: type[Any]) -> list[attrs.Attribute[Any]]:
    """Give a model's fields as the vendor has them: without `extra`, which is ours."""
    return [each for each in attrs.fields(model) if each.name != "extra"]


@cache
def _fields(model: type[Any]) -> tuple[tuple[str, str], ...]:
    return tuple((each.name, camel_case(each.name)) for each in vendor_fields(model))


def to_wire(value: object) -> JsonValue:
    """Give the vendor's JSON of a model or of one of its values; `json.dumps` takes the result.

    A model becomes a dict in the documented order of fields, its unknown fields (`extra`) last.
    """
    match value:
        case Enum():
            return value.value
        case None | bool() | int() | float() | str():
            return value
        case datetime():
            return _stamp(value)
        case date():
            return value.isoformat()
        case time():
            return _clock(value)
        case tuple() | list():
            return [to_wire(item) for item in value]
        case Mapping():
            return {str(key): item for key, item in value.items()}  # vendor JSON as it came
    if hasattr(value, "to_wire"):
        return value.to_wire()
    model: type[Any] = type(value)
    names = _fields(model)  # type: ignore[arg-type]  # mypy doubts that a class is hashable
    wire = {theirs: to_wire(getattr(value, ours)) for ours, theirs in names}
    return wire | to_wire(getattr(value, "extra", {}))


def _stamp(value: datetime) -> str:
    precise = "milliseconds" if value.microsecond and value.microsecond % 1000 == 0 else "auto"
    text = value.isoformat(timespec=precise)
    return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text


def _clock(value: time) -> str:
    if value == END_OF_DAY:
        return "24:00"
    return value.isoformat("auto" if value.second or value.microsecond else "minutes")
