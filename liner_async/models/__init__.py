"""What LINER's objects are, one module per resource."""

from liner_async.models.call_attempt import CallAttemptGroup
from liner_async.models.custom_field import (
    CustomField,
    CustomFieldOption,
    CustomFieldType,
    Essence,
)
from liner_async.models.order import (
    END_OF_DAY,
    CallHours,
    CallRecordRule,
    Language,
    Order,
    OrderStatus,
    SipEndpointUsageScheme,
)

__all__ = [
    "END_OF_DAY",
    "CallAttemptGroup",
    "CallHours",
    "CallRecordRule",
    "CustomField",
    "CustomFieldOption",
    "CustomFieldType",
    "Essence",
    "Language",
    "Order",
    "OrderStatus",
    "SipEndpointUsageScheme",
]
