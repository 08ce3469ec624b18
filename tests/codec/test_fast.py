"""The extra `speed` against cattrs: equal orders or equal errors, whatever the bytes."""

from __future__ import annotations

import copy
import gc
import json
import pickle
import subprocess
import sys
import weakref
from collections.abc import Mapping
from datetime import date
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liner_async import CallHours, LinerError, Order, OrderStatus
from liner_async._codec import fast as accelerator_module
from liner_async._codec import json_text
from liner_async._codec.decoder import PageDecoder
from liner_async._codec.drafts import draft_of
from liner_async._transport import envelope
from liner_async._transport.envelope import RawPage, Reply, read_page
from liner_async._transport.request import ApiKey
from liner_async.testing import EXAMPLE_ORDER, ORDER_FIELDS, fake_orders, make_order

pytest.importorskip("msgspec", reason='the extra "speed" is not installed')

KEY = ApiKey("key")
TRUTH = PageDecoder(Order, accelerate=False)
QUICK = PageDecoder(Order)


def body_of(items, **fields):
    """Give the body of a page that holds these items."""
    data = {"list": items, "next": None, "total": len(items)} | fields
    return json.dumps({"success": True, "message": "", "data": data}).encode()


def read(body, decoder, *, on_invalid="raise"):
    """Parse and decode a body; give all that can be told of the page, or of the error."""
    try:
        raw = read_page(Reply(status=200, body=body), KEY)
        page = decoder(raw, offset=0, limit=100, on_invalid=on_invalid)
    except LinerError as error:
        return type(error), str(error), error.reason, getattr(error, "problems", None)
    return repr(page), page.items, [order.to_dict() for order in page]


@pytest.fixture(scope="module")
def without_peek():
    """Give a function that reads a body as if the extra were not installed."""

    def read_slowly(body, **options):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(envelope, "peek", lambda _: None)
            return read(body, TRUTH, **options)

    return read_slowly


def accelerated(body):
    """Give what the accelerator itself makes of a body: orders, or None."""
    return QUICK._accelerated(body)


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
            [make_order(status="new", aiDefaultLanguage="de", updatedAt=None)],
            [{name: EXAMPLE_ORDER[name] for name in ("id", "serviceTitle", "title", "status")}],
        ],
        ids=["example", "invented", "empty", "PHP", "custom values", "open enumerations", "sparse"],
    )
    def test_it_is_not_handed_on(self, items, without_peek):
        """And gives what cattrs gives."""
        body = body_of(items)
        assert accelerated(body) is not None
        assert read(body, QUICK) == without_peek(body)

    def test_equal_schedules_are_one_object(self):
        """Immutable values are shared, which saves memory; dictionaries never are."""
        first, second = accelerated(body_of([EXAMPLE_ORDER, EXAMPLE_ORDER]))
        assert first.call_schedule is second.call_schedule
        assert first.call_holiday_overrides is second.call_holiday_overrides
        assert first.custom_values is not second.custom_values
        assert first.extra is not second.extra

    def test_what_is_shared_is_bounded(self, monkeypatch):
        """A list in which every schedule is another one does not fill the memory."""
        monkeypatch.setattr(accelerator_module, "_MOST_SHARED", 2)
        quick = PageDecoder(Order)
        days = [[[f"{hour:02}:00", "24:00"]] for hour in range(5)]
        orders = quick._accelerated(body_of([make_order(callSchedule=day) for day in days] * 2))
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
            body_of([make_order(customValues={"1": [[1]]})]),
            body_of([make_order(customValues={"-1": 1})]),
            body_of([make_order(customValues={str(2**63): 1})]),
            b"\xef\xbb\xbf" + body_of([EXAMPLE_ORDER]),
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
            "BOM",
        ],
    )
    def test_the_rest_is_handed_to_cattrs(self, body, without_peek):
        """Which reads it, or says what is wrong."""
        assert accelerated(body) is None
        assert read(body, QUICK) == without_peek(body)


json_scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text('0a:-\n"é😀', max_size=12)
    | st.sampled_from(
        ["24:00", "2024-01-01", "2024-01-01T00:00:00.1234565Z", "2024-01-01 00:00:00+05", 10**19]
    )
)
json_values = st.recursive(
    json_scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("01a-", max_size=3), inner),
    max_leaves=6,
)
changed_orders = st.dictionaries(
    st.sampled_from([*ORDER_FIELDS, "unknown", "extra"]), json_values, max_size=4
)
moments = st.from_regex(
    r"20[0-9]{2}-[01][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-5][0-9](:[0-6][0-9]([.,][0-9]{1,9})?)?"
    r"([Zz]|[+-][0-2][0-9]:?([0-6][0-9])?)",
    fullmatch=True,
)


