"""The invented world: what rows refer to exists, and a million of them need no room."""

from __future__ import annotations

import json
import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest

import liner_async.testing as public
from liner_async.testing import fake_leads, fake_orders, make_lead
from liner_async.testing.collection import COLLECTIONS
from liner_async.testing.criteria import Criteria, Period
from liner_async.testing.history import SECOND, History, moment_of
from liner_async.testing.world import SIZES, World

KINDS = list(COLLECTIONS)
REFERENCES = [
    ("orders", "agentUserIds", "users"),
    ("orders", "agentGroupIds", "agent_groups"),
    ("orders", "sipEndpointIds", "sip_endpoints"),
    ("orders", "callAttemptsGroupId", "call_attempts"),
    ("leads", "orderId", "orders"),
    ("leads", "statusId", "lead_statuses"),
    ("calls", "leadId", "leads"),
    ("calls", "orderId", "orders"),
    ("calls", "userId", "users"),
    ("calls", "sipEndpointId", "sip_endpoints"),
    ("call_records", "leadId", "leads"),
    ("call_records", "userId", "users"),
    ("agent_groups", "agentIds", "users"),
    ("sip_endpoints", "orderId", "orders"),
]


def rows(world, kind):
    """Return all rows of a kind."""
    source = world.source(kind)
    return [json.loads(source.row(number)) for number in range(source.size)]


@pytest.fixture(scope="module", params=["invented", "small", "given", "empty"])
def world(request):
    """Return all rows of four worlds: as invented, small, partly given, partly empty."""
    worlds = {
        "invented": {},
        "small": {"sizes": {"orders": 3, "users": 2, "leads": 7, "custom_fields": 1}},
        "given": {
            "given": {
                "users": [{"id": 5}, {"id": 7}],
                "leads": [
                    make_lead(id=8, order_id=123, status_id=1),
                    make_lead(id=9, order_id=None, status_id=None),
                ],
                "lead_statuses": [{"id": 1, "code": "new"}],
            }
        },
        "empty": {"sizes": dict.fromkeys(("orders", "users", "leads", "sip_endpoints"), 0)},
    }
    made = World(**worlds[request.param])
    return {kind: rows(made, kind) for kind in KINDS}


@pytest.mark.parametrize(("kind", "field", "other"), REFERENCES)
def test_what_a_row_refers_to_exists(world, kind, field, other):
    """Whatever the test gave, and however few there are."""
    known = {row["id"] for row in world[other]}
    values = [row[field] for row in world[kind]]
    named = [of for value in values for of in (value if isinstance(value, list) else [value])]
    assert set(named) - {None} <= known


def test_codes_and_custom_values_refer_to_what_exists(world):
    """Calls by the code of their status, values by the id of a field of their kind."""
    statuses = {status["code"] for status in world["call_statuses"]}
    assert {call["statusCode"] for call in world["calls"]} <= statuses
    lead_codes = {status["code"] for status in world["lead_statuses"]} | {None}
    assert {status["leadStatusCode"] for status in world["call_statuses"]} <= lead_codes
    fields = {str(of["id"]) for of in world["custom_fields"] if of["essence"] == "orders"}
    assert {of for order in world["orders"] for of in order["customValues"]} <= fields | {"10"}


@pytest.fixture(scope="module")
def invented():
    """Return a world as it is invented, and its rows by kind and id."""
    world = World()
    return world, {kind: {row["id"]: row for row in rows(world, kind)} for kind in KINDS}


def test_a_call_agrees_with_its_lead(invented):
    """The same order and phone, and not before the lead came."""
    _, by_id = invented
    for call in by_id["calls"].values():
        lead = by_id["leads"][call["leadId"]]
        assert call["orderId"] == lead["orderId"]
        assert lead["phone"] in {call["clientPhone"], None}
        assert call["createdAt"] >= lead["createdAt"]
        parts = call["waitTimeDurationSeconds"] + call["talkTimeDurationSeconds"]
        assert call["totalDurationSeconds"] == parts


def test_a_lead_agrees_with_its_order(invented):
    """The code is that of the order with this id."""
    _, by_id = invented
    for lead in by_id["leads"].values():
        assert lead["orderCode"] == by_id["orders"][lead["orderId"]]["code"]


def test_a_record_agrees_with_its_call(invented):
    """The server knows the call, and the record does not say it."""
    world, by_id = invented
    source, with_records = world.source("call_records"), set()
    for number in range(source.size):
        record, call = json.loads(source.row(number)), by_id["calls"][source.fact(number, "callId")]
        assert "callId" not in record
        assert [record[name] for name in ("userId", "leadId", "createdAt")] == [
            call[name] for name in ("userId", "leadId", "createdAt")
        ]
        with_records.add(call["id"])
    assert with_records == {of for of, call in by_id["calls"].items() if call["hasRecords"]}


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_row_is_the_documented_example(kind):
    """All fields in the documented order; what it refers to is replaced where it is not there."""
    first, example = rows(World(), kind)[0], COLLECTIONS[kind].example
    assert list(first) == list(example)
    changes = {name: first[name] for name in example if first[name] != example[name]}
    assert changes == {
        "leads": {"orderId": 123, "customValues": {"123": "example value"}},
        "calls": {"leadId": 123, "orderId": 123},
        "call_records": {"leadId": 123, "userId": 101},
    }.get(kind, {})


