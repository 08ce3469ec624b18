"""Filters: sent by every verb, checked on the rows that show their effect, refused if wrong."""

from __future__ import annotations

from functools import partial
from urllib.parse import unquote

import pytest

from liner_async import ConfigError, PagingError, User
from tests.support.examples import EXAMPLES
from tests.support.json_server import JsonServer

USERS, GROUPS, RECORDS = "/v2/user/list/", "/v2/agent-group/", "/v2/call-record/"
SENT = [
    ("users", {"access_group": "admin"}, "accessGroup=admin"),
    ("users", {"is_active": True}, "isActive=1"),
    ("users", {"is_active": False}, "isActive=0"),
    ("agent_groups", {"agent_id": 7}, "agentId=7"),
    ("call_records", {"call_id": 7}, "callId=7"),
    ("call_records", {"is_amd": True}, "isAmd=1"),
    ("call_records", {"is_amd": False, "call_id": 7}, "callId=7&isAmd=0"),
    ("call_records", {"is_amd": None, "call_id": None}, ""),
]


@pytest.fixture
def server():
    """Return a server that answers as a test says."""
    with JsonServer() as server:
        server.lists = {USERS: [], GROUPS: [], RECORDS: []}
        yield server


@pytest.mark.parametrize(("name", "filters", "query"), SENT, ids=str)
@pytest.mark.parametrize("verb", ["list", "page", "count"])
async def test_every_verb_sends_the_filters(server, name, filters, query, verb):
    """Before offset and limit."""
    async with server.client() as liner:
        await getattr(getattr(liner, name), verb)(**filters)
    (target,) = server.asked
    assert unquote(target).partition("?")[2].rpartition("offset=")[0] == (query and f"{query}&")


def serve(server, resource, changes):
    """Serve the vendor's example with some changes, whatever the filter."""
    server.lists[resource.list()._source.path] = [EXAMPLES[resource.model] | changes]


FOREIGN = [
    ("users", {"access_group": "admin"}, {"accessGroup": "client"}),
    ("users", {"is_active": True}, {"isActive": False}),
    ("users", {"is_active": False}, {"isActive": True}),
    ("agent_groups", {"agent_id": 7}, {"agentIds": [8]}),
]


@pytest.mark.parametrize(("name", "filters", "foreign"), FOREIGN, ids=str)
async def test_a_filter_that_the_server_ignores_is_an_error(server, name, filters, foreign):
    """Never a longer list than asked for."""
    async with server.client() as liner:
        serve(server, getattr(liner, name), foreign)
        with pytest.raises(PagingError, match="ignores the filter") as caught:
            await getattr(liner, name).list(**filters)
        assert caught.value.reason == "filter"
        assert len(await getattr(liner, name).list()) == 1


FITTING = [
    ("users", {"access_group": "admin"}, {"accessGroup": "admin"}),
    ("users", {"access_group": "admin", "is_active": True}, {"accessGroup": "admin"}),
    ("users", {"access_group": "admin"}, {"accessGroup": None}),
    ("users", {"is_active": True}, {"isActive": None}),
    ("agent_groups", {"agent_id": 7}, {"agentIds": [8, 7]}),
    ("agent_groups", {"agent_id": 7}, {"agentIds": None}),
    ("call_records", {"call_id": 7, "is_amd": True}, {}),
]


@pytest.mark.parametrize(("name", "filters", "row"), FITTING, ids=str)
async def test_rows_that_fit_or_say_nothing_are_handed_out(server, name, filters, row):
    """A null contradicts nothing."""
    async with server.client() as liner:
        serve(server, getattr(liner, name), row)
        assert len(await getattr(liner, name).list(**filters)) == 1


SECRET = "+79990001122"
WRONG = [
    *(
        ("users", {"access_group": value}, "access_group")
        for value in ("nobody", "", 5, True, SECRET)
    ),
    *(("users", {"is_active": value}, "is_active") for value in (1, 0, "1", SECRET)),
    *(
        ("agent_groups", {"agent_id": value}, "agent_id")
        for value in (0, -1, True, "5", 1.0, SECRET)
    ),
    *(("call_records", {"call_id": value}, "call_id") for value in (0, -1, True, "5", 1.0, SECRET)),
    *(("call_records", {"is_amd": value}, "is_amd") for value in (1, 0, "1", SECRET)),
]


@pytest.mark.parametrize(("name", "filters", "argument"), WRONG, ids=str)
async def test_a_wrong_argument_is_refused_before_any_request(server, name, filters, argument):
    """By every verb, by its name, and without its value."""
    async with server.client() as liner:
        resource = getattr(liner, name)
        with pytest.raises(ConfigError, match=f"^{argument} must be ") as caught:
            resource.list(**filters)
        for verb in (resource.page, resource.count):
            with pytest.raises(ConfigError, match=f"^{argument} must be "):
                await verb(**filters)
    assert SECRET not in str(caught.value)
    assert server.asked == []


@pytest.mark.parametrize(
    "name", ["users", "agent_groups", "call_records", "lead_statuses", "sip_endpoints"]
)
async def test_an_unknown_name_is_a_type_error(server, name):
    """As Python says it of any function."""
    async with server.client() as liner:
        with pytest.raises(TypeError, match="unexpected keyword argument 'nonsense'"):
            getattr(liner, name).list(nonsense=1)


async def test_other_filters_are_another_list_to_a_resume_point(server):
    """What was read of active users says nothing of all of them."""
    server.lists[USERS] = [EXAMPLES[User] | {"id": number} for number in range(1, 6)]
    async with server.client() as liner:
        read = partial(liner.users.list, is_active=True)
        first = await anext(aiter(read(page_size=2).pages()))
        rest = await read(resume=first.resume_point)
        assert [user.id for user in rest] == [3, 4, 5]
        with pytest.raises(ConfigError, match="other filters"):
            liner.users.list(resume=first.resume_point)
