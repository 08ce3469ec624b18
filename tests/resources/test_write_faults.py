"""The catalogue of network and status faults on writes, before and after the server acted.

The server's log of what it carried out is the truth; what the client said is compared with it.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import Counter

import attrs
import pytest

from liner_async import (
    LinerClient,
    LinerError,
    RequestEvent,
    RetryPolicy,
    TransportError,
    WriteEvent,
)
from liner_async.testing import FakeLiner, Fault
from liner_async.testing.wire import End
from tests.support.reading import KEY, client
from tests.support.wire_faults import drip, endless, framing, garbage, raw
from tests.support.write_server import Answer, WriteServer, answer_of

pytestmark = pytest.mark.unmeasured

LEAD = {"phone": "+79001234567", "order_id": 123}
QUICK = RetryPolicy(attempts=3, wait_initial=0.001, wait_max=0.002)
CALLS = {
    "create": lambda liner: liner.leads.create(**LEAD),
    "submit": lambda liner: liner.leads.submit(**LEAD),
    "update": lambda liner: liner.leads.update(123, name="A"),
}
NETWORK = {
    "closed": Fault.disconnect(),
    "reset": Fault.reset(),
    "reset in head": Fault.reset(after="head"),
    "reset in body": Fault.reset(after="half"),
    "cut in status": Fault.cut(after="status"),
    "cut in head": Fault.cut(after="head"),
    "cut after headers": Fault.cut(after="headers"),
    "cut": Fault.cut(),
    "cut chunk": Fault.cut(framing="chunked"),
    "cut without length": Fault.cut(framing="close"),
    "bad chunk": framing("bad chunk"),
    "two lengths": framing("two lengths"),
    "length and chunks": framing("length and chunks"),
    "short length": framing("short length"),
    "garbage": garbage(),
    "nothing": raw(b""),
    "zeros": raw(b"\x00" * 50),
    "stall": raw(b"", then=End.STALL),
    "stall in body": attrs.evolve(Fault.stall(5.0, after="half"), applied=False),
    "drip": drip(0.05),
    "100 for ever": endless(b"HTTP/1.1 100 Continue\r\n\r\n", interval=0.01),
    "lying gzip": Fault.body(b"{}", headers={"Content-Encoding": "gzip"}),
    "unknown encoding": Fault.body(b"{}", headers={"Content-Encoding": "br"}),
    "empty": Fault.body(b""),
    "no JSON": Fault.body(b'{"success":true,"data":{"id":'),
    "no envelope": Fault.body(b'{"id":5}'),
    "no success": Fault.body(b'{"data":{"id":5}}'),
    "too large": Fault.body(b" " * (17 << 20)),
    "nested": Fault.body(b"[" * 100_000),
}
DOUBTFUL = {
    str(status): Fault.status(status, body=b"<html>")
    for status in (206, 408, 500, 501, 502, 503, 504, 507, 599)
} | {"204": Fault.status(204)}
# By definition of the protocol, or of the vendor, these say that nothing was done.
REFUSING = {
    str(status): Fault.status(status)
    for status in (301, 302, 307, 400, 401, 403, 404, 405, 409, 410, 413, 422)
} | {
    "success: false": Fault.body(b'{"success":false,"message":"no","data":null}'),
    "429": Fault.status(429, retry_after="0"),
    "429 without a wait": Fault.status(429),
    "425": Fault.status(425),
    "503 that invites": Fault.status(503, retry_after="0"),
}
FAULTS = NETWORK | DOUBTFUL | REFUSING


async def attempt(verb, faults):
    """Write once through faults; return the error, the server's log and the client's word."""
    events, error = [], None
    with FakeLiner(write_faults={f"leads.{verb}": faults}, api_key=KEY) as server:
        options = {"retry": QUICK, "timeout": 0.25, "on_event": events.append}
        async with LinerClient(server.url, KEY, **options) as liner:
            try:
                await CALLS[verb](liner)
            except LinerError as caught:
                error = caught
        (told,) = [event for event in events if isinstance(event, WriteEvent)]
        return error, server.writes, told


@pytest.mark.parametrize("applied", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("verb", CALLS)
@pytest.mark.parametrize("name", FAULTS)
async def test_no_create_is_carried_out_twice_and_no_error_denies_what_was_done(
    name, verb, applied, skipping
):
    """Whatever goes wrong for ever, before the server acts or after it did."""
    error, writes, told = await attempt(verb, attrs.evolve(FAULTS[name], applied=applied))
    done = Counter(of.endpoint for of in writes if of.applied)
    if verb != "update":
        assert sum(done.values()) <= 1 or name in REFUSING
    assert error is not None
    assert (error.outcome, error.attempts or 0) == (told.outcome, told.attempts)
    assert len(writes) == told.attempts
    if done and name not in REFUSING:
        assert error.outcome in ("unknown", "done")
    if name in REFUSING:
        assert error.outcome == "refused"
    else:
        assert error.outcome == "unknown"


@pytest.mark.parametrize("verb", CALLS)
@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_that_passes_is_got_over_where_that_does_no_harm(name, verb, skipping):
    """An update after any doubt; a create only if the server is to be asked again."""
    error, writes, _ = await attempt(verb, [FAULTS[name], None])
    later = name.startswith(("429", "425", "503 that"))
    repeats = later or (verb == "update" and name not in REFUSING)
    assert (error is None, len(writes)) == (repeats, 1 + repeats)
    assert [of.applied for of in writes] == [False, True][: 1 + repeats]


@pytest.mark.parametrize("empty", [Fault.body(b""), Fault.status(204)], ids=["200", "204"])
@pytest.mark.parametrize("applied", [False, True], ids=["before", "after"])
async def test_an_update_gets_over_a_passing_fault_and_then_an_empty_answer(empty, applied):
    """An empty answer is worth a second try, whatever failed before it."""
    faults = [Fault.status(500), attrs.evolve(empty, applied=applied), None]
    error, writes, told = await attempt("update", faults)
    assert (error, told.outcome, told.attempts, len(writes)) == (None, "done", 3, 3)


@pytest.mark.parametrize("verb", CALLS)
async def test_a_port_without_a_server_gets_nothing(verb):
    """It was not sent, and is tried as often as the policy says."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        async with LinerClient(url, KEY, retry=QUICK) as liner:
            with pytest.raises(TransportError) as caught:
                await CALLS[verb](liner)
    assert (caught.value.outcome, caught.value.reason) == ("not_sent", "connect")


