"""Creates and updates: what is sent, what comes back, and what an error says of it."""

from __future__ import annotations

import asyncio
import inspect
import json
import pydoc
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from liner_async import (
    ApiError,
    AuthError,
    ClientClosedError,
    ConfigError,
    LinerClient,
    LinerError,
    NotFoundError,
    OutcomeUnknownError,
    RateLimitError,
    ResponseError,
    RetryEvent,
    RetryPolicy,
    StatusError,
    Submission,
    TransportError,
    WriteEvent,
)
from liner_async.resources.bodies import BODIES
from liner_async.resources.signature import UNCHANGED
from tests.catalogue.test_i_security import reachable_text
from tests.support.waiting import until
from tests.support.write_server import DONE, Answer, WriteServer, answer_of, envelope

PHONE = "+79001234567"
LEAD = {"phone": PHONE, "order_id": 100}
ORDER = {"service_title": "A", "title": "B", "status": "info", "sip_endpoint_ids": (1,)}
KEY = "key-that-must-not-leak"

CALLS = {
    "orders.create": (lambda liner: liner.orders.create(**ORDER), "/v2/order/create/"),
    "orders.update": (lambda liner: liner.orders.update(7, title="X"), "/v2/order/update/7/"),
    "leads.create": (lambda liner: liner.leads.create(**LEAD), "/v2/lead/create/"),
    "leads.submit": (lambda liner: liner.leads.submit(**LEAD), "/v2/lead/create-async/"),
    "leads.update": (lambda liner: liner.leads.update(7, name=None), "/v2/lead/update/7/"),
    "call_attempts.create": (
        lambda liner: liner.call_attempts.create(title="A", intervals=(5, 10)),
        "/v2/call-attempt/create/",
    ),
    "call_attempts.update": (
        lambda liner: liner.call_attempts.update(7, is_default=True),
        "/v2/call-attempt/update/7/",
    ),
    "agent_groups.create": (
        lambda liner: liner.agent_groups.create(names={"ru": "A"}, agent_ids=[1]),
        "/v2/agent-group/create/",
    ),
    "agent_groups.update": (
        lambda liner: liner.agent_groups.update(7, agent_ids=()),
        "/v2/agent-group/update/7/",
    ),
}
BODIES_SENT = {
    "orders.create": {
        "serviceTitle": "A",
        "title": "B",
        "status": "info",
        "sipEndpointIds": [1],
    },
    "orders.update": {"title": "X"},
    "leads.create": {"leadType": "straight", "phone": PHONE, "orderId": 100},
    "leads.submit": {"leadType": "straight", "phone": PHONE, "orderId": 100},
    "leads.update": {"name": None},
    "call_attempts.create": {"title": "A", "intervals": [5, 10]},
    "call_attempts.update": {"isDefault": True},
    "agent_groups.create": {"names": {"ru": "A"}, "agentIds": [1]},
    "agent_groups.update": {"agentIds": []},
}


@pytest.mark.parametrize("name", CALLS)
async def test_a_write_is_one_post_of_the_documented_body(name):
    """Path, body and headers are the vendor's."""
    call, path = CALLS[name]
    with WriteServer() as server:
        async with server.client() as liner:
            await call(liner)
    ((asked, headers),) = server.asked
    assert (asked, server.applied) == (path, [(path, BODIES_SENT[name])])
    assert headers["Content-Type"] == headers["Accept"] == "application/json"
    assert headers["X-Api-Key"] == KEY
    assert headers["Content-Length"] == str(len(server.bodies[0]))


async def test_what_they_return():
    """An identifier, nothing, or what LINER said when it took a lead."""
    taken = Answer(raw=envelope({"job": 1}))
    with WriteServer(DONE, DONE, taken) as server:
        async with server.client() as liner:
            assert await liner.leads.create(**LEAD) == 5
            assert await liner.leads.update(5, name="A") is None
            assert await liner.leads.submit(**LEAD) == Submission(data={"job": 1})


@pytest.mark.parametrize("status", [200, 201, 202])
@pytest.mark.parametrize("data", [{"id": 5}, 5, "5", {"id": "5"}])
async def test_every_form_of_an_identifier_is_read(status, data):
    """The vendor documents neither the form nor the status."""
    with WriteServer(Answer(raw=envelope(data, status=status))) as server:
        async with server.client() as liner:
            assert await liner.leads.create(**LEAD) == 5


