"""How odd a server may be: periods, filters, order, limits and nulls, one by one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from liner_async.testing import (
    Change,
    FakeLiner,
    Fault,
    make_agent_group,
    make_call,
    make_call_record,
    make_lead,
    make_user,
)
from liner_async.testing.collection import COLLECTIONS

LEADS, CALLS = "/v2/lead/", "/v2/call/"
YEAR = {"createdAt[0]": "2024-01-01T00:00:00Z", "createdAt[1]": "2024-12-31T23:59:59Z"}
START, END = "2024-03-01T12:00:00Z", "2024-03-01T13:00:00Z"
HOUR = {"createdAt[0]": START, "createdAt[1]": END}


def lead(number, created):
    """Return a lead that was created at a time of the first of March."""
    return make_lead(id=number, created_at=f"2024-03-01T{created}Z", status_id=10 + number % 2)


AROUND = [
    lead(1, "11:59:59"),
    lead(2, "12:00:00"),
    lead(3, "12:30:00.500000"),
    lead(4, "13:00:00"),
    lead(5, "13:00:00.250000"),
    lead(6, "13:00:01"),
]


async def ids(ask, server, path=LEADS, **query):
    """Return the ids on the first page of a list."""
    return (await ask(server, path, **query)).ids


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [2, 3, 4]),
        ({"start_inclusive": False}, [3, 4]),
        ({"end_inclusive": False}, [2, 3]),
        ({"start_inclusive": False, "end_inclusive": False}, [3]),
        ({"precision": "second"}, [2, 3, 4, 5]),
        ({"precision": "second", "end_inclusive": False}, [2, 3]),
        ({"precision": "day"}, [1, 2, 3, 4, 5, 6]),
        ({"precision": "day", "end_inclusive": False}, []),
        ({"zone_shift": timedelta(hours=3)}, []),
        ({"zone_shift": timedelta(hours=1)}, [1, 2]),
        ({"zone_shift": timedelta(hours=-1)}, [4, 5, 6]),
        ({"ignored": {"createdAt"}}, [1, 2, 3, 4, 5, 6]),
        ({"sort": "desc"}, [4, 3, 2]),
    ],
)
async def test_a_period_is_understood_in_many_ways(ask, options, expected):
    """Ends that belong to it or not, whole seconds or days, a zone that is lost."""
    async with FakeLiner(leads=AROUND, **options) as server:
        got = await ask(server, LEADS, **HOUR)
    assert (got.ids, got.json["data"]["total"]) == (expected, len(expected))


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({}, "createdAt[0] and createdAt[1] are required"),
        ({"createdAt[0]": START}, "createdAt[0] and createdAt[1] are required"),
        ({**HOUR, "createdAt[1]": "soon"}, "createdAt must be a time as in ISO 8601"),
        ({**HOUR, "orderIds[]": "x"}, "orderIds must be an id above 0"),
        ({**HOUR, "orderIds[]": "0"}, "orderIds must be an id above 0"),
        ({**HOUR, "limit": "0"}, "limit must be a whole number of at least 1"),
    ],
)
@pytest.mark.parametrize(("refusal", "status"), [("status", 400), ("envelope", 200)])
async def test_a_wrong_query_is_refused(ask, query, message, refusal, status):
    """By a status, or in the envelope of a 200."""
    async with FakeLiner(refusal=refusal) as server:
        got = await ask(server, LEADS, **query)
    assert (got.status, got.json) == (status, {"success": False, "message": message, "data": None})


@pytest.mark.parametrize(("refusal", "status"), [("status", 404), ("envelope", 200)])
async def test_a_missing_item_is_refused(ask, refusal, status):
    """The vendor does not say how."""
    async with FakeLiner(refusal=refusal) as server:
        got = await ask(server, "/v2/lead/detail/5/")
    assert (got.status, got.json["success"]) == (status, False)


async def test_a_longer_period_than_the_most_is_refused(ask):
    """With a message, as the vendor's errors have."""
    async with FakeLiner(max_span=timedelta(days=7)) as server:
        refused = await ask(server, LEADS, **YEAR)
        week = {"createdAt[0]": START, "createdAt[1]": "2024-03-08T12:00:00Z"}
        assert (await ask(server, LEADS, **week)).status == 200
    assert refused.status == 400
    assert "must not be longer than 7 days" in refused.json["message"]


