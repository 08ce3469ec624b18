"""What the rows of long lists share: all fields but those that differ from row to row."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from attrs import frozen

from liner_async.testing.history import DAY, SECOND
from liner_async.testing.vocabulary import (
    HOLIDAYS,
    NAMES,
    PHRASES,
    PROMPTS,
    SCHEDULES,
    TITLES,
    VALUES,
    phone,
)

__all__ = ["SHAPES", "Ids", "Shape", "ShapeMaker", "call", "call_record", "lead", "order"]

_BOOLEANS: Final = (True, False, False, None)
_MESSENGERS: Final = ("user_telegram", "@anna", None, None, None)
_SCHEMES: Final = (
    "random_default",
    "random_without_repetition",
    "even_loaded",
    "even_loaded_daily",
)


@frozen(kw_only=True)
class Ids:
    """What rows of a world may refer to: ids, and the codes of call statuses."""

    users: tuple[int, ...] = ()
    agent_groups: tuple[int, ...] = ()
    call_attempts: tuple[int, ...] = ()
    sip_endpoints: tuple[int, ...] = ()
    lead_statuses: tuple[int, ...] = ()
    call_status_codes: tuple[str, ...] = ()
    order_fields: tuple[int, ...] = ()
    lead_fields: tuple[int, ...] = ()


@frozen(kw_only=True)
class Shape:
    """Fields by the vendor's names, and what the server knows of rows of this shape.

    `hidden` are the pattern of a code, whether a field that differs from row to row is null, and
    how much later something followed the creation, in microseconds.
    """

    fields: Mapping[str, Any]
    hidden: Mapping[str, Any]


ShapeMaker = Callable[[random.Random, Ids], Shape]


def order(rng: random.Random, ids: Ids) -> Shape:
    """Return an order's fields from `serviceTitle` to `customValues`."""
    code = rng.choice(("order-%03d", "заказ-%d", "", None))
    title = rng.choice(TITLES)
    custom = rng.sample(range(1, 400), rng.choice((0, 0, 2, 5, 9)))
    fields = {
        "serviceTitle": f"{title} / {rng.randint(2019, 2026)}",
        "title": title,
        "callSchedule": rng.choice(SCHEDULES),
        "callHolidayOverrides": sorted(rng.sample(HOLIDAYS, rng.randint(0, len(HOLIDAYS)))),
        "autoDialingEnabled": rng.choice(_BOOLEANS),
        "predictiveModeEnabled": rng.choice(_BOOLEANS),
        "aiModeEnabled": rng.choice(_BOOLEANS),
        "standaloneAiModeEnabled": rng.choice(_BOOLEANS),
        "aiModePrompt": rng.choice(("", None, *PROMPTS)),
        "aiModeFirstPhrase": rng.choice(("", None, *PHRASES)),
        "aiDefaultLanguage": rng.choice(("ru", "ru", "gb", None)),
        "amdDetectionEnabled": rng.choice(_BOOLEANS),
        "callRecordRule": rng.choice(("client_is_connected", "agent_is_connected", None)),
        "callCenterPhone": rng.choice((phone(rng), phone(rng), "", None)),
        "additionalCallCenterPhones": [phone(rng) for _ in range(rng.choice((0, 0, 1, 3)))],
        "sipEndpointUsageScheme": rng.choice((*_SCHEMES, None)),
        "agentUserIds": _some(rng, ids.users, rng.randint(0, 12)),
        "agentGroupIds": _some(rng, ids.agent_groups, rng.randint(0, 4)),
        "showLeadContactsToAgent": rng.choice(_BOOLEANS),
        "callAttemptsGroupId": _or_none(rng.choice((0, 1, 2, None)), ids.call_attempts),
        "qualifiedLeadsPerDayLimit": rng.choice((0, 30, 100, 5000, None)),
        "callScenarioId": rng.choice((10, 11, 250, None)),
        "leadTransformEnabled": rng.choice(_BOOLEANS),
        "leadsPriority": rng.choice((0, 1, -5, 100, None)),
        "status": rng.choice(("success", "secondary", "info")),
        "speechRecognitionEnabled": rng.choice(_BOOLEANS),
        "ignoreLeadTimezone": rng.choice(_BOOLEANS),
        "sipEndpointIds": _some(rng, ids.sip_endpoints, rng.randint(0, 6)),
        "customValues": _values(rng, ids.order_fields, custom),
    }
    updated = rng.choice((None, 0, DAY, 40 * DAY))
    return Shape(fields=fields, hidden={"pattern": code, "updatedAt": updated})


