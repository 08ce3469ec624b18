"""Which rows a request wants: a period of creation, and values of fields."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from attrs import frozen

from liner_async.testing.history import DAY, SECOND, moment_of
from liner_async.testing.incoming import Query

__all__ = [
    "EVERYTHING",
    "BadQueryError",
    "Condition",
    "Criteria",
    "Filter",
    "Period",
    "Precision",
    "Reading",
]

Precision = Literal["exact", "second", "day"]
"""What is compared: whole times, whole seconds, or whole days of UTC."""

_UNITS: Final = {"exact": 1, "second": SECOND, "day": DAY}
_FLAGS: Final = {"1": True, "0": False}
_PERIOD: Final = "createdAt"


class BadQueryError(ValueError):
    """A parameter is not what the vendor's page allows; the text names it."""


@frozen(kw_only=True)
class Period:
    """Moments from `first` to before `stop`, both counted in `unit`s (of a microsecond)."""

    first: int
    stop: int
    unit: int

    def holds(self, moment: int | None) -> bool:
        """Return whether a row of this moment belongs to it; one without a moment always does."""
        return moment is None or self.first <= moment // self.unit < self.stop


@frozen(kw_only=True)
class Condition:
    """A field must have one of these values, or hold one if it is a list."""

    field: str
    values: frozenset[object]
    in_list: bool = False

    def holds(self, value: object) -> bool:
        """Return whether a value fulfils it."""
        if self.in_list:
            return isinstance(value, list) and not self.values.isdisjoint(value)
        return isinstance(value, str | int | None) and value in self.values


@frozen(kw_only=True)
class Criteria:
    """All that a row must fulfil."""

    period: Period | None = None
    conditions: tuple[Condition, ...] = ()


EVERYTHING: Final = Criteria()
"""Asks nothing."""


@frozen(kw_only=True)
class Filter:
    """A parameter of a list: the field that it is compared with, and what its values are.

    `"ids"` come as an array, and an `"id"`, a `"text"` and a `"flag"` (`1` or `0`) alone. A flag
    that `only_on` is on asks for nothing when it is off.
    """

    name: str
    field: str
    kind: Literal["ids", "id", "text", "flag"] = "ids"
    in_list: bool = False
    only_on: bool = False

    def read(self, query: Query) -> Condition | None:
        """Return what the query asks for, None if nothing.

        Raises:
            BadQueryError: A value of the wrong kind.
        """
        texts = query.array(self.name) if self.kind == "ids" else query.scalar(self.name)
        if not texts or (self.only_on and texts == ["0"]):
            return None
        values = frozenset(map(self._value, texts))
        return Condition(field=self.field, values=values, in_list=self.in_list)

    def _value(self, text: str) -> object:
        if self.kind == "text":
            return text
        if self.kind == "flag" and text in _FLAGS:
            return _FLAGS[text]
        if self.kind != "flag" and text.isascii() and text.isdigit() and int(text):
            return int(text)
        msg = f"{self.name} must be {'1 or 0' if self.kind == 'flag' else 'an id above 0'}"
        raise BadQueryError(msg)


@frozen(kw_only=True)
class Reading:
    """How periods are understood: options of `FakeLiner`, which documents them."""

    start_inclusive: bool = True
    end_inclusive: bool = True
    precision: Precision = "exact"
    zone_shift: timedelta = timedelta()
    max_span: timedelta | None = None
    ignored: Collection[str] = ()

    def period(self, query: Query) -> Period | None:
        """Return the period of creation that the query asks for; None where that is ignored.

        Raises:
            BadQueryError: It names none, or one that is not allowed.
        """
        if _PERIOD in self.ignored:
            return None
        texts = query.array(_PERIOD)
        if len(texts) != 2:
            msg = f"{_PERIOD}[0] and {_PERIOD}[1] are required"
            raise BadQueryError(msg)
        start, end = map(self._time, texts)
        if self.max_span is not None and end - start > self.max_span:
            msg = f"the period of {_PERIOD} must not be longer than {self.max_span}"
            raise BadQueryError(msg)
        unit = _UNITS[self.precision]
        first, last = moment_of(start) // unit, moment_of(end) // unit
        return Period(
            first=first if self.start_inclusive else first + 1,
            stop=last + 1 if self.end_inclusive else last,
            unit=unit,
        )

    def _time(self, text: str) -> datetime:
        try:
            time = datetime.fromisoformat(text)
        except ValueError:
            msg = f"{_PERIOD} must be a time as in ISO 8601"
            raise BadQueryError(msg) from None
        return (time if time.tzinfo else time.replace(tzinfo=UTC)) - self.zone_shift
