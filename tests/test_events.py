"""The events of `on_event`: when they are emitted, what they hold, and that a hook does no harm."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial

import attrs
import pytest

from liner_async import (
    AuthError,
    ConfigError,
    DriftEvent,
    LinerClient,
    LinerError,
    PageEvent,
    RequestEvent,
    RetryEvent,
    RetryPolicy,
)
from liner_async.events import guarded
from liner_async.testing import PASSING_FAULTS, Change, FakeLiner, Fault, make_order
from tests.support.reading import KEY, client
from tests.support.waiting import until

NO_WAIT = RetryPolicy(wait_initial=0.0)
SECRET = "a text of the server's"


def of(kind, events):
    """Return the events of one kind."""
    return [event for event in events if isinstance(event, kind)]


async def read(server, *, retry=NO_WAIT, **options):
    """Read a list one request at a time, and return its events and its report."""
    events = []
    async with client(server, retry=retry, concurrency=1, on_event=events.append) as liner:
        pager = liner.orders.list(**options)
        await pager
    return events, pager.report


async def fail(fault, **options):
    """Ask a server that always fails for a page, and return the events and the error."""
    events = []
    with FakeLiner(api_key=KEY, faults={"any": fault}) as server:
        async with client(
            server, retry=RetryPolicy.never(), on_event=events.append, **options
        ) as liner:
            with pytest.raises(LinerError) as caught:
                await liner.orders.page()
    return events, caught.value


async def test_every_attempt_retry_and_page_is_emitted_in_order():
    """A 503 for the second page emits two attempts, a retry between them, and then the page."""
    with FakeLiner(total=150, faults={100: [Fault.status(503)]}) as server:
        events, _ = await read(server)
    assert [type(event) for event in events] == [
        RequestEvent,
        PageEvent,
        RequestEvent,
        RetryEvent,
        RequestEvent,
        PageEvent,
    ]
    asked = [(event.offset, event.attempt, event.status) for event in of(RequestEvent, events)]
    assert asked == [(0, 1, 200), (100, 1, 503), (100, 2, 200)]
    assert {event.path for event in events} == {"/v2/order/"}
    first, refused, _ = of(RequestEvent, events)
    assert (first.limit, first.error, first.reason) == (100, None, None)
    assert (refused.error, refused.reason) == ("ServerError", None)
    assert of(RetryEvent, events) == [
        RetryEvent(
            method="GET",
            path="/v2/order/",
            offset=100,
            attempt=1,
            status=503,
            error="ServerError",
            reason=None,
            wait=0.0,
        )
    ]
    last = of(PageEvent, events)[-1]
    assert (last.offset, last.limit, last.received, last.items) == (100, 100, 50, 50)
    assert (last.total, last.attempts) == (150, 2)
    assert all(event.seconds > 0 for event in of(RequestEvent, events) + of(PageEvent, events))


async def test_the_events_add_up_to_what_was_sent_and_read():
    """Attempts match the requests on the wire, and retries match the report."""
    events = []
    with FakeLiner(total=3_000, fault_rate=0.3, fault_kinds=PASSING_FAULTS[:4], seed=5) as server:
        async with client(server, retry=NO_WAIT, on_event=events.append) as liner:
            pager = liner.orders.list()
            orders = await pager
        wire = Counter(request.offset for request in server.requests)
    assert Counter(event.offset for event in of(RequestEvent, events)) == wire
    assert len(of(RetryEvent, events)) == pager.report.retries > 0
    assert sum(event.items for event in of(PageEvent, events)) == len(orders) == 3_000


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault.disconnect(), (None, "TransportError", "closed")),
        (Fault.cut(), (None, "TransportError", "body")),
        (Fault.status(401), (401, "AuthError", None)),
        (Fault.status(204), (204, "StatusError", "empty")),
        (Fault.body(b"<html>"), (200, "ResponseError", "json")),
        (Fault.envelope(success=False, message="no"), (200, "ApiError", None)),
    ],
    ids=lambda value: value.name if isinstance(value, Fault) else None,
)
async def test_a_failed_attempt_names_status_error_and_reason(fault, expected):
    """The event has the attributes of the error that is raised."""
    [event], error = await fail(fault)
    assert (event.status, event.error, event.reason) == expected
    assert expected == (error.status, type(error).__name__, error.reason)


async def test_the_servers_date_comes_with_a_response():
    """The date is exact to the second, and None without a complete response."""
    moment = datetime(2026, 11, 23, 12, 0, 7, tzinfo=UTC)
    dated = {"Date": "Mon, 23 Nov 2026 12:00:07 GMT"}
    [event], _ = await fail(Fault.status(500, headers=dated))
    assert event.date == moment
    [event], _ = await fail(Fault.status(500, headers={"Date": "soon"}))
    assert event.date is None
    [event], _ = await fail(attrs.evolve(Fault.headers(dated), delivery=Fault.cut().delivery))
    assert event.date is None
    with FakeLiner() as server:
        events, _ = await read(server)
    dates = {event.date for event in of(RequestEvent, events)}
    assert all(abs(date - datetime.now(UTC)) < timedelta(seconds=60) for date in dates)


async def test_each_of_many_answers_at_once_has_its_own_date():
    """Responses that arrive together keep their own dates."""
    events = []
    faults = {
        offset: Fault.headers({"Date": f"Mon, 23 Nov 2026 12:00:{offset // 100:02} GMT"})
        for offset in range(0, 4_000, 100)
    }
    with FakeLiner(total=4_000, faults=faults) as server:
        async with client(server, concurrency=40, on_event=events.append) as liner:
            await liner.orders.list()
    dates = {event.offset: event.date.second for event in of(RequestEvent, events)}
    assert dates == {offset: offset // 100 for offset in range(0, 4_000, 100)}


async def test_an_attempt_that_is_cancelled_emits_no_event():
    """A cancelled attempt has no outcome and emits no event."""
    events = []
    with FakeLiner(faults={"any": Fault.stall(600)}) as server:
        async with client(server, on_event=events.append) as liner:
            task = asyncio.create_task(liner.orders.page())
            await until(lambda: server.in_flight)
            task.cancel()
            await asyncio.wait([task])
    assert events == []


async def test_a_page_counts_what_was_received_and_handed_out():
    """Duplicate, invalid and surplus orders count as received but not as items."""
    orders = [make_order(id=1), make_order(id=2, title=None), make_order(id=1), make_order(id=3)]
    with FakeLiner(orders=orders) as server:
        events, report = await read(server, page_size=2, on_invalid="skip")
        assert [(each.received, each.items) for each in of(PageEvent, events)] == [(2, 1), (2, 1)]
        assert report.handed_out == 2
        events, _ = await read(server, page_size=2, on_invalid="skip", max_items=1)
        assert [(each.received, each.items) for each in of(PageEvent, events)][:1] == [(1, 1)]


async def test_a_single_page_and_a_count_emit_events_too(server):
    """`page` and `count` emit events like any other request."""
    events = []
    async with client(server, on_event=events.append) as liner:
        await liner.orders.page(offset=200, limit=80)
        await liner.orders.count()
    single, counted = of(PageEvent, events)
    assert (single.offset, single.limit, single.received, single.items) == (200, 80, 50, 50)
    assert (single.path, single.total, single.attempts) == ("/v2/order/", 250, 1)
    assert (counted.offset, counted.limit, counted.total) == (0, 1, 250)


async def test_each_kind_of_drift_is_emitted_once_per_run():
    """Each event has the report's reason and the offset of the page that showed it."""
    changes = [Change(at_request=number, insert=3) for number in (2, 3, 4)]
    with FakeLiner(total=500, changes=changes) as server:
        events, report = await read(server)
    drifts = of(DriftEvent, events)
    assert tuple(event.reason for event in drifts) == report.drift
    assert [event.kind for event in drifts] == ["total", "duplicates", "count"]
    assert [event.offset for event in drifts] == [100, 100, 509]
    assert {event.path for event in drifts} == {"/v2/order/"}


