"""Any number of orders and other items: invented, varied, always the same."""

# ruff: noqa: RUF001 - the titles are Russian

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final

from attrs import frozen

from liner_async.testing.bodies import render
from liner_async.testing.examples import (
    EXAMPLE_ORDER,
    make_call_attempt_group,
    make_custom_field,
)

__all__ = ["OrderCatalogue", "call_attempt_group_row", "custom_field_row", "fake_orders"]

_EPOCH: Final = date(2024, 1, 1)
_MINUTES: Final = [b'%02d:%02d:00Z"' % divmod(minute, 60) for minute in range(24 * 60)]
# A prime number of shapes: no page size divides it, so pages never look alike.
_SHAPES: Final = 499
_ROW: Final = b'{"id":%d,"code":%s,%s,"createdAt":%s,"updatedAt":%s}'
_BOOLEANS: Final = (True, False, False, None)

_TITLES: Final = (
    "Квартиры в новостройках, Казань",
    "Мебель на заказ — «Дом и сад»",
    "Окна ПВХ: повторные обращения",
    "Ремонт под ключ 🏠",
    "Страхование авто (ОСАГО/КАСКО)",
    'Кофейня "У моста" \\ доставка',
    "Online courses, spring intake",
    "Dental clinic – reactivation",
    "B2B software demo requests",
    "Solar panels: O'Neil & Sons",
    "Fitness club <trial week>",
    "Car dealership ☎️ test drives",
)
_PROMPTS: Final = (
    "Ты вежливый оператор колл-центра.\nУточни, актуальна ли заявка.\nНе обещай скидок.\n" * 2,
    "You are a polite call-centre agent. Ask about the budget,\nthen offer a meeting this week.",
    'Если клиент говорит "перезвоните позже", спроси точное время и попрощайся.',
    "Never promise a discount. If the client asks for a person, connect an agent at once.\n" * 3,
)
_PHRASES: Final = (
    "Здравствуйте! Удобно говорить?",
    "Hello! Is now a good time to talk?",
    "Алло 🙂",
)
_SCHEDULES: Final[tuple[list[list[str]], ...]] = (
    [["09:00", "18:00"]],
    [["00:00", "24:00"]],
    [["09:00", "13:00"], ["14:00", "20:30"]],
    [["10:00", "19:00"]] * 5 + [["11:00", "16:00"], ["00:00", "00:00"]],
    [],
)
_HOLIDAYS: Final = ("2024-01-01", "2024-02-23", "2024-03-08", "2024-05-09", "2024-12-31")
_VALUES: Final = (
    "example value",
    "",
    "да",
    "https://example.com/?a=1&b=2",
    "3 500 000 ₽",
    "😀 “ok”",
)
_SCHEMES: Final = [
    "random_default",
    "random_without_repetition",
    "even_loaded",
    "even_loaded_daily",
]
_FIELD_TYPES: Final = [
    "string",
    "int",
    "float",
    "date",
    "datetime",
    "bool",
    "select",
    "multiselect",
]


def fake_orders(total: int, *, seed: int = 1) -> list[dict[str, Any]]:
    """Return `total` orders as the vendor's JSON: the first is the documented example, ids ascend.

    The same `seed` gives the same orders, and a longer list starts with the shorter one. About
    1.3 kB of JSON an order. All documented values occur, and so do nulls (never in `id`,
    `serviceTitle`, `title`, `status`, `sipEndpointIds`), empty lists, maps and texts.
    """
    catalogue = OrderCatalogue(seed=seed)
    return [json.loads(catalogue.row(index)) for index in range(total)]


def call_attempt_group_row(index: int) -> bytes:
    """Return the group number `index` as rendered JSON; the second one is the default."""
    changes: dict[str, object] = {
        "id": 123 + 2 * index,
        "title": _TITLES[index % len(_TITLES)],
        "intervals": [5 * index * (step + 1) for step in range(index % 6)],
        "isDefault": index == 1,
        "resetAttemptsEnabled": index % 3 == 0,
    }
    return render(make_call_attempt_group(**changes if index else {}))