@pytest.mark.parametrize("data", [None, {}, [], {"id": None}, {"id": 0}, True, "x", 5.0, "9" * 30])
async def test_a_success_without_an_identifier_is_done(data):
    """Nobody should create it again."""
    with WriteServer(Answer(raw=envelope(data))) as server:
        async with server.client() as liner:
            with pytest.raises(ResponseError, match="does not give its identifier") as caught:
                await liner.leads.create(**LEAD)
    assert (caught.value.outcome, caught.value.reason) == ("done", "shape")
    assert len(server.asked) == 1


async def test_an_envelope_without_data_is_enough_for_an_update():
    """What it holds is not documented."""
    body = json.dumps({"success": True}).encode()
    with WriteServer(always=Answer(raw=answer_of(200, body))) as server:
        async with server.client() as liner:
            await liner.leads.update(5, name="A")


REFUSALS = {
    "400": (Answer(raw=envelope(status=400, success=False)), StatusError),
    "401": (Answer(raw=envelope(status=401)), AuthError),
    "404": (Answer(raw=envelope(status=404)), NotFoundError),
    "422": (Answer(raw=envelope(status=422)), StatusError),
    "302": (Answer(raw=answer_of(302, b"", "Location: http://127.0.0.1:1/\r\n")), StatusError),
    "success: false": (Answer(raw=envelope(success=False)), ApiError),
    "201, success: false": (Answer(raw=envelope(status=201, success=False)), ApiError),
}


@pytest.mark.parametrize("name", ["leads.create", "leads.submit", "leads.update"])
@pytest.mark.parametrize(("answer", "kind"), REFUSALS.values(), ids=REFUSALS)
async def test_a_refusal_is_what_it_is_for_reads_and_says_so(name, answer, kind):
    """At once, and the body goes nowhere else."""
    with WriteServer(always=answer) as server:
        async with server.client() as liner:
            with pytest.raises(kind) as caught:
                await CALLS[name][0](liner)
    assert (caught.value.outcome, caught.value.attempts, len(server.asked)) == ("refused", 1, 1)


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("leads.create", "no such path: check the host", None),
        ("leads.update", "no such path or object", "missing"),
    ],
)
async def test_a_404_says_what_may_be_missing(name, text, reason):
    """A create has no identifier, so it can only be the path."""
    with WriteServer(always=Answer(raw=envelope(status=404))) as server:
        async with server.client() as liner:
            with pytest.raises(NotFoundError, match=text) as caught:
                await CALLS[name][0](liner)
    assert caught.value.reason == reason


LATER = {
    "429": Answer(raw=answer_of(429, b"", "Retry-After: 0\r\n"), applied=False),
    "425": Answer(raw=answer_of(425, b""), applied=False),
    "503 that invites": Answer(raw=answer_of(503, b"", "Retry-After: 0\r\n"), applied=False),
}


@pytest.mark.parametrize("name", ["leads.create", "leads.submit", "leads.update"])
@pytest.mark.parametrize("answer", LATER.values(), ids=LATER)
async def test_what_is_to_be_tried_later_is_sent_again(name, answer):
    """The server itself says that it was not done."""
    with WriteServer(answer, answer) as server:
        async with server.client() as liner:
            await CALLS[name][0](liner)
    assert (len(server.asked), len(server.applied)) == (3, 1)


async def test_what_is_put_off_for_too_long_is_refused():
    """And not waited for."""
    with WriteServer(always=Answer(raw=answer_of(429, b"", "Retry-After: 86400\r\n"))) as server:
        async with server.client() as liner:
            with pytest.raises(RateLimitError) as caught:
                await liner.leads.create(**LEAD)
    assert (caught.value.outcome, caught.value.retry_after) == ("refused", 86_400.0)


