"""Every kind of object as a whole server serves it: what is read is what it holds."""

from __future__ import annotations

import pytest

from liner_async import LinerClient
from liner_async.testing import FakeLiner

PLAIN = ("lead_statuses", "call_statuses", "sip_endpoints", "custom_fields")
WITH_DETAILS = ("call_records", "call_attempts", "users", "agent_groups")


def as_read(row):
    """Return a row as the client reads it: an identifier of another service is always text."""
    texts = {name: str(row[name]) for name in ("telegramChatId",) if type(row.get(name)) is int}
    return row | texts


@pytest.mark.parametrize("name", ["orders", *PLAIN, *WITH_DETAILS])
async def test_a_list_is_what_the_server_holds(name):
    """In its order, whatever its variety."""
    async with FakeLiner() as server, LinerClient(server.url, server.api_key) as liner:
        items = await getattr(liner, name).list()
        assert items.to_dicts() == [as_read(row) for row in getattr(server, name)]


@pytest.mark.parametrize("name", WITH_DETAILS)
async def test_an_object_by_its_identifier_is_that_of_the_list(name):
    """One by one, and many."""
    async with FakeLiner() as server, LinerClient(server.url, server.api_key) as liner:
        resource = getattr(liner, name)
        items = await resource.list(max_items=20)
        assert await resource.get(items[-1].id) == items[-1]
        assert await resource.get_many(item.id for item in items) == items


async def test_a_lead_and_a_call_by_their_identifiers():
    """Their lists need a period; one of them does not."""
    async with FakeLiner() as server, LinerClient(server.url, server.api_key) as liner:
        for resource, rows in ((liner.leads, server.leads), (liner.calls, server.calls)):
            found = await resource.get_many([rows[1]["id"], rows[0]["id"]])
            assert found.to_dicts() == [rows[1], rows[0]]


@pytest.mark.parametrize("name", PLAIN)
async def test_a_server_of_plural_paths_is_asked_once_more(name):
    """Once a client, not once a list."""
    async with (
        FakeLiner(paths="plural") as server,
        LinerClient(server.url, server.api_key) as liner,
    ):
        for requests in (2, 3):
            assert len(await getattr(liner, name).list()) == len(getattr(server, name))
            assert len(server.requests) == requests


async def test_filters_leave_what_fits():
    """As many as the server itself finds, and no others."""
    async with FakeLiner() as server, LinerClient(server.url, server.api_key) as liner:
        users = await liner.users.list(access_group="call-center", is_active=True)
        assert [user.id for user in users] == [
            row["id"]
            for row in server.users
            if (row["accessGroup"], row["isActive"]) == ("call-center", True)
        ]
        agent = server.agent_groups[0]["agentIds"][0]
        groups = await liner.agent_groups.list(agent_id=agent)
        assert [group.id for group in groups] == [
            row["id"] for row in server.agent_groups if agent in row["agentIds"]
        ]
        assert 0 < len(users) < len(server.users)
        assert 0 < len(groups) < len(server.agent_groups)