async def test_drift_that_shows_at_the_end_is_emitted_too():
    """Drift in the number of orders shows only after the last page."""
    with FakeLiner(orders=[make_order(id=number) for number in (1, 2, 1)]) as server:
        events, report = await read(server)
    drifts = of(DriftEvent, events)
    assert [(event.kind, event.offset) for event in drifts] == [
        ("duplicates", 0),
        ("order", 0),
        ("count", 3),
    ]
    assert tuple(event.reason for event in drifts) == report.drift


async def test_a_page_that_is_read_again_hands_nothing_out():
    """A page that strict reading fetches again emits an event with no items."""
    changes = [Change(at_request=2, delete=30), Change(at_request=4, insert=30)]
    with FakeLiner(total=300, changes=changes) as server:
        events, report = await read(server, consistency="strict")
    assert "seam" in {event.kind for event in of(DriftEvent, events)}
    assert [event.items for event in of(PageEvent, events)].count(0) >= report.repairs > 0
    assert sum(event.items for event in of(PageEvent, events)) == report.handed_out


async def test_without_consistency_no_drift_is_emitted():
    """With `consistency="off"` nothing is compared."""
    with FakeLiner(total=250, changes=[Change(at_request=2, insert=5)]) as server:
        events, _ = await read(server, consistency="off")
    assert of(DriftEvent, events) == []


