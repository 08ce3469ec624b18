"""The rows of short lists: users, groups, statuses, numbers and fields, each by its number."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from attrs import frozen

from liner_async.testing.builders import (
    Builder,
    make_agent_group,
    make_call_attempt_group,
    make_call_status,
    make_custom_field,
    make_lead_status,
    make_sip_endpoint,
    make_user,
)
from liner_async.testing.templates import existing
from liner_async.testing.vocabulary import LAST_NAMES, NAMES, TITLES

__all__ = ["Entry", "directory_row"]

_FIELD_TYPES: Final = (
    "string",
    "int",
    "float",
    "date",
    "datetime",
    "bool",
    "select",
    "multiselect",
)
_ACCESS_GROUPS: Final = (
    "call-center",
    "call-center-senior",
    "client",
    "arbitration",
    "moderator",
    "admin",
)
_CATEGORIES: Final = ("in-progress", "qualified", "disqualified")
_LEAD_STATUSES: Final = ("in-progress", "new", "sold", "wrong-number", "call-back", "duplicate")
_CALL_STATUSES: Final = ("answered", "no-answer", "busy", "call-back", "refused", "robot")
_AVAILABILITIES: Final = ("always", "after_call_transfer", "never")
_TIMES: Final = {"lastLoginAt", "lastActivityAt", "createdAt", "updatedAt"}
_CONNECTIONS: Final = ("pstn", "sip-reg", "sip-wo-reg")


@frozen(kw_only=True)
class Entry:
    """One row to be: number, id, time of creation as text; `others` are their fields by kind."""

    number: int
    id: int
    created: str
    others: Callable[[str, str], Sequence[Any]]


def _lead_status(entry: Entry) -> dict[str, Any]:
    code = _code(_LEAD_STATUSES, entry.number)
    return make_lead_status(
        id=entry.id,
        code=code,
        title=code.replace("-", " ").capitalize(),
        category=_of(_CATEGORIES, entry.number),
        sort=10 * (entry.number + 1),
        color=f"#{0x3498DB + 7919 * entry.number & 0xFFFFFF:06x}",
        isSystem=entry.number % 4 == 1,
    )


def _call_status(entry: Entry) -> dict[str, Any]:
    code = _code(_CALL_STATUSES, entry.number)
    follows = entry.others("lead_statuses", "code") if entry.number % 3 else ()
    return make_call_status(
        id=entry.id,
        code=code,
        title=code.replace("-", " ").capitalize(),
        description="" if entry.number % 2 else "Client answered the call",
        sort=10 * (entry.number + 1),
        commentRequired=entry.number % 5 == 2,
        isAvailableForAi=entry.number % 2 == 0,
        agentCallAvailability=_of(_AVAILABILITIES, entry.number),
        leadStatusCode=_of(follows, entry.number) if follows else None,
        planningTimeRequired=code == "call-back",
        isSystem=entry.number % 4 == 1,
    )


def _call_attempt_group(entry: Entry) -> dict[str, Any]:
    return make_call_attempt_group(
        id=entry.id,
        title=_of(TITLES, entry.number),
        intervals=[5 * entry.number * (step + 1) for step in range(entry.number % 6)],
        isDefault=entry.number == 1,
        resetAttemptsEnabled=entry.number % 3 == 0,
    )


def _user(entry: Entry) -> dict[str, Any]:
    number = entry.number
    seen = None if number % 7 == 3 else entry.created
    return make_user(
        id=entry.id,
        name=_of(NAMES, number),
        lastName=_of(LAST_NAMES, number),
        secondName="Петровна" if number % 3 == 0 else None,
        email=f"agent{number}@example.com",
        isActive=number % 5 != 4,
        accessGroup=_of(_ACCESS_GROUPS, 0 if number % 2 else number // 2),
        webRtcEnabled=number % 2 == 0,
        interfaceLanguageCode="gb" if number % 3 == 1 else "ru",
        languageSkillCodes=[["ru"], ["ru", "gb"], []][number % 3],
        autoAnswer=number % 4 // 3,
        avatarUrl="https://example.com/a.png" if number % 4 == 1 else None,
        telegramNotificationsEnabled=number % 4 == 2,
        telegramChatId=70_000 + number if number % 4 == 2 else None,
        telegramNotificationsType="all" if number % 4 == 2 else None,
        emailNotificationsEnabled=number % 4 == 1,
        emailNotificationsType="all" if number % 4 == 1 else None,
        lastLoginAt=seen,
        lastActivityAt=seen,
        createdAt=entry.created,
    )


def _agent_group(entry: Entry) -> dict[str, Any]:
    number = entry.number
    return make_agent_group(
        id=entry.id,
        names={"ru": f"Группа {number}", "gb": f"Group {number}"} if number % 5 != 4 else {},
        agentIds=sorted(entry.others("users", "id")[number % 3 :: number % 4 + 1]),
        createdAt=entry.created,
        updatedAt=entry.created if number % 2 else None,
    )


def _sip_endpoint(entry: Entry) -> dict[str, Any]:
    number = entry.number
    connection = _of(_CONNECTIONS, number)
    orders = entry.others("orders", "id") if number % 2 else ()
    phone = {"phone": f"+7900123456{number % 10}"}
    login = {"login": f"line-{number}", "password": f"invented-{number}"}
    return make_sip_endpoint(
        id=entry.id,
        title=f"Line {number}",
        orderId=_of(orders, number) if orders else None,
        connectionType=connection,
        params=phone if connection == "pstn" else login,
        isDefault=number == 1,
        incoming=number % 3 != 2,
        channels=2 + number % 9,
    )


def _custom_field(entry: Entry) -> dict[str, Any]:
    kind = _of(_FIELD_TYPES, entry.number)
    options = [{"code": f"option_{n}", "sort": 10 * n, "title": f"Вариант {n}"} for n in (1, 2, 3)]
    return make_custom_field(
        id=entry.id,
        title=_of(TITLES, entry.number),
        type=kind,
        essence=_of(("leads", "orders"), entry.number // len(_FIELD_TYPES)),
        params=options if kind.endswith("select") else [],
        sort=10 * entry.number,
    )


_MAKERS: Final[Mapping[str, tuple[Builder, Callable[[Entry], dict[str, Any]]]]] = {
    "lead_statuses": (make_lead_status, _lead_status),
    "call_statuses": (make_call_status, _call_status),
    "call_attempts": (make_call_attempt_group, _call_attempt_group),
    "users": (make_user, _user),
    "agent_groups": (make_agent_group, _agent_group),
    "sip_endpoints": (make_sip_endpoint, _sip_endpoint),
    "custom_fields": (make_custom_field, _custom_field),
}


def directory_row(kind: str, entry: Entry) -> dict[str, Any]:
    """Return a row of a short list; the first is the vendor's example, as far as that can be."""
    example, invented = _MAKERS[kind]
    if entry.number:
        return invented(entry)
    item = example()
    if "agentIds" in item:
        item["agentIds"] = existing(item["agentIds"], entry.others("users", "id"))
    return {name: entry.created if name in _TIMES else value for name, value in item.items()}


def _code(known: Sequence[str], number: int) -> str:
    return known[number] if number < len(known) else f"status-{number}"


def _of(values: Sequence[Any], number: int) -> Any:
    return values[number % len(values)]
