"""The pure half of the fake server: queries, envelopes, rows, faults, schedules, rates."""

from __future__ import annotations

import gzip
import json
import random

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liner_async.testing import MISSING, PASSING_FAULTS, Change, Fault, fake_orders
from liner_async.testing.bodies import Content, healthy, refusal
from liner_async.testing.criteria import BadQueryError
from liner_async.testing.endpoint import PageQuery, Paging
from liner_async.testing.incoming import Query
from liner_async.testing.rows import Rows
from liner_async.testing.schedule import FaultPlan, FaultSchedule
from liner_async.testing.service import Throttle
from liner_async.testing.wire import WHOLE, End, HttpDelivery, Pause
from liner_async.testing.world import World

PAGE = Content(rows=(b'{"id":1,"code":"a"}', b'{"id":2}', b'{"id":3}'), offset=10, total=99)


def orders(size, *, given=None):
    """Return the rows of a list of orders."""
    world = World(sizes={"orders": size}, given={} if given is None else {"orders": given})
    return Rows(world.source("orders"))


def body(fault):
    """Return the JSON of a page with the fault."""
    return json.loads(fault.response(PAGE).body)


def items(fault):
    """Return the items of a page with the fault."""
    return body(fault)["data"]["list"]


@pytest.mark.parametrize(
    ("query", "offset", "limit"),
    [
        ({}, 0, 50),
        ({"offset": "7", "limit": "1"}, 7, 1),
        ({"limit": "100"}, 0, 100),
        ({"limit": "101"}, 0, 100),
    ],
)
def test_a_query_is_read_as_documented(query, offset, limit):
    """The default limit is 50 from offset 0, and a limit over 100 counts as 100."""
    assert Paging().read(Query(tuple(query.items()))) == PageQuery(offset=offset, limit=limit)


@pytest.mark.parametrize("name", ["offset", "limit"])
@pytest.mark.parametrize("value", ["-1", "", "x", "1.5", " 1", "+1", "\u0661", "1" * 19])
def test_a_value_that_is_no_plain_number_is_refused(name, value):
    """`offset` and `limit` are decimal digits or an error that names the parameter."""
    with pytest.raises(BadQueryError, match=name):
        Paging().read(Query(((name, value),)))


def test_a_limit_of_0_is_refused_and_an_offset_of_0_is_not():
    """At least one order must be asked for."""
    with pytest.raises(BadQueryError, match="limit must be a whole number of at least 1"):
        Paging().read(Query((("offset", "0"), ("limit", "0"))))


def test_a_page_is_the_documented_envelope():
    """`next` is the offset behind the last row."""
    page = healthy(PAGE)
    assert (page.status, page.headers) == (200, {"Content-Type": "application/json"})
    assert json.loads(page.body) == {
        "success": True,
        "message": "",
        "data": {"list": [{"id": 1, "code": "a"}, {"id": 2}, {"id": 3}], "next": 13, "total": 99},
    }


def test_a_refusal_is_the_documented_envelope_without_data():
    """Errors say what is wrong; headers come on top."""
    answer = refusal(429, "slow down", {"Retry-After": "2"})
    assert json.loads(answer.body) == {"success": False, "message": "slow down", "data": None}
    assert (answer.status, answer.headers["Retry-After"]) == (429, "2")
    assert refusal(400, "no").headers == {"Content-Type": "application/json"}


def test_rows_are_the_catalogue_or_the_orders_given():
    """Orders given are served as they are, valid or not."""
    assert orders(5).items() == fake_orders(5)
    given_rows = [{"id": 9, "title": None}, {"odd": []}]
    rows = orders(5, given=given_rows)
    assert (len(rows), rows.items()) == (2, given_rows)
    assert rows.rendered(rows.select().page(1, 5)) == (b'{"odd":[]}',)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (Change(at_request=1, insert=2), [5, 6, 0, 1, 2, 3, 4]),
        (Change(at_request=1, insert=1, position=2), [0, 1, 5, 2, 3, 4]),
        (Change(at_request=1, insert=1, position=-1), [0, 1, 2, 3, 4, 5]),
        (Change(at_request=1, insert=1, position=-2), [0, 1, 2, 3, 5, 4]),
        (Change(at_request=1, delete=2), [2, 3, 4]),
        (Change(at_request=1, delete=2, position=3), [0, 1, 2]),
        (Change(at_request=1, delete=2, position=-1), [0, 1, 2]),
        (Change(at_request=1, delete=1, position=-2), [0, 1, 2, 4]),
        (Change(at_request=1, delete=1, insert=1), [5, 1, 2, 3, 4]),
        (Change(at_request=1, delete=99, insert=1, position=99), [0, 1, 2, 3, 4, 5]),
        (Change(at_request=1, delete=99, insert=1, position=-99), [5, 0, 1, 2, 3, 4]),
        (Change(at_request=1, delete=99, position=-1), []),
    ],
)
def test_a_change_deletes_then_inserts_at_its_gap(change, expected):
    """Positions count from the head, negative ones from the tail, and stop at the ends."""
    rows = orders(5)
    known = [order["id"] for order in fake_orders(7)]
    rows.apply(change)
    assert [order["id"] for order in rows.items()] == [known[number] for number in expected]


