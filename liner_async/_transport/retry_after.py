"""`Retry-After` headers and the dates of HTTP (pure)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

__all__ = ["parse_date", "parse_retry_after"]

# Nobody means as many seconds as a longer number says.
_SECONDS = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")


def parse_retry_after(value: str | None, *, date: str | None, now: datetime) -> float | None:
    """Return the seconds a server asks to wait, 0 or more; None where it says nothing sensible.

    An HTTP date (any of its three formats) is taken relative to the answer's own `Date`, so that
    a skewed clock does no harm, and to `now` where there is none.
    """
    if not value:
        return None
    text = value.strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    until = parse_date(text)
    if until is None:
        return None
    base = parse_date(date) or now
    return max(0.0, (until - base).total_seconds())


def parse_date(text: str | None) -> datetime | None:
    """Return the moment that an HTTP date names, in any of its three formats; None for no date."""
    if not text:
        return None
    try:
        moment = parsedate_to_datetime(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
