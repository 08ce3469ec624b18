"""Whether rows pass the filters that were sent (pure)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

__all__ = ["matches", "within"]


def matches(**wanted: object) -> Callable[[Any], bool] | None:
    """Return a function that tells whether an object has these values; None where none is wanted.

    A wanted None is no filter, and an object's None contradicts nothing: it may be null anywhere.
    """
    asked = [(name, (value, None)) for name, value in wanted.items() if value is not None]

    def fits(item: Any) -> bool:
        return all(getattr(item, name) in accepted for name, accepted in asked)

    return fits if asked else None


def within(asked: Mapping[str, Collection[int]]) -> Callable[[Any], bool] | None:
    """Return a function that tells whether an object's ids are among those asked for.

    Args:
        asked: the accepted ids by the object's attribute; none that is empty. An object's None
            contradicts nothing.
    """
    accepted = [(name, frozenset(ids)) for name, ids in asked.items()]

    def fits(item: Any) -> bool:
        values = ((getattr(item, name), ids) for name, ids in accepted)
        return all(value is None or value in ids for value, ids in values)

    return fits if accepted else None
