"""Strict readers of single JSON values (pure).

A reader takes a value as a JSON parser returns it and returns the Python value, or raises
MismatchError, which says what was expected and where inside the value, never what was there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any, TypeAlias

from liner_async._codec.mismatch import MismatchError
from liner_async._codec.times import read_date, read_datetime, read_time

__all__ = [
    "READERS",
    "READERS_BY_WORD",
    "Reader",
    "array_items",
    "check_depth",
    "read_identifier",
    "read_key",
]

Reader: TypeAlias = Callable[[Any, Any], Any]
"""A structure hook: the value and, as cattrs wants it, the type."""

_DEEPEST = 64
_LONGEST_KEY = 19  # digits of the largest 64-bit integer


def read_int(value: Any, _: Any = None) -> int:
    """Accept a JSON integer; reject bool, float and str."""
    if type(value) is int:
        return value
    raise MismatchError("an integer")


def read_identifier(value: Any, _: Any = None) -> int:
    """Accept an identifier: an integer greater than 0."""
    if type(value) is int and value > 0:
        return value
    raise MismatchError("an integer greater than 0")


def read_str(value: Any, _: Any = None) -> str:
    """Accept a JSON string."""
    if type(value) is str:
        return value
    raise MismatchError("a string")


def read_bool(value: Any, _: Any = None) -> bool:
    """Accept true or false; reject 0, 1 and text."""
    if value is True or value is False:
        return bool(value)
    raise MismatchError("true or false")


def read_float(value: Any, _: Any = None) -> float:
    """Accept a JSON number; reject bool and str."""
    if type(value) is float:
        return value
    if type(value) is int:
        try:
            return float(value)
        except OverflowError:
            pass
    raise MismatchError("a number")


def read_flag(value: Any, _: Any = None) -> int:
    """Accept an integer, and true or false as 1 or 0: the vendor mixes the two."""
    if type(value) is int or type(value) is bool:
        return int(value)
    raise MismatchError("an integer, true or false")


def read_text(value: Any, _: Any = None) -> str:
    """Accept a string, and an integer as its digits: the vendor mixes the two."""
    if type(value) is str:
        return value
    if type(value) is int:
        return str(value)
    raise MismatchError("a string or an integer")


def check_depth(value: Any, *, depth: int = 0) -> None:
    """Reject free-form JSON nested so deeply that printing, comparing or pickling it would fail.

    `depth` is how many levels the value is inside others already.
    """
    is_nested = type(value) is dict or type(value) is list
    if is_nested and _is_deeper(value, _DEEPEST - depth - 1):
        raise MismatchError(f"values nested at most {_DEEPEST} levels deep")


def _is_deeper(value: dict[Any, Any] | list[Any], levels: int) -> bool:
    for child in value.values() if type(value) is dict else value:
        is_nested = type(child) is dict or type(child) is list
        if is_nested and (not levels or _is_deeper(child, levels - 1)):
            return True
    return False


def array_items(value: Any) -> list[Any]:
    """Return the items of an array, or of an object that PHP made of a list with gaps."""
    if type(value) is list:
        return value
    if value is None:
        return []
    if type(value) is dict and all(key.isascii() and key.isdigit() for key in value):
        return list(value.values())
    raise MismatchError("an array")


@lru_cache(maxsize=4096)
def read_key(key: str) -> int:
    """Return the identifier that a key of a JSON object spells."""
    if len(key) <= _LONGEST_KEY and key.isascii() and key.isdigit() and str(int(key)) == key:
        return int(key)
    raise MismatchError("an object keyed by identifiers")


READERS: Mapping[type, Reader] = {
    bool: read_bool,
    int: read_int,
    float: read_float,
    str: read_str,
    datetime: read_datetime,
    date: read_date,
    time: read_time,
}
"""The reader of each scalar class."""

READERS_BY_WORD: Mapping[str, Reader] = {
    "identifier": read_identifier,
    "flag": read_flag,
    "text": read_text,
}
"""The readers that a field's metadata asks for: `field(metadata={"reads": "flag"})`."""