DOUBTS = {
    "408": Answer(raw=answer_of(408, b"")),
    "500": Answer(raw=answer_of(500, b"<html>")),
    "502": Answer(raw=answer_of(502, b"")),
    "503": Answer(raw=answer_of(503, b"")),
    "504": Answer(raw=answer_of(504, b"")),
    "507": Answer(raw=answer_of(507, b"")),
    "204": Answer(raw=b"HTTP/1.1 204 X\r\n\r\n"),
    "206": Answer(raw=envelope(status=206)),
    "closed": Answer(then="close"),
    "reset": Answer(then="reset"),
    "cut": Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{", then="close"),
    "not HTTP": Answer(raw=b"\x00" * 50, then="close"),
    "empty": Answer(raw=answer_of(200, b"")),
    "no JSON": Answer(raw=answer_of(201, b"{")),
    "no envelope": Answer(raw=answer_of(200, b'{"id": 5}')),
    "no object": Answer(raw=answer_of(200, b"5")),
}


@pytest.mark.parametrize("name", ["leads.create", "leads.submit"])
@pytest.mark.parametrize("answer", DOUBTS.values(), ids=DOUBTS)
async def test_a_create_is_never_sent_again_after_a_doubt(name, answer):
    """Its customer's phone would ring twice."""
    before = datetime.now(UTC)
    with WriteServer(always=answer) as server:
        async with server.client() as liner:
            with pytest.raises(OutcomeUnknownError) as caught:
                await CALLS[name][0](liner)
    assert (len(server.asked), len(server.applied)) == (1, 1)
    error = caught.value
    assert (error.outcome, error.endpoint, error.attempts) == ("unknown", name, 1)
    assert before - timedelta(seconds=1) < error.sent_at <= datetime.now(UTC)
    assert not isinstance(error, TransportError | StatusError)
    assert isinstance(error.__cause__, LinerError)
    assert error.reason == error.__cause__.reason


@pytest.mark.parametrize("answer", DOUBTS.values(), ids=DOUBTS)
async def test_an_update_is_sent_again_after_a_doubt(answer):
    """The same values set twice are the same values."""
    with WriteServer(answer) as server:
        async with server.client() as liner:
            await liner.leads.update(7, name="A")
    assert len(server.asked) == 2


@pytest.mark.parametrize("answer", DOUBTS.values(), ids=DOUBTS)
async def test_an_update_that_never_gets_an_answer_stays_in_doubt(answer):
    """With the last real error as its cause."""
    with WriteServer(always=answer) as server:
        async with server.client() as liner:
            with pytest.raises(OutcomeUnknownError) as caught:
                await liner.leads.update(7, name="A")
    assert caught.value.attempts == len(server.asked) >= 2


@pytest.mark.parametrize("answer", [*REFUSALS.values()], ids=REFUSALS)
async def test_an_update_that_is_refused_after_a_doubt_stays_in_doubt(answer):
    """An earlier attempt may have been carried out."""
    with WriteServer(DOUBTS["500"], always=answer[0]) as server:
        async with server.client() as liner:
            with pytest.raises(OutcomeUnknownError) as caught:
                await liner.leads.update(7, name="A")
    assert caught.value.attempts == 2


@pytest.mark.parametrize(("writes", "sent"), [("repeatable", 2), ("unsent", 1), ("never", 1)])
async def test_the_policy_says_whether_an_update_is_repeated(writes, sent):
    """Who shares objects with others may not want to overwrite their changes."""
    policy = RetryPolicy(wait_initial=0, writes=writes)
    with WriteServer(DOUBTS["500"]) as server:
        async with server.client(retry=policy) as liner:
            try:
                await liner.leads.update(7, name="A")
            except OutcomeUnknownError:
                assert writes != "repeatable"
    assert len(server.asked) == sent


@pytest.mark.parametrize(("writes", "sent"), [("unsent", 2), ("never", 1)])
async def test_the_policy_says_whether_a_refused_create_is_repeated(writes, sent):
    """Nothing was done yet."""
    policy = RetryPolicy(wait_initial=0, writes=writes)
    with WriteServer(LATER["503 that invites"]) as server:
        async with server.client(retry=policy) as liner:
            with suppress(StatusError):
                await liner.leads.create(**LEAD)
    assert (len(server.asked), len(server.applied)) == (sent, sent - 1)


async def test_a_create_that_found_no_server_was_not_sent():
    """It is tried again, as nothing can have happened."""
    with WriteServer() as server:
        url = server.url
    events = []
    quick = RetryPolicy(attempts=3, wait_initial=0)
    async with LinerClient(url, KEY, retry=quick, on_event=events.append) as liner:
        with pytest.raises(TransportError) as caught:
            await liner.leads.create(**LEAD)
    assert (caught.value.outcome, caught.value.reason) == ("not_sent", "connect")
    assert caught.value.attempts > 1
    assert [of.outcome for of in events if isinstance(of, WriteEvent)] == ["not_sent"]


async def test_a_create_that_timed_out_is_in_doubt():
    """Its body was begun."""
    with WriteServer(Answer(then="stall")) as server:
        async with server.client(timeout=0.2) as liner:
            with pytest.raises(OutcomeUnknownError, match=r"\(timeout, attempts 1\)"):
                await liner.leads.create(**LEAD)
    assert len(server.applied) == 1


WRONG = {
    "unknown": (lambda liner: liner.leads.create(**LEAD, fone=PHONE), TypeError, "'fone'"),
    "unknown in update": (lambda liner: liner.leads.update(7, order_id=5), TypeError, "'order_id'"),
    "no order": (lambda liner: liner.leads.create(phone=PHONE), ConfigError, "order_id"),
    "text": (lambda liner: liner.leads.submit(**LEAD, name=[PHONE]), ConfigError, "name: expected"),
    "id 0": (lambda liner: liner.leads.update(0, name=PHONE), ConfigError, "lead_id must be"),
    "id True": (lambda liner: liner.leads.update(True, name=PHONE), ConfigError, "lead_id must be"),
    "id text": (lambda liner: liner.orders.update("5", title=PHONE), ConfigError, "order_id must"),
    "id None": (
        lambda liner: liner.agent_groups.update(None, names={"ru": PHONE}),
        ConfigError,
        "group_id must be",
    ),
    "nothing": (lambda liner: liner.call_attempts.update(7), ConfigError, "nothing to change"),
}


@pytest.mark.parametrize(("call", "kind", "text"), WRONG.values(), ids=WRONG)
async def test_wrong_arguments_are_told_before_anything_is_sent(call, kind, text):
    """By name, and without a value, wherever a crash reporter may look."""
    with WriteServer() as server:
        async with server.client() as liner:
            with pytest.raises(kind, match=text) as caught:
                await call(liner)
    assert server.asked == []
    assert PHONE not in reachable_text(caught.value)
    assert kind is TypeError or caught.value.outcome == "not_sent"


@pytest.mark.parametrize(
    "answer", [*DOUBTS.values(), *(of for of, _ in REFUSALS.values())], ids=[*DOUBTS, *REFUSALS]
)
async def test_no_error_leads_to_a_field_or_the_key(answer):
    """Neither text, cause, context nor the locals of a traceback."""
    with WriteServer(always=answer) as server:
        async with server.client() as liner:
            for call in (CALLS["leads.create"][0], lambda of: of.leads.update(7, name=PHONE)):
                with pytest.raises(LinerError) as caught:
                    await call(liner)
                text = reachable_text(caught.value)
                assert PHONE not in text
                assert KEY not in text


async def test_each_write_gives_one_event_and_a_line_without_fields(caplog):
    """Whatever became of it."""
    caplog.set_level("DEBUG", logger="liner_async")
    events = []
    with WriteServer(DONE, REFUSALS["422"][0], DOUBTS["500"], LATER["429"]) as server:
        async with server.client(on_event=events.append) as liner:
            for _ in range(4):
                with suppress(LinerError):
                    await liner.leads.create(**LEAD)
    told = [event for event in events if isinstance(event, WriteEvent)]
    assert [(of.endpoint, of.outcome, of.attempts, of.status) for of in told] == [
        ("leads.create", "done", 1, 200),
        ("leads.create", "refused", 1, 422),
        ("leads.create", "unknown", 1, 500),
        ("leads.create", "done", 2, 200),
    ]
    assert all(of.seconds > 0 for of in told)
    assert "leads.create: unknown (attempts 1, " in caplog.text
    assert PHONE not in caplog.text


async def test_a_write_that_is_cancelled_under_way_leaves_a_warning(caplog):
    """Nobody can tell any more what became of it."""
    events = []
    with WriteServer(Answer(then="stall")) as server:
        async with server.client(on_event=events.append) as liner:
            task = asyncio.create_task(liner.leads.create(**LEAD))
            await until(lambda: server.applied)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
    assert [of.outcome for of in events] == ["unknown"]
    assert caplog.messages == ["POST /v2/lead/create/ was cancelled, and may have been carried out"]


async def test_a_write_that_is_cancelled_while_it_waits_was_not_sent(caplog):
    """No warning: nothing can have happened."""
    events = []
    with WriteServer(Answer(then="stall")) as server:
        async with server.client(concurrency=1, on_event=events.append) as liner:
            first = asyncio.create_task(liner.leads.create(**LEAD))
            await until(lambda: server.applied)
            second = asyncio.create_task(liner.leads.create(**LEAD))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            second.cancel()
            with pytest.raises(asyncio.CancelledError):
                await second
            assert ([of.outcome for of in events], caplog.messages) == (["not_sent"], [])
            first.cancel()
            with pytest.raises(asyncio.CancelledError):
                await first


async def test_closing_the_client_tells_each_waiter_what_is_known():
    """One was under way, one waited for its slot, and one had not even begun."""
    with WriteServer(Answer(then="stall")) as server:
        liner = server.client(concurrency=1)
        first = asyncio.create_task(liner.leads.create(**LEAD))
        await until(lambda: server.applied)
        second = asyncio.create_task(liner.leads.create(**LEAD))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        third = asyncio.create_task(liner.leads.create(**LEAD))
        await asyncio.sleep(0)
        await liner.aclose()
        errors = await asyncio.gather(first, second, third, return_exceptions=True)
    assert [type(of) for of in errors] == [ClientClosedError] * 3
    assert [of.outcome for of in errors] == ["unknown", "not_sent", "not_sent"]
    assert str(errors[0]) == (
        "the client was closed while this was under way, and no answer tells whether it was "
        "carried out: look before you send it again (POST /v2/lead/create/, attempts 1)"
    )
    assert str(errors[1]) == "the client was closed before this was sent (POST /v2/lead/create/)"


async def test_closing_the_client_after_a_refusal_tells_that_it_was_not_sent_again():
    """A 429 says that nothing was written, and the pause that followed has no end."""
    events = []
    answer = answer_of(429, b"", "Retry-After: 50\r\n")
    with WriteServer(Answer(raw=answer, applied=False)) as server:
        liner = server.client(on_event=events.append)
        waiter = asyncio.create_task(liner.leads.create(**LEAD))
        await until(lambda: any(isinstance(event, RetryEvent) for event in events))
        await liner.aclose()
        (error,) = await asyncio.gather(waiter, return_exceptions=True)
    assert type(error) is ClientClosedError
    assert (error.outcome, error.status, error.attempts) == ("refused", 429, 1)
    assert str(error) == (
        "the client was closed before this was sent again; the server had refused it (HTTP 429), "
        "so it was not carried out (POST /v2/lead/create/, attempts 1)"
    )
    assert (len(server.asked), server.applied) == (1, [])


async def test_a_closed_client_sends_nothing():
    """It says so, and that nothing was sent."""
    with WriteServer() as server:
        liner = server.client()
        await liner.aclose()
        with pytest.raises(ClientClosedError) as caught:
            await liner.leads.create(**LEAD)
    assert (caught.value.outcome, server.asked) == ("not_sent", [])


async def test_writes_have_connections_of_their_own_which_are_kept_briefly():
    """A server that closes an idle connection leaves no write in doubt."""
    with WriteServer() as server:
        async with server.client() as liner:
            await liner.leads.create(**LEAD)
            await liner.leads.create(**LEAD)
            http = liner._sender._http
            assert {of: of <= 1.5 for of in http._own} == {1.5: True}
    assert server.connections == 1


@pytest.mark.parametrize("name", BODIES)
def test_every_field_shows_in_help_and_completion(name):
    """As a keyword, with its type; what is required has no default."""
    resource, verb = name.split(".")
    method = getattr(getattr(LinerClient("https://liner.example", "key"), resource), verb)
    fields = BODIES[name].fields
    shown = inspect.signature(method).parameters
    keywords = {of for of in shown if shown[of].kind is inspect.Parameter.KEYWORD_ONLY}
    assert keywords == fields.__annotations__.keys()
    required = {of for of in keywords if shown[of].default is inspect.Parameter.empty}
    assert required == fields.__required_keys__
    default = UNCHANGED if verb == "update" else None
    assert {of: shown[of].default for of in keywords - required} == {
        of: BODIES[name].defaults.get(of, default) for of in keywords - required
    }
    assert "custom_values: " in pydoc.plain(pydoc.render_doc(method)) or "lead" not in name


def test_a_write_is_a_coroutine_function():
    """Frameworks and mocks ask."""
    assert inspect.iscoroutinefunction(LinerClient("https://liner.example", "k").leads.create)


@pytest.mark.usefixtures("unmeasured_programs")
def test_a_program_that_only_reads_does_not_import_what_writes():
    """It would start later."""
    script = (
        "import sys; from liner_async import LinerClient; "
        "LinerClient('https://liner.example', 'key').leads; "
        "print(*(name for name in sys.modules if name.startswith('liner_async.resources.')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    names = {name.removeprefix("liner_async.resources.") for name in done.stdout.split()}
    assert not {"writes", "bodies", "bulk", "bulk_run"} & names
    assert "leads" in names
