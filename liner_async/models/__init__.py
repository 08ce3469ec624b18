"""What LINER's objects are, one module per resource."""

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
    "CallHours",
    "CallRecordRule",
    "Language",
    "Order",
    "OrderStatus",
    "SipEndpointUsageScheme",
]