@pytest.mark.parametrize("verb", CALLS)
async def test_a_host_without_a_name_gets_nothing(verb):
    """DNS is asked again, but not for ever."""
    async with LinerClient("https://liner.invalid", KEY, retry=QUICK) as liner:
        with pytest.raises(TransportError) as caught:
            await CALLS[verb](liner)
    assert (caught.value.outcome, caught.value.reason) == ("not_sent", "dns")


async def test_a_certificate_that_nobody_trusts_gets_nothing(certified):
    """Neither body nor key; never tried again."""
    with FakeLiner(ssl=certified) as server:
        async with client(server, retry=QUICK) as liner:
            with pytest.raises(TransportError) as caught:
                await liner.leads.create(**LEAD)
    assert (caught.value.outcome, caught.value.reason, caught.value.attempts) == (
        "not_sent",
        "tls",
        1,
    )
    assert server.requests == []


async def test_tls_to_a_plain_port_gets_nothing():
    """The other way round."""
    with WriteServer() as server:
        url = server.url.replace("http:", "https:")
        async with LinerClient(url, KEY, retry=QUICK, ssl=ssl.create_default_context()) as liner:
            with pytest.raises(TransportError) as caught:
                await liner.leads.create(**LEAD)
    assert (caught.value.outcome, caught.value.reason) == ("not_sent", "tls")