def lead(rng: random.Random, ids: Ids) -> Shape:
    """Return a lead's fields; who has no phone has a messenger."""
    has_phone = rng.random() < 0.9
    custom = rng.sample(range(1, 400), rng.choice((0, 1, 3)))
    fields = {
        "name": rng.choice((*NAMES, "", None)),
        "sourceComment": rng.choice(("", '{"utm":"осень"}', VALUES[3], None)),
        "ip": rng.choice(("192.168.1.1", "2001:db8::7", None)),
        "statusId": _one(rng, ids.lead_statuses or [None]),
        "leadType": rng.choice(("straight", "straight", "selection")),
        "createMethod": rng.choice(("api", "api", "manual")),
        "isSecondary": rng.choice(_BOOLEANS),
        "priority": rng.choice((0, 1, -5, None)),
        "utcOffset": rng.choice((3, 5, -5, None)),
        "vkId": rng.choice(("123456", None, None)),
        "instagramLogin": rng.choice(("user_instagram", None, None)),
        "telegramUserName": rng.choice(_MESSENGERS if has_phone else _MESSENGERS[:2]),
        "customValues": _values(rng, ids.lead_fields, custom),
    }
    hidden: dict[str, Any] = {
        name: rng.random() < share
        for name, share in (
            ("externalIdBitrix24", 0.3),
            ("externalIdAmo", 0.5),
            ("externalIdMacro", 0.1),
            ("externalIdDomoplaner", 0.1),
            ("telegramPhone", 0.3),
        )
    }
    hidden["phone"] = has_phone
    hidden["planningCallDateTime"] = rng.choice((None, 3600 * SECOND, 34 * 3600 * SECOND))
    hidden["updatedAt"] = rng.choice((0, 600 * SECOND, DAY))
    return Shape(fields=fields, hidden=hidden)


def call(rng: random.Random, ids: Ids) -> Shape:
    """Return a call's fields; what nobody answered has no agent and no time of talk."""
    is_answered = rng.random() < 0.7
    wait, talk = rng.randint(0, 40), rng.randint(1, 900) if is_answered else 0
    codes = ids.call_status_codes or [None]
    fields = {
        "sipEndpointId": _one(rng, (*ids.sip_endpoints, None)),
        "finishInitiator": rng.choice(("client", "operator", "system", None)),
        "direction": rng.choice(("outgoing", "outgoing", "outgoing", "incoming")),
        "userId": _one(rng, ids.users or [None]) if is_answered else None,
        "statusCode": _one(rng, codes),
        "totalDurationSeconds": wait + talk,
        "waitTimeDurationSeconds": wait,
        "talkTimeDurationSeconds": talk,
        "isPredictive": rng.choice((True, False, False)),
    }
    return Shape(fields=fields, hidden={})


def call_record(rng: random.Random, _: Ids) -> Shape:
    """Return a recording's fields; the server knows whether it heard an answering machine."""
    fields = {
        "isTransfer": rng.random() < 0.1,
        "durationSeconds": rng.randint(1, 900),
        "recordSummary": rng.choice((None, None, "Client asked for a meeting.", "Перезвонить 🙂")),
    }
    return Shape(fields=fields, hidden={"isAmd": rng.random() < 0.1})


SHAPES: Final[Mapping[str, ShapeMaker]] = {
    "orders": order,
    "leads": lead,
    "calls": call,
    "call_records": call_record,
}


def _some(rng: random.Random, ids: Sequence[int], count: int) -> list[int]:
    # Drawn before it is known how many there are: what follows is the same in every world.
    drawn = rng.sample(range(1, 2000), count)
    return sorted({ids[each % len(ids)] for each in drawn}) if ids else []


def _one(rng: random.Random, values: Sequence[Any]) -> Any:
    return values[rng.randrange(60) % len(values)]


def _or_none(drawn: int | None, ids: Sequence[int]) -> int | None:
    return None if drawn is None or not ids else ids[drawn % len(ids)]


def _values(rng: random.Random, ids: Sequence[int], drawn: Sequence[int]) -> dict[str, str]:
    values = [(each, rng.choice(VALUES)) for each in sorted(drawn)]
    return {str(ids[each % len(ids)]): value for each, value in values} if ids else {}