async def test_calls_need_a_lead_or_an_order(ask):
    """The vendor requires one without the other; a server may overlook them."""
    async with FakeLiner() as server:
        refused = await ask(server, CALLS, **YEAR)
        assert (refused.status, refused.json["message"]) == (400, "leadIds or orderIds is required")
    async with FakeLiner(ignored={"leadIds"}) as server:
        assert (await ask(server, CALLS, **YEAR)).json["data"]["total"] == 2000


@pytest.mark.parametrize("order", ["orderIds[]", "orderIds[0]"])
async def test_leads_are_filtered_by_orders_and_statuses(ask, order):
    """Both must hold; brackets with and without an index."""
    async with FakeLiner() as server:
        all_leads = server.leads
        got = await ask(server, LEADS, **YEAR, **{order: 123, "orderIds[1]": 202, "limit": 100})
        both = await ask(server, LEADS, **YEAR, **{order: 123, "statusIds[]": 10})
    expected = [of for of in all_leads if of["orderId"] in (123, 202)]
    assert got.json["data"]["list"] == expected
    assert len(expected) == 8
    assert both.ids == [of["id"] for of in expected if (of["orderId"], of["statusId"]) == (123, 10)]


async def test_literal_brackets_are_as_good_as_encoded_ones(ask, dial):
    """curl sends the former, aiohttp the latter."""
    async with FakeLiner() as server:
        encoded = await ask(server, LEADS, **YEAR, **{"orderIds[]": 123})
        literal = f"{LEADS}?createdAt[0]=2024-01-01T00:00:00Z&createdAt[1]=2025-01-01T00:00:00Z"
        reader, _ = await dial(server, "Connection: close", path=f"{literal}&orderIds[]=123")
        assert (await reader.read()).endswith(encoded.body)
        assert len(encoded.ids) == 4


async def test_calls_are_filtered_by_ids_of_their_statuses(ask):
    """Although they hold codes; by agents, orders and leads too."""
    async with FakeLiner() as server:
        calls, statuses = server.calls, {of["id"]: of["code"] for of in server.call_statuses}
        every = {"orderIds[]": 202, "limit": 100}
        filters = {"statusIds[]": 123, "userIds[]": calls[1]["userId"] or 123}
        by_status = await ask(server, CALLS, **YEAR, **every, **{"statusIds[]": 123})
        by_agent = await ask(server, CALLS, **YEAR, **{"leadIds[]": calls[1]["leadId"], **filters})
        unknown = await ask(server, CALLS, **YEAR, **every, **{"statusIds[]": 9})
    of_order = [call for call in calls if call["orderId"] == 202]
    assert by_status.json["data"]["list"] == [
        call for call in of_order if call["statusCode"] == statuses[123]
    ]
    assert {call["leadId"] for call in by_agent.json["data"]["list"]} <= {calls[1]["leadId"]}
    assert unknown.json["data"] == {"list": [], "next": 0, "total": 0}


async def test_records_are_found_by_their_call(ask):
    """The server knows it, whether or not the record says it; those of a machine on request."""
    async with FakeLiner() as server:
        every = await ask(server, "/v2/call-record/", limit=100)
        one = await ask(server, "/v2/call-record/", callId=123)
        heard = await ask(server, "/v2/call-record/", isAmd=1)
        off = await ask(server, "/v2/call-record/", isAmd=0)
        assert (await ask(server, "/v2/call-record/", isAmd=2)).status == 400
    totals = [got.json["data"]["total"] for got in (every, one, heard, off)]
    assert totals[:2] + totals[3:] == [1000, 1, 1000]
    assert 50 < totals[2] < 150


