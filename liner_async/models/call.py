"""Calls: what `GET /v2/call/` lists (vendor pages `/devs/api/v2/call/...`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from liner_async._codec.unstructure import JsonValue
from liner_async.models.model import IDENTIFIER, SHOWN, Model

__all__ = ["Call", "CallDirection", "FinishInitiator"]


class CallDirection(StrEnum):
    """The documented directions of a call."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"


class FinishInitiator(StrEnum):
    """The documented parties that may end a call."""

    CLIENT = "client"
    OPERATOR = "operator"
    SYSTEM = "system"


@frozen(kw_only=True)
class Call(Model):
    """A call between the call centre and a person.

    Only `id` is required. Other fields are None where the vendor sends null or nothing. `repr`
    leaves personal data out; a notebook's table shows it.
    """

    id: int = field(metadata=IDENTIFIER)
    """Identifier of the call, greater than 0."""
    sip_endpoint_id: int | None = None
    """Identifier of the virtual number; whether it may be null is not documented."""
    finish_initiator: FinishInitiator | str | None = None
    """Who ended the call; a party the vendor added later stays text."""
    direction: CallDirection | str | None = field(default=None, metadata=SHOWN)
    """Incoming or outgoing; a direction the vendor added later stays text."""
    lead_id: int | None = None
    """Identifier of the lead; null for which calls is not documented."""
    user_id: int | None = field(default=None, metadata=SHOWN)
    """Identifier of the agent; null for which calls is not documented."""
    order_id: int | None = field(default=None, metadata=SHOWN)
    """Identifier of the order."""
    status_code: str | None = field(default=None, metadata=SHOWN)
    """Code of the call's status: a `CallStatus.code`, while the list's filter takes ids."""
    total_duration_seconds: int | None = None
    """Seconds of the whole call; in the vendor's example, waiting and talking."""
    wait_time_duration_seconds: int | None = None
    """Seconds of waiting."""
    talk_time_duration_seconds: int | None = field(default=None, metadata=SHOWN)
    """Seconds of talking."""
    is_predictive: bool | None = None
    """Whether the call was made in predictive mode."""
    client_phone: str | None = field(default=None, repr=False, metadata=SHOWN)
    """Phone number of the person."""
    has_records: bool | None = None
    """Whether the call was recorded."""
    created_at: datetime | None = field(default=None, metadata=SHOWN)
    """When the call was created, with its zone."""
    extra: Mapping[str, JsonValue] = field(factory=dict, hash=False, repr=False)
    """Fields this version does not know, by the vendor's name."""
