"""The schedule, read as somebody would write it: what the other models' hooks call."""

from __future__ import annotations

from datetime import time
from typing import Any

from liner_async import END_OF_DAY, CallHours

__all__ = ["read_hours"]


def read_hours(pair: Any, _: Any = None) -> CallHours:
    """Make hours of the vendor's pair of texts."""
    return CallHours(_clock(pair[0]), _clock(pair[1]))


def _clock(text: str) -> time:
    return END_OF_DAY if text == "24:00" else time.fromisoformat(text)