async def test_a_hook_that_fails_breaks_nothing_and_is_logged_once_per_client(caplog):
    """The hook is called again each time, and the log has its exception but not the key."""
    calls = []

    def hook(event):
        calls.append(event)
        raise LookupError("mine")

    with FakeLiner(total=250, api_key=KEY, faults={100: [Fault.status(503)]}) as server:
        for _ in range(2):
            async with client(server, retry=NO_WAIT, on_event=hook) as liner:
                assert len(await liner.orders.list()) == 250
    assert len(calls) == (4 + 1 + 3) + (3 + 3)
    records = [record for record in caplog.records if record.name == "liner_async.events"]
    assert [(record.levelno, record.getMessage()) for record in records] == [
        (logging.ERROR, "on_event failed; its further failures are not logged")
    ] * 2
    assert "LookupError: mine" in caplog.text
    assert KEY not in caplog.text


def test_a_hook_may_end_the_program():
    """KeyboardInterrupt and other exceptions outside Exception pass through."""

    def hook(_):
        raise KeyboardInterrupt

    emit = guarded(hook)
    with pytest.raises(KeyboardInterrupt):
        emit(DriftEvent(path="/", offset=0, kind="count", reason=""))


async def coroutine(event):
    """Take an event, only when awaited."""


@pytest.mark.parametrize(
    "hook", ["print", 7, coroutine, partial(coroutine)], ids=["text", "number", "async", "partial"]
)
def test_a_hook_that_cannot_simply_be_called_is_refused(hook):
    """The client raises ConfigError, with no warning about an unawaited coroutine."""
    with pytest.raises(ConfigError, match="on_event must be a plain function"):
        LinerClient("https://liner.example", KEY, on_event=hook)


async def test_no_event_holds_the_key_or_what_the_server_said():
    """An error may quote the server, but its events hold neither the text nor the key."""
    said = Fault.envelope(success=False, message=f"{SECRET} {KEY}")
    body = Fault.status(401, body=f'{{"message": "{SECRET} {KEY}"}}'.encode())
    events, error = await fail(said)
    refused, auth = await fail(body)
    assert SECRET in str(error)
    assert isinstance(auth, AuthError)
    for event in events + refused:
        shown = f"{event!r} {attrs.asdict(event)}"
        assert KEY not in shown
        assert SECRET not in shown


def test_events_are_values():
    """Events are frozen, slotted and hashable, and compare by value."""
    events = [
        DriftEvent(path="/", offset=0, kind="count", reason="one"),
        DriftEvent(path="/", offset=0, kind="count", reason="one"),
    ]
    assert len(set(events)) == 1
    assert not hasattr(events[0], "__dict__")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        events[0].kind = "other"
