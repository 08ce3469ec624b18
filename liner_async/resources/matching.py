"""Whether rows pass the filters that were sent (pure)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["matches"]


def matches(**wanted: object) -> Callable[[Any], bool] | None:
    """Return a function that tells whether an object has these values; None where none is wanted.

    A wanted None is no filter, and an object's None contradicts nothing: it may be null anywhere.
    """
    asked = [(name, (value, None)) for name, value in wanted.items() if value is not None]

    def fits(item: Any) -> bool:
        return all(getattr(item, name) in accepted for name, accepted in asked)

    return fits if asked else None
