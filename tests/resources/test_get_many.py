"""Many objects by their identifiers: in order, several at a time, none left behind."""

from __future__ import annotations

import asyncio

import pytest

from liner_async import AuthError, ConfigError, Lead, NotFoundError
from liner_async.resources.detail import DetailResource
from tests.support.examples import EXAMPLES
from tests.support.json_server import JsonServer

WITH_DETAILS = ("leads", "calls", "call_records", "call_attempts", "users", "agent_groups")


@pytest.fixture
def server():
    """Return a server of the leads 1 to 60."""
    with JsonServer() as server:
        for number in range(1, 61):
            server.answers[f"/v2/lead/detail/{number}/"] = EXAMPLES[Lead] | {"id": number}
        yield server


@pytest.mark.parametrize("name", WITH_DETAILS)
async def test_each_resource_with_a_path_for_one_object_has_both_verbs(server, name):
    """One object, and many."""
    async with server.client() as liner:
        resource = getattr(liner, name)
        example = EXAMPLES[resource.model]
        path = resource._named("get").path
        server.answers |= {f"{path}{number}/": example | {"id": number} for number in (7, 8)}
        assert (await resource.get(7)).to_dict() == example | {"id": 7}
        many = await resource.get_many([8, 7])
        assert ({type(each) for each in many}, [each.id for each in many]) == (
            {resource.model},
            [8, 7],
        )


async def test_objects_come_in_the_order_of_their_identifiers(server):
    """However many there are, and twice where one is named twice."""
    ids = [*range(60, 0, -1), 5]
    async with server.client() as liner:
        leads = await liner.leads.get_many(iter(ids))
    assert [lead.id for lead in leads] == ids
    assert (leads.total, leads.report.handed_out, leads.report.complete) == (61, 61, True)
    assert sorted(server.asked) == sorted(f"/v2/lead/detail/{number}/" for number in ids)


async def test_no_identifiers_need_no_request(server):
    """The result is empty, and still knows its columns."""
    async with server.client() as liner:
        leads = await liner.leads.get_many([])
    assert (len(leads), leads.total, server.asked) == (0, 0, [])
    assert leads.to_arrow().schema.names[0] == "id"


async def test_a_missing_object_is_an_error(server):
    """Which names its path."""
    async with server.client() as liner:
        with pytest.raises(NotFoundError) as caught:
            await liner.leads.get_many([1, 99, 2])
    assert (caught.value.reason, caught.value.path) == ("missing", "/v2/lead/detail/99/")


async def test_a_missing_object_can_be_left_out(server):
    """The result says how many were asked for."""
    server.answers["/v2/lead/detail/98/"] = []
    async with server.client() as liner:
        leads = await liner.leads.get_many([1, 99, 98, 2], on_missing="skip")
    assert ([lead.id for lead in leads], leads.total) == ([1, 2], 4)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ([5], {}, "lead_ids must be identifiers"),
        (["5"], {}, "lead_ids must be identifiers"),
        ([[1, 0]], {}, "each of lead_ids must be an integer of at least 1"),
        ([[True]], {}, "each of lead_ids must be an integer of at least 1"),
        ([[1]], {"on_missing": "ignore"}, "on_missing must be one of 'raise', 'skip'"),
    ],
    ids=str,
)
async def test_a_wrong_argument_is_refused_before_any_request(server, arguments, options, message):
    """The first good identifier is not asked for either."""
    async with server.client() as liner:
        with pytest.raises(ConfigError, match=f"^{message}"):
            await liner.leads.get_many(*arguments, **options)
    assert server.asked == []


class Counted(DetailResource[Lead]):
    """Leads that are got without a server, when the test says so; counts what is under way."""

    name = "leads"
    model = Lead
    identifier = "lead_id"
    failure = AuthError("no", status=401)

    def __init__(self, sender, **options):
        super().__init__(sender, **options)
        self.started, self.ended, self.most = [], 0, 0
        self.may_go_on = asyncio.Event()

    async def get(self, object_id, /):
        """Return a lead, or fail, once the test lets it."""
        self.started.append(object_id)
        self.most = max(self.most, len(self.started) - self.ended)
        try:
            await self.may_go_on.wait()
            if object_id == 3:
                raise self.failure
            return Lead(id=object_id)
        finally:
            self.ended += 1


@pytest.fixture
async def counted(server):
    """Return such leads, of a client that reads 4 x 2 ahead."""
    async with server.client() as liner:
        yield Counted(liner._sender, concurrency=2, lookahead=None)


async def eight_started(counted):
    """Give the tasks turns until as many have started as may, and some turns more."""
    while len(counted.started) < 8:
        await asyncio.sleep(0)
    for _ in range(10):
        await asyncio.sleep(0)


async def test_the_gets_under_way_are_bounded(counted):
    """Ten thousand identifiers are not ten thousand tasks."""
    counted.failure = NotFoundError("no", status=404, reason="missing")
    reading = asyncio.create_task(counted.get_many(range(1, 101), on_missing="skip"))
    await eight_started(counted)
    counted.may_go_on.set()
    assert (len(await reading), counted.most, len(counted.started)) == (99, 8, 100)


async def test_a_failure_cancels_the_others(counted):
    """They have ended when it is raised."""
    counted.may_go_on.set()
    with pytest.raises(AuthError):
        await counted.get_many(range(1, 101))
    assert counted.ended == len(counted.started) < 12


async def test_cancelling_cancels_them_all(counted):
    """None is left when the cancellation has arrived."""
    reading = asyncio.create_task(counted.get_many(range(1, 101)))
    await eight_started(counted)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert (counted.ended, len(counted.started)) == (8, 8)
