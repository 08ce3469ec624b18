"""An order as somebody would write it for cattrs as it comes: no hook of the SDK's is at work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import attrs
from cattrs import Converter
from cattrs.gen import make_dict_structure_fn, override

from liner_async import CallHours, CallRecordRule, Language, OrderStatus, SipEndpointUsageScheme
from liner_async._codec.unstructure import camel_case
from speed.decoders.hours import read_hours

__all__ = ["PlainOrder", "structurer"]


@attrs.frozen(kw_only=True)
class PlainOrder:
    """The same fields and types as `liner_async.Order`, but closed enumerations and no `extra`."""

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
    custom_values: Mapping[int, Any] = attrs.field(factory=dict)
    created_at: datetime | None = None
    updated_at: datetime | None = None


def structurer(converter: Converter) -> Callable[[list[Any]], list[PlainOrder]]:
    """Teach a converter the vendor's names and hours; give its way to a list of orders."""
    converter.register_structure_hook(CallHours, read_hours)
    renames = {
        each.name: override(rename=camel_case(each.name)) for each in attrs.fields(PlainOrder)
    }
    converter.register_structure_hook(
        PlainOrder, make_dict_structure_fn(PlainOrder, converter, **renames)
    )

    def structure(items: list[Any]) -> list[PlainOrder]:
        return converter.structure(items, list[PlainOrder])

    return structure
