"""Virtual numbers: what `GET /v2/sip-endpoint/` lists (`/devs/api/v2/sip-endpoint/list/`)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from attrs import field, frozen

from liner_async._codec.unstructure import JsonValue
from liner_async.models.model import IDENTIFIER, SECRET, SHOWN, Model

__all__ = ["ConnectionType", "SipEndpoint"]


class ConnectionType(StrEnum):
    """The documented ways in which a virtual number is connected."""

    PSTN = "pstn"
    SIP_REG = "sip-reg"
    SIP_WO_REG = "sip-wo-reg"


@frozen(kw_only=True)
class SipEndpoint(Model):
    """A virtual number for outgoing and incoming calls.

    Only `id` is required; `params` is never None. Other fields are None where the vendor sends null
    or nothing.
    """

    id: int = field(metadata=IDENTIFIER)
    """Identifier of the number, greater than 0."""
    title: str | None = field(default=None, metadata=SHOWN)
    """Name of the number."""
    order_id: int | None = field(default=None, metadata=SHOWN)
    """Identifier of the only order that uses it; None if it belongs to no single order."""
    connection_type: ConnectionType | str | None = field(default=None, metadata=SHOWN)
    """How it is connected; a type the vendor added later stays text."""
    params: Mapping[str, JsonValue] = field(factory=dict, hash=False, repr=False, metadata=SECRET)
    """How to connect: `phone` for `pstn`; other keys are not documented, and may hold credentials.
    Included in `to_dict()` and exports, and shown nowhere."""
    is_default: bool | None = field(default=None, metadata=SHOWN)
    """Whether it is a default number."""
    outgoing: bool | None = field(default=None, metadata=SHOWN)
    """Whether calls are made from it."""
    incoming: bool | None = field(default=None, metadata=SHOWN)
    """Whether calls come in at it."""
    channels: int | None = None
    """Calls at the same time, 2 to 10."""
    extra: Mapping[str, JsonValue] = field(factory=dict, hash=False, repr=False, metadata=SECRET)
    """Fields this version does not know, by the vendor's name."""
