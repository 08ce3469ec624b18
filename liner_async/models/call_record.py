"""Records of calls: what `GET /v2/call-record/` lists (`/devs/api/v2/call-record/...`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from attrs import field, frozen

from liner_async._codec.unstructure import JsonValue
from liner_async.models.model import IDENTIFIER, SHOWN, Model

__all__ = ["CallRecord"]


@frozen(kw_only=True)
class CallRecord(Model):
    """The recording of a call, which the vendor sends without the call's identifier.

    Only `id` is required. Other fields are None where the vendor sends null or nothing: of the two
    documented versions of the list, one has no `user_id`, `lead_id` and `record_summary`. `repr`
    leaves personal data out; a notebook's table shows it.
    """

    id: int = field(metadata=IDENTIFIER)
    """Identifier of the record, greater than 0."""
    user_id: int | None = field(default=None, metadata=SHOWN)
    """Identifier of the agent."""
    lead_id: int | None = field(default=None, metadata=SHOWN)
    """Identifier of the lead."""
    is_transfer: bool | None = None
    """Whether it was recorded while the call was transferred."""
    duration_seconds: int | None = field(default=None, metadata=SHOWN)
    """Seconds of the recording."""
    file_url: str | None = field(default=None, repr=False, metadata=SHOWN)
    """Where the file is; whether it needs the key, and whether it expires, is not documented."""
    record_summary: str | None = field(default=None, repr=False)
    """The AI's summary."""
    created_at: datetime | None = field(default=None, metadata=SHOWN)
    """When the record was created, with its zone."""
    extra: Mapping[str, JsonValue] = field(factory=dict, hash=False, repr=False)
    """Fields this version does not know, by the vendor's name."""
