"""What is wrong with the body of a write, as far as the vendor documents it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from liner_async.testing.collection import Collection

__all__ = ["problem_of"]

_REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    "orders": ("serviceTitle", "title", "status", "sipEndpointIds"),
    "leads": ("leadType",),
    "call_attempts": ("title", "intervals"),
    "agent_groups": ("names", "agentIds"),
}
"""Of a new object: what must be there, and must not be cleared later."""

_ONE_OF: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "leads": (
        ("orderId", "orderCode"),
        ("phone", "telegramUserName", "telegramPhone", "vkId", "instagramLogin"),
    ),
}
_EITHER_TYPE: Final = frozenset({"vkId"})  # a number in one sample, text in another
_CLEARED: Final = (None, "")


def problem_of(collection: Collection, body: object, *, is_new: bool) -> str | None:
    """Return what is wrong with a body, or None; unknown fields are ignored."""
    if not isinstance(body, dict):
        return "the body is no JSON object"
    required = _REQUIRED[collection.name]
    cleared = [name for name in required if body.get(name, ...) in _CLEARED]
    missing = [name for name in required if name not in body] if is_new else []
    if cleared or missing:
        return f"{', '.join(missing + cleared)} is required"
    for group in _ONE_OF.get(collection.name, ()) if is_new else ():
        if all(body.get(name) in _CLEARED for name in group):
            return f"{' or '.join(group)} is required"
    wrong = [name for name, value in body.items() if not _fits(collection, name, value)]
    return f"{', '.join(wrong)} is of the wrong type" if wrong else None


def _fits(collection: Collection, name: str, value: Any) -> bool:
    example = collection.example.get(name)
    if example is None or value in _CLEARED:
        return True
    if name in _EITHER_TYPE and type(value) is int:
        return True
    is_empty_map = isinstance(example, dict) and value == []
    return is_empty_map or type(value) is type(example)
