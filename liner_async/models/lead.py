"""Leads: what `GET /v2/lead/` lists (vendor pages `/devs/api/v2/lead/...`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final, TypedDict

from attrs import field, frozen

from liner_async._codec.unstructure import JsonValue
from liner_async.models.model import IDENTIFIER, SHOWN, TEXT, Model

__all__ = ["Lead", "LeadChanges", "LeadType", "NewLead", "Submission"]


class LeadType(StrEnum):
    """The documented types of a lead."""

    STRAIGHT = "straight"
    SELECTION = "selection"


@frozen(kw_only=True)
class Lead(Model):
    """A person for the call centre to reach.

    Only `id` is required; `custom_values` is never None. Other fields are None where the vendor
    sends null or nothing. `repr` leaves personal data out; a notebook's table shows it.
    """

    id: int = field(metadata=IDENTIFIER)
    """Identifier of the lead, greater than 0."""
    name: str | None = field(default=None, repr=False, metadata=SHOWN)
    """The person's name."""
    phone: str | None = field(default=None, repr=False, metadata=SHOWN)
    """Phone number; the vendor's example has a `+`, which requests may leave out."""
    source_comment: str | None = field(default=None, repr=False)
    """Comment from the lead's source: free text, which may hold JSON."""
    ip: str | None = field(default=None, repr=False)
    """IP address of the person."""
    external_id_bitrix24: str | None = None
    """Identifier of the lead in Bitrix24."""
    external_id_amo: str | None = None
    """Identifier of the lead in amoCRM."""
    external_id_macro: str | None = None
    """Identifier of the lead in Macro."""
    external_id_domoplaner: str | None = None
    """Identifier of the lead in Domoplaner."""
    status_id: int | None = field(default=None, metadata=SHOWN)
    """Identifier of the lead's status."""
    lead_type: LeadType | str | None = None
    """Type of the lead; a type the vendor added later stays text."""
    create_method: str | None = None
    """How the lead came in; values other than `api` are not documented."""
    is_secondary: bool | None = None
    """Whether the lead is a secondary one; what that means is not documented."""
    planning_call_date_time: datetime | None = None
    """When the next call is planned, with its zone."""
    priority: int | None = None
    """Priority of the lead; which end of the scale comes first is not documented."""
    utc_offset: int | None = None
    """Hours between UTC and the person's time; how half-hour zones come is not documented."""
    created_at: datetime | None = field(default=None, metadata=SHOWN)
    """When the lead was created, with its zone."""
    updated_at: datetime | None = None
    """When the lead was last changed, with its zone."""
    order_id: int | None = field(default=None, metadata=SHOWN)
    """Identifier of the lead's order."""
    order_code: str | None = None
    """Code of the lead's order."""
    vk_id: str | None = field(default=None, repr=False, metadata=TEXT)
    """Identifier at VK; where the vendor sends a number, its digits."""
    instagram_login: str | None = field(default=None, repr=False)
    """Login at Instagram."""
    telegram_user_name: str | None = field(default=None, repr=False)
    """User name at Telegram."""
    telegram_phone: str | None = field(default=None, repr=False)
    """Phone number at Telegram."""
    custom_values: Mapping[int, JsonValue] = field(factory=dict, hash=False, repr=False)
    """Values of the custom fields, by the field's identifier; how each type is written is not
    documented."""
    extra: Mapping[str, JsonValue] = field(factory=dict, hash=False, repr=False)
    """Fields this version does not know, by the vendor's name."""


class LeadChanges(TypedDict, total=False):
    """Fields for `leads.update`. None clears a field; fields left out stay as they are.

    `extra` sends fields that this version does not know, by the vendor's names.
    """

    name: str | None
    phone: str | None
    source_comment: str | None
    external_id_bitrix24: str | None
    external_id_amo: str | None
    external_id_macro: str | None
    external_id_domoplaner: str | None
    status_id: int | None
    priority: int | None
    utc_offset: int | None
    telegram_user_name: str | None
    telegram_phone: str | None
    vk_id: str | int | None
    instagram_login: str | None
    custom_values: Mapping[int, JsonValue] | Mapping[str, JsonValue] | None
    extra: Mapping[str, JsonValue]


class NewLead(TypedDict, total=False):
    """Fields for `leads.create` and `leads.submit`; None is the same as leaving a field out.

    A lead needs an order (`order_id` or `order_code`) and a contact: `phone`, `telegram_user_name`,
    `telegram_phone`, `vk_id` or `instagram_login`. `lead_type` is "straight" unless it is given.
    `extra` sends fields that this version does not know, by the vendor's names.
    """

    lead_type: LeadType | str
    phone: str | None
    order_id: int | None
    order_code: str | None
    name: str | None
    source_comment: str | None
    telegram_user_name: str | None
    telegram_phone: str | None
    vk_id: str | int | None
    instagram_login: str | None
    external_id_bitrix24: str | None
    external_id_amo: str | None
    external_id_macro: str | None
    external_id_domoplaner: str | None
    priority: int | None
    utc_offset: int | None
    status_id: int | None
    custom_values: Mapping[int, JsonValue] | Mapping[str, JsonValue] | None
    extra: Mapping[str, JsonValue]


NEW_LEAD_DEFAULTS: Final[Mapping[str, object]] = {"lead_type": LeadType.STRAIGHT}
"""The defaults of a new lead."""


@frozen(kw_only=True)
class Submission:
    """LINER accepted a lead to create later; it promises neither an identifier nor a lead."""

    data: JsonValue = field(default=None, repr=False)
    """Whatever LINER said when it took it; its shape is not documented."""
