"""What LINER's objects are, one module per resource."""

from liner_async.models.agent_group import AgentGroup, AgentGroupChanges, NewAgentGroup
from liner_async.models.call import Call, CallDirection, FinishInitiator
from liner_async.models.call_attempt import (
    CallAttemptGroup,
    CallAttemptGroupChanges,
    NewCallAttemptGroup,
)
from liner_async.models.call_record import CallRecord
from liner_async.models.call_status import AgentCallAvailability, CallStatus
from liner_async.models.custom_field import CustomField, CustomFieldOption, CustomFieldType, Essence
from liner_async.models.lead import Lead, LeadChanges, LeadType, NewLead, Submission
from liner_async.models.lead_status import LeadStatus, LeadStatusCategory
from liner_async.models.order import (
    END_OF_DAY,
    CallHours,
    CallRecordRule,
    Language,
    NewOrder,
    Order,
    OrderChanges,
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
    "AgentGroupChanges",
    "Call",
    "CallAttemptGroup",
    "CallAttemptGroupChanges",
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
    "LeadChanges",
    "LeadStatus",
    "LeadStatusCategory",
    "LeadType",
    "NewAgentGroup",
    "NewCallAttemptGroup",
    "NewLead",
    "NewOrder",
    "Order",
    "OrderChanges",
    "OrderStatus",
    "SipEndpoint",
    "SipEndpointUsageScheme",
    "Submission",
    "User",
]
