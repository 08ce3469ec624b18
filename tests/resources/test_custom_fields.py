"""A list in one piece: one request, two spellings of its path, and a filter that is checked."""

from __future__ import annotations

import logging

import pytest

from liner_async import ConfigError, CustomField, Essence, NotFoundError, PagingError
from tests.support.json_server import JsonServer

PATH, PLURAL = "/v2/custom-field/", "/v2/custom-fields/"


def field(number, essence="leads", **more):
    """Return a custom field as the vendor sends it."""
    return {"id": number, "title": f"Field {number}", "type": "string", "essence": essence} | more


@pytest.fixture
def server():
    """Return a server that answers as a test says."""
    with JsonServer() as server:
        yield server


async def test_a_bare_array_is_the_whole_list(server):
    """One request, however long it is; a pager like every list."""
    server.answers[PATH] = [field(number) for number in range(1, 251)]
    async with server.client() as liner:
        pager = liner.custom_fields.list()
        fields = await pager
        assert [each.id async for each in pager] == list(range(1, 251))
    assert (len(fields), fields.total, fields.report.complete) == (250, 250, True)
    assert type(fields[0]) is CustomField
    assert server.asked == [PATH, PATH]


async def test_max_items_cuts_what_came(server):
    """The server cannot be asked for less."""
    server.answers[PATH] = [field(number) for number in range(1, 6)]
    async with server.client() as liner:
        fields = await liner.custom_fields.list(max_items=2)
        first = await liner.custom_fields.list().first()
    assert ([each.id for each in fields], first.id) == ([1, 2], 1)


@pytest.mark.parametrize("data", [[], {"list": [], "next": 0, "total": 0}], ids=["array", "page"])
async def test_an_empty_list_is_empty(server, data):
    """However it is written."""
    server.answers[PATH] = data
    async with server.client() as liner:
        assert len(await liner.custom_fields.list()) == 0


async def test_a_page_object_with_more_rows_is_read_to_its_end(server):
    """Should the vendor start to page this list: only then are offset and limit sent."""
    rows = [field(number) for number in range(1, 121)]
    server.answers[PATH] = {"list": rows[:50], "next": 50, "total": 120}
    for offset in (50, 100):
        target = f"{PATH}?offset={offset}&limit=50"
        server.answers[target] = {"list": rows[offset : offset + 50], "next": None, "total": 120}
    async with server.client() as liner:
        fields = await liner.custom_fields.list()
    assert [each.id for each in fields] == list(range(1, 121))
    assert server.asked[0] == PATH
    assert sorted(server.asked[1:]) == [f"{PATH}?offset=100&limit=50", f"{PATH}?offset=50&limit=50"]


async def test_the_other_spelling_is_asked_for_once_and_kept(server, caplog):
    """The vendor's heading and samples contradict each other."""
    caplog.set_level(logging.INFO, logger="liner_async.resources")
    server.answers[PLURAL] = [field(1)]
    async with server.client() as liner:
        for _ in range(3):
            assert len(await liner.custom_fields.list()) == 1
    assert server.asked == [PATH, PLURAL, PLURAL, PLURAL]
    assert [record.getMessage() for record in caplog.records] == [
        f"{PLURAL} answers, and {PATH} does not"
    ]


async def test_where_neither_spelling_answers_the_error_names_both(server):
    """A wrong host, most likely."""
    async with server.client() as liner:
        with pytest.raises(NotFoundError, match=f"asked at {PATH} and {PLURAL}") as caught:
            await liner.custom_fields.list()
    assert (caught.value.status, server.asked) == (404, [PATH, PLURAL])


@pytest.mark.parametrize("essence", ["orders", Essence.ORDERS], ids=["text", "member"])
async def test_a_filter_is_sent(server, essence):
    """As text or as a member."""
    server.answers[f"{PATH}?essence=orders"] = [field(1, "orders"), field(2, None)]
    async with server.client() as liner:
        fields = await liner.custom_fields.list(essence=essence)
    assert ([each.id for each in fields], server.asked) == ([1, 2], [f"{PATH}?essence=orders"])


async def test_a_filter_that_the_server_ignores_is_an_error(server):
    """Never a longer list than asked for."""
    server.answers[PATH] = [field(1, "orders"), field(2, "leads")]
    async with server.client() as liner:
        with pytest.raises(PagingError, match="ignores the filter") as caught:
            await liner.custom_fields.list(essence="orders")
    assert (caught.value.reason, caught.value.path) == ("filter", PATH)


@pytest.mark.parametrize("essence", ["users", "", 5, True], ids=repr)
async def test_an_essence_that_is_not_documented_is_refused(server, essence):
    """Before any request."""
    async with server.client() as liner:
        with pytest.raises(ConfigError, match="essence must be one of 'leads', 'orders'"):
            liner.custom_fields.list(essence=essence)
    assert server.asked == []


@pytest.mark.parametrize("option", ["offset", "page_size", "consistency", "nonsense"])
async def test_options_of_paged_lists_are_no_options_here(server, option):
    """As Python says it of any function."""
    async with server.client() as liner:
        with pytest.raises(TypeError, match=f"unexpected keyword argument '{option}'"):
            liner.custom_fields.list(**{option: 1})
