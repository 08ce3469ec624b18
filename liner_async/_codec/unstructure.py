"""Models to the vendor's JSON: names in camelCase, times as text (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from enum import Enum
from typing import Any, TypeAlias

from liner_async._codec.kinds import fields_of, has_extra, is_pair
from liner_async._codec.times import END_OF_DAY

__all__ = ["JsonValue", "to_wire"]

JsonValue: TypeAlias = Any
"""A value as `json.loads` returns it: None, bool, int, float, str, list or dict."""


def to_wire(value: Any) -> JsonValue:
    """Return the vendor's JSON of a model or of one of its values, ready for `json.dumps`.

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
            return {str(key): item for key, item in value.items()}  # the vendor's JSON as it came
    model = type(value)
    wire = {each.wire_name: to_wire(getattr(value, each.name)) for each in fields_of(model)}
    if is_pair(model):
        return list(wire.values())
    return wire | to_wire(value.extra) if has_extra(model) else wire


def _stamp(value: datetime) -> str:
    precise = "milliseconds" if value.microsecond and value.microsecond % 1000 == 0 else "auto"
    text = value.isoformat(timespec=precise)
    return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text


def _clock(value: time) -> str:
    if value == END_OF_DAY:
        return "24:00"
    return value.isoformat("auto" if value.second or value.microsecond else "minutes")