@pytest.mark.parametrize("says", [True, False])
async def test_given_records_are_found_by_call_or_lead(ask, says):
    """By `callId` if a test says it, else by the lead of the call."""
    extra = {"callId": 7} if says else {}
    records = [{**make_call_record(id=1, lead_id=5), **extra}, make_call_record(id=2, lead_id=6), 3]
    calls = [make_call(id=7, lead_id=5), make_call(id=8, lead_id=6)]
    async with FakeLiner(call_records=records, calls=calls) as server:
        assert (await ask(server, "/v2/call-record/", callId=7)).ids == [1]
        assert (await ask(server, "/v2/call-record/", callId=8)).ids == ([] if says else [2])


async def test_users_and_groups_are_filtered(ask):
    """By access, by activity, by agent."""
    users = [make_user(id=1), make_user(id=2, is_active=False), make_user(id=3, access_group="x")]
    groups = [make_agent_group(id=1, agent_ids=[2, 3]), make_agent_group(id=2, agent_ids=None)]
    async with FakeLiner(users=users, agent_groups=groups) as server:
        for query, expected in [
            ({"accessGroup": "call-center"}, [1, 2]),
            ({"isActive": 1}, [1, 3]),
            ({"isActive": 0, "accessGroup": "call-center"}, [2]),
            ({}, [1, 2, 3]),
        ]:
            assert await ids(ask, server, "/v2/user/list/", **query) == expected
        assert await ids(ask, server, "/v2/agent-group/", agentId=3) == [1]
        assert (await ask(server, "/v2/agent-group/2/")).json["data"] == groups[1]
        assert (await ask(server, "/v2/user/detail/2/")).json["data"] == users[1]


@pytest.mark.parametrize(
    "path",
    ["/v2/order/detail/123/", "/v2/agent-group/detail/123/", "/v2/user/", "/v2/lead-status/123/"],
)
async def test_what_the_vendor_does_not_document_is_not_there(ask, path):
    """Nobody comes to rely on it."""
    async with FakeLiner() as server:
        assert (await ask(server, path)).status == 404


@pytest.mark.parametrize("name", [name for name, of in COLLECTIONS.items() if of.detail])
async def test_every_item_can_be_had_alone(ask, name):
    """At the vendor's path, the same as in the list."""
    async with FakeLiner() as server:
        item = getattr(server, name)[3]
        got = await ask(server, f"{COLLECTIONS[name].detail}{item['id']}/")
    assert got.json == {"success": True, "message": "", "data": item}


@pytest.mark.parametrize("sort", ["asc", "desc", "id"])
@pytest.mark.parametrize("name", ["leads", "calls"])
async def test_lists_are_sorted(ask, sort, name):
    """By creation, which is not quite the order of ids, or by id; pages and wholes alike."""
    query = {**YEAR, "limit": 100, "ignored": 1}
    async with FakeLiner(sort=sort, ignored={"leadIds"}, sizes={name: 250}) as server:
        path = COLLECTIONS[name].path
        pages = [await ask(server, path, **query, offset=offset) for offset in (0, 100, 200)]
        rows = [row for page in pages for row in page.json["data"]["list"]]
        assert rows == getattr(server, name)
        odd = [await ids(ask, server, path, **YEAR, offset=of, limit=7) for of in range(0, 250, 7)]
    assert [of for page in odd for of in page] == [row["id"] for row in rows]
    by_id = sorted(rows, key=lambda row: row["id"])
    by_time = sorted(rows, key=lambda row: row["createdAt"], reverse=sort == "desc")
    assert by_id not in (by_time, by_time[::-1])
    assert (
        rows == by_id
        if sort == "id"
        else [row["createdAt"] for row in by_time] == [row["createdAt"] for row in rows]
    )