def test_a_change_falls_between_known_queries_alone():
    """A typing error is found before any request."""
    with pytest.raises(ValueError, match="between"):
        Change(at_request=1, between="count-count")


@pytest.mark.parametrize(
    ("given_rows", "new"), [([{"id": 50}, {"id": 7}, {"id": "x"}, 5], 51), ([], 1)]
)
def test_new_orders_come_with_ids_above_those_given(given_rows, new):
    """Inserted orders are new to every client, whatever rows the test gave."""
    rows = orders(0, given=given_rows)
    rows.apply(Change(at_request=1, insert=2))
    assert [order["id"] for order in rows.items()[:2]] == [new, new + 1]


def test_a_deleted_order_never_comes_back_as_a_new_one():
    """Ids are not used twice when the newest orders are deleted."""
    rows = orders(3)
    old = {order["id"] for order in rows.items()}
    rows.apply(Change(at_request=1, delete=3, insert=3))
    assert old.isdisjoint(order["id"] for order in rows.items())


def test_an_unstable_page_is_drawn_from_all_rows():
    """Without ORDER BY a page holds any rows, none of them twice, as many as a stable page."""
    rows = orders(30)
    page = rows.select().page(20, 20, shuffle=random.Random(1))
    assert len(set(page)) == 10
    assert set(page) < set(rows.select().page(0, 30))
    assert page != rows.select().page(20, 20, shuffle=random.Random(2))


def test_status_replaces_the_answer():
    """A status comes with its body, headers and a raw Retry-After, and no page."""
    answer = Fault.status(503, retry_after="soon", body=b"x", headers={"Date": "d"}).response(PAGE)
    assert (answer.status, answer.body) == (503, b"x")
    assert answer.headers == {"Content-Type": "text/html", "Retry-After": "soon", "Date": "d"}
    assert "Retry-After" not in Fault.status(500).response(PAGE).headers


def test_body_replaces_a_good_answers_body():
    """Any bytes can come with a 200, as JSON unless the headers say otherwise."""
    assert Fault.body(b"\xff").response(PAGE).status == 200
    assert Fault.body(b"\xff").response(PAGE).body == b"\xff"
    html = Fault.body(b"", headers={"Content-Type": "text/html"}).response(PAGE)
    assert html.headers == {"Content-Type": "text/html"}


@pytest.mark.parametrize("key", ["success", "message", "data"])
def test_envelope_overrides_or_removes_a_top_key(key):
    """Each key of the envelope can be anything, or missing."""
    page = json.loads(healthy(PAGE).body)
    assert body(Fault.envelope(**{key: [1]})) == page | {key: [1]}
    assert key not in body(Fault.envelope(**{key: MISSING}))
    assert body(Fault.envelope(**{key: None}))[key] is None


@pytest.mark.parametrize("key", ["list", "next", "total"])
def test_envelope_overrides_or_removes_a_key_of_data(key):
    """Each key of `data` can be anything, or missing."""
    data = json.loads(healthy(PAGE).body)["data"]
    assert body(Fault.envelope(**{key: "x"}))["data"] == data | {key: "x"}
    assert key not in body(Fault.envelope(**{key: MISSING}))["data"]


def test_an_envelope_without_overrides_is_healthy():
    """Nothing overridden, nothing changed."""
    assert Fault.envelope().response(PAGE) == healthy(PAGE)


def test_rows_overrides_fields_of_items():
    """Fields are replaced, added and removed by index; an index past the page is ignored."""
    fault = Fault.rows({0: {"code": MISSING, "new": 1}, -1: {"id": True}, 1: None, 7: {"id": 0}})
    assert items(fault) == [{"id": 1, "new": 1}, None, {"id": True}]


def test_rows_takes_a_function_that_changes_in_place():
    """A function may change the items it gets."""
    assert items(Fault.rows(lambda rows: rows[0].update(id=8))) == [
        {"id": 8, "code": "a"},
        {"id": 2},
        {"id": 3},
    ]


def test_rows_takes_a_function_that_returns_other_items():
    """A function may return what is to be sent, an empty list included."""
    assert [row["id"] for row in items(Fault.rows(lambda rows: rows[::-1]))] == [3, 2, 1]
    assert items(Fault.rows(lambda _: [])) == []


