"""The vendor's documented examples, and items like them to measure."""

from __future__ import annotations

import copy
import re
from typing import Any, Final

__all__ = [
    "EXAMPLE_CALL_ATTEMPT_GROUP",
    "EXAMPLE_CUSTOM_FIELD",
    "EXAMPLE_ORDER",
    "ORDER_FIELDS",
    "make_call_attempt_group",
    "make_custom_field",
    "make_order",
]

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

EXAMPLE_CALL_ATTEMPT_GROUP: Final[dict[str, Any]] = {
    "id": 123,
    "title": "Call attempt intervals",
    "intervals": [5, 10],
    "isDefault": False,
    "resetAttemptsEnabled": False,
}
"""The one group of intervals of the vendor's example answer, word for word."""

EXAMPLE_CUSTOM_FIELD: Final[dict[str, Any]] = {
    "id": 123,
    "title": "Source",
    "type": "string",
    "essence": "leads",
    "params": [{"code": "option_1", "sort": 10, "title": "Option 1"}],
    "sort": 10,
}
"""The one custom field of the vendor's example answer, word for word."""


def make_order(**overrides: object) -> dict[str, Any]:
    """Return the vendor's example order, as JSON values, with some fields replaced.

    A field goes by the vendor's name (``serviceTitle``) or ours (``service_title``). Values are put
    in as they are, valid or not.

    Raises:
        TypeError: A name that is no documented field, or one field named twice.
    """
    return _made(EXAMPLE_ORDER, overrides, kind="order")


def make_call_attempt_group(**overrides: object) -> dict[str, Any]:
    """Return the vendor's example group of call attempts, changed as by `make_order`."""
    return _made(EXAMPLE_CALL_ATTEMPT_GROUP, overrides, kind="call attempt group")


def make_custom_field(**overrides: object) -> dict[str, Any]:
    """Return the vendor's example custom field, changed as by `make_order`."""
    return _made(EXAMPLE_CUSTOM_FIELD, overrides, kind="custom field")


def _made(example: dict[str, Any], overrides: dict[str, object], *, kind: str) -> dict[str, Any]:
    item = copy.deepcopy(example)
    vendors = {re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower(): name for name in example}
    named: set[str] = set()
    for name, value in overrides.items():
        field = vendors.get(name, name)
        if field not in example:
            msg = f"the vendor documents no field {name!r} of the {kind}"
            raise TypeError(msg)
        if field in named:
            msg = f"the field {field!r} is given twice"
            raise TypeError(msg)
        named.add(field)
        item[field] = value
    return item