@pytest.mark.parametrize(
    ("sort", "expected"),
    [(None, [3, 1, 2]), ("asc", [2, 1, 3]), ("desc", [3, 1, 2]), ("id", [1, 2, 3])],
)
async def test_given_rows_are_sorted_on_request(ask, sort, expected):
    """What has no time comes first."""
    given = [lead(3, "13:00:00"), lead(1, "12:00:00"), {**lead(2, "soon")}]
    async with FakeLiner(leads=given, sort=sort) as server:
        assert await ids(ask, server, **YEAR) == expected


@pytest.mark.parametrize(
    ("sort", "position", "place", "like"),
    [
        ("asc", 0, 0, 1),
        ("asc", 3, 3, 2),
        ("asc", -1, 20, None),
        ("desc", 0, 0, None),
        ("desc", 3, 3, 4),
        ("desc", -1, 20, 19),
        ("id", 0, 20, None),
    ],
)
async def test_a_new_lead_has_the_time_of_a_neighbour(ask, sort, position, place, like):
    """So that it belongs to the same periods; at the newest end it is newer, by id it is last."""
    change = Change(at_request=1, insert=1, position=position, resource="leads")
    async with FakeLiner(sizes={"leads": 20}, sort=sort, changes=[change]) as server:
        old = server.leads
        await ask(server, LEADS, **YEAR)
        leads = server.leads
    new = leads.pop(place)
    assert leads == old
    assert new["id"] > max(lead["id"] for lead in old)
    times = [lead["createdAt"] for lead in old]
    newest = max(times)
    times.insert(place, "")
    assert (new["createdAt"] > newest) if like is None else (new["createdAt"] == times[like])
    assert new["updatedAt"] >= new["createdAt"]


async def test_what_was_deleted_is_missing(ask):
    """In the list and alone."""
    change = Change(at_request=2, delete=1, resource="users")
    async with FakeLiner(changes=[change]) as server:
        before = await ids(ask, server, "/v2/user/list/")
        assert (await ask(server, f"/v2/user/detail/{before[0]}/")).status == 200
        assert await ids(ask, server, "/v2/user/list/") == before[1:]
        assert (await ask(server, f"/v2/user/detail/{before[0]}/")).status == 404


async def test_variables_past_the_most_are_dropped_silently(ask):
    """As PHP does: the rest of a long filter is not looked at, nor is what comes behind it."""
    wanted = [("createdAt[0]", YEAR["createdAt[0]"]), ("createdAt[1]", YEAR["createdAt[1]"])]
    wanted += [("orderIds[]", str(of)) for of in (123, 202, 126)]
    async with FakeLiner(max_variables=4) as server:
        got = await ask(server, f"{LEADS}?{urlencode([*wanted, ('offset', 9), ('limit', 1)])}")
        leads = [lead["id"] for lead in server.leads if lead["orderId"] in (123, 202)]
        [request] = server.requests
    assert got.ids == leads
    assert (request.offset, request.limit) == (9, 1)


async def test_a_url_that_is_too_long_gets_414(ask):
    """Whatever it asks for, and with a page that is no JSON."""
    async with FakeLiner(max_url=100) as server:
        short, long = [await ask(server, x="a" * size) for size in (87, 88)]
    assert (short.status, long.status) == (200, 414)


@pytest.mark.parametrize("name", ["offset", "limit", "orderIds", "callId"])
async def test_an_ignored_variable_changes_nothing(ask, name):
    """A server may overlook any of them."""
    path, query = (LEADS, YEAR) if name == "orderIds" else ("/v2/call-record/", {})
    mine = {"orderIds[]": 202} if name == "orderIds" else {name: 7}
    async with FakeLiner(ignored={name}) as server:
        assert (await ask(server, path, **query, **mine)).body == (
            await ask(server, path, **query)
        ).body