@pytest.mark.parametrize(
    ("fault", "count"),
    [(Fault.short(1), 2), (Fault.short(9), 0), (Fault.empty(), 0), (Fault.long(5), 3)],
)
def test_a_resized_page_agrees_with_its_next(fault, count):
    """Rows are left out at the end; `next` follows and `total` stays."""
    data = body(fault)["data"]
    assert (len(data["list"]), data["next"], data["total"]) == (count, 10 + count, 99)


ARRAY = Content(rows=PAGE.rows, shape="array")
ITEM = Content(rows=PAGE.rows[:1], shape="item")


def test_an_array_and_an_item_are_data_themselves():
    """No list, no next, no total."""
    assert json.loads(healthy(ARRAY).body)["data"] == [{"id": 1, "code": "a"}, {"id": 2}, {"id": 3}]
    assert json.loads(healthy(ITEM).body)["data"] == {"id": 1, "code": "a"}


def test_an_array_and_an_item_are_edited_as_a_page_is():
    """Rows, the envelope's keys and PHP's shapes; an item that is left out is null."""

    def data(fault, content):
        return json.loads(fault.response(content).body)["data"]

    assert data(Fault.short(2), ARRAY) == [{"id": 1, "code": "a"}]
    assert data(Fault.rows({0: {"id": 9}}), ITEM) == {"id": 9, "code": "a"}
    assert data(Fault.php("page"), ARRAY)["2"] == {"id": 3}
    assert data(Fault.envelope(total=5), ARRAY) == [{"id": 1, "code": "a"}, {"id": 2}, {"id": 3}]
    assert data(Fault.envelope(data=5), ITEM) == 5
    assert [data(Fault.empty(), each) for each in (ARRAY, ITEM)] == [[], None]
    assert data(Fault.rows(lambda _: []), ITEM) is None


def test_headers_are_added_to_the_page():
    """The page stays; headers come on top of its own, or in their place."""
    answer = Fault.headers({"Set-Cookie": "a=b", "Content-Type": "text/plain"}).response(PAGE)
    assert answer.headers == {"Content-Type": "text/plain", "Set-Cookie": "a=b"}
    assert answer.body == healthy(PAGE).body


def test_a_redirect_says_where_to():
    """302 unless another is asked for."""
    assert Fault.redirect("/x").response(PAGE).headers["Location"] == "/x"
    assert Fault.redirect("/x").response(PAGE).status == 302
    assert Fault.redirect("/x", status=308).response(PAGE).status == 308


def test_gzip_unpacks_to_the_page():
    """The body is compressed and says so."""
    answer = Fault.gzip().response(PAGE)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.body) == healthy(PAGE).body


def test_php_writes_the_page_as_an_object():
    """`list` has the rows under their numbers, in order."""
    assert items(Fault.php("page")) == {"0": {"id": 1, "code": "a"}, "1": {"id": 2}, "2": {"id": 3}}


def test_php_writes_lists_with_a_gap_as_objects_and_empty_maps_as_lists():
    """What removed elements and empty arrays look like; empty lists and full maps stay."""
    row = b'{"ids":[7,8,9],"none":[],"map":{},"full":{"1":"x"},"text":""}'
    page = Content(rows=(row, b"5"), offset=0, total=2)
    answer = Fault.php("lists", "maps").response(page)
    assert json.loads(answer.body)["data"]["list"] == [
        {"ids": {"0": 7, "2": 8, "3": 9}, "none": [], "map": [], "full": {"1": "x"}, "text": ""},
        5,
    ]


@pytest.mark.parametrize(
    ("fault", "delivery"),
    [
        (Fault.disconnect(), HttpDelivery(after="request", then=End.CLOSE)),
        (Fault.reset(), HttpDelivery(after="request", then=End.RESET)),
        (Fault.cut(), HttpDelivery(after="half", then=End.CLOSE)),
        (
            Fault.cut(framing="close"),
            HttpDelivery(after="half", then=End.CLOSE, framing="close"),
        ),
        (Fault.stall(2, after="half"), HttpDelivery(after="half", then=Pause(2))),
    ],
)
def test_a_fault_of_the_wire_leaves_the_answer_healthy(fault, delivery):
    """What is answered and how it is sent are separate."""
    assert fault.response(PAGE) == attrs.evolve(healthy(PAGE), delivery=delivery)
    assert Fault.status(500).delivery == WHOLE


A, B = Fault.status(500), Fault.status(503)


def planned(faults=None, *, rate=0.0, kinds=PASSING_FAULTS, seed=1):
    """Return a schedule."""
    plan = FaultPlan(faults=faults, fault_rate=rate, fault_kinds=kinds, seed=seed)
    return FaultSchedule(plan)


