"""mashumaro: its orjson mixin over frozen dataclasses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar

from mashumaro.config import BaseConfig
from mashumaro.mixins.orjson import DataClassORJSONMixin

from liner_async import CallHours, CallRecordRule, Language, OrderStatus, SipEndpointUsageScheme
from liner_async._codec.unstructure import camel_case
from speed.decoders.hours import read_hours
from speed.decoders.values import NAMES

__all__ = ["decode"]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Order(DataClassORJSONMixin):
    id: int
    code: str | None = None
    service_title: str
    title: str
    call_schedule: tuple[CallHours, ...] = ()
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
    custom_values: dict[int, Any] = field(default_factory=dict)
    created_at: datetime | None = None
    updated_at: datetime | None = None

    class Config(BaseConfig):
        """The vendor's names and hours."""

        serialization_strategy: ClassVar[dict[Any, Any]] = {
            CallHours: {"deserialize": read_hours, "serialize": CallHours.to_wire}
        }
        aliases: ClassVar[dict[str, str]] = {name: camel_case(name) for name in NAMES}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Data(DataClassORJSONMixin):
    list: tuple[_Order, ...]
    next: int
    total: int


@dataclass(frozen=True, kw_only=True, slots=True)
class _Envelope(DataClassORJSONMixin):
    success: bool
    message: str
    data: _Data


def decode(body: bytes) -> Sequence[_Order]:
    """Build the envelope, and take the list out of it."""
    return _Envelope.from_json(body).data.list
