"""Bodies of creates and updates: what they hold, and that a problem never shows a value."""

from __future__ import annotations

import json
from collections import UserDict
from datetime import UTC, date, datetime, time
from enum import Enum, IntEnum, StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liner_async import (
    END_OF_DAY,
    CallHours,
    ConfigError,
    Language,
    LeadType,
    OrderStatus,
)
from liner_async._codec.bodies import encode
from liner_async._codec.kinds import camel_case, fields_of, nullable_keys
from liner_async.resources.bodies import BODIES

SECRET = "+79001234567"
LEAD = {"phone": SECRET, "order_id": 100}
ORDER = {
    "service_title": "Windows, Moscow",
    "title": "Windows",
    "status": "success",
    "sip_endpoint_ids": (1, 2),
}


def body(name, values):
    """Return the JSON that these values make."""
    encoded = encode(BODIES[name], values)
    assert isinstance(encoded, bytes), encoded
    return json.loads(encoded)


def problem(name, values):
    """Return what is wrong with these values."""
    error = encode(BODIES[name], values)
    assert isinstance(error, ConfigError)
    return str(error)


def test_a_new_lead_has_the_vendors_names_in_the_documented_order():
    """And its type, although nobody gave one."""
    encoded = encode(
        BODIES["leads.create"],
        {
            "custom_values": {10: "x"},
            "name": "Иван",
            "order_id": 100,
            "phone": "79001234567",
            "external_id_bitrix24": "B24-1",
        },
    )
    assert (
        encoded
        == (
            '{"leadType": "straight", "phone": "79001234567", "orderId": 100, "name": "Иван", '
            '"externalIdBitrix24": "B24-1", "customValues": {"10": "x"}}'
        ).encode()
    )


def test_none_leaves_a_field_of_a_new_object_out():
    """Rows of a table have a column for everything."""
    assert body("leads.create", {**LEAD, "name": None, "lead_type": None}) == {
        "leadType": "straight",
        "phone": SECRET,
        "orderId": 100,
    }


def test_none_clears_a_field_in_an_update_and_what_is_not_named_is_not_sent():
    """Three states, without a sentinel."""
    assert body("leads.update", {"name": None, "status_id": 12}) == {"name": None, "statusId": 12}


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("status", OrderStatus.INFO, "info"),
        ("status", "new one", "new one"),
        ("ai_default_language", Language.GB, "gb"),
        ("call_schedule", [CallHours(time(9), END_OF_DAY)], [["09:00", "24:00"]]),
        ("call_schedule", [("9:00", "18:00:30")], [["09:00", "18:00:30"]]),
        ("call_schedule", ([time(9), "24:00"],), [["09:00", "24:00"]]),
        ("call_holiday_overrides", [date(2024, 1, 31), "2024-02-01"], ["2024-01-31", "2024-02-01"]),
        ("agent_user_ids", range(1, 3), [1, 2]),
        ("agent_user_ids", (), []),
        ("sip_endpoint_ids", [7], [7]),
        ("additional_call_center_phones", ("1", "2"), ["1", "2"]),
        ("auto_dialing_enabled", False, False),
        ("leads_priority", -3, -3),
        ("custom_values", {10: [1, {"a": None}], "11": 1.5}, {"10": [1, {"a": None}], "11": 1.5}),
        ("custom_values", UserDict({1: (True, "x")}), {"1": [True, "x"]}),
        ("extra", {"newField": {"a": [1]}}, "newField"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_python_values_and_their_json_forms_are_written_alike(field, value, expected):
    """So that rows of JSON need no preparation."""
    wire = body("orders.update", {field: value})
    if field == "extra":
        assert wire == {"newField": {"a": [1]}}
    else:
        assert wire == {camel_case(field): expected}


def test_a_member_of_any_enumeration_is_its_value():
    """Also of the kind that prints its name."""
    old = Enum("Old", {"A": "a"}, type=str)
    new = StrEnum("New", {"A": "a"})
    number = IntEnum("Number", {"ONE": 1})
    assert body("leads.update", {"name": old.A, "phone": new.A, "status_id": number.ONE}) == {
        "name": "a",
        "phone": "a",
        "statusId": 1,
    }


def test_an_identifier_at_vk_may_be_a_number():
    """The vendor's sample writes one, its table text."""
    assert body("leads.update", {"vk_id": 123}) == body("leads.update", {"vk_id": "123"})


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        (
            "orders.create",
            {"title": "A"},
            "service_title, status, sip_endpoint_ids: required, but missing",
        ),
        ("orders.create", {**ORDER, "title": None}, "title: required, but missing"),
        ("orders.update", {"title": None}, "title: expected text"),
        ("call_attempts.create", {"title": "A"}, "intervals: required, but missing"),
        ("call_attempts.update", {"intervals": None}, "intervals: expected a sequence"),
        ("agent_groups.create", {"names": {}}, "agent_ids: required, but missing"),
        ("leads.create", {"phone": SECRET}, "one of these is required: order_id, order_code"),
        ("leads.submit", {"phone": SECRET, "order_code": ""}, "one of these is required: order"),
        ("leads.create", {"order_id": 1, "phone": ""}, "one of these is required: phone, tele"),
        ("leads.update", {}, "nothing to change"),
        ("leads.update", {"extra": {}}, "nothing to change"),
        ("leads.create", [LEAD], "expected a mapping of fields by name"),
        ("leads.create", None, "expected a mapping of fields by name"),
    ],
)
def test_what_must_be_there_is_asked_for_by_name(name, values, expected):
    """Before anything is sent."""
    assert problem(name, values).startswith(expected)


