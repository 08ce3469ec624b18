"""The fast path against cattrs: equal objects or equal errors, whatever the bytes."""

from __future__ import annotations

import copy
import gc
import json
import pickle
import types
import weakref
from collections.abc import Mapping
from datetime import date
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liner_async import CallHours, CustomField, Order, OrderStatus
from liner_async._codec import fast, twin
from liner_async._codec.json_text import peek
from liner_async._transport import envelope
from liner_async.testing import EXAMPLE_ORDER, fake_orders, make_order
from tests.support.decoding import PageDecoder, body_of, described, raw_page

TRUTH = PageDecoder(Order, fast=False)
QUICK = PageDecoder(Order)
DEEP = [[[[[[1]]]]]]


@pytest.fixture(scope="module")
def by_cattrs():
    """Return a function that describes a body without msgspec's help."""

    def by_cattrs(body, **options):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(envelope, "peek", lambda _: None)
            return described(body, TRUTH, **options)

    return by_cattrs


def declined(body, decode=None):
    """Return how many rows of a body a new fast path leaves to cattrs."""
    reader = fast.FastReader(Order) if decode is None else decode.decoder._fast
    return len([*reader.declined(peek(body).rows, [])])


class TestWhatItTakes:
    """The usual page is decoded by msgspec alone, or the speed were only claimed."""

    @pytest.mark.parametrize(
        "items",
        [
            [EXAMPLE_ORDER],
            fake_orders(300),
            [],
            [make_order(customValues=[], callSchedule=[["09:00", "24:00"]])],
            [make_order(customValues={"1": [1, None, "x"], "2": {"a": 1.5}, "3": True})],
            [make_order(customValues={"1": [{"a": [{"b": [1.5, True]}]}]})],
            [make_order(status="new", aiDefaultLanguage="de", updatedAt=None)],
            [{name: EXAMPLE_ORDER[name] for name in ("id", "serviceTitle", "title", "status")}],
        ],
        ids=[
            "example",
            "invented",
            "empty",
            "PHP",
            "custom values",
            "nested",
            "open enumerations",
            "sparse",
        ],
    )
    def test_it_is_not_handed_on(self, items, by_cattrs):
        """And gives what cattrs gives."""
        body = body_of(items)
        assert declined(body) == 0
        assert described(body, QUICK) == by_cattrs(body)

    def test_equal_schedules_are_one_object(self):
        """Immutable values are shared, which saves memory; dictionaries never are."""
        first, second = QUICK(raw_page([EXAMPLE_ORDER, EXAMPLE_ORDER]))
        assert first.call_schedule is second.call_schedule
        assert first.call_holiday_overrides is second.call_holiday_overrides
        assert first.custom_values is not second.custom_values
        assert first.extra is not second.extra

    def test_what_is_shared_is_bounded(self, monkeypatch):
        """A list in which every schedule is another one does not fill the memory."""
        monkeypatch.setattr(twin, "_MOST_SHARED", 2)
        days = [[[f"{hour:02}:00", "24:00"]] for hour in range(5)]
        orders = PageDecoder(Order)(raw_page([make_order(callSchedule=day) for day in days] * 2))
        assert [order.call_schedule[0].start.hour for order in orders] == [0, 1, 2, 3, 4] * 2
        shared = [orders[n].call_schedule is orders[n + 5].call_schedule for n in range(5)]
        assert shared == [True, True, False, False, False]

    @pytest.mark.parametrize(
        "body",
        [
            body_of([EXAMPLE_ORDER | {"newField": 1}]),
            body_of([make_order(createdAt="")]),
            body_of([make_order(createdAt="2024-01-01T00:00Z")]),
            body_of([make_order(agentUserIds={"0": 1, "2": 3})]),
            body_of([make_order(id=0)]),
            body_of([make_order(customValues=[1])]),
            body_of([make_order(customValues={"1": DEEP})]),
            body_of([make_order(customValues={"-1": 1})]),
            body_of([make_order(customValues={str(2**63): 1})]),
        ],
        ids=[
            "unknown field",
            "cleared stamp",
            "stamp without seconds",
            "list as an object",
            "bad id",
            "custom values in a list",
            "custom values nested deeper",
            "negative key",
            "largest key",
        ],
    )
    def test_the_rest_is_handed_to_cattrs(self, body, by_cattrs):
        """Which reads it, or says what is wrong."""
        assert declined(body) == 1
        assert described(body, QUICK) == by_cattrs(body)

    def test_one_row_is_handed_on_alone(self):
        """The others of its page are read fast."""
        rows = [make_order(id=1), make_order(id=2, createdAt=""), make_order(id=3)]
        models = []
        left = [json.loads(bytes(row))["id"] for row, _ in rows_left(rows, models)]
        assert (left, [order.id for order in models]) == ([2], [1, 3])


