"""The invented orders: the vendor's fields, every kind of value, always the same."""

from __future__ import annotations

import json

import pytest

from liner_async.testing import EXAMPLE_ORDER, ORDER_FIELDS, fake_orders, make_order
from liner_async.testing.bodies import render
from liner_async.testing.world import World

REQUIRED = {"id", "serviceTitle", "title", "status", "sipEndpointIds"}
LISTS = {
    "callSchedule",
    "callHolidayOverrides",
    "additionalCallCenterPhones",
    "agentUserIds",
    "agentGroupIds",
    "sipEndpointIds",
}
ORDERS = fake_orders(2000)


def values(field):
    """Return a field of every order."""
    return [order[field] for order in ORDERS]


def test_the_vendor_documents_33_fields():
    """The example has the 33 fields of the vendor's table, from id to updatedAt."""
    assert len(ORDER_FIELDS) == 33
    assert (ORDER_FIELDS[0], ORDER_FIELDS[-1]) == ("id", "updatedAt")


def test_the_first_order_is_the_documented_example():
    """The first order equals the vendor's example, key order included."""
    assert list(ORDERS[0].items()) == list(EXAMPLE_ORDER.items())


def test_every_order_has_the_documented_fields_in_the_documented_order():
    """No order lacks a field, has one more, or has them in another order."""
    assert {tuple(order) for order in ORDERS} == {ORDER_FIELDS}


def test_ids_ascend_without_repetition():
    """Each id is above the one before."""
    ids = values("id")
    assert ids == sorted(set(ids))


def test_the_same_seed_gives_the_same_orders_and_another_seed_others():
    """Data depends on the seed alone, and a longer list begins with the shorter one."""
    assert fake_orders(20) == ORDERS[:20]
    assert fake_orders(20, seed=2) != ORDERS[:20]


def test_no_orders_are_an_empty_list():
    """A total of 0 gives no orders."""
    assert fake_orders(0) == []


def test_an_order_is_about_1300_bytes_of_json():
    """The average size of a rendered order is that of the vendor's."""
    catalogue = World().source("orders")
    average = sum(len(catalogue.row(index)) for index in range(2000)) / 2000
    assert 1200 < average < 1400


def test_a_row_is_the_order_as_compact_json():
    """Rendered rows and orders are the same data."""
    catalogue = World().source("orders")
    assert [catalogue.row(index) for index in range(600)] == [
        render(order) for order in ORDERS[:600]
    ]


@pytest.mark.parametrize(
    ("field", "documented"),
    [
        ("aiDefaultLanguage", {"ru", "gb"}),
        ("callRecordRule", {"client_is_connected", "agent_is_connected"}),
        (
            "sipEndpointUsageScheme",
            {"random_default", "random_without_repetition", "even_loaded", "even_loaded_daily"},
        ),
        ("status", {"success", "secondary", "info"}),
    ],
)
def test_all_documented_values_occur_and_no_others(field, documented):
    """An enumeration takes every documented value, and null where it may."""
    assert set(values(field)) - {None} == documented


@pytest.mark.parametrize("field", sorted(set(ORDER_FIELDS) - REQUIRED - LISTS - {"customValues"}))
def test_an_optional_scalar_is_sometimes_null(field):
    """A field that LINER lets customers clear is null in some orders and full in others."""
    if field == "createdAt":
        assert None not in values(field)
    else:
        assert {value is None for value in values(field)} == {True, False}


@pytest.mark.parametrize("field", sorted(REQUIRED))
def test_a_required_field_is_never_null(field):
    """What LINER requires when an order is created is always there."""
    assert None not in values(field)


@pytest.mark.parametrize("field", sorted(LISTS))
def test_a_list_is_sometimes_empty_and_sometimes_long(field):
    """Lists come empty, and with more than one entry, and are never null."""
    lengths = {len(value) for value in values(field)}
    assert 0 in lengths
    assert max(lengths) > 1


def test_custom_values_come_empty_and_full():
    """`customValues` is a map with ids as text keys, sometimes empty."""
    maps = values("customValues")
    assert {} in maps
    assert all(key.isdigit() for custom in maps for key in custom)
    assert max(map(len, maps)) > 5


def test_a_schedule_may_have_several_pairs_and_the_whole_day():
    """Working hours come as several pairs, and as 00:00 to 24:00."""
    schedules = values("callSchedule")
    assert [["00:00", "24:00"]] in schedules
    assert max(map(len, schedules)) == 7


def test_texts_hold_what_breaks_careless_code():
    """Titles are Russian and English, with quotes, a backslash, emoji; prompts have line breaks."""
    titles = " ".join(values("title"))
    assert all(sign in titles for sign in ('"', "\\", "<", "'", "🏠", "Казань", "demo"))
    assert any("\n" in (prompt or "") for prompt in values("aiModePrompt"))
    assert "" in values("code")


def test_make_order_is_the_example_with_overrides_by_either_name():
    """Fields are replaced by the vendor's name or ours, in their documented place."""
    order = make_order(id=7, serviceTitle="a", call_schedule=None)
    assert order == EXAMPLE_ORDER | {"id": 7, "serviceTitle": "a", "callSchedule": None}
    assert tuple(order) == ORDER_FIELDS


def test_make_order_shares_nothing_with_the_example():
    """Changing a made order leaves the next one as documented."""
    make_order()["customValues"]["11"] = "changed"
    assert make_order() == json.loads(render(EXAMPLE_ORDER))


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"statuss": "info"}, "no field 'statuss' of the order"),
        ({"createdAt": "", "created_at": ""}, "'createdAt' is given twice"),
    ],
)
def test_make_order_refuses_a_wrong_name(overrides, message):
    """A name that is no field, or one field under both names, is a TypeError."""
    with pytest.raises(TypeError, match=message):
        make_order(**overrides)


def test_a_lone_surrogate_is_sent_as_its_escape():
    """Text that UTF-8 cannot hold is still JSON."""
    assert render({"title": "\ud800"}) == b'{"title":"\\ud800"}'
