"""The request of each of the 17 reading endpoints, as the vendor's pages have it."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from liner_async import AccessGroup, NotFoundError, ResponseError
from tests.support.examples import EXAMPLES
from tests.support.json_server import JsonServer

PAGE = "offset=0&limit=50"
# Heading of the vendor's page: what is called, and the target that is asked for. Written down from
# the pages, not from ENDPOINTS; leads and calls have their lists in tests of periods.
REQUESTS = {
    "GET /v2/order/": (lambda liner: liner.orders.page(), f"/v2/order/?{PAGE}"),
    "GET /v2/lead/detail/{leadId}/": (lambda liner: liner.leads.get(7), "/v2/lead/detail/7/"),
    "GET /v2/lead-status/": (lambda liner: liner.lead_statuses.list(), "/v2/lead-status/"),
    "GET /v2/call/detail/{callId}/": (lambda liner: liner.calls.get(7), "/v2/call/detail/7/"),
    "GET /v2/call-status/": (lambda liner: liner.call_statuses.list(), "/v2/call-status/"),
    "GET /v2/call-record/": (
        lambda liner: liner.call_records.page(call_id=5, is_amd=True),
        f"/v2/call-record/?callId=5&isAmd=1&{PAGE}",
    ),
    "GET /v2/call-record/detail/{callRecordId}/": (
        lambda liner: liner.call_records.get(7),
        "/v2/call-record/detail/7/",
    ),
    "GET /v2/call-attempt/": (
        lambda liner: liner.call_attempts.page(),
        f"/v2/call-attempt/?{PAGE}",
    ),
    "GET /v2/call-attempt/detail/{id}/": (
        lambda liner: liner.call_attempts.get(7),
        "/v2/call-attempt/detail/7/",
    ),
    "GET /v2/user/list/": (
        lambda liner: liner.users.page(access_group=AccessGroup.CALL_CENTER, is_active=False),
        f"/v2/user/list/?accessGroup=call-center&isActive=0&{PAGE}",
    ),
    "GET /v2/user/detail/{userId}/": (lambda liner: liner.users.get(7), "/v2/user/detail/7/"),
    "GET /v2/agent-group/": (
        lambda liner: liner.agent_groups.page(agent_id=101),
        f"/v2/agent-group/?agentId=101&{PAGE}",
    ),
    "GET /v2/agent-group/{id}/": (lambda liner: liner.agent_groups.get(7), "/v2/agent-group/7/"),
    "GET /v2/sip-endpoint/": (lambda liner: liner.sip_endpoints.list(), "/v2/sip-endpoint/"),
    "GET /v2/custom-field/": (
        lambda liner: liner.custom_fields.list(essence="orders"),
        "/v2/custom-field/?essence=orders",
    ),
}
SPELLINGS = {
    "lead_statuses": ("/v2/lead-status/", "/v2/lead-statuses/"),
    "call_statuses": ("/v2/call-status/", "/v2/call-statuses/"),
    "sip_endpoints": ("/v2/sip-endpoint/", "/v2/sip-endpoints/"),
    "custom_fields": ("/v2/custom-field/", "/v2/custom-fields/"),
}
PAGED = ("orders", "call_records", "call_attempts", "users", "agent_groups")


@pytest.fixture
def server():
    """Return a server that answers as a test says, and 404 to all else."""
    with JsonServer() as server:
        yield server


@pytest.mark.parametrize("heading", REQUESTS)
async def test_a_request_is_the_documented_one(server, heading):
    """Path with its slash at the end, filters in the documented order, offset and limit last."""
    ask, target = REQUESTS[heading]
    async with server.client() as liner:
        with pytest.raises(NotFoundError):
            await ask(liner)
    assert unquote(server.asked[0]) == target


@pytest.mark.parametrize("name", SPELLINGS)
async def test_a_path_that_the_vendor_spells_twice_is_asked_for_both_ways(server, name):
    """The heading's spelling first; of the two, the one that answers is kept."""
    heading, sample = SPELLINGS[name]
    server.answers[sample] = []
    async with server.client() as liner:
        for _ in range(2):
            assert list(await getattr(liner, name).list()) == []
    assert server.asked == [heading, sample, sample]


@pytest.mark.parametrize("name", SPELLINGS)
async def test_a_list_in_one_piece_is_read(server, name):
    """Into its model; a page object is paged through."""
    async with server.client() as liner:
        resource = getattr(liner, name)
        rows = [EXAMPLES[resource.model] | {"id": number} for number in range(1, 121)]
        heading, _ = SPELLINGS[name]
        server.answers[heading] = rows[:2]
        items = await resource.list()
        assert ({type(each) for each in items}, items.to_dicts()) == ({resource.model}, rows[:2])
        server.answers[heading] = {"list": rows[:50], "next": 50, "total": 120}
        for offset in (50, 100):
            page = {"list": rows[offset : offset + 50], "next": None, "total": 120}
            server.answers[f"{heading}?offset={offset}&limit=50"] = page
        assert (await resource.list()).to_dicts() == rows


@pytest.mark.parametrize("name", PAGED)
async def test_list_page_and_count_of_a_paged_resource(server, name):
    """All rows, a page, and how many there are."""
    async with server.client() as liner:
        resource = getattr(liner, name)
        path = resource.list()._source.path
        rows = [EXAMPLES[resource.model] | {"id": number} for number in range(1, 251)]
        server.lists[path] = rows
        items = await resource.list()
        page = await resource.page(offset=240, limit=20)
        assert ({type(each) for each in items}, items.to_dicts()) == ({resource.model}, rows)
        assert ([each.id for each in page], page.total) == ([*range(241, 251)], 250)
        assert await resource.count() == 250


@pytest.mark.parametrize("name", PAGED)
async def test_a_bare_array_is_no_page(server, name):
    """It could be the first page of many."""
    async with server.client() as liner:
        resource = getattr(liner, name)
        server.answers[resource.list()._source.path] = []
        with pytest.raises(ResponseError, match="data is not an object"):
            await resource.list()
