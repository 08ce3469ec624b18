"""Models written as the vendor's JSON."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta, timezone

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liner_async import END_OF_DAY, CallHours, Order, OrderStatus
from liner_async._codec.kinds import camel_case
from liner_async._codec.times import read_datetime, read_time
from liner_async._codec.unstructure import to_wire
from liner_async.testing import ORDER_FIELDS

MOSCOW = timezone(timedelta(hours=3))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("id", "id"),
        ("title", "title"),
        ("ai_mode_prompt", "aiModePrompt"),
        ("qualified_leads_per_day_limit", "qualifiedLeadsPerDayLimit"),
    ],
)
def test_names_are_written_in_camel_case(name, expected):
    """The first word stays, each other one is capitalised."""
    assert camel_case(name) == expected


def test_every_field_name_of_an_order_gives_the_documented_one():
    """All 33 names are derived, none is listed by hand."""
    names = [camel_case(field.name) for field in attrs.fields(Order) if field.name != "extra"]
    assert names == list(ORDER_FIELDS)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (0, 0),
        (1.5, 1.5),
        ("", ""),
        (OrderStatus.INFO, "info"),
        (date(2024, 2, 29), "2024-02-29"),
        (time(9), "09:00"),
        (time(9, 30, 15), "09:30:15"),
        (time(0), "00:00"),
        (END_OF_DAY, "24:00"),
        (datetime(2024, 1, 1, tzinfo=UTC), "2024-01-01T00:00:00Z"),
        (datetime(2024, 1, 1, 0, 0, 0, 5000, UTC), "2024-01-01T00:00:00.005Z"),
        (datetime(2024, 1, 1, 0, 0, 0, 5, UTC), "2024-01-01T00:00:00.000005Z"),
        (datetime(2024, 1, 1, tzinfo=MOSCOW), "2024-01-01T00:00:00+03:00"),
        ((1, date(2024, 1, 1)), [1, "2024-01-01"]),
        ([], []),
        ({1: [2], "a": {"b": None}}, {"1": [2], "a": {"b": None}}),
        (CallHours(time(9), END_OF_DAY), ["09:00", "24:00"]),
    ],
    ids=repr,
)
def test_a_value_is_written_as_the_vendor_writes_it(value, expected):
    """Times are text, tuples arrays, keys text; JSON values stay as they are."""
    assert to_wire(value) == expected
    assert type(to_wire(value)) is type(expected)


def test_an_enumeration_member_becomes_plain_text():
    """Serialisers that look at the exact type see a str."""
    assert type(to_wire(OrderStatus.SUCCESS)) is str


def test_a_model_without_unknown_fields_writes_its_own_only():
    """A model need not have `extra`."""

    @attrs.frozen
    class Small:
        some_name: int

    assert to_wire(Small(1)) == {"someName": 1}


def test_to_dict_takes_values_set_by_hand():
    """An order built in code is written as one that was read."""
    order = Order(
        id=1,
        service_title="a",
        title="b",
        status=OrderStatus.SUCCESS,
        sip_endpoint_ids=(1,),
        custom_values={5: (1, 2)},
        extra={"newField": [None]},
    )
    wire = json.loads(json.dumps(order.to_dict()))
    assert (wire["status"], wire["customValues"]) == ("success", {"5": [1, 2]})
    assert (wire["newField"], "extra" in wire) == ([None], False)
    assert list(wire) == [*ORDER_FIELDS, "newField"]


zones = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(
    lambda minutes: timezone(timedelta(minutes=minutes))
)


@given(st.datetimes(timezones=zones | st.just(UTC)))
def test_every_aware_moment_reads_back_as_the_same_moment(moment):
    """What is written is what the reader takes, to the microsecond and with its offset."""
    again = read_datetime(to_wire(moment))
    assert (again, again.utcoffset()) == (moment, moment.utcoffset())


@given(st.times().map(lambda of: of.replace(microsecond=0)) | st.just(END_OF_DAY))
def test_every_time_of_day_reads_back_as_the_same_time(value):
    """`24:00` included."""
    assert read_time(to_wire(value)) == value
