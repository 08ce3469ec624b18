"""Readers of dates and times, in every spelling that the vendor uses (pure)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Any

from liner_async._codec.mismatch import MismatchError

__all__ = ["END_OF_DAY", "read_date", "read_datetime", "read_time"]

END_OF_DAY = time.max
"""The vendor's `24:00`: the end of a day, which `00:00` (its start) is not."""

_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
# The spellings that `fromisoformat` reads alike on every Python.
_PLAIN_STAMP = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ](?:[01][0-9]|2[0-3]):[0-9]{2}"
    r"(?::[0-9]{2}(?:[.,][0-9]{1,6})?)?(?:[Zz]|[+-][0-9]{2}(?::?[0-5][0-9])?)"
)
_STAMP = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]"
    r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]+))?)?"
    r"(?P<zone>[Zz]|[+-][0-9]{2}(?::?[0-5][0-9])?)"
)


def read_date(value: Any, _: Any = None) -> date:
    """Accept a day such as `2024-01-31`."""
    if type(value) is str:
        return _date(value)
    raise MismatchError("a date")


def read_time(value: Any, _: Any = None) -> time:
    """Accept a time of day such as `09:00`; `24:00` is END_OF_DAY."""
    if type(value) is str:
        return _time(value)
    raise MismatchError("a time of day")


def read_datetime(value: Any, _: Any = None) -> datetime:
    """Accept an ISO 8601 date and time with its zone; fractions are rounded to the microsecond.

    What passes does not depend on the Python version, as `datetime.fromisoformat` alone would.
    """
    if type(value) is not str:
        raise MismatchError("a date and time")
    try:
        # The shape that the vendor sends, told without a regular expression.
        if len(value) == 20 and value[4::3] == "--T::Z" and value[11:13] != "24":
            return datetime.fromisoformat(value)
        if _PLAIN_STAMP.fullmatch(value):
            return datetime.fromisoformat(value.upper())
        return _datetime(value)
    except (ValueError, OverflowError):
        raise MismatchError("an ISO 8601 date and time with its zone") from None


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
    """Return the microseconds that digits after the decimal point make, rounded half up."""
    return (int(digits[:7].ljust(7, "0")) + 5) // 10


def _zone(text: str) -> timezone:
    if text in "Zz":
        return UTC
    hours, minutes = int(text[1:3]), int(text[3:].lstrip(":") or 0)
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset) if offset else UTC
