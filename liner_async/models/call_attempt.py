"""Call attempt groups: what `GET /v2/call-attempt/` lists (`/devs/api/v2/call-attempt/list/`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

from attrs import field, frozen

from liner_async._codec.unstructure import JsonValue
from liner_async.models.model import IDENTIFIER, SHOWN, Model

__all__ = ["CallAttemptGroup", "CallAttemptGroupChanges", "NewCallAttemptGroup"]


@frozen(kw_only=True)
class CallAttemptGroup(Model):
    """A group of intervals between attempts to call; an order names it in `call_attempts_group_id`.

    Only `id` is required; `intervals` is never None. Other fields are None where the vendor sends
    null or nothing.
    """

    id: int = field(metadata=IDENTIFIER)
    """Identifier of the group, greater than 0."""
    title: str | None = field(default=None, metadata=SHOWN)
    """Name of the group."""
    intervals: tuple[int, ...] = field(default=(), metadata={"least": 0, **SHOWN})
    """Minutes between one attempt and the next."""
    is_default: bool | None = field(default=None, metadata=SHOWN)
    """Whether orders without a group of their own use this one."""
    reset_attempts_enabled: bool | None = field(default=None, metadata=SHOWN)
    """Whether attempts start over when the customer asks to be called back."""
    extra: Mapping[str, JsonValue] = field(factory=dict, hash=False)
    """Fields this version does not know, by the vendor's name."""


class CallAttemptGroupChanges(TypedDict, total=False):
    """Fields for `call_attempts.update`. None clears a field; fields left out stay as they are.

    `extra` sends fields that this version does not know, by the vendor's names.
    """

    title: str
    intervals: Sequence[int]
    is_default: bool | None
    reset_attempts_enabled: bool | None
    extra: Mapping[str, JsonValue]


class _RequiredOfCallAttemptGroup(TypedDict):
    title: str
    intervals: Sequence[int]


class NewCallAttemptGroup(_RequiredOfCallAttemptGroup, total=False):
    """Fields for `call_attempts.create`; None is the same as leaving a field out.

    `extra` sends fields that this version does not know, by the vendor's names.
    """

    is_default: bool | None
    reset_attempts_enabled: bool | None
    extra: Mapping[str, JsonValue]