def rows_left(items, models):
    """Read items by a new fast path, and return what it leaves to cattrs."""
    return fast.FastReader(Order).declined(peek(body_of(items)).rows, models)


class TestEnumerations:
    """msgspec finds the members by itself, where it and Enum work as they did when tried."""

    def test_members_and_other_texts_are_read_without_help(self):
        """A member is the model's own; any other text stays text."""
        orders = QUICK(raw_page([make_order(status=status) for status in ("info", "new", "")]))
        assert [order.status for order in orders] == [OrderStatus.INFO, "new", ""]
        assert [type(order.status) for order in orders] == [OrderStatus, str, str]

    @pytest.mark.parametrize(
        "found", [[*OrderStatus, "another"], [each.value for each in OrderStatus]], ids=repr
    )
    def test_an_msgspec_that_reads_them_otherwise_is_found_out(self, monkeypatch, found, by_cattrs):
        """The field is then left to cattrs' reader."""
        monkeypatch.setattr(twin.msgspec.json, "decode", lambda *_, **__: found)
        assert twin._open_enumeration(OrderStatus) is None
        body = body_of([make_order(status=status) for status in ("info", "new")])
        assert described(body, PageDecoder(Order)) == by_cattrs(body)

    def test_an_enum_that_msgspec_refuses_is_found_out(self, monkeypatch):
        """As a later Python may make it."""
        refused = types.SimpleNamespace(_value2member_map_={})
        monkeypatch.setattr(twin, "Enum", lambda *_: refused)
        assert twin._open_enumeration(OrderStatus) is None


class TestWhatItLearns:
    """What a vendor adds costs its time once."""

    @pytest.mark.parametrize(
        ("changes", "learned", "loose"),
        [
            ({"newField": 1}, {"newField"}, set()),
            ({"newField": {"a": [1, None]}, "another": "text"}, {"newField", "another"}, set()),
            ({"createdAt": ""}, set(), {"created_at"}),
            ({"createdAt": "2024-01-01 10:00:00,5+0300"}, set(), {"created_at"}),
            ({"agentUserIds": {"0": 1, "2": 3}}, set(), {"agent_user_ids"}),
            ({"newField": DEEP}, {"newField"}, {"unknown_0"}),
            ({"customValues": {"1": {"a": DEEP}}}, set(), {"custom_values"}),
            ({"customValues": {"0": 1}}, set(), {"custom_values"}),
        ],
        ids=["name", "two names", "cleared", "odd time", "PHP", "deep name", "deep", "key 0"],
    )
    def test_the_next_row_like_it_is_read_fast(self, changes, learned, loose, by_cattrs):
        """And to the same values."""
        body = body_of([make_order() | changes] * 3)
        decode = PageDecoder(Order)
        assert described(body, decode) == by_cattrs(body)
        reader = decode.decoder._fast
        assert (set(reader.learned), set(reader.loose)) == (learned, loose)
        assert declined(body, decode) == 0
        assert described(body, decode) == by_cattrs(body)
        assert declined(body_of([EXAMPLE_ORDER]), decode) == 0

    @pytest.mark.unmeasured
    def test_what_is_learned_is_bounded(self):
        """Rows whose names are never the same go on to cattrs."""
        rows = [make_order() | {f"field{number}": number} for number in range(40)]
        decode = PageDecoder(Order)
        assert [order.extra for order in decode(raw_page(rows))] == [
            {f"field{number}": number} for number in range(40)
        ]
        assert len(decode.decoder._fast.learned) == 32
        assert declined(body_of(rows), decode) == 8

    @pytest.mark.parametrize("name", ['a"b', "a\\b", "a\nb", ""], ids=ascii)
    def test_a_name_that_is_no_name_is_kept_and_not_learned(self, name, by_cattrs):
        """msgspec takes some characters for no part of a name."""
        body = body_of([make_order() | {name: 1}] * 2)
        decode = PageDecoder(Order)
        assert described(body, decode) == by_cattrs(body)

    @pytest.mark.parametrize("taught", [[], [[1]], [DEEP, DEEP]], ids=str)
    def test_an_unknown_value_nested_too_deeply_is_refused_however_often_it_comes(self, taught):
        """Once its name is learned, and once deep values are no reason to ask cattrs."""
        deep = json.loads("[" * 64 + "]" * 64)
        decode = PageDecoder(Order)
        decode(raw_page([make_order() | {"newField": each} for each in taught]))
        page = decode(raw_page([make_order() | {"newField": deep}]), on_invalid="skip")
        assert [problem.fields for problem in page.problems] == [
            ("expected values nested at most 64 levels deep",)
        ]

    def test_a_row_that_does_not_fit_teaches_nothing(self):
        """Its field is wrong, not new."""
        decode = PageDecoder(Order)
        decode(
            raw_page([make_order(title=5, newField=1)])
            if False
            else raw_page([make_order(title=5) | {"newField": 1}]),
            on_invalid="skip",
        )
        reader = decode.decoder._fast
        assert (reader.learned, reader.loose) == ({}, frozenset())


