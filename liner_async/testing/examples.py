"""The vendor's documented examples, one of each kind."""

from __future__ import annotations

from typing import Any, Final

__all__ = [
    "EXAMPLE_AGENT_GROUP",
    "EXAMPLE_CALL",
    "EXAMPLE_CALL_ATTEMPT_GROUP",
    "EXAMPLE_CALL_RECORD",
    "EXAMPLE_CALL_STATUS",
    "EXAMPLE_CUSTOM_FIELD",
    "EXAMPLE_LEAD",
    "EXAMPLE_LEAD_STATUS",
    "EXAMPLE_ORDER",
    "EXAMPLE_SIP_ENDPOINT",
    "EXAMPLE_USER",
    "ORDER_FIELDS",
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

EXAMPLE_LEAD: Final[dict[str, Any]] = {
    "id": 123,
    "name": "John Doe",
    "phone": "+79001234567",
    "sourceComment": "",
    "ip": "192.168.1.1",
    "externalIdBitrix24": "B24-001",
    "externalIdAmo": "AMO-001",
    "externalIdMacro": "MACRO-001",
    "externalIdDomoplaner": "DP-001",
    "statusId": 10,
    "leadType": "straight",
    "createMethod": "api",
    "isSecondary": False,
    "planningCallDateTime": "2024-01-02T10:00:00Z",
    "priority": 0,
    "utcOffset": 3,
    "createdAt": "2024-01-01T00:00:00Z",
    "updatedAt": "2024-01-01T00:00:00Z",
    "orderId": 202,
    "orderCode": "order-001",
    "vkId": "123456",
    "instagramLogin": "user_instagram",
    "telegramUserName": "user_telegram",
    "telegramPhone": "+79001234567",
    "customValues": {"10": "example value"},
}
"""The lead of the vendor's example of one lead, word for word."""

EXAMPLE_LEAD_STATUS: Final[dict[str, Any]] = {
    "id": 123,
    "code": "in-progress",
    "title": "In progress",
    "category": "in-progress",
    "sort": 10,
    "color": "#3498db",
    "isSystem": False,
}
"""The one lead status of the vendor's example answer, word for word."""

EXAMPLE_CALL: Final[dict[str, Any]] = {
    "id": 123,
    "sipEndpointId": 456,
    "finishInitiator": "client",
    "direction": "outgoing",
    "leadId": 789,
    "userId": 101,
    "orderId": 202,
    "statusCode": "answered",
    "totalDurationSeconds": 120,
    "waitTimeDurationSeconds": 5,
    "talkTimeDurationSeconds": 115,
    "isPredictive": False,
    "clientPhone": "+79001234567",
    "hasRecords": True,
    "createdAt": "2024-01-01T00:00:00Z",
}
"""The call of the vendor's example of one call, word for word."""

EXAMPLE_CALL_STATUS: Final[dict[str, Any]] = {
    "id": 123,
    "code": "answered",
    "title": "Answered",
    "description": "Client answered the call",
    "sort": 10,
    "commentRequired": False,
    "isAvailableForAi": True,
    "agentCallAvailability": "always",
    "leadStatusCode": None,
    "planningTimeRequired": False,
    "isSystem": False,
}
"""The one call status of the vendor's example answer, word for word."""

EXAMPLE_CALL_RECORD: Final[dict[str, Any]] = {
    "id": 123,
    "userId": 456,
    "leadId": 789,
    "isTransfer": False,
    "durationSeconds": 60,
    "fileUrl": "https://example.com/record.mp3",
    "recordSummary": None,
    "createdAt": "2024-01-01T00:00:00Z",
}
"""The one recording of the vendor's example answer, word for word."""

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


EXAMPLE_USER: Final[dict[str, Any]] = {
    "id": 123,
    "name": "John",
    "lastName": "Doe",
    "secondName": None,
    "email": "john.doe@example.com",
    "isActive": True,
    "accessGroup": "call-center",
    "webRtcEnabled": True,
    "interfaceLanguageCode": "ru",
    "languageSkillCodes": ["ru"],
    "autoAnswer": 0,
    "phoneMode": "default",
    "avatarUrl": None,
    "telegramNotificationsEnabled": False,
    "telegramChatId": None,
    "telegramNotificationsType": None,
    "emailNotificationsEnabled": False,
    "emailNotificationsType": None,
    "lastLoginAt": "2024-01-01T00:00:00Z",
    "lastActivityAt": "2024-01-01T00:00:00Z",
    "createdAt": "2024-01-01T00:00:00Z",
}
"""The user of the vendor's example of one user, with an e-mail address of ours."""

EXAMPLE_AGENT_GROUP: Final[dict[str, Any]] = {
    "id": 123,
    "names": {"ru": "Группа агентов", "gb": "Agent group"},
    "agentIds": [101, 102],
    "createdAt": "2024-01-01T00:00:00Z",
    "updatedAt": "2024-01-01T00:00:00Z",
}
"""The one group of agents of the vendor's example answer, word for word."""

EXAMPLE_SIP_ENDPOINT: Final[dict[str, Any]] = {
    "id": 123,
    "title": "Virtual number",
    "orderId": None,
    "connectionType": "pstn",
    "params": {"phone": "+79001234567"},
    "isDefault": False,
    "outgoing": True,
    "incoming": True,
    "channels": 2,
}
"""The one virtual number of the vendor's example answer, word for word."""
