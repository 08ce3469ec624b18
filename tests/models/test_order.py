"""Orders as values: frozen, slotted, comparable, and safe to copy, pickle and put in sets."""

from __future__ import annotations

import copy
import inspect
import pickle
from datetime import date, time

import attrs
import pytest

from liner_async import END_OF_DAY, CallHours, Order, OrderStatus

REQUIRED = {
    "id": 1,
    "service_title": "internal",
    "title": "shown",
    "status": "success",
}


def make(**changes):
    """Build an order by hand."""
    return Order(**(REQUIRED | changes))


def test_only_what_the_vendor_requires_is_required():
    """Four fields make an order; every other scalar is None and every other collection empty."""
    order = make()
    rest = {
        name: of for name, of in attrs.asdict(order, recurse=False).items() if name not in REQUIRED
    }
    assert {repr(value) for value in rest.values()} == {"None", "()", "{}"}


@pytest.mark.parametrize("name", REQUIRED)
def test_an_order_without_a_required_field_cannot_be_built(name):
    """What is never None has no default."""
    with pytest.raises(TypeError, match=name):
        Order(**{key: value for key, value in REQUIRED.items() if key != name})


def test_fields_are_given_by_name_only():
    """An order has too many fields for places."""
    with pytest.raises(TypeError):
        Order(1, "internal", "shown", "success", (3,))


def test_an_order_is_frozen():
    """No field can be replaced or removed."""
    order = make()
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        order.title = "other"
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        del order.title
    assert order.title == "shown"


@pytest.mark.parametrize("value", [make(), CallHours(time(9), time(18))], ids=["order", "hours"])
def test_models_have_slots_and_no_dict(value):
    """A million orders must not carry a million dicts."""
    assert not hasattr(value, "__dict__")


def test_equal_fields_make_equal_orders_with_equal_hashes():
    """Two orders are equal by value and interchangeable in a set."""
    one, other = make(custom_values={1: ["a"]}), make(custom_values={1: ["a"]})
    assert one == other
    assert hash(one) == hash(other)
    assert {one, other} == {one}


@pytest.mark.parametrize(
    "change", [{"id": 2}, {"code": "x"}, {"custom_values": {1: 2}}, {"extra": {"new": 1}}]
)
def test_one_other_field_makes_another_order(change):
    """Maps count towards equality although they do not count towards the hash."""
    assert make() != make(**change)


def test_an_order_equals_nothing_of_another_kind():
    """Neither its JSON nor its id is the order."""
    order = make()
    assert order != order.to_dict()
    assert order != 1


@pytest.mark.parametrize(
    "again",
    [lambda order: pickle.loads(pickle.dumps(order)), copy.copy, copy.deepcopy],
    ids=["pickle", "copy", "deepcopy"],
)
def test_an_order_survives_pickling_and_copying(again):
    """Worker processes get what was sent, enumeration members and END_OF_DAY included."""
    order = make(
        status=OrderStatus.INFO,
        call_schedule=(CallHours(time(0), END_OF_DAY),),
        call_holiday_overrides=(date(2024, 1, 1),),
        custom_values={1: [{"a": None}]},
        extra={"new": 1},
    )
    assert again(order) == order
    assert type(again(order).status) is OrderStatus


def test_evolve_replaces_fields_and_leaves_the_original():
    """A changed order is another order."""
    order = make()
    evolved = attrs.evolve(order, title="new", extra={"a": 1})
    assert (evolved.title, evolved.extra, evolved.id) == ("new", {"a": 1}, 1)
    assert (order.title, order.extra) == ("shown", {})


def test_each_order_has_maps_of_its_own():
    """Defaults are not shared between orders."""
    assert make().extra is not make().extra
    assert make().custom_values is not make().custom_values


def test_every_field_of_an_order_has_a_docstring():
    """The source gives the vendor's meaning below each field."""
    source = inspect.getsource(Order)
    for field in attrs.fields(Order):
        after = source.split(f"\n    {field.name}: ", 1)[1].split("\n", 2)[1]
        assert after.startswith('    """'), field.name


def test_the_end_of_a_day_is_later_than_every_time_the_vendor_writes():
    """`24:00` is neither `00:00` nor a second of the day."""
    assert max(time(23, 59, 59), time(0)) < END_OF_DAY


def test_call_hours_are_written_as_the_vendors_pair():
    """As they stand in an order's schedule."""
    assert CallHours(start=time(9), end=END_OF_DAY).to_wire() == ["09:00", "24:00"]