def custom_field_row(index: int) -> bytes:
    """Return the field number `index` as rendered JSON; every 16 hold all types of both kinds."""
    kind = _FIELD_TYPES[index % len(_FIELD_TYPES)]
    options = [{"code": f"option_{n}", "sort": 10 * n, "title": f"Вариант {n}"} for n in (1, 2, 3)]
    changes: dict[str, object] = {
        "id": 123 + 3 * index,
        "title": _TITLES[index % len(_TITLES)],
        "type": kind,
        "essence": ("leads", "orders")[index // len(_FIELD_TYPES) % 2],
        "params": options if kind.endswith("select") else [],
        "sort": 10 * index,
    }
    return render(make_custom_field(**changes if index else {}))


class OrderCatalogue:
    """An endless numbered list of orders, each as rendered JSON.

    The n-th order depends on `seed` and n only, so a list of a million needs no memory.
    """

    def __init__(self, *, seed: int = 1) -> None:
        """Prepare the shapes that the orders repeat with ids, codes and dates of their own."""
        self._shapes = _shapes(seed)
        self._example = render(EXAMPLE_ORDER)

    def row(self, index: int) -> bytes:
        """Return the order number `index`, counted from 0, as one line of compact JSON."""
        if index == 0:
            return self._example
        shape = self._shapes[index % _SHAPES]
        number = EXAMPLE_ORDER["id"] + 3 * index + index * 7919 % 3
        code = shape.code % (index + 1) if b"%" in shape.code else shape.code
        day, minute = divmod(7 * index, len(_MINUTES))
        created = _day(day) + _MINUTES[minute]
        updated = b"null"
        if shape.days_to_update is not None:
            updated = _day(day + shape.days_to_update) + _MINUTES[minute]
        return _ROW % (number, code, shape.middle, created, updated)


@frozen(kw_only=True)
class _Shape:
    """What orders share: rendered fields, a pattern for the code, days from creation to update."""

    code: bytes
    middle: bytes
    days_to_update: int | None


@lru_cache(maxsize=1024)
def _day(number: int) -> bytes:
    return b'"%sT' % (_EPOCH + timedelta(days=number)).isoformat().encode()


@lru_cache(maxsize=8)  # a suite starts hundreds of servers, nearly all with the same seed
def _shapes(seed: int) -> tuple[_Shape, ...]:
    rng = random.Random(f"orders-{seed}")  # noqa: S311 - test data
    return tuple(_shape(rng) for _ in range(_SHAPES))


def _shape(rng: random.Random) -> _Shape:
    return _Shape(
        code=render(rng.choice(("order-%03d", "заказ-%d", "", None))),
        middle=render(_fields(rng))[1:-1],
        days_to_update=rng.choice((None, 0, 1, 40)),
    )


def _fields(rng: random.Random) -> dict[str, Any]:
    """Return the fields from `serviceTitle` to `customValues`."""
    title = rng.choice(_TITLES)
    custom = rng.sample(range(1, 400), rng.choice((0, 0, 2, 5, 9)))
    return {
        "serviceTitle": f"{title} / {rng.randint(2019, 2026)}",
        "title": title,
        "callSchedule": rng.choice(_SCHEDULES),
        "callHolidayOverrides": sorted(rng.sample(_HOLIDAYS, rng.randint(0, len(_HOLIDAYS)))),
        "autoDialingEnabled": rng.choice(_BOOLEANS),
        "predictiveModeEnabled": rng.choice(_BOOLEANS),
        "aiModeEnabled": rng.choice(_BOOLEANS),
        "standaloneAiModeEnabled": rng.choice(_BOOLEANS),
        "aiModePrompt": rng.choice(("", None, *_PROMPTS)),
        "aiModeFirstPhrase": rng.choice(("", None, *_PHRASES)),
        "aiDefaultLanguage": rng.choice(("ru", "ru", "gb", None)),
        "amdDetectionEnabled": rng.choice(_BOOLEANS),
        "callRecordRule": rng.choice(("client_is_connected", "agent_is_connected", None)),
        "callCenterPhone": rng.choice((_phone(rng), _phone(rng), "", None)),
        "additionalCallCenterPhones": [_phone(rng) for _ in range(rng.choice((0, 0, 1, 3)))],
        "sipEndpointUsageScheme": rng.choice((*_SCHEMES, None)),
        "agentUserIds": _ids(rng, 12),
        "agentGroupIds": _ids(rng, 4),
        "showLeadContactsToAgent": rng.choice(_BOOLEANS),
        "callAttemptsGroupId": rng.choice((1, 2, 17, None)),
        "qualifiedLeadsPerDayLimit": rng.choice((0, 30, 100, 5000, None)),
        "callScenarioId": rng.choice((10, 11, 250, None)),
        "leadTransformEnabled": rng.choice(_BOOLEANS),
        "leadsPriority": rng.choice((0, 1, -5, 100, None)),
        "status": rng.choice(("success", "secondary", "info")),
        "speechRecognitionEnabled": rng.choice(_BOOLEANS),
        "ignoreLeadTimezone": rng.choice(_BOOLEANS),
        "sipEndpointIds": _ids(rng, 6),
        "customValues": {str(key): rng.choice(_VALUES) for key in sorted(custom)},
    }


def _ids(rng: random.Random, most: int) -> list[int]:
    return sorted(rng.sample(range(1, 2000), rng.randint(0, most)))


def _phone(rng: random.Random) -> str:
    return f"+7900{rng.randint(0, 9_999_999):07d}"
