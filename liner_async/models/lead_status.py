"""Statuses of leads: what `GET /v2/lead-status/` lists (`/devs/api/v2/lead-status/list/`)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from attrs import field, frozen

from liner_async._codec.unstructure import JsonValue
from liner_async.models.model import IDENTIFIER, SHOWN, Model

__all__ = ["LeadStatus", "LeadStatusCategory"]


class LeadStatusCategory(StrEnum):
    """The documented groups of lead statuses."""

    IN_PROGRESS = "in-progress"
    QUALIFIED = "qualified"
    DISQUALIFIED = "disqualified"


@frozen(kw_only=True)
class LeadStatus(Model):
    """A status that a lead may have; installations add their own.

    `id` and `code` are required. Other fields are None where the vendor sends null or nothing.
    """

    id: int = field(metadata=IDENTIFIER)
    """Identifier of the status, greater than 0: a lead's `status_id`."""
    code: str = field(metadata=SHOWN)
    """Code of the status: a call status's `lead_status_code`."""
    title: str | None = field(default=None, metadata=SHOWN)
    """Name of the status."""
    category: LeadStatusCategory | str | None = field(default=None, metadata=SHOWN)
    """Its group; a group the vendor added later stays text."""
    sort: int | None = None
    """Place of the status among the others."""
    color: str | None = None
    """Colour, such as `#3498db`."""
    is_system: bool | None = field(default=None, metadata=SHOWN)
    """Whether the status is built into LINER."""
    extra: Mapping[str, JsonValue] = field(factory=dict, hash=False)
    """Fields this version does not know, by the vendor's name."""
