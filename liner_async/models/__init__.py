"""What LINER's objects are, one module per resource."""

from liner_async.models.agent_group import AgentGroup
from liner_async.models.call import Call, CallDirection, FinishInitiator
from liner_async.models.call_attempt import CallAttemptGroup
from liner_async.models.call_record import CallRecord
from liner_async.models.call_status import AgentCallAvailability, CallStatus
from liner_async.models.custom_field import CustomField, CustomFieldOption, CustomFieldType, Essence
from liner_async.models.lead import Lead, LeadType
from liner_async.models.lead_status import LeadStatus, LeadStatusCategory
from liner_async.models.order import (
    END_OF_DAY,
    CallHours,
    CallRecordRule,
    Language,
    Order,
    OrderStatus,
    SipEndpointUsageScheme,
)
from liner_async.models.sip_endpoint import ConnectionType, SipEndpoint
from liner_async.models.user import AccessGroup, User

__all__ = [
    "END_OF_DAY",
    "AccessGroup",
    "AgentCallAvailability",
    "AgentGroup",
    "Call",
    "CallAttemptGroup",
    "CallDirection",
    "CallHours",
    "CallRecord",
    "CallRecordRule",
    "CallStatus",
    "ConnectionType",
    "CustomField",
    "CustomFieldOption",
    "CustomFieldType",
    "Essence",
    "FinishInitiator",
    "Language",
    "Lead",
    "LeadStatus",
    "LeadStatusCategory",
    "LeadType",
    "Order",
    "OrderStatus",
    "SipEndpoint",
    "SipEndpointUsageScheme",
    "User",
]
