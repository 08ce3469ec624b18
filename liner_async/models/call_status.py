"""Statuses of calls: what `GET /v2/call-status/` lists (`/devs/api/v2/call-status/list/`)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from attrs import field, frozen

from liner_async._codec.unstructure import JsonValue
from liner_async.models.model import IDENTIFIER, SHOWN, Model

__all__ = ["AgentCallAvailability", "CallStatus"]


class AgentCallAvailability(StrEnum):
    """When an agent may choose a call status, as documented."""

    AFTER_CALL_TRANSFER = "after_call_transfer"
    ALWAYS = "always"
    NEVER = "never"


@frozen(kw_only=True)
class CallStatus(Model):
    """A status that a call may have; installations add their own.

    `id` and `code` are required. Other fields are None where the vendor sends null or nothing.
    """

    id: int = field(metadata=IDENTIFIER)
    """Identifier of the status, greater than 0: what the list of calls is filtered by."""
    code: str = field(metadata=SHOWN)
    """Code of the status: a call's `status_code`."""
    title: str | None = field(default=None, metadata=SHOWN)
    """Name of the status."""
    description: str | None = None
    """What the status means."""
    sort: int | None = None
    """Place of the status among the others."""
    comment_required: bool | None = None
    """Whether an agent has to comment on it."""
    is_available_for_ai: bool | None = None
    """Whether the AI may choose it."""
    agent_call_availability: AgentCallAvailability | str | None = None
    """When an agent may choose it; a value the vendor added later stays text."""
    lead_status_code: str | None = field(default=None, metadata=SHOWN)
    """Code of the lead status that the call leads to: a `LeadStatus.code`."""
    planning_time_required: bool | None = None
    """Whether the time of the next call has to be planned with it."""
    is_system: bool | None = field(default=None, metadata=SHOWN)
    """Whether the status is built into LINER."""
    extra: Mapping[str, JsonValue] = field(factory=dict, hash=False)
    """Fields this version does not know, by the vendor's name."""
