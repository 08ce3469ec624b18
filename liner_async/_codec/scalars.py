"""How one JSON value is read: strict scalars and the vendor's spellings of times (pure).

Each reader takes a value as the JSON parser gives it and returns the Python value, or raises
`MismatchError`, which says what was expected and where inside the value, never what was there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Any, TypeAlias

from liner_async._codec.unstructure import END_OF_DAY
from liner_async.models.order import CallHours

__all__ = [
    "MismatchError",
    "Reader",
    "check_depth",
    "read_bool",
    "read_call_hours",
    "read_custom_values",
    "read_date",
    "read_datetime",
    "read_identifier",
    "read_int",
    "read_str",
    "read_time",
    "sequence_values",
]

Reader: TypeAlias = Callable[[Any, Any], Any]
"""A structure hook: the value and, as cattrs wants it, the type."""

_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
_STAMP = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]"
    r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]+))?)?"
    r"(?P<zone>[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)"
)
_DEEPEST = 64
_LONGEST_KEY = 19  # digits of the largest 64-bit integer


class MismatchError(ValueError):
    """A value does not fit; `path` leads to the place inside it, such as `[1]`."""

    def __init__(self, expected: str, path: str = "") -> None:
        super().__init__(expected)
        self.expected = expected
        self.path = path


def read_int(value: Any, _: Any = None) -> int:
    """Take a JSON integer; a boolean, a float or text is none."""
    if type(value) is int:
        return value
    raise MismatchError("an integer")


def read_identifier(value: Any, _: Any = None) -> int:
    """Take an identifier: an integer greater than 0."""
    if type(value) is int and value > 0:
        return value
    raise MismatchError("an integer greater than 0")


def read_str(value: Any, _: Any = None) -> str:
    """Take a JSON string."""
    if type(value) is str:
        return value
    raise MismatchError("a string")


def read_bool(value: Any, _: Any = None) -> bool:
    """Take true or false; 0, 1 and text are neither."""
    if value is True or value is False:
        return bool(value)
    raise MismatchError("true or false")


def read_date(value: Any, _: Any = None) -> date:
    """Take a day such as `2024-01-31`."""
    if type(value) is str:
        return _date(value)
    raise MismatchError("a date")


def read_time(value: Any, _: Any = None) -> time:
    """Take a time of day such as `09:00`; `24:00` is END_OF_DAY."""
    if type(value) is str:
        return _time(value)
    raise MismatchError("a time of day")


def read_datetime(value: Any, _: Any = None) -> datetime:
    """Take an ISO 8601 date and time with its zone; fractions are rounded to the microsecond.

    What passes does not depend on the Python version, as `datetime.fromisoformat` alone would.
    """
    if type(value) is not str:
        raise MismatchError("a date and time")
    try:
        # The shape that the vendor sends, which `fromisoformat` reads alike on every Python.
        if len(value) == 20 and value[4::3] == "--T::Z" and value[11:13] != "24":
            return datetime.fromisoformat(value)
        return _datetime(value)
    except (ValueError, OverflowError):
        raise MismatchError("an ISO 8601 date and time with its zone") from None


def read_call_hours(value: Any, _: Any = None) -> CallHours:
    """Take a pair of times of day: the start and the end of a working day."""
    if type(value) is not list or len(value) != 2:
        raise MismatchError("a pair of times of day")
    start, end = value
    if type(start) is str and type(end) is str:
        try:
            return _call_hours(start, end)
        except MismatchError:
            pass
    return CallHours(start=_read_at(0, value), end=_read_at(1, value))


def _read_at(index: int, pair: list[Any]) -> time:
    try:
        return read_time(pair[index])
    except MismatchError as error:
        raise MismatchError(error.expected, f"[{index}]") from None


def read_custom_values(value: Any, _: Any = None) -> dict[int, Any]:
    """Take a map keyed by custom-field identifiers; null and PHP's `[]` are empty."""
    if not value and (value is None or type(value) in (list, dict)):
        return {}
    if type(value) is not dict:
        raise MismatchError("an object")
    values: dict[int, Any] = {}
    is_nested = False
    for key, item in value.items():
        values[_custom_field_id(key)] = item
        if type(item) is dict or type(item) is list:
            is_nested = True
    if is_nested:
        check_depth(value)
    return values


def check_depth(value: dict[Any, Any]) -> None:
    """Refuse free-form JSON nested so deeply that printing, comparing or pickling it would fail."""
    layer: list[Any] = [value]
    for _ in range(_DEEPEST):
        layer = [
            child
            for each in layer
            for child in (each.values() if type(each) is dict else each)
            if type(child) is dict or type(child) is list
        ]
        if not layer:
            return
    raise MismatchError(f"values nested at most {_DEEPEST} levels deep")


def sequence_values(value: Any) -> list[Any]:
    """Give the items of a JSON array, or of an object that PHP made of a list with gaps."""
    if type(value) is list:
        return value
    if value is None:
        return []
    if type(value) is dict and all(key.isascii() and key.isdigit() for key in value):
        return list(value.values())
    raise MismatchError("an array")


@lru_cache(maxsize=4096)
def _custom_field_id(key: str) -> int:
    if len(key) <= _LONGEST_KEY and key.isascii() and key.isdigit() and str(int(key)) == key:
        return int(key)
    raise MismatchError("an object keyed by custom-field identifiers")


@lru_cache(maxsize=4096)
def _date(text: str) -> date:
    try:
        if len(text) == 10 and text[4] == text[7] == "-":
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise MismatchError("a date such as 2024-01-31")


@lru_cache(maxsize=4096)
def _time(text: str) -> time:
    found = _CLOCK.fullmatch(text)
    if found:
        hour, minute, second = (int(part or 0) for part in found.groups())
        if (hour, minute, second) == (24, 0, 0):
            return END_OF_DAY
        if hour < 24 and minute < 60 and second < 60:
            return time(hour, minute, second)
    raise MismatchError("a time of day such as 09:00")


@lru_cache(maxsize=4096)
def _call_hours(start: str, end: str) -> CallHours:
    return CallHours(start=_time(start), end=_time(end))


def _datetime(text: str) -> datetime:
    found = _STAMP.fullmatch(text)
    if found is None:
        raise ValueError
    hour = int(found["hour"])
    midnight_after = hour == 24 and not any(
        int(found[part] or 0) for part in ("minute", "second", "fraction")
    )
    day = date.fromisoformat(found["day"])
    clock = time(
        0 if midnight_after else hour,
        int(found["minute"]),
        int(found["second"] or 0),
        tzinfo=_zone(found["zone"]),
    )
    fraction = timedelta(microseconds=_microseconds(found["fraction"] or ""))
    return datetime.combine(day, clock) + timedelta(days=midnight_after) + fraction


def _microseconds(digits: str) -> int:
    """Round the digits after the decimal point, half a microsecond up."""
    return (int(digits[:7].ljust(7, "0")) + 5) // 10


def _zone(text: str) -> timezone:
    if text in "Zz":
        return UTC
    hours, minutes = int(text[1:3]), int(text[3:].lstrip(":") or 0)
    if minutes >= 60:
        raise ValueError
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset) if offset else UTC