moments = st.from_regex(
    r"20[0-9]{2}-[01][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-5][0-9](:[0-6][0-9]([.,][0-9]{1,9})?)?"
    r"([Zz]|[+-][0-2][0-9]:?([0-6][0-9])?)",
    fullmatch=True,
)


class TestTheTwoAgree:
    """Odd times and broken bodies: the same orders, or the same error."""

    @pytest.mark.unmeasured
    @given(stamp=moments)
    def test_on_moments(self, stamp, by_cattrs):
        """Fractions, offsets, blanks, hours and days that do not exist."""
        body = body_of([make_order(createdAt=stamp, updatedAt=stamp)])
        assert described(body, QUICK) == by_cattrs(body)

    @pytest.mark.unmeasured
    @given(
        st.integers(0, 1500),
        st.integers(0, 4),
        st.sampled_from(
            [
                *(b"", b" ", b",", b"{", b"}", b'"', b"-0", b"1.0", b"1e999", b"NaN", b"1" * 5000),
                *(
                    b"\xff",
                    b"\x00",
                    b"\xef\xbb\xbf",
                    b"\\ud800",
                    b"\\udc00",
                    b"\\u0000",
                    b"[" * 2000,
                ),
            ]
        ),
    )
    def test_on_bodies_with_bytes_put_in_or_cut_out(self, place, cut, put):
        """Cut, corrupt and hostile JSON, judged while another try is possible."""
        whole = json.dumps(
            {"success": True, "data": {"list": [EXAMPLE_ORDER], "next": 1, "total": 1}},
            ensure_ascii=False,
        ).encode()
        body = whole[:place] + put + whole[place + cut :]
        with pytest.MonkeyPatch.context() as patch:
            quick = described(body, QUICK)
            patch.setattr(envelope, "peek", lambda _: None)
            assert quick == described(body, TRUTH)


class TestWhereDraftsDoNotWork:
    """Where Python does not do what drafts need, cattrs reads everything."""

    def test_every_row_is_left_to_cattrs(self, monkeypatch):
        """Probed when the decoder is made."""
        monkeypatch.setattr(fast, "_works", lambda *_: False)
        body = body_of([EXAMPLE_ORDER, EXAMPLE_ORDER | {"newField": 1}])
        assert declined(body) == 2
        assert described(body, PageDecoder(Order)) == described(body, TRUTH)

    @pytest.mark.parametrize("refusal", [TypeError, AttributeError, ValueError])
    def test_a_draft_that_cannot_even_be_probed_is_not_used(self, monkeypatch, refusal):
        """Whatever Python says."""

        def refuse(*_):
            raise refusal

        monkeypatch.setattr(fast, "_works", refuse)
        assert fast._draft_of(Order) is None


@pytest.mark.parametrize("decoder", [TRUTH, QUICK], ids=["cattrs", "fast"])
class TestAnOrderThatWasDraftedOnce:
    """Nothing tells it from one that was made by calling the class."""

    def order(self, decoder):
        """Return a decoded order."""
        return decoder(raw_page([EXAMPLE_ORDER]))[0]

    def test_it_is_frozen(self, decoder):
        """No field can be set or deleted, none added."""
        order = self.order(decoder)
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            order.title = "another"
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            del order.title
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            order.another = 1

    def test_it_is_an_order_in_every_way(self, decoder):
        """Class, equality, hash, text, pickle, copy, evolve and weak references."""
        order = self.order(decoder)
        names = [field.name for field in attrs.fields(Order)]
        made = Order(**{name: getattr(order, name) for name in names})
        assert type(order) is Order
        assert (order, hash(order), repr(order)) == (made, hash(made), repr(made))
        assert pickle.loads(pickle.dumps(order)) == copy.deepcopy(order) == made
        assert attrs.evolve(order, title="b").title == "b"
        reference = weakref.ref(order)
        assert reference() is order
        del order
        gc.collect()
        assert reference() is None


def test_a_draft_that_does_not_work_is_found_out():
    """A class whose objects stay drafts is refused by the probe."""

    @attrs.frozen(kw_only=True)
    class Stubborn:
        id: int
        extra: dict = attrs.field(factory=dict)

        def __attrs_post_init__(self):
            pass

        def __repr__(self):
            return type(self).__name__ + str(builtin_id(self))

    builtin_id = id
    assert fast._draft_of(Stubborn) is None


@attrs.define(kw_only=True)
class Changing:
    """A model that is not frozen."""

    id: int
    extra: Mapping[str, Any] = attrs.field(factory=dict)


def test_a_draft_that_could_be_changed_is_found_out():
    """A model that is not frozen has nothing to gain."""
    assert fast._draft_of(Changing) is None