def dealt(schedule, *offsets, resource="orders"):
    """Return the faults of requests at these offsets, in turn."""
    return [schedule.next(resource, offset) for offset in offsets]


def test_a_single_fault_applies_for_ever_at_its_offset():
    """Every request at the offset fails, no other does."""
    assert dealt(planned({100: A}), 100, 0, 100, 100) == [A, None, A, A]


def test_a_sequence_is_used_up_by_the_requests_at_its_offset():
    """One fault a request, None for a good answer in between, then good answers."""
    assert dealt(planned({0: [A, None, B]}), 0, 5, 0, 0, 0) == [A, None, None, B, None]


@pytest.mark.parametrize("key", ["any", None])
def test_any_stands_for_every_offset_without_an_entry(key):
    """The sequence for any offset is used up by each offset for itself."""
    schedule = planned({key: [A], 7: (B,)})
    assert dealt(schedule, 0, 1, 7, 0, 1, 7) == [A, A, B, None, None, None]


def test_another_list_has_faults_of_its_own():
    """Its offsets are not those of the orders; a list that is not paged has none."""
    schedule = planned(
        {("call_attempts", 100): A, ("orders", 5): B, ("custom_fields", "any"): [A], 7: B}
    )
    assert dealt(schedule, 5, 7, 100) == [B, B, None]
    assert dealt(schedule, 5, 7, 100, resource="call_attempts") == [None, None, A]
    assert dealt(schedule, None, None, resource="custom_fields") == [A, None]


def test_chance_differs_from_list_to_list():
    """By the same seed."""
    mine, theirs = (
        dealt(planned(rate=0.5), *range(50), resource=name) for name in ("orders", "call_attempts")
    )
    assert mine != theirs


def test_a_key_that_is_no_offset_is_refused():
    """A misspelt key does not make a test pass without its fault."""
    with pytest.raises(ValueError, match=r"not by \('leeds', 0\)"):
        planned({("leeds", 0): A})
    with pytest.raises(ValueError, match="not by 'all'"):
        planned({"all": A})


def test_chance_faults_come_at_their_rate():
    """A share of the first requests fails, with all kinds taking part."""
    schedule = planned(rate=0.2, kinds=PASSING_FAULTS)
    met = [fault for fault in dealt(schedule, *range(5000)) if fault is not None]
    assert 900 < len(met) < 1100
    assert len(PASSING_FAULTS) == 16
    assert {fault.name for fault in met} == {fault.name for fault in PASSING_FAULTS}


def test_chance_does_not_depend_on_the_order_of_arrival():
    """Concurrent requests meet the same faults as sequential ones; another seed gives others."""
    first = dict(zip(range(200), dealt(planned(rate=0.5), *range(200)), strict=True))
    turned = range(199, -1, -1)
    assert dict(zip(turned, dealt(planned(rate=0.5), *turned), strict=True)) == first
    assert dealt(planned(rate=0.5, seed=2), *range(200)) != list(first.values())


@given(seed=st.integers(0, 50), rate=st.floats(0.5, 1))
def test_chance_never_fails_an_offset_three_times_in_a_row(seed, rate):
    """Three attempts get over chance, whatever the rate."""
    schedule = planned(rate=rate, seed=seed)
    met = dealt(schedule, *[0] * 60)
    assert all(None in met[start : start + 3] for start in range(58))


def test_by_chance_two_faults_in_a_row_do_occur():
    """The bound on repetition is two, not one."""
    assert dealt(planned(rate=1, kinds=[A]), *[0] * 6) == [A, A, None, A, A, None]


def test_by_chance_an_empty_200_does_not_follow_another_fault():
    """Clients try again once after an empty answer, so that it may only come first."""
    blank = Fault.body(b"")
    met = [dealt(planned(rate=1, kinds=[blank, A], seed=seed), 0, 0, 0) for seed in range(50)]
    assert all(each[1:] == [A, None] for each in met)
    assert {each[0].name for each in met} == {"body", "status 500"}
    assert dealt(planned(rate=1, kinds=[blank]), 0, 0, 0) == [blank, blank, None]


def test_a_throttle_serves_its_rate_in_any_second():
    """What comes too early is told how long to wait in whole seconds, and does not count."""
    throttle = Throttle(2)
    assert [throttle.refused_for(now) for now in (10.0, 10.5, 10.6, 10.9)] == [0, 0, 1, 1]
    assert [throttle.refused_for(now) for now in (11.0, 11.4, 11.5)] == [0, 1, 0]


def test_a_rate_below_one_means_a_longer_wait():
    """One request in four seconds: Retry-After is rounded up to whole seconds."""
    throttle = Throttle(0.25)
    assert [throttle.refused_for(now) for now in (0.0, 0.5, 3.5, 4.0)] == [0, 4, 1, 0]
