"""The order of the vendor's page of `GET /v2/order/`, and orders like it to measure."""

from __future__ import annotations

import copy
import re
from typing import Any, Final

__all__ = ["EXAMPLE_ORDER", "ORDER_FIELDS", "make_order"]

EXAMPLE_ORDER: Final[dict[str, Any]] = {
    "id": 123,
    "code": "order-001",
    "serviceTitle": "Internal name",
    "title": "Order title",
    "callSchedule": [["09:00", "18:00"]],
    "callHolidayOverrides": ["2024-01-01"],
    "autoDialingEnabled": True,
    "predictiveModeEnabled": False,
    "aiModeEnabled": False,
    "standaloneAiModeEnabled": False,
    "aiModePrompt": "",
    "aiModeFirstPhrase": "",
    "aiDefaultLanguage": "ru",
    "amdDetectionEnabled": False,
    "callRecordRule": "client_is_connected",
    "callCenterPhone": "+79001234567",
    "additionalCallCenterPhones": [],
    "sipEndpointUsageScheme": "random_default",
    "agentUserIds": [123, 456],
    "agentGroupIds": [789],
    "showLeadContactsToAgent": True,
    "callAttemptsGroupId": 1,
    "qualifiedLeadsPerDayLimit": 100,
    "callScenarioId": 10,
    "leadTransformEnabled": False,
    "leadsPriority": 0,
    "status": "success",
    "speechRecognitionEnabled": False,
    "ignoreLeadTimezone": False,
    "sipEndpointIds": [123],
    "customValues": {"10": "example value"},
    "createdAt": "2024-01-01T00:00:00Z",
    "updatedAt": "2024-01-01T00:00:00Z",
}
"""The one order of the vendor's example answer, word for word."""

ORDER_FIELDS: Final[tuple[str, ...]] = tuple(EXAMPLE_ORDER)
"""The 33 documented fields, in the order of the vendor's example."""

_FIELD_BY_NAME: Final[dict[str, str]] = {
    **{re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower(): name for name in ORDER_FIELDS},
    **{name: name for name in ORDER_FIELDS},
}


def make_order(**overrides: object) -> dict[str, Any]:
    """Return the vendor's example order, as JSON values, with some fields replaced.

    A field goes by the vendor's name (``serviceTitle``) or ours (``service_title``). Values are put
    in as they are, valid or not.

    Raises:
        TypeError: A name that is no documented field, or one field named twice.
    """
    order = copy.deepcopy(EXAMPLE_ORDER)
    named: set[str] = set()
    for name, value in overrides.items():
        field = _FIELD_BY_NAME.get(name)
        if field is None:
            msg = f"an order has no field {name!r}"
            raise TypeError(msg)
        if field in named:
            msg = f"the field {field!r} is given twice"
            raise TypeError(msg)
        named.add(field)
        order[field] = value
    return order