@pytest.mark.parametrize("kind", KINDS)
def test_rows_have_the_documented_fields_and_ids_of_their_own(kind):
    """Found again by their ids; an id between two has no row."""
    source = World().source(kind)
    ids = [source.identity(number) for number in range(source.size)]
    assert len(set(ids)) == source.size
    assert [source.number_of(of) for of in ids] == list(range(source.size))
    assert source.number_of(max(ids) - 1 if max(ids) - 1 not in ids else max(ids) - 2) is None
    assert {tuple(row) for row in rows(World(), kind)} == {tuple(COLLECTIONS[kind].example)}


@pytest.mark.parametrize("kind", KINDS)
def test_a_seed_decides_everything(kind):
    """Two worlds of a seed are the same."""
    assert rows(World(seed=3), kind) == rows(World(seed=3), kind)


@pytest.mark.parametrize("kind", ["orders", "leads", "calls", "call_records"])
def test_another_seed_makes_other_rows(kind):
    """Of the long lists."""
    assert rows(World(seed=3), kind) != rows(World(seed=4), kind)


@pytest.mark.parametrize("kind", KINDS)
def test_there_is_a_function_for_each_kind(kind):
    """`fake_leads(20)` are leads as FakeLiner serves them; its help says so."""
    fake = getattr(public, f"fake_{kind}")
    assert fake(20) == rows(World(sizes={kind: 20}), kind)
    assert kind.replace("_", " ") in fake.__doc__


def test_leads_fill_the_history_in_office_hours():
    """In ascending order, each in whole seconds, most of them by day."""
    times = [datetime.fromisoformat(lead["createdAt"]) for lead in fake_leads(2000)]
    assert times == sorted(times)
    assert times[0] == datetime(2024, 1, 1, tzinfo=UTC)
    assert datetime(2024, 12, 31, tzinfo=UTC) < times[-1] < datetime(2025, 1, 1, tzinfo=UTC)
    assert 0.75 < sum(8 <= time.hour < 20 for time in times) / len(times) < 0.85


@pytest.mark.parametrize(
    "span", [timedelta(seconds=1), timedelta(hours=1), timedelta(days=3, hours=5)]
)
def test_a_history_ends_before_its_end(span):
    """However short it is; within one second all came at once."""
    start = datetime(2024, 5, 1, 13, tzinfo=UTC)
    history = History(start=start, end=start + span)
    moments = [history.spread(number, 500) for number in range(500)]
    assert moments == sorted(moments)
    assert moment_of(start) == moments[0]
    assert moments[-1] < moment_of(start + span)
    assert history.spread(500, 500) >= moment_of(start + span) - SECOND


def test_a_history_that_ends_before_it_starts_is_refused():
    """Nobody could live in it."""
    now = datetime(2024, 1, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="must end after its start"):
        History(start=now, end=now)


def test_a_million_leads_need_no_room():
    """Periods are found by bisection, without rendering; rows come when they are asked for."""
    world = World(sizes={"leads": 1_000_000, "orders": 40})
    rendered = []
    listed = world.rows(COLLECTIONS["leads"])
    row = world.source("leads").row
    world.source("leads").row = lambda number: rendered.append(number) or row(number)
    looked_at = []
    moment = world.source("leads").moment
    world.source("leads").moment = lambda number: looked_at.append(number) or moment(number)
    first = moment_of(datetime(2024, 7, 1, tzinfo=UTC)) // SECOND
    day = Criteria(period=Period(first=first, stop=first + 86_400, unit=SECOND))
    row(1)  # the shapes, which all worlds share
    tracemalloc.start()
    try:
        selected = listed.select(day)
        assert len(looked_at) < 50
        page = listed.rendered(selected.page(selected.size - 100, 100))
        assert listed.select().size == len(listed) == 1_000_000
        assert listed.rendered(listed.select().page(999_999, 5))[0] != page[0]
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
    assert 2700 < selected.size < 2760
    assert len(rendered) == len(page) + 1 == 101


def test_orders_are_not_those_of_another_size():
    """A longer list of orders starts with the shorter one."""
    assert fake_orders(300)[:250] == rows(World(), "orders")


def test_archived_orders_have_leads_and_are_not_listed():
    """Their ids go on where the list ends; a new order gets an id above theirs."""
    world = World(sizes={"orders": 5, "leads": 16}, archived_orders=3)
    listed = {order["id"] for order in rows(world, "orders")}
    of_leads = {lead["orderId"] for lead in rows(world, "leads")}
    assert len(listed) == 5
    assert listed < of_leads
    assert len(of_leads - listed) == 3
    orders = world.rows(COLLECTIONS["orders"])
    orders.insert(5, 1)
    assert orders.items()[-1]["id"] > max(of_leads)


def test_the_sizes_of_a_world_are_those_of_its_kinds():
    """A row in the table needs a size."""
    assert list(SIZES) == KINDS


def test_what_was_selected_is_kept_for_a_while_only():
    """Twenty periods, and the first of them once more, give what they gave before."""
    listed = World(sizes={"leads": 100}).rows(COLLECTIONS["leads"])
    first = moment_of(datetime(2024, 1, 1, tzinfo=UTC)) // SECOND
    days = [Period(first=first, stop=first + day * 86_400, unit=SECOND) for day in range(1, 21)]
    sizes = [listed.select(Criteria(period=day)).size for day in days]
    assert sizes == sorted(sizes)
    assert listed.select(Criteria(period=days[0])).size == sizes[0]


@pytest.mark.parametrize(("size", "highest"), [(0, 0), (1, 123), (2, 456), (3, 456), (6, 462)])
def test_the_highest_id_is_known_without_all_of_them(size, highest):
    """The ids of the vendor's examples come first, and in no order."""
    assert World(sizes={"users": size}).source("users").highest == highest
