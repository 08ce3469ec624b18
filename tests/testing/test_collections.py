"""What FakeLiner serves: each collection by its path, with the same rules before all of them."""

from __future__ import annotations

import json
import re
from inspect import signature

import pytest

from liner_async import testing
from liner_async.testing import (
    EXAMPLE_CALL_ATTEMPT_GROUP,
    EXAMPLE_CUSTOM_FIELD,
    Change,
    FakeLiner,
    Fault,
    make_call_attempt_group,
    make_custom_field,
)
from liner_async.testing.collection import COLLECTIONS

GROUPS, GROUP, FIELDS = "/v2/call-attempt/", "/v2/call-attempt/detail/123/", "/v2/custom-field/"
EVERY_KIND = pytest.mark.parametrize("path", [GROUPS, GROUP, FIELDS])


@pytest.mark.parametrize(
    ("kind", "example"),
    [
        (name.removeprefix("EXAMPLE_").lower(), getattr(testing, name))
        for name in testing.__all__
        if name.startswith("EXAMPLE_")
    ],
)
def test_every_kind_has_an_example_and_a_builder(kind, example):
    """Fields go by the vendor's name or ours; a wrong one is a TypeError that names the kind."""
    make = getattr(testing, f"make_{kind}")
    assert make.__name__ == f"make_{kind}"
    assert make() == example
    assert make() is not example
    for ours, vendors in zip(signature(make).parameters, example, strict=True):
        assert make(**{ours: 5}) == make(**{vendors: 5}) == {**example, vendors: 5}
        assert re.fullmatch("[a-z0-9_]+", ours)
    with pytest.raises(TypeError, match=f"documents no field 'totl' of the {kind.split('_')[0]}"):
        make(totl=1)
    assert f"the vendor's example {kind.replace('_', ' ')}" in make.__doc__


async def test_a_paged_collection_is_paged_as_the_orders_are(ask):
    """The first group is the vendor's example."""
    async with FakeLiner(sizes={"call_attempts": 120}) as server:
        first = await ask(server, GROUPS)
        last = await ask(server, GROUPS, offset=100, limit=100)
        assert first.json["data"]["list"][0] == EXAMPLE_CALL_ATTEMPT_GROUP
        assert (len(first.ids), first.json["data"]["next"]) == (50, 50)
        assert (len(last.ids), last.json["data"]["total"]) == (20, 120)
        assert [group["id"] for group in server.call_attempts][100:] == last.ids
        assert (await ask(server, GROUPS, limit=0)).status == 400
    assert [request.limit for request in server.requests_at(100, "call_attempts")] == [100]
    assert server.requests_at(100) == []


async def test_a_collection_without_pages_is_a_bare_array(ask):
    """Offset and limit mean nothing there; the first field is the vendor's example."""
    async with FakeLiner() as server:
        fields = (await ask(server, FIELDS, offset="x", limit=1)).json["data"]
        assert fields == server.custom_fields
        assert fields[0] == EXAMPLE_CUSTOM_FIELD
    [request] = server.requests
    assert (request.resource, request.offset, request.limit) == ("custom_fields", None, None)


@pytest.mark.parametrize(("essence", "count"), [("leads", 8), ("orders", 8), ("else", 0), ("", 0)])
async def test_a_filter_leaves_what_matches(ask, essence, count):
    """Every type of field is invented for both."""
    async with FakeLiner() as server:
        fields = (await ask(server, FIELDS, essence=essence)).json["data"]
    assert len({field["type"] for field in fields}) == len(fields) == count
    assert {field["essence"] for field in fields} <= {essence}


async def test_anything_can_be_served_as_a_field(ask):
    """What is no object matches no filter."""
    odd = [5, None, make_custom_field(essence=["orders"])]
    async with FakeLiner(custom_fields=odd) as server:
        assert (await ask(server, FIELDS)).json["data"] == odd
        assert (await ask(server, FIELDS, essence="orders")).json["data"] == []


async def test_a_single_item_is_data_itself(ask):
    """By its id; an unknown one is a 404 in the envelope."""
    mine = [
        make_call_attempt_group(id=72),
        make_call_attempt_group(id=7, title="Mine"),
        {"id": 0.5},
    ]
    async with FakeLiner(call_attempts=mine) as server:
        assert (await ask(server, "/v2/call-attempt/detail/7/")).json["data"] == mine[1]
        unknown = await ask(server, "/v2/call-attempt/detail/8/")
        assert (unknown.status, unknown.json["success"], unknown.json["data"]) == (404, False, None)
        assert server.call_attempts == mine
    assert {request.resource for request in server.requests} == {"call_attempts"}


@pytest.mark.parametrize(
    ("paths", "statuses"),
    [("singular", [200, 404]), ("plural", [404, 200]), ("both", [200, 200])],
)
async def test_the_path_of_a_list_is_the_headings_or_the_samples(ask, paths, statuses):
    """The vendor's documentation names two; a list with one path keeps it."""
    async with FakeLiner(paths=paths, prefix="/api") as server:
        both = [await ask(server, path) for path in (FIELDS, "/v2/custom-fields/")]
        assert [got.status for got in both] == statuses
        assert (await ask(server)).status == 200


