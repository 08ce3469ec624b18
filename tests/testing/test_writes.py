"""FakeLiner's writes: carried out, validated, answered in every form, spoilt on purpose."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from urllib.parse import urlsplit

import attrs
import pytest

from liner_async import (
    ApiError,
    LinerError,
    NotFoundError,
    OutcomeUnknownError,
    RetryPolicy,
    StatusError,
)
from liner_async.testing import FakeLiner, FakeLinerProcess, Fault, Write, make_order
from tests.support.reading import client
from tests.support.waiting import until

LEAD = {"phone": "+79001234567", "order_id": 123}
NEVER = RetryPolicy.never()


def noon():
    """Return the time at which everything is written."""
    return datetime(2026, 1, 2, 12, tzinfo=UTC)


def lost(fault):
    """Return the fault of an answer that is lost after the write was carried out."""
    return attrs.evolve(fault, applied=True)


async def test_what_is_created_is_there_at_once():
    """In the list, in its detail, and in the server's own rows."""
    with FakeLiner(clock=noon) as server:
        async with client(server) as liner:
            lead_id = await liner.leads.create(**LEAD, name="A", custom_values={10: "x"})
            lead = await liner.leads.get(lead_id)
            group_id = await liner.call_attempts.create(title="B", intervals=(5, 10))
            groups = await liner.call_attempts.list()
            team_id = await liner.agent_groups.create(names={"ru": "C"}, agent_ids=(101,))
            order_id = await liner.orders.create(
                service_title="D", title="E", status="info", sip_endpoint_ids=(123,)
            )
            orders = await liner.orders.list()
    assert (lead.name, lead.phone, lead.order_id) == ("A", "+79001234567", 123)
    assert (lead.order_code, lead.create_method) == ("order-001", "api")
    assert (lead.created_at, lead.updated_at) == (noon(), noon())
    assert lead.custom_values == {10: "x"}
    assert server.leads[-1]["id"] == lead_id == max(of["id"] for of in server.leads)
    assert (groups[-1].id, groups[-1].intervals) == (group_id, (5, 10))
    assert server.agent_groups[-1]["id"] == team_id
    assert (orders[-1].id, orders[-1].title, len(orders)) == (order_id, "E", 251)
    assert [of.endpoint for of in server.writes] == [
        "leads.create",
        "call_attempts.create",
        "agent_groups.create",
        "orders.create",
    ]


async def test_an_update_changes_what_it_names():
    """None clears, and what is absent stays; the rest of the list is what it was."""
    with FakeLiner(sort="id", clock=noon) as server:
        async with client(server) as liner:
            before = await liner.orders.list()
            await liner.orders.update(123, title="New", code=None, custom_values={})
            after = await liner.orders.list()
            (new,) = [order for order in after if order.id == 123]
            (old,) = [order for order in before if order.id == 123]
            await liner.leads.update(123, name="A", phone=None)
            lead = await liner.leads.get(123)
    assert [order.id for order in after] == [order.id for order in before]
    assert (new.title, new.code, new.custom_values) == ("New", None, {})
    assert (new.updated_at, new.created_at) == (noon(), old.created_at)
    assert new.service_title == old.service_title
    assert (lead.name, lead.phone) == ("A", None)


async def test_an_update_moves_a_row_into_and_out_of_filters():
    """Lists are asked again."""
    with FakeLiner() as server:
        async with client(server) as liner:
            before = len(await liner.agent_groups.list(agent_id=456))
            group_id = await liner.agent_groups.create(names={"ru": "A"}, agent_ids=())
            await liner.agent_groups.update(group_id, agent_ids=(456,))
            assert len(await liner.agent_groups.list(agent_id=456)) == before + 1


async def test_an_order_may_be_named_by_its_code():
    """The server knows its id."""
    with FakeLiner(orders=[make_order(id=7, code="seven")]) as server:
        async with client(server) as liner:
            lead_id = await liner.leads.create(phone="1", order_code="seven")
            assert (await liner.leads.get(lead_id)).order_id == 7
            with pytest.raises(StatusError, match="no such order"):
                await liner.leads.create(phone="1", order_code="eight")


