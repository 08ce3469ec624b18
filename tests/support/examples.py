"""The object of each example answer in the vendor's documentation, as JSON values, by its model."""

from __future__ import annotations

from typing import Any, Final

from liner_async import models, testing

__all__ = ["EXAMPLES"]

EXAMPLES: Final[dict[type[Any], dict[str, Any]]] = {
    models.Order: testing.EXAMPLE_ORDER,
    models.Lead: testing.EXAMPLE_LEAD,
    models.LeadStatus: testing.EXAMPLE_LEAD_STATUS,
    models.Call: testing.EXAMPLE_CALL,
    models.CallStatus: testing.EXAMPLE_CALL_STATUS,
    models.CallRecord: testing.EXAMPLE_CALL_RECORD,
    models.CallAttemptGroup: testing.EXAMPLE_CALL_ATTEMPT_GROUP,
    models.User: testing.EXAMPLE_USER,
    models.AgentGroup: testing.EXAMPLE_AGENT_GROUP,
    models.SipEndpoint: testing.EXAMPLE_SIP_ENDPOINT,
    models.CustomField: testing.EXAMPLE_CUSTOM_FIELD,
}
