"""The seventeen endpoints that read, as the vendor's pages show them: path, query, whole answer."""

from __future__ import annotations

import pytest

from liner_async import testing
from liner_async.testing import FakeLiner

MONTH = "createdAt[0]=2024-01-01T00:00:00Z&createdAt[1]=2024-01-31T23:59:59Z"
# Written from the vendor's pages: the resource, its example, and what is asked for.
LISTS = [
    ("orders", testing.EXAMPLE_ORDER, "/v2/order/"),
    (
        "leads",
        testing.EXAMPLE_LEAD,
        f"/v2/lead/?{MONTH}&orderIds[]=202&orderIds[]=101&statusIds[]=10&statusIds[]=2",
    ),
    (
        "calls",
        testing.EXAMPLE_CALL,
        f"/v2/call/?{MONTH}&leadIds[]=789&orderIds[]=202&userIds[]=101&statusIds[]=123",
    ),
    ("call_records", testing.EXAMPLE_CALL_RECORD, "/v2/call-record/"),
    ("call_attempts", testing.EXAMPLE_CALL_ATTEMPT_GROUP, "/v2/call-attempt/"),
    ("users", testing.EXAMPLE_USER, "/v2/user/list/?accessGroup=call-center&isActive=1"),
    ("agent_groups", testing.EXAMPLE_AGENT_GROUP, "/v2/agent-group/?agentId=101"),
]
ARRAYS = [
    ("lead_statuses", testing.EXAMPLE_LEAD_STATUS, "/v2/lead-status/", "/v2/lead-statuses/"),
    ("call_statuses", testing.EXAMPLE_CALL_STATUS, "/v2/call-status/", "/v2/call-statuses/"),
    ("sip_endpoints", testing.EXAMPLE_SIP_ENDPOINT, "/v2/sip-endpoint/", "/v2/sip-endpoints/"),
    ("custom_fields", testing.EXAMPLE_CUSTOM_FIELD, "/v2/custom-field/", "/v2/custom-fields/"),
]
ITEMS = [
    ("leads", testing.EXAMPLE_LEAD, "/v2/lead/detail/123/"),
    ("calls", testing.EXAMPLE_CALL, "/v2/call/detail/123/"),
    ("call_records", testing.EXAMPLE_CALL_RECORD, "/v2/call-record/detail/123/"),
    ("call_attempts", testing.EXAMPLE_CALL_ATTEMPT_GROUP, "/v2/call-attempt/detail/123/"),
    ("users", testing.EXAMPLE_USER, "/v2/user/detail/123/"),
    ("agent_groups", testing.EXAMPLE_AGENT_GROUP, "/v2/agent-group/123/"),
]


def test_there_are_seventeen():
    """Of the vendor's 26 endpoints the other nine write."""
    assert len(LISTS) + len(ARRAYS) + len(ITEMS) == 17


@pytest.mark.parametrize(("name", "example", "path"), LISTS)
async def test_a_page_is_the_documented_answer(ask, name, example, path):
    """With every documented filter; `next` and `total` are those of one row."""
    async with FakeLiner(**{name: [example]}) as server:
        got = await ask(server, path)
    data = {"list": [example], "next": 1, "total": 1}
    assert (got.status, got.json) == (200, {"success": True, "message": "", "data": data})


@pytest.mark.parametrize(("name", "example", "path", "plural"), ARRAYS)
async def test_an_array_is_the_documented_answer(ask, name, example, path, plural):
    """At the path of the heading; that of the samples is another server's."""
    async with FakeLiner(**{name: [example]}) as server:
        got, other = [await ask(server, of) for of in (path, plural)]
    assert (got.status, got.json) == (200, {"success": True, "message": "", "data": [example]})
    assert other.status == 404
    async with FakeLiner(**{name: [example]}, paths="plural") as server:
        assert (await ask(server, plural)).body == got.body


@pytest.mark.parametrize(("name", "example", "path"), ITEMS)
async def test_a_single_item_is_the_documented_answer(ask, name, example, path):
    """Found by its id; only the path of the groups has no `detail`."""
    async with FakeLiner(**{name: [example]}) as server:
        got = await ask(server, path)
        assert (await ask(server, path.replace("123", "124"))).status == 404
    assert (got.status, got.json) == (200, {"success": True, "message": "", "data": example})