@pytest.mark.parametrize(("refusal", "kind"), [("status", StatusError), ("envelope", ApiError)])
async def test_what_does_not_fit_is_refused(refusal, kind):
    """As the test wishes."""
    with FakeLiner(refusal=refusal) as server:
        async with client(server) as liner:
            with pytest.raises(kind, match="there is no such order") as caught:
                await liner.leads.create(phone="1", order_id=10_000)
            with pytest.raises(kind, match="there is no item 10000"):
                await liner.leads.update(10_000, name="A")
    assert caught.value.outcome == "refused"
    assert [(of.applied, of.id) for of in server.writes] == [(False, None)] * 2
    assert server.writes[1].body == {"name": "A"}


CREATE = "/v2/lead/create/"
INVALID = [
    (CREATE, b"{", "the body is no JSON object"),
    (CREATE, b"[]", "the body is no JSON object"),
    (CREATE, b'{"phone":"1","orderId":123}', "leadType is required"),
    (CREATE, b'{"leadType":"straight","phone":"1"}', "orderId or orderCode is required"),
    (CREATE, b'{"leadType":"straight","orderId":123,"phone":""}', "phone or telegramUserName or"),
    ("/v2/lead/update/123/", b'{"name":5,"priority":true}', "name, priority is of the wrong type"),
    ("/v2/order/update/123/", b'{"title":null}', "title is required"),
    ("/v2/call-attempt/create/", b'{"title":"A"}', "intervals is required"),
]


@pytest.mark.parametrize(("path", "body", "message"), INVALID)
async def test_bodies_are_validated_as_documented(ask, path, body, message):
    """Whatever the client."""
    async with FakeLiner() as server:
        got = await ask(server, path, method="POST", data=body)
    assert (got.status, got.json["success"]) == (422, False)
    assert got.json["message"].startswith(message)


@pytest.mark.parametrize(
    "body",
    [b'{"vkId":5}', b'{"vkId":"5"}', b'{"customValues":[]}', b'{"unknown":5}', b'{"statusId":""}'],
)
async def test_bodies_are_read_as_leniently_as_documented(ask, body):
    """A number at VK, PHP's empty map, fields that nobody knows, and a text that clears."""
    async with FakeLiner() as server:
        got = await ask(server, "/v2/lead/update/123/", method="POST", data=body)
    assert (got.status, got.json) == (200, {"success": True, "message": "", "data": None})


async def test_a_body_must_come_with_its_length_and_be_small(ask):
    """Chunks are refused; more than 1 MiB is no request."""
    async with FakeLiner() as server:
        chunked = await ask(server, CREATE, method="POST", data=pieces())
        assert chunked.status == 411
        with_get = await ask(server, CREATE)
        assert with_get.json["message"] == "only POST is allowed"
        address = urlsplit(server.url)
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        writer.write(f"POST {CREATE} HTTP/1.1\r\nContent-Length: {2**20 + 1}\r\n\r\n".encode())
        assert (await reader.readline()).startswith(b"HTTP/1.1 400")
        writer.close()
        await writer.wait_closed()
    assert server.writes == []


async def pieces():
    """Yield a body of unknown length."""
    yield b"{}"


@pytest.mark.parametrize("status", [200, 201, 202])
@pytest.mark.parametrize("form", ["object", "bare", "text"])
async def test_every_form_of_an_answer_is_given(status, form):
    """And read."""
    with FakeLiner(write_status=status, id_form=form) as server:
        async with client(server) as liner:
            lead_id = await liner.leads.create(**LEAD)
            await liner.leads.update(lead_id, name="A")
    assert [of.id for of in server.writes] == [lead_id, lead_id]
    assert [of.status for of in server.requests] == [status, status]


async def test_an_identifier_may_be_left_out():
    """The lead is there all the same."""
    with FakeLiner(id_form="none") as server:
        async with client(server) as liner:
            with pytest.raises(LinerError) as caught:
                await liner.leads.create(**LEAD)
    assert (caught.value.outcome, server.writes[0].applied) == ("done", True)


async def test_a_submitted_lead_comes_later_or_never():
    """After a delay, and a share of them is lost."""
    with FakeLiner(sizes={"leads": 0}, submit_delay=0.05) as server:
        async with client(server) as liner:
            await liner.leads.submit(**LEAD)
            assert server.writes[0].endpoint == "leads.submit"
            await until(lambda: server.leads)
    with FakeLiner(sizes={"leads": 0}, submit_loss=0.5) as server:
        async with client(server) as liner:
            for _ in range(40):
                await liner.leads.submit(**LEAD)
            await until(lambda: len(server.leads) > 5)
    assert len(server.leads) < 40
    assert [of.applied for of in server.writes] == [True] * 40