@EVERY_KIND
async def test_the_key_is_asked_for_everywhere(ask, path):
    """And GET is the only method."""
    async with FakeLiner() as server:
        assert (await ask(server, path, headers={})).status == 401
        assert (await ask(server, path, method="POST")).status == 405


@EVERY_KIND
async def test_the_rate_limit_counts_everything(ask, path):
    """One limit for all of LINER."""
    async with FakeLiner(rate_limit=0.001) as server:
        assert (await ask(server, path)).status == 200
        assert (await ask(server)).status == 429


@EVERY_KIND
async def test_latency_comes_before_every_response(ask, path):
    """Once for each."""
    drawn = []
    async with FakeLiner(latency=lambda chance: drawn.append(chance) or 0) as server:
        await ask(server, path)
    assert len(drawn) == 1


@EVERY_KIND
async def test_a_fault_meets_every_kind_of_response(ask, path):
    """By the resource's name; the faults of the orders are others."""
    name = "custom_fields" if path == FIELDS else "call_attempts"
    faults = {(name, "any"): [Fault.status(503), Fault.rows({0: {"title": None}})], 0: [None]}
    async with FakeLiner(faults=faults) as server:
        assert (await ask(server)).status == 200
        assert (await ask(server, path)).status == 503
        assert b'"title":null' in (await ask(server, path)).body
        assert b'"title":null' not in (await ask(server, path)).body


async def test_a_fault_goes_by_the_offset_in_its_own_list(ask):
    """Page 100 of the groups fails, page 100 of the orders does not."""
    faults = {("call_attempts", 100): Fault.status(500)}
    async with FakeLiner(faults=faults, sizes={"call_attempts": 120}) as server:
        assert (await ask(server, GROUPS, offset=100)).status == 500
        assert (await ask(server, GROUPS)).status == 200
        assert (await ask(server, offset=100)).status == 200


@EVERY_KIND
async def test_chance_spoils_every_kind_of_response(ask, path):
    """At most twice in a row."""
    async with FakeLiner(fault_rate=1, fault_kinds=[Fault.status(503)]) as server:
        assert [(await ask(server, path)).status for _ in range(3)] == [503, 503, 200]


async def test_a_list_moves_by_its_own_requests(ask):
    """A change names its resource; the orders stay, and single items do not count."""
    change = Change(at_request=2, insert=1, delete=4, resource="call_attempts")
    async with FakeLiner(changes=[change]) as server:
        before = await ask(server, GROUPS)
        for path in ("/v2/order/", "/v2/order/", FIELDS, FIELDS, GROUP, GROUP):
            await ask(server, path)
        after = await ask(server, GROUPS)
        assert (len(before.ids), len(after.ids)) == (5, 2)
        assert after.ids[1] == before.ids[4] < after.ids[0]
        assert (len(server.orders), len(server.custom_fields)) == (250, 16)


@pytest.mark.parametrize(
    ("between", "first", "total"), [("rows-count", 0, 4), ("count-rows", 1, 5)]
)
async def test_a_list_moves_between_the_two_queries_of_an_answer(ask, between, first, total):
    """Rows from before it and a total from after it, or the other way round; then both."""
    change = Change(at_request=1, delete=1, resource="call_attempts", between=between)
    async with FakeLiner() as resting:
        before = await ask(resting, GROUPS)
    async with FakeLiner(changes=[change]) as server:
        answer, later = await ask(server, GROUPS), await ask(server, GROUPS)
    assert (answer.ids, answer.json["data"]["total"]) == (before.ids[first:], total)
    assert (later.ids, later.json["data"]["total"]) == (before.ids[1:], 4)


async def test_a_list_without_a_total_moves_before_the_answer(ask):
    """It is one query."""
    change = Change(at_request=1, delete=1, resource="custom_fields", between="rows-count")
    async with FakeLiner(changes=[change]) as server:
        answer = await ask(server, FIELDS)
        assert len(json.loads(answer.body)["data"]) == len(server.custom_fields)


async def test_the_stats_count_the_offsets_of_the_orders_alone(ask):
    """Pages of several lists would not add up."""
    async with FakeLiner() as server:
        await ask(server, GROUPS)
        await ask(server, offset=50)
        stats = json.loads((await ask(server, "/fake-liner/stats", headers={})).body)
    assert (stats["requests"], stats["offsets"]) == (2, {"50": 1})


@pytest.mark.parametrize(
    "options",
    [
        {"sizes": {"leeds": 3}},
        {"changes": [Change(at_request=1, resource="leeds")]},
        {"faults": {("leeds", 0): None}},
    ],
)
def test_a_resource_that_is_not_served_is_refused(options):
    """A misspelt name does not make a test pass."""
    with pytest.raises(ValueError, match="leeds"):
        FakeLiner(**options)


def test_every_collection_can_be_given_and_read():
    """A row in the table needs an option and a property of its name."""
    for name in COLLECTIONS:
        server = FakeLiner(**{name: [{"id": 5}]})
        assert getattr(server, name) == [{"id": 5}]
        assert name in dir(server)
    assert not hasattr(server, "leeds")
