"""Filters as the pairs of a query, checked before anything is sent (pure).

What is wrong with an argument is a ConfigError that names the argument and never shows its value.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeAlias

from liner_async._codec.kinds import camel_case
from liner_async.errors import ConfigError

__all__ = [
    "Query",
    "choice_pairs",
    "flag_pairs",
    "identifier",
    "identifier_pairs",
    "identifiers",
    "moment",
    "period_pairs",
    "repeated",
]

Query: TypeAlias = tuple[tuple[str, str | int], ...]
"""The pairs of a query in the order in which they are sent; a name may come several times."""


def identifier(argument: str, value: object) -> int:
    """Return an identifier: an integer greater than 0, and not True.

    Raises:
        ConfigError: it is something else.
    """
    if type(value) is int and value > 0:
        return value
    raise ConfigError(f"{argument} must be an integer of at least 1")


def identifiers(
    argument: str, values: Iterable[int], *, may_be_empty: bool = False
) -> tuple[int, ...]:
    """Return identifiers in their order; an iterator is read to its end.

    Raises:
        ConfigError: one is not an identifier, this is not iterable, or it is empty: an empty filter
            would read everything.
    """
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        raise ConfigError(f"{argument} must be identifiers, such as [1, 2]")
    checked = tuple(identifier(f"each of {argument}", value) for value in values)
    if not checked and not may_be_empty:
        raise ConfigError(f"{argument} must not be empty; leave it out to not filter by it")
    return checked


def identifier_pairs(argument: str, value: int | None) -> Query:
    """Return the filter by one identifier: `call_id=5` is `callId=5`; nothing for None."""
    return () if value is None else ((camel_case(argument), identifier(argument, value)),)


def repeated(argument: str, values: Iterable[int]) -> Query:
    """Return the filter by checked identifiers: `order_ids` is `orderIds[]`, once for each."""
    name = f"{camel_case(argument)}[]"
    return tuple((name, value) for value in values)


def flag_pairs(argument: str, value: bool | None) -> Query:
    """Return the filter by a flag: `is_active=True` is `isActive=1`; nothing for None.

    Raises:
        ConfigError: it is neither True, False nor None.
    """
    if value is None:
        return ()
    if type(value) is not bool:
        raise ConfigError(f"{argument} must be True, False or None")
    return ((camel_case(argument), int(value)),)


def choice_pairs(argument: str, value: str | None, known: type[StrEnum]) -> Query:
    """Return the filter by a documented value, as member or as text; nothing for None.

    Raises:
        ConfigError: it is not documented; servers may answer that with an empty list.
    """
    if value is None:
        return ()
    if value not in tuple(known):
        raise ConfigError(f"{argument} must be one of {', '.join(repr(str(of)) for of in known)}")
    return ((camel_case(argument), str(value)),)


def moment(argument: str, value: object) -> datetime:
    """Return a point in time, exactly, in UTC.

    Raises:
        ConfigError: it is not a datetime with a zone.
    """
    if isinstance(value, datetime) and value.utcoffset() is not None:
        try:
            return value.astimezone(UTC)
        except OverflowError:  # the first or the last hours that there are
            pass
    raise ConfigError(
        f"{argument} must be a datetime with a zone, such as datetime(2024, 1, 31, tzinfo=UTC)"
    )


def period_pairs(start: datetime, end: datetime) -> Query:
    """Return the filter by time of creation, for checked moments; fractions of seconds are cut."""
    return (("createdAt[0]", _stamp(start)), ("createdAt[1]", _stamp(end)))


def _stamp(value: datetime) -> str:
    utc = value.astimezone(UTC).replace(tzinfo=None)
    return f"{utc.isoformat(timespec='seconds')}Z"