async def test_a_refusal_in_the_envelope_is_none_of_what_was_carried_out():
    """Unless it is told to lie."""
    refusal = Fault.envelope(success=False)
    with FakeLiner(sizes={"leads": 3}, write_faults={"leads.create": refusal}) as server:
        async with client(server) as liner:
            with pytest.raises(ApiError):
                await liner.leads.create(**LEAD)
    assert ([of.applied for of in server.writes], len(server.leads)) == ([False], 3)


@pytest.mark.parametrize(
    ("fault", "applied"),
    [
        (Fault.disconnect(), False),
        (lost(Fault.disconnect()), True),
        (Fault.status(500), False),
        (lost(Fault.status(500)), True),
        (Fault.cut(), False),
        (lost(Fault.cut()), True),
        (lost(Fault.reset()), True),
    ],
)
async def test_a_fault_comes_before_or_after_the_write(fault, applied):
    """`applied` says which."""
    with FakeLiner(sizes={"leads": 3}, write_faults={"leads.create": fault}) as server:
        async with client(server, retry=NEVER) as liner:
            with pytest.raises(OutcomeUnknownError):
                await liner.leads.create(**LEAD)
    assert [of.applied for of in server.writes] == [applied]
    assert len(server.leads) == 3 + applied


@pytest.mark.parametrize(
    "fault", [Fault.stall(0.01), Fault.gzip(), Fault.envelope(message="x"), Fault.headers({})]
)
async def test_a_fault_that_lets_the_answer_through_leaves_the_write_done(fault):
    """A server that says so has done it."""
    with FakeLiner(write_faults={"leads.create": fault}, write_status=201) as server:
        async with client(server) as liner:
            await liner.leads.create(**LEAD)
    assert [(of.applied, of.body["phone"]) for of in server.writes] == [(True, LEAD["phone"])]


async def test_faults_of_writes_come_in_turn_or_by_chance():
    """And leave other endpoints alone."""
    planned = {"leads.create": [Fault.status(422), None]}
    with FakeLiner(write_faults=planned, fault_rate=0.3, fault_kinds=[Fault.status(400)]) as server:
        async with client(server) as liner:
            with pytest.raises(StatusError):
                await liner.leads.create(**LEAD)
            await liner.leads.create(**LEAD)
            refused = 0
            for _ in range(30):
                try:
                    await liner.leads.update(123, name="A")
                except StatusError:
                    refused += 1
    assert 0 < refused < 30


def test_a_fault_of_a_write_that_is_not_served_is_an_error():
    """A misspelt name would do nothing."""
    with pytest.raises(ValueError, match=r"write_faults: leads\.delete is not served"):
        FakeLiner(write_faults={"leads.delete": Fault.disconnect()})


async def test_a_server_in_another_process_tells_its_writes():
    """And forgets them with its counts."""
    with FakeLinerProcess(clock=noon) as server:
        async with client(server) as liner:
            lead_id = await liner.leads.create(**LEAD)
            with pytest.raises(NotFoundError):
                await liner.leads.update(10**9, name="A")
        (made, refused) = server.writes()
        assert (made.endpoint, made.id, made.applied) == ("leads.create", lead_id, True)
        assert isinstance(made, Write)
        assert refused.applied is False
        server.reset_stats()
        assert server.writes() == []


def test_rows_that_are_not_there_cannot_be_changed():
    """Nothing happens."""
    leads = FakeLiner(sizes={"leads": 3})._rows["leads"]
    before = leads.items()
    leads.update(10**9, {"name": "A"})
    assert leads.items() == before


async def test_many_created_rows_are_listed_in_their_order():
    """They share what the list keeps of them."""
    with FakeLiner(total=3) as server:
        async with client(server) as liner:
            for number in range(20):
                await liner.orders.create(
                    service_title="A", title=str(number), status="x", sip_endpoint_ids=()
                )
            titles = [order.title for order in await liner.orders.list()]
    assert titles[3:] == [str(number) for number in range(20)]
    assert len(server._rows["orders"]._numbers.pieces) == 2