class TestTheTwoAgree:
    """Any page at all: the same orders, or the same error."""

    @given(rows=st.lists(changed_orders, max_size=3), skip=st.booleans())
    def test_on_orders_whose_fields_hold_anything(self, rows, skip, without_peek):
        """Wrong kinds, missing and unknown fields, odd spellings."""
        body = body_of([EXAMPLE_ORDER | changes for changes in rows])
        chosen = {"on_invalid": "skip" if skip else "raise"}
        assert read(body, QUICK, **chosen) == without_peek(body, **chosen)

    @given(stamp=moments)
    def test_on_moments(self, stamp, without_peek):
        """Fractions, offsets, blanks, hours and days that do not exist."""
        body = body_of([make_order(createdAt=stamp, updatedAt=stamp)])
        assert read(body, QUICK) == without_peek(body)

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
            quick = read(body, QUICK)
            patch.setattr(envelope, "peek", lambda _: None)
            assert quick == read(body, TRUTH)


WITHOUT_MSGSPEC = """
import asyncio, sys

sys.modules["msgspec"] = None  # makes importing it fail

from liner_async import LinerClient
from liner_async._codec.json_text import can_peek
from liner_async.testing import FakeLiner, fake_orders

async def main():
    async with FakeLiner(total=1000) as server, LinerClient(server.url, server.api_key) as liner:
        orders = await liner.orders.list()
    assert not can_peek()
    print(len(orders), orders.to_dicts() == fake_orders(1000))

asyncio.run(main())
"""


class TestWithoutIt:
    """Where msgspec is missing, or CPython does not do what drafts need."""

    def test_without_msgspec_everything_goes_through_cattrs(self, monkeypatch):
        """The same page, slower."""
        monkeypatch.setattr(accelerator_module, "msgspec", None)
        monkeypatch.setattr(json_text, "msgspec", None)
        decoder = PageDecoder(Order)
        assert decoder._accelerated is None
        assert json_text._peek_function() is None
        body = body_of([EXAMPLE_ORDER])
        monkeypatch.setattr(json_text, "_peek", None)
        assert json_text.peek(body) is None
        assert read(body, decoder) == read(body, TRUTH)

    def test_a_process_that_lacks_it_reads_the_same_list(self):
        """Page by page, each parsed in a turn of its own."""
        ended = subprocess.run(
            [sys.executable, "-c", WITHOUT_MSGSPEC], capture_output=True, text=True, check=False
        )
        assert (ended.stdout, ended.stderr) == ("1000 True\n", "")

    def test_where_a_class_cannot_be_changed_the_model_is_used(self, monkeypatch):
        """Probed when the decoder is made."""
        monkeypatch.setattr("liner_async._codec.drafts._works", lambda *_: False)
        assert draft_of(Order) is Order
        decoder = PageDecoder(Order)
        assert decoder._accelerated is None
        body = body_of([EXAMPLE_ORDER, EXAMPLE_ORDER | {"newField": 1}])
        assert read(body, decoder) == read(body, TRUTH)

    @pytest.mark.parametrize("refusal", [TypeError, AttributeError, ValueError])
    def test_where_a_draft_cannot_even_be_made_the_model_is_used(self, monkeypatch, refusal):
        """Whatever Python says."""

        def refuse(_):
            raise refusal

        monkeypatch.setattr("liner_async._codec.drafts._make", refuse)
        assert draft_of(Order) is Order


@pytest.mark.parametrize("decoder", [TRUTH, QUICK], ids=["cattrs", "speed"])
class TestAnOrderThatWasDraftedOnce:
    """Nothing tells it from one that was made by calling the class."""

    def order(self, decoder):
        """Give a decoded order."""
        raw = read_page(Reply(status=200, body=body_of([EXAMPLE_ORDER])), KEY)
        return decoder(raw, offset=0, limit=1)[0]

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
    assert draft_of(Stubborn) is Stubborn


@attrs.define(kw_only=True)
class Changing:
    """A model that is not frozen."""

    id: int
    extra: Mapping[str, Any] = attrs.field(factory=dict)


def test_a_draft_that_could_be_changed_is_found_out():
    """A model that is not frozen has nothing to gain."""
    assert draft_of(Changing) is Changing


@attrs.frozen(kw_only=True)
class Lead:
    """A model of another resource, with kinds of fields that an order has not."""

    id: int
    status: OrderStatus | str
    born: date | None = None
    hours: CallHours | None = None
    answers: Mapping[int, Any] = attrs.field(factory=dict)
    extra: Mapping[str, Any] = attrs.field(factory=dict)


@pytest.mark.parametrize(
    "changes",
    [{}, {"born": "1990-02-28", "hours": ["09:00", "24:00"]}, {"born": "soon"}, {"hours": [1]}],
    ids=repr,
)
def test_another_model_costs_nothing(changes):
    """The accelerator is made from the fields; kinds it does not know go through their hooks."""
    quick, truth = PageDecoder(Lead), PageDecoder(Lead, accelerate=False)
    raw = RawPage(body=body_of([{"id": 1, "status": "new"} | changes]), next=None, total=1)
    page = truth(raw, offset=0, limit=1, on_invalid="skip")
    assert quick(raw, offset=0, limit=1, on_invalid="skip") == page
    assert (quick._accelerated(raw.body) is None) == bool(page.problems)
