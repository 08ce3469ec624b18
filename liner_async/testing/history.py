"""When invented things happened: the moment of each by its number, and times as texts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final

from attrs import field, frozen

__all__ = ["DAY", "SECOND", "History", "moment_of", "stamp"]

SECOND: Final = 1_000_000
DAY: Final = 86_400 * SECOND
_EPOCH: Final = date(1970, 1, 1)
_PACE: Final = 7 * 60 * SECOND
# Of a day's rows, a tenth comes in the first eight hours and a tenth in the last four.
_OPENS, _CLOSES = 8 * DAY // 24, 20 * DAY // 24
_EARLY, _LATE = DAY // 10, DAY - DAY // 10


@frozen(kw_only=True)
class History:
    """From `start` to `end`, both aware; moments are whole seconds, counted in microseconds."""

    start: datetime = datetime(2024, 1, 1, tzinfo=UTC)
    end: datetime = datetime(2025, 1, 1, tzinfo=UTC)
    _first: int = field(init=False)
    _span: int = field(init=False)

    @_first.default
    def _start_of_all(self) -> int:
        return moment_of(self.start)

    @_span.default
    def _length(self) -> int:
        span = moment_of(self.end) - self._first
        if span <= 0:
            msg = "the history must end after its start"
            raise ValueError(msg)
        return span

    def spread(self, number: int, size: int) -> int:
        """Return when the row with this number came, of `size` rows that fill the history.

        Never earlier than the one before it; most come between 8:00 and 20:00.
        """
        day, within = divmod(number * self._span // max(size, 1), DAY)
        if (day + 1) * DAY <= self._span:
            within = _in_office_hours(within)
        return (self._first + day * DAY + within) // SECOND * SECOND

    def paced(self, number: int) -> int:
        """Return when the row with this number came, of rows that come seven minutes apart."""
        return self._first + number * _PACE


def moment_of(time: datetime) -> int:
    """Return an aware time in microseconds of Unix time."""
    return (time - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def stamp(moment: int) -> bytes:
    """Return a moment as JSON, in the vendor's form: whole seconds of UTC."""
    day, within = divmod(moment, DAY)
    minutes, seconds = divmod(within // SECOND, 60)
    return b'"%sT%02d:%02d:%02dZ"' % (_day(day), minutes // 60, minutes % 60, seconds)


@lru_cache(maxsize=1024)
def _day(number: int) -> bytes:
    return (_EPOCH + timedelta(days=number)).isoformat().encode()


def _in_office_hours(within: int) -> int:
    if within < _EARLY:
        return within * _OPENS // _EARLY
    if within < _LATE:
        return _OPENS + (within - _EARLY) * (_CLOSES - _OPENS) // (_LATE - _EARLY)
    return _CLOSES + (within - _LATE) * (DAY - _CLOSES) // (DAY - _LATE)