async def test_a_connection_that_is_never_accepted_gets_nothing():
    """The attempt's time is over before the body was begun."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        address = listening.getsockname()
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(address)
        url = f"http://127.0.0.1:{address[1]}"
        policy = RetryPolicy(attempts=2, wait_initial=0)
        async with LinerClient(url, KEY, timeout=0.2, retry=policy) as liner:
            with pytest.raises(TransportError) as caught:
                await liner.leads.create(**LEAD)
        for filler in fillers:
            filler.close()
    assert (caught.value.outcome, caught.value.reason) == ("not_sent", "timeout")
    assert caught.value.attempts == 2


async def test_a_moved_server_is_not_followed():
    """The body goes nowhere else."""
    with WriteServer() as thief:
        moved = Answer(raw=answer_of(307, b"", f"Location: {thief.url}/v2/lead/create/\r\n"))
        with WriteServer(always=moved) as server:
            async with server.client() as liner:
                with pytest.raises(LinerError) as caught:
                    await liner.leads.create(**LEAD)
    assert (caught.value.status, caught.value.outcome, thief.asked) == (307, "refused", [])


async def test_ten_megabytes_of_escapes_in_a_refusal_are_capped_and_the_key_is_masked():
    """As in errors of reads."""
    body = b'{"success":false,"message":"' + b"\\u001b[2J" * 20 + KEY.encode() + b'"}'
    for answer in (answer_of(422, body), answer_of(422, b" " * (10 << 20)), answer_of(200, body)):
        with WriteServer(always=Answer(raw=answer)) as server:
            async with LinerClient(server.url, KEY, retry=QUICK) as liner:
                with pytest.raises(LinerError) as caught:
                    await liner.leads.create(**LEAD)
        assert len(str(caught.value)) < 400
        assert KEY not in str(caught.value)
        assert "\x1b" not in str(caught.value)
        assert caught.value.outcome == "refused"


async def test_a_storm_of_429_holds_every_writer_back(skipping):
    """Gate, slots and budget are those of reads."""
    storm = {"leads.create": [*[Fault.status(429, retry_after="1")] * 8, *[None] * 100]}
    refused_at = []

    def note(event):
        if isinstance(event, RequestEvent) and event.status == 429:
            refused_at.append(skipping.now())

    with FakeLiner(write_faults=storm) as server:
        async with LinerClient(server.url, server.api_key, on_event=note) as liner:
            await asyncio.gather(*(liner.leads.create(**LEAD) for _ in range(8)))
    assert len(skipping.sent) == 16
    assert skipping.sent_between(refused_at[-1], refused_at[-1] + 1.0) == []
    assert sum(of.applied for of in server.writes) == 8


async def test_a_limiter_is_entered_for_each_attempt_of_a_write():
    """Like that of a read."""
    entered = 0

    class Counting:
        async def __aenter__(self):
            nonlocal entered
            entered += 1

        async def __aexit__(self, *error):
            pass

    with FakeLiner(write_faults={"leads.create": [Fault.status(503, retry_after="0")]}) as server:
        async with client(server, limiter=Counting()) as liner:
            await liner.leads.create(**LEAD)
    assert entered == 2


@pytest.mark.parametrize("applied", [False, True])
async def test_writes_that_wait_for_a_host_that_is_away_were_not_sent(applied):
    """Those that were sent are in doubt, each of them; the others wait for a probe, in vain."""
    away = attrs.evolve(Fault.status(502), applied=applied)
    with FakeLiner(write_faults={"leads.create": away}) as server:
        async with client(server, retry=QUICK, concurrency=2) as liner:
            errors = await asyncio.gather(
                *(liner.leads.create(**LEAD) for _ in range(30)), return_exceptions=True
            )
    outcomes = Counter(error.outcome for error in errors)
    assert outcomes["unknown"] == len(server.writes) < 30
    assert outcomes["not_sent"] == 30 - len(server.writes)
    assert sum(of.applied for of in server.writes) == applied * len(server.writes)


async def test_a_client_that_reads_and_writes_waits_for_both_alike(skipping):
    """A 429 of a write holds reads back too."""
    refused_at = []

    def note(event):
        if isinstance(event, RequestEvent) and event.status == 429:
            refused_at.append(skipping.now())

    with FakeLiner(write_faults={"leads.create": [Fault.status(429, retry_after="1")]}) as server:
        async with LinerClient(server.url, server.api_key, on_event=note) as liner:
            await asyncio.gather(liner.leads.create(**LEAD), liner.orders.list())
    assert skipping.sent_between(refused_at[0], refused_at[0] + 1.0) == []
    assert len(skipping.sent_between(refused_at[0] + 1.0)) >= 3


async def test_an_update_that_passes_through_faults_ends_in_the_right_state():
    """And nothing is left in doubt that passes."""
    with FakeLiner(fault_rate=0.2, sizes={"leads": 5}) as server:
        async with client(server, retry=attrs.evolve(QUICK, attempts=8)) as liner:
            ids = [lead["id"] for lead in server.leads]
            for number in range(60):
                await liner.leads.update(ids[number % 5], name=str(number))
        assert sorted(int(lead["name"]) for lead in server.leads) == list(range(55, 60))
    assert any(request.status >= 500 for request in server.requests)