@pytest.mark.parametrize(
    ("name", "field", "value", "expected"),
    [
        ("leads.update", "status_id", 0, "expected an integer greater than 0"),
        ("leads.update", "status_id", -1, "expected an integer greater than 0"),
        ("leads.update", "status_id", True, "expected an integer greater than 0"),
        ("leads.update", "status_id", "5", "expected an integer greater than 0"),
        ("leads.update", "status_id", 5.0, "expected an integer greater than 0"),
        ("leads.update", "status_id", 2**63, "expected an integer greater than 0"),
        ("leads.update", "priority", "1", "expected an integer"),
        ("leads.update", "priority", 2**64, "expected an integer"),
        ("leads.update", "name", 5, "expected text"),
        ("leads.update", "name", b"x", "expected text"),
        ("leads.update", "name", "\ud800", "expected text without half characters"),
        ("leads.update", "vk_id", True, "expected text"),
        ("leads.update", "vk_id", 1.5, "expected text"),
        ("leads.update", "custom_values", [1], "expected a mapping"),
        ("leads.update", "custom_values", {True: 1}, "expected an integer greater than 0"),
        ("leads.update", "custom_values", {"x": 1}, "expected an object keyed by identifiers"),
        ("leads.update", "extra", [1], "expected a mapping of values by the vendor's names"),
        ("leads.update", "extra", {1: 1}, "expected a mapping of values by the vendor's names"),
        ("leads.update", "extra", {"a": {1}}, "expected a JSON value"),
        ("leads.update", "extra", {"a": float("nan")}, "expected a JSON value"),
        ("leads.update", "extra", {"a": 2**70}, "expected an integer"),
        ("orders.update", "auto_dialing_enabled", 1, "expected True or False"),
        ("orders.update", "agent_user_ids", "12", "expected a sequence"),
        ("orders.update", "agent_user_ids", {1}, "expected a sequence"),
        ("orders.update", "call_schedule", ["09:00"], None),
        ("orders.update", "call_holiday_overrides", [datetime(2024, 1, 1, tzinfo=UTC)], None),
        ("agent_groups.update", "names", {"ru": 5}, None),
        ("call_attempts.update", "intervals", [5, -1], None),
    ],
)
def test_a_wrong_value_is_named_by_its_field_and_never_shown(name, field, value, expected):
    """Nor is anything of its inside."""
    text = problem(name, {field: value})
    assert text.startswith(field)
    if expected is not None:
        assert text == f"{field}: {expected}"


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("orders.update", {"call_schedule": [("9:00", SECRET)]}, "call_schedule[0][1]: expected a"),
        ("orders.update", {"call_schedule": [("9:00",)]}, "call_schedule[0]: expected CallHours, "),
        (
            "orders.update",
            {"call_schedule": [(time(9, tzinfo=UTC), "18:00")]},
            "call_schedule[0][0]: expected a time of day",
        ),
        ("orders.update", {"agent_user_ids": [1, "2"]}, "agent_user_ids[1]: expected an integer"),
        ("orders.update", {"custom_values": {7: {SECRET: {1}}}}, "custom_values[7]: expected a J"),
        ("agent_groups.update", {"names": {"ru": 5}}, "names[ru]: expected text"),
        ("call_attempts.update", {"intervals": [5, -1]}, "intervals[1]: expected an integer of at"),
    ],
)
def test_a_problem_names_the_place_inside_the_field(name, values, expected):
    """And still not what is there."""
    text = problem(name, values)
    assert text.startswith(expected)
    assert SECRET not in text


