"""Orders that nobody tidied: what vendors send once a schema has lived for a while.

The rows are those of the tidy list, some of them changed. A decoder that falls off its fast path
because of one row shows here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from speed.catalogue import TIDY, Change, Data

__all__ = ["CASES", "DATA", "LEAST", "UNTIDY"]

LEAST: Final = 0.85
"""The share of its speed on tidy data that decoding keeps at least."""

_FIELD: Final = {"reviewState": "open"}
_NESTED: Final = {"owner": {"ids": [1, {}]}}
_STATUS: Final = {"status": "new"}
_LANGUAGE: Final = {"aiDefaultLanguage": "kz"}
_VALUES: Final = {"customValues": {"7": {"list": [1, {"a": []}]}}}
_OFFSET: Final = {"createdAt": "2024-01-01T03:00:00+03:00"}
_FRACTION: Final = {"updatedAt": "2024-01-01T00:00:00.250Z"}
_COMMA: Final = {"createdAt": "2024-01-01T00:00:00,5Z"}
_EMPTY: Final = {"updatedAt": ""}

UNTIDY: Final = Data(
    "untidy",
    (
        Change(83, _FIELD),
        Change(89, _NESTED),
        Change(71, _STATUS),
        Change(73, _LANGUAGE),
        Change(7, _VALUES),
        Change(5, _OFFSET),
        Change(3, _FRACTION),
    ),
)
"""What a real list holds: unknown fields and enumeration values here and there, nested custom
values, offsets and fractions in times."""

DATA: Final[Mapping[str, Data]] = {each.name: each for each in (TIDY, UNTIDY)}
"""The data that whole runs read, by name; tidy first."""

CASES: Final = (
    TIDY,
    Data("an unknown field, one row in 83", (Change(83, _FIELD),)),
    Data("an unknown field, every row", (Change(1, _FIELD),)),
    Data("two unknown fields, one nested, every row", (Change(1, _FIELD | _NESTED),)),
    Data("a time with a decimal comma, one row in 83", (Change(83, _COMMA),)),
    Data("a time with a decimal comma, every row", (Change(1, _COMMA),)),
    Data("an empty text for a time, one row in 83", (Change(83, _EMPTY),)),
    Data("an empty text for a time, every row", (Change(1, _EMPTY),)),
    Data("unknown enumeration values, every row", (Change(1, _STATUS | _LANGUAGE),)),
    Data("nested custom values, every row", (Change(1, _VALUES),)),
    Data("times with offsets and fractions, every row", (Change(1, _OFFSET | _FRACTION),)),
    UNTIDY,
)
"""What decoding is measured on, tidy first; every other case is compared with that."""
