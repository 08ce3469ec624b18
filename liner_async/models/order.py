"""Orders: what `GET /v2/order/` lists (vendor page `/devs/api/v2/order/list/`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from enum import StrEnum
from typing import ClassVar, TypedDict

from attrs import field, frozen

from liner_async._codec.times import END_OF_DAY
from liner_async._codec.unstructure import JsonValue, to_wire
from liner_async.models.model import IDENTIFIER, SHOWN, Model

__all__ = [
    "END_OF_DAY",
    "CallHours",
    "CallRecordRule",
    "Language",
    "NewOrder",
    "Order",
    "OrderChanges",
    "OrderStatus",
    "SipEndpointUsageScheme",
]


class OrderStatus(StrEnum):
    """The documented values of an order's `status`."""

    SUCCESS = "success"
    SECONDARY = "secondary"
    INFO = "info"


class Language(StrEnum):
    """The documented languages; English is `gb`."""

    RU = "ru"
    GB = "gb"


class CallRecordRule(StrEnum):
    """When the recording of a call starts."""

    CLIENT_IS_CONNECTED = "client_is_connected"
    AGENT_IS_CONNECTED = "agent_is_connected"


class SipEndpointUsageScheme(StrEnum):
    """How the next virtual number is chosen."""

    RANDOM_DEFAULT = "random_default"
    RANDOM_WITHOUT_REPETITION = "random_without_repetition"
    EVEN_LOADED = "even_loaded"
    EVEN_LOADED_DAILY = "even_loaded_daily"


@frozen
class CallHours:
    """A working day's hours, in a time zone that the vendor does not document.

    Attributes:
        start: the time of day calls begin.
        end: the time of day they end; `END_OF_DAY` for the vendor's `24:00`.
    """

    written_as_array: ClassVar = True

    start: time
    end: time

    def to_wire(self) -> list[str]:
        """Return the vendor's pair of texts."""
        pair: list[str] = to_wire(self)
        return pair


@frozen(kw_only=True)
class Order(Model):
    """An order: one line of work of the call centre.

    Names are the vendor's in snake_case. `id`, `service_title`, `title` and `status` are required
    and never None. Collections are never None: missing, null and PHP's `[]` for an empty map are
    empty. Every other field is None where the vendor sends null or nothing.
    """

    id: int = field(metadata=IDENTIFIER)
    """Order identifier in LINER, greater than 0."""
    code: str | None = field(default=None, metadata=SHOWN)
    """Order code."""
    service_title: str
    """Internal name."""
    title: str = field(metadata=SHOWN)
    """Display name."""
    call_schedule: tuple[CallHours, ...] = ()
    """Start and end of each working day."""
    call_holiday_overrides: tuple[date, ...] = ()
    """Holidays."""
    auto_dialing_enabled: bool | None = None
    """Whether calls are allowed."""
    predictive_mode_enabled: bool | None = None
    """Whether calls in predictive mode are allowed."""
    ai_mode_enabled: bool | None = None
    """Whether AI calling is allowed."""
    standalone_ai_mode_enabled: bool | None = None
    """Whether the AI works without agents online."""
    ai_mode_prompt: str | None = None
    """The AI bot's base prompt."""
    ai_mode_first_phrase: str | None = None
    """The AI bot's first phrase."""
    ai_default_language: Language | str | None = None
    """The AI's default language."""
    amd_detection_enabled: bool | None = None
    """Whether answering machines are detected."""
    call_record_rule: CallRecordRule | str | None = None
    """When call recording starts."""
    call_center_phone: str | None = None
    """The call centre's main number."""
    additional_call_center_phones: tuple[str, ...] = ()
    """The call centre's other numbers."""
    sip_endpoint_usage_scheme: SipEndpointUsageScheme | str | None = None
    """How virtual numbers take turns."""
    agent_user_ids: tuple[int, ...] = ()
    """Identifiers of the agents who may work in this order."""
    agent_group_ids: tuple[int, ...] = ()
    """Identifiers of the agent groups that may work in this order."""
    show_lead_contacts_to_agent: bool | None = None
    """Whether agents see a lead's contacts."""
    call_attempts_group_id: int | None = None
    """Identifier of the group of intervals between call attempts."""
    qualified_leads_per_day_limit: int | None = None
    """Limit of qualified leads per day."""
    call_scenario_id: int | None = None
    """Identifier of the call scenario."""
    lead_transform_enabled: bool | None = None
    """Whether agents may change a lead's type."""
    leads_priority: int | None = None
    """Priority of the leads within the order."""
    status: OrderStatus | str = field(metadata=SHOWN)
    """The order's status; a value the vendor added later stays text."""
    speech_recognition_enabled: bool | None = None
    """Whether speech in calls is recognised."""
    ignore_lead_timezone: bool | None = None
    """Whether the client's time zone is ignored."""
    sip_endpoint_ids: tuple[int, ...] = ()
    """Identifiers of the virtual numbers."""
    custom_values: Mapping[int, JsonValue] = field(factory=dict, hash=False)
    """Values of the custom fields, by the field's identifier."""
    created_at: datetime | None = field(default=None, metadata=SHOWN)
    """When the order was created, with its zone."""
    updated_at: datetime | None = None
    """When the order was last changed, with its zone."""
    extra: Mapping[str, JsonValue] = field(factory=dict, hash=False)
    """Fields this version does not know, by the vendor's name."""


class _OrderFields(TypedDict, total=False):
    code: str | None
    call_schedule: Sequence[CallHours | Sequence[time | str]] | None
    call_holiday_overrides: Sequence[date | str] | None
    auto_dialing_enabled: bool | None
    predictive_mode_enabled: bool | None
    ai_mode_enabled: bool | None
    standalone_ai_mode_enabled: bool | None
    ai_mode_prompt: str | None
    ai_mode_first_phrase: str | None
    ai_default_language: Language | str | None
    amd_detection_enabled: bool | None
    call_record_rule: CallRecordRule | str | None
    call_center_phone: str | None
    additional_call_center_phones: Sequence[str] | None
    sip_endpoint_usage_scheme: SipEndpointUsageScheme | str | None
    agent_user_ids: Sequence[int] | None
    agent_group_ids: Sequence[int] | None
    show_lead_contacts_to_agent: bool | None
    call_attempts_group_id: int | None
    qualified_leads_per_day_limit: int | None
    call_scenario_id: int | None
    lead_transform_enabled: bool | None
    leads_priority: int | None
    speech_recognition_enabled: bool | None
    ignore_lead_timezone: bool | None
    custom_values: Mapping[int, JsonValue] | Mapping[str, JsonValue] | None
    extra: Mapping[str, JsonValue]


class _RequiredOfOrder(TypedDict):
    service_title: str
    title: str
    status: OrderStatus | str
    sip_endpoint_ids: Sequence[int]


class NewOrder(_RequiredOfOrder, _OrderFields):
    """Fields for `orders.create`; None is the same as leaving a field out.

    `extra` sends fields that this version does not know, by the vendor's names.
    """


class OrderChanges(_OrderFields, total=False):
    """Fields for `orders.update`. None clears a field; fields left out stay as they are.

    `extra` sends fields that this version does not know, by the vendor's names.
    """

    service_title: str
    title: str
    status: OrderStatus | str
    sip_endpoint_ids: Sequence[int]