@pytest.mark.parametrize(
    ("key", "shown"),
    [("fone", "'fone'"), (SECRET, "a key"), ("Иван", "a key"), ("a" * 41, "a key"), (5, "a key")],
)
def test_an_unknown_key_is_named_if_it_may_be_a_name(key, shown):
    """The first row of a file without a heading would be somebody's name and number."""
    expected = f"{shown} is not a field; send it in `extra`, by the vendor's name"
    assert problem("leads.create", {**LEAD, key: 1}) == expected


@pytest.mark.parametrize("name", ["order_id", "orderId", "extra"])
def test_extra_takes_no_field_that_has_an_argument(name):
    """Nobody could tell which of the two is sent."""
    text = problem("leads.create", {**LEAD, "extra": {name: 5}})
    assert text == f"extra.{name}: expected no field that has an argument of its own"


def test_extra_may_hold_what_only_other_bodies_have():
    """The vendor may take an order in an update one day."""
    assert body("leads.update", {"extra": {"orderId": 5}}) == {"orderId": 5}


def test_a_body_has_a_limit():
    """No field of LINER's is that large."""
    assert problem("leads.update", {"name": "x" * 2**20}) == "the body is larger than 1 MiB"


def test_values_nested_too_deeply_are_refused():
    """Instead of a RecursionError."""
    deep = []
    for _ in range(100):
        deep = [deep]
    text = problem("leads.update", {"custom_values": {1: deep}})
    assert text == "custom_values[1]: expected values nested at most 64 levels deep"


@pytest.mark.parametrize("name", BODIES)
def test_every_name_of_a_body_is_a_field_of_its_model(name):
    """Their annotations agree on what may be null, too: what is required cannot be cleared."""
    of = BODIES[name]
    known = {each.name: each for each in fields_of(of.model)}
    names = set(of.fields.__annotations__) - {"extra"}
    assert names <= known.keys()
    required = (
        of.fields.__required_keys__
        | BODIES[f"{name.split('.')[0]}.create"].fields.__required_keys__
    )
    assert nullable_keys(of.fields) == names - required - {"lead_type"}


@pytest.mark.parametrize(
    ("name", "read_only"),
    [
        ("orders", {"id", "created_at", "updated_at"}),
        ("call_attempts", {"id"}),
        ("agent_groups", {"id", "created_at", "updated_at"}),
        (
            "leads",
            {
                *("id", "ip", "create_method", "is_secondary", "planning_call_date_time"),
                *("created_at", "updated_at"),
            },
        ),
    ],
)
def test_a_field_that_a_model_gains_is_written_too_or_named_here(name, read_only):
    """So that models and bodies do not drift apart."""
    create, update = BODIES[f"{name}.create"], BODIES[f"{name}.update"]
    fields = {each.name for each in fields_of(create.model)} - read_only
    assert set(create.fields.__annotations__) - {"extra"} == fields
    fixed = {"lead_type", "order_id", "order_code"} if name == "leads" else set()
    assert set(update.fields.__annotations__) - {"extra"} == fields - fixed


texts = st.text("aZ \\\"'\n\x00Я😀", max_size=20)
values = {
    "name": st.none() | texts,
    "phone": st.none() | texts,
    "status_id": st.none() | st.integers(1, 2**62),
    "priority": st.none() | st.integers(-(2**62), 2**62),
    "vk_id": st.none() | texts,
    "custom_values": st.none() | st.dictionaries(st.integers(1, 2**60), texts | st.booleans()),
}


@given(changes=st.fixed_dictionaries({}, optional=values).filter(bool))
def test_any_changes_come_out_as_they_went_in(changes):
    """Names apart, and the keys of custom values, which JSON makes text."""
    wire = body("leads.update", changes)
    if changes.get("custom_values") is not None:
        changes = {
            **changes,
            "custom_values": {str(key): value for key, value in changes["custom_values"].items()},
        }
    assert wire == {camel_case(name): value for name, value in changes.items()}


def test_a_type_of_lead_may_be_given_as_a_member():
    """Or as text."""
    assert (
        body("leads.create", {**LEAD, "lead_type": LeadType.SELECTION})["leadType"] == "selection"
    )
