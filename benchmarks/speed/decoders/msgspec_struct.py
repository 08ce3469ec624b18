"""msgspec: structs straight from the bytes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from msgspec.json import Decoder

from liner_async import CallRecordRule, Language, OrderStatus, SipEndpointUsageScheme

__all__ = ["decode"]


class _Order(Struct, frozen=True, kw_only=True, rename="camel"):
    id: int
    code: str | None = None
    service_title: str
    title: str
    call_schedule: tuple[tuple[str, str], ...] = ()
    call_holiday_overrides: tuple[date, ...] = ()
    auto_dialing_enabled: bool | None = None
    predictive_mode_enabled: bool | None = None
    ai_mode_enabled: bool | None = None
    standalone_ai_mode_enabled: bool | None = None
    ai_mode_prompt: str | None = None
    ai_mode_first_phrase: str | None = None
    ai_default_language: Language | None = None
    amd_detection_enabled: bool | None = None
    call_record_rule: CallRecordRule | None = None
    call_center_phone: str | None = None
    additional_call_center_phones: tuple[str, ...] = ()
    sip_endpoint_usage_scheme: SipEndpointUsageScheme | None = None
    agent_user_ids: tuple[int, ...] = ()
    agent_group_ids: tuple[int, ...] = ()
    show_lead_contacts_to_agent: bool | None = None
    call_attempts_group_id: int | None = None
    qualified_leads_per_day_limit: int | None = None
    call_scenario_id: int | None = None
    lead_transform_enabled: bool | None = None
    leads_priority: int | None = None
    status: OrderStatus
    speech_recognition_enabled: bool | None = None
    ignore_lead_timezone: bool | None = None
    sip_endpoint_ids: tuple[int, ...] = ()
    custom_values: dict[int, Any] = {}
    created_at: datetime | None = None
    updated_at: datetime | None = None


class _Data(Struct, frozen=True):
    list: tuple[_Order, ...]
    next: int
    total: int


class _Envelope(Struct, frozen=True):
    success: bool
    message: str
    data: _Data


_parse = Decoder(_Envelope).decode


def decode(body: bytes) -> Sequence[_Order]:
    """Decode, and take the list out of the envelope."""
    return _parse(body).data.list
