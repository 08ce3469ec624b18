"""One object by its identifier, and what else every resource with a `get` does."""

from __future__ import annotations

import pytest

from liner_async import CallAttemptGroup, ConfigError, DecodeError, NotFoundError
from tests.support.json_server import JsonServer

GROUP = {
    "id": 7,
    "title": "Usual",
    "intervals": [5, 10],
    "isDefault": True,
    "resetAttemptsEnabled": None,
}


@pytest.fixture
def server():
    """Return a server that answers as a test says."""
    with JsonServer() as server:
        yield server


async def test_get_returns_the_object(server):
    """Typed, as a list's items are."""
    server.answers["/v2/call-attempt/detail/7/"] = GROUP
    async with server.client() as liner:
        group = await liner.call_attempts.get(7)
    assert group == CallAttemptGroup(id=7, title="Usual", intervals=(5, 10), is_default=True)


@pytest.mark.parametrize("data", [None, [], {}], ids=repr)
async def test_empty_data_is_no_object(server, data):
    """A 200 without an object says the same as a 404."""
    server.answers["/v2/call-attempt/detail/7/"] = data
    async with server.client() as liner:
        with pytest.raises(NotFoundError) as caught:
            await liner.call_attempts.get(7)
    error = caught.value
    assert (error.status, error.reason, error.attempts) == (200, "missing", 1)
    assert (error.method, error.path) == ("GET", "/v2/call-attempt/detail/7/")


async def test_a_404_is_an_object_or_a_path_that_is_missing(server):
    """Asked for once; another spelling of the path is never tried where there is an id."""
    async with server.client() as liner:
        with pytest.raises(NotFoundError, match="no such path or object") as caught:
            await liner.call_attempts.get(8)
    assert (caught.value.status, caught.value.reason) == (404, "missing")
    assert server.asked == ["/v2/call-attempt/detail/8/"]


@pytest.mark.parametrize("group_id", [0, -1, True, "5", 1.0, None], ids=repr)
async def test_what_is_no_identifier_is_refused_before_any_request(server, group_id):
    """Its value is not shown."""
    async with server.client() as liner:
        with pytest.raises(ConfigError, match="an integer of at least 1"):
            await liner.call_attempts.get(group_id)
    assert server.asked == []


async def test_an_object_that_does_not_fit_names_its_request(server):
    """And its fields, never a value."""
    server.answers["/v2/call-attempt/detail/7/"] = GROUP | {"intervals": "secret"}
    async with server.client() as liner:
        with pytest.raises(DecodeError) as caught:
            await liner.call_attempts.get(7)
    error = caught.value
    assert str(error) == (
        "CallAttemptGroup 7: intervals: expected an array (GET /v2/call-attempt/detail/7/)"
    )
    assert error.problems == ("intervals: expected an array",)


async def test_list_page_and_count_are_those_of_every_paged_resource(server):
    """Under a path of their own."""
    rows = [GROUP | {"id": number} for number in range(1, 251)]
    server.lists["/v2/call-attempt/"] = rows
    async with server.client() as liner:
        groups = await liner.call_attempts.list()
        page = await liner.call_attempts.page(offset=240, limit=20)
        assert (len(groups), len(page), await liner.call_attempts.count()) == (250, 10, 250)
    assert groups.to_dicts() == rows