@attrs.frozen(kw_only=True)
class Place:
    """A nested model."""

    name: str
    floor: int | None = None
    extra: Mapping[str, Any] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class Lead:
    """A model with every kind of field that the vendor uses."""

    id: int = attrs.field(metadata={"reads": "identifier"})
    status: OrderStatus | str
    share: float | None = None
    born: date | None = None
    hours: CallHours | None = None
    place: Place | None = None
    places: tuple[Place, ...] = ()
    days: tuple[date, ...] = ()
    answers: Mapping[int, Any] = attrs.field(factory=dict)
    names: Mapping[str, str] = attrs.field(factory=dict)
    params: Mapping[str, Any] = attrs.field(factory=dict)
    counts: Mapping[str, int] = attrs.field(factory=dict)
    auto_answer: int | None = attrs.field(default=None, metadata={"reads": "flag"})
    vk_id: str | None = attrs.field(default=None, metadata={"reads": "text"})
    owner_id: int | None = attrs.field(default=None, metadata={"reads": "identifier"})
    anything: Any = None
    extra: Mapping[str, Any] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class Bare:
    """A model that keeps nothing beside its fields."""

    id: int


PLACE = {"name": "a", "floor": 1}


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({}, ()),
        ({"share": 1}, ()),
        ({"share": 0.5}, ()),
        ({"share": True}, ("share: expected a number",)),
        ({"share": 10**400}, ("share: expected a number",)),
        ({"born": "1990-02-28", "hours": ["09:00", "24:00"], "days": ["2024-01-01"]}, ()),
        ({"born": "soon"}, ("born: expected a date such as 2024-01-31",)),
        ({"hours": [1]}, ("hours: expected an array of 2 values",)),
        ({"hours": ["09:00", 5]}, ("hours[1]: expected a time of day",)),
        ({"place": PLACE, "places": [PLACE, {"name": "b"}]}, ()),
        ({"place": PLACE | {"new": [1]}, "places": {"0": PLACE, "2": PLACE}}, ()),
        ({"place": []}, ("place: expected an object",)),
        ({"place": {"floor": 1}}, ("place.name: required, but missing",)),
        ({"places": [PLACE, PLACE | {"floor": "x"}]}, ("places[1].floor: expected an integer",)),
        ({"places": 5}, ("places: expected an array",)),
        ({"names": {"ru": "a"}, "params": {"a": [1]}, "counts": {"a": 1}}, ()),
        ({"names": [], "params": None, "counts": []}, ()),
        ({"names": {"ru": 5}}, ("names[...]: expected a string",)),
        ({"names": [1]}, ("names: expected an object",)),
        ({"answers": {"x": 1}}, ("answers: expected an object keyed by identifiers",)),
        ({"autoAnswer": True, "vkId": 123}, ()),
        ({"autoAnswer": 7, "vkId": "123"}, ()),
        ({"autoAnswer": "x"}, ("autoAnswer: expected an integer, true or false",)),
        ({"vkId": 1.5}, ("vkId: expected a string or an integer",)),
        ({"ownerId": 7}, ()),
        ({"ownerId": 0}, ("ownerId: expected an integer greater than 0",)),
        ({"anything": [{"a": None}]}, ()),
        (
            {"share": "x", "born": 1},
            ("share: expected a number", "born: expected a date"),
        ),
    ],
    ids=str,
)
def test_any_kind_of_field_is_read_alike_in_both_ways(changes, problems):
    """The fast path is made from the fields; kinds it does not know go through their readers."""
    quick, truth = PageDecoder(Lead), PageDecoder(Lead, fast=False)
    raw = raw_page([{"id": 1, "status": "new"} | changes] * 2)
    page = truth(raw, on_invalid="skip")
    assert quick(raw, on_invalid="skip") == page
    assert quick(raw, on_invalid="skip") == page  # and once it has learned
    assert [problem.fields for problem in page.problems] == [problems] * (2 if problems else 0)


def test_a_model_without_extra_drops_what_it_does_not_know():
    """It says so by having no such field."""
    quick, truth = PageDecoder(Bare), PageDecoder(Bare, fast=False)
    raw = raw_page([{"id": 1, "newField": 2}, {"id": 2}])
    assert quick(raw).items == truth(raw).items == (Bare(id=1), Bare(id=2))


def test_nested_options_keep_their_unknown_fields():
    """As items do."""
    option = {"code": "a", "sort": 1, "title": "A", "colour": "red"}
    item = {"id": 1, "title": "Source", "params": [option]}
    for decode in (PageDecoder(CustomField), PageDecoder(CustomField, fast=False)):
        field = decode(raw_page([item]))[0]
        assert field.params[0].extra == {"colour": "red"}
        assert field.to_dict()["params"] == [option]