async def test_fields_are_null_on_request(ask):
    """Some, or all that may be; the server knows them all the same."""
    nulls = {"leads": ["createdAt", "phone"], "orders": "all", "call_statuses": "all"}
    async with FakeLiner(null_fields=nulls, leads=[lead(1, "12:00:00"), "odd"]) as server:
        [only, odd] = (await ask(server, LEADS, **HOUR)).json["data"]["list"]
        assert odd == "odd"
        assert only == {**lead(1, "12:00:00"), "createdAt": None, "phone": None}
        assert (await ask(server, "/v2/lead/detail/1/")).json["data"] == only
        for order in (await ask(server)).json["data"]["list"]:
            named = {name for name, value in order.items() if value is not None}
            assert named == {"id", "serviceTitle", "title", "status", "sipEndpointIds"}
        assert server.call_statuses[0]["code"] == "answered"
        assert server.call_statuses[0]["title"] is None


@pytest.mark.parametrize("option", ["null_fields", "sizes"])
def test_a_misspelt_resource_is_refused(option):
    """It would change nothing."""
    with pytest.raises(ValueError, match="leeds"):
        FakeLiner(**{option: {"leeds": 3}})


async def test_the_cost_of_skipped_rows_is_counted(ask):
    """It grows with the offset, up to the rows that match; no time needs to pass."""
    async with FakeLiner(cost_per_skipped_row=1.0, sleep_costs=False, latency=0.001) as server:
        for offset in (0, 100, 10_000):
            await ask(server, "/v2/order/", offset=offset)
        await ask(server, LEADS, **HOUR, offset=50)
        assert server.server_seconds == pytest.approx(0.004 + 350 + 2, abs=2)
        stats = (await ask(server, "/fake-liner/stats")).json
        assert stats["server_seconds"] == server.server_seconds
        server.reset_stats()
        assert server.server_seconds == 0


async def test_costs_take_time(ask, monkeypatch):
    """Unless they are only counted."""
    slept = []

    async def sleep(seconds):
        slept.append(seconds)

    async with FakeLiner(cost_per_skipped_row=0.5, latency=0.25) as server:
        monkeypatch.setattr("liner_async.testing.service.asyncio.sleep", sleep)
        await ask(server, offset=10)
        monkeypatch.undo()
    assert slept == [5.25]


@pytest.mark.parametrize("resource", list(COLLECTIONS))
async def test_a_fault_meets_any_resource(ask, resource):
    """By its name."""
    query = {**YEAR, "orderIds[]": 123} if COLLECTIONS[resource].by_period else {}
    faults = {(resource, "any"): [Fault.status(503), Fault.php("maps", "lists"), None]}
    async with FakeLiner(faults=faults) as server:
        got = [await ask(server, COLLECTIONS[resource].path, **query) for _ in range(3)]
    assert [each.status for each in got] == [503, 200, 200]


async def test_a_history_may_be_any_period(ask):
    """Thirty thousand leads of one second, for example."""
    start = datetime(2025, 6, 1, 12, tzinfo=UTC)
    options = {"start": start, "end": start + timedelta(seconds=1), "sizes": {"leads": 30_000}}
    second = {"createdAt[0]": "2025-06-01T12:00:00Z", "createdAt[1]": "2025-06-01T12:00:00Z"}
    async with FakeLiner(**options) as server:
        got = await ask(server, LEADS, **second, offset=29_990)
    assert (len(got.ids), got.json["data"]["total"]) == (10, 30_000)


async def test_new_rows_are_in_the_order_of_their_ids(ask):
    """They come last there, however many they are, and are found by their ids."""
    changes = [Change(at_request=1, insert=40, resource="calls")]
    options = {"sort": "id", "ignored": {"leadIds", "createdAt"}, "sizes": {"calls": 8}}
    async with FakeLiner(changes=changes, **options) as server:
        [first] = await ids(ask, server, CALLS, limit=1)
        calls = [call["id"] for call in server.calls]
        assert (calls, first) == (sorted(set(calls)), 123)
        assert (await ask(server, f"/v2/call/detail/{calls[-1]}/")).json["data"]["id"] == calls[-1]
    assert len(calls) == 48
