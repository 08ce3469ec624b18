"""The expected rows of a table, worked out from the vendor's JSON without our models."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, time

from liner_async.testing import fake_orders, make_order

TIMES = {"createdAt", "updatedAt"}


def table_row(wire):
    """Return the row of an order as pyarrow's `to_pylist` has it, under our column names."""
    known = {name: wire[name] for name in make_order()}
    row = {_snake_case(name): _value(name, value) for name, value in known.items()}
    unknown = {name: value for name, value in wire.items() if name not in known}
    return {**row, "extra": _pairs(unknown, str)}


def _snake_case(name):
    return re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", name)


def _value(name, value):
    if name == "callSchedule":
        return [{"start": _clock(start), "end": _clock(end)} for start, end in value]
    if name == "callHolidayOverrides":
        return [date.fromisoformat(day) for day in value]
    if name == "customValues":
        return _pairs(value or {}, int)
    if name in TIMES:
        return value and datetime.fromisoformat(value)
    return value


def _clock(text):
    return time(23, 59, 59, 999_999) if text == "24:00" else time.fromisoformat(text)


def _pairs(mapping, key):
    return [(key(name), _json(value)) for name, value in mapping.items()]


def _json(value):
    return None if value is None else json.dumps(value, ensure_ascii=False)


def awkward_orders():
    """Return 250 invented orders, and some with values that are easily lost."""
    return [
        *fake_orders(250),
        make_order(id=10_001, callSchedule=[["00:00", "24:00"], ["00:00", "00:00"]]),
        make_order(id=10_002, customValues={"1": None, "2": "1", "3": 1, "4": "да", "5": [{}]}),
        make_order(id=10_003, createdAt="2024-06-30T23:30:00.123456-02:00", updatedAt=None),
        make_order(id=10_004, status="paused", leadsPriority=-(2**63), sipEndpointIds=[2**63 - 1]),
        {**make_order(id=10_005, title="☎️ 'a', \"b\"\n\0"), "colour": "red", "size": {"x": [1]}},
        make_order(id=10_006, code=None, autoDialingEnabled=None, callScenarioId=None),
    ]
