"""pydantic 2: `validate_json` of the whole envelope."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, TypeAdapter
from pydantic.alias_generators import to_camel

from liner_async import CallHours, CallRecordRule, Language, OrderStatus, SipEndpointUsageScheme
from speed.decoders.hours import read_hours

__all__ = ["decode"]

_Hours = Annotated[CallHours, PlainValidator(read_hours)]


class _Model(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, frozen=True)


class _Order(_Model):
    id: int
    code: str | None = None
    service_title: str
    title: str
    call_schedule: tuple[_Hours, ...] = ()
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
    custom_values: dict[int, Any] = Field(default_factory=dict)
    created_at: datetime | None = None
    updated_at: datetime | None = None


class _Data(_Model):
    list: tuple[_Order, ...]
    next: int
    total: int


class _Envelope(_Model):
    success: bool
    message: str
    data: _Data


_validate = TypeAdapter(_Envelope).validate_json


def decode(body: bytes) -> Sequence[_Order]:
    """Validate, and take the list out of the envelope."""
    return _validate(body).data.list
