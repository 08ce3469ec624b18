"""Part B of the failure catalogue: HTTP statuses."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from liner_async import (
    AuthError,
    LinerError,
    NotFoundError,
    RateLimitError,
    RequestEvent,
    ResponseError,
    RetryPolicy,
    ServerError,
    StatusError,
)
from liner_async.testing import FakeLiner, Fault
from tests.support.reading import KEY, broken, client, failure, healthy, read_all
from tests.support.wire_faults import changed, endless, raw

pytestmark = pytest.mark.usefixtures("each_concurrency")

IMPATIENT = RetryPolicy(attempts=2, wait_initial=0.0, retry_after_max=60.0)


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_20_a_server_error_is_retried_with_its_body_unread(status):
    """An endless HTML body does not hold the error up."""
    start = f"HTTP/1.1 {status} No\r\nContent-Type: text/html\r\n\r\n".encode()
    with broken(endless(b"<p>" * 99, start=start)) as server:
        error = await failure(server)
        assert len(server.requests) == 4
    assert type(error) is ServerError
    assert (error.status, error.attempts, error.offset) == (status, 4, 0)


def moments(clock, *statuses):
    """Make a listener that notes when answers with these statuses came, and the list of moments."""
    noted = []

    def note(event):
        if isinstance(event, RequestEvent) and event.status in statuses:
            noted.append(clock.now())

    return note, noted


async def test_21_a_503_with_retry_after_pauses_the_whole_client(skipping):
    """A second list starts while the first waits: it waits too."""
    second, refused_at = [], []
    with FakeLiner(total=3, faults={0: [Fault.status(503, retry_after="1")]}) as server:

        def start_another(event):
            if isinstance(event, RequestEvent) and event.status == 503:
                refused_at.append(skipping.now())
                second.append(asyncio.create_task(liner.orders.page(offset=1)))

        async with client(server, on_event=start_another) as liner:
            await liner.orders.count()
            await second[0]
    assert len(server.requests) == len(skipping.sent) == 3
    assert len(skipping.sent_between(refused_at[0] + 1.0)) == 2


async def test_22_a_429_holds_every_request_of_the_client_back(skipping):
    """Eight in flight, one refused: nothing is sent until the second it asked for is over."""
    faults = {500: [Fault.status(429, retry_after="1")]}
    note, refused_at = moments(skipping, 429)
    with FakeLiner(total=9000, latency=0.02, faults=faults) as server:
        ids = await read_all(server, on_event=note)
    assert len(ids) == 9000
    assert skipping.sent_between(refused_at[0], refused_at[0] + 1.0) == []
    assert len(skipping.sent_between(refused_at[0] + 1.0)) > 10


async def test_22_after_a_pause_fewer_requests_are_in_flight_at_first(skipping):
    """Half of the slots open again; the others follow with success."""
    faults = {500: [Fault.status(429, retry_after="1")]}
    note, refused_at = moments(skipping, 429)
    with FakeLiner(total=100_000, latency=0.02, faults=faults) as server:
        async with client(server, concurrency=8, on_event=note) as liner:
            async for page in liner.orders.list(max_items=6000).pages():
                if page.offset == 500:
                    later = skipping.sent_between(refused_at[0])
        assert later[0].in_flight <= 4
        assert max(each.in_flight for each in later) < 8
        assert max(each.in_flight for each in skipping.sent_between(later[-1].at)) == 8


async def test_23_a_429_without_retry_after_waits_a_second_and_halves_the_concurrency(skipping):
    """No hammering where the server does not say how long."""
    with FakeLiner(total=3, faults={0: [Fault.status(429)]}) as server:
        await read_all(server)
    first, second = skipping.sent
    assert second.at - first.at >= 1.0


@pytest.mark.parametrize(
    "value", ["86400", "410400", "Fri, 01 Jan 2999 00:00:00 GMT"], ids=["day", "114 h", "2999"]
)
async def test_24_a_retry_after_over_the_cap_is_raised_at_once(value):
    """No shorter wait is put in its place; the error says how long it would be."""
    with FakeLiner(faults={None: Fault.status(429, retry_after=value)}) as server:
        error = await failure(server)
        assert len(server.requests) == 1
    assert type(error) is RateLimitError
    assert error.retry_after > 60


@pytest.mark.parametrize("value", ["nan", "inf", "-5", "1e9", "soon", "9" * 400, "\xb2", ""])
async def test_25_a_retry_after_that_makes_no_sense_is_ignored(value):
    """Our own back-off takes its place."""
    with healthy(faults={0: [Fault.status(503, retry_after=value)]}) as server:
        assert len(await read_all(server)) == 3


@pytest.mark.parametrize("skew", [timedelta(days=-400), timedelta(days=400)])
async def test_26_an_http_date_is_relative_to_the_answers_own_clock(skew, skipping):
    """A server whose clock is a year off asks for one second, and gets one."""
    now = datetime.now(UTC).replace(microsecond=0) + skew
    headers = {
        "Date": format_datetime(now, usegmt=True),
        "Retry-After": format_datetime(now + timedelta(seconds=1), usegmt=True),
    }
    with healthy(faults={0: [Fault.status(503, headers=headers)]}) as server:
        await read_all(server)
    first, second = skipping.sent
    assert 1.0 <= second.at - first.at < 5.0


@pytest.mark.parametrize("status", [401, 403])
async def test_27_a_refused_key_is_final_and_not_quoted(status):
    """One request; the siblings of a later refusal are cancelled."""
    with FakeLiner(faults={None: Fault.status(status)}) as server:
        error = await failure(server)
        assert len(server.requests) == 1
    assert type(error) is AuthError
    assert error.status == status
    assert server.api_key not in f"{error!r}{error}{error.__dict__}"


async def test_27_a_refusal_among_many_cancels_the_others():
    """Page 2 is refused: what was in flight beyond it ends, and nothing more is asked for."""
    with FakeLiner(total=10_000, latency=0.01, faults={100: Fault.status(401)}) as server:
        error = await failure(server)
        assert type(error) is AuthError
        assert len(server.requests) <= 9
    assert error.offset == 100


@pytest.mark.parametrize("status", [400, 404, 405, 410, 422])
async def test_28_a_refused_request_is_final(status):
    """404 is an error, not an empty list."""
    with FakeLiner(faults={None: Fault.status(status)}) as server:
        error = await failure(server)
        assert len(server.requests) == 1
    assert type(error) is (NotFoundError if status == 404 else StatusError)


async def test_28_what_a_refusal_says_is_passed_on():
    """The vendor's message is quoted."""
    body = b'{"success": false, "message": "limit is odd", "data": null}'
    with broken(Fault.status(422, body=body)) as server:
        error = await failure(server)
    assert "'limit is odd'" in str(error)


async def test_28_a_refusal_that_never_ends_is_not_waited_for():
    """The body of a 400 is read as far as is reasonable, and no further."""
    start = b"HTTP/1.1 400 No\r\nContent-Type: text/html\r\n\r\n"
    with broken(endless(b"<p>" * 999, start=start)) as server:
        error = await failure(server)
    assert error.status == 400


@pytest.mark.parametrize("status", [408, 425])
async def test_29_a_request_that_came_too_early_or_too_late_is_retried(status):
    """The two 4xx that pass."""
    with FakeLiner(total=3, faults={0: [Fault.status(status)]}) as server:
        assert len(await read_all(server)) == 3


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_30_a_redirect_is_an_error_that_says_to_change_the_host(status):
    """It is not followed, not even on the same host."""
    with broken(Fault.redirect("/elsewhere", status=status)) as server:
        error = await failure(server)
        assert len(server.requests) == 1
    assert type(error) is StatusError
    assert "host" in str(error)


async def test_31_the_target_of_a_redirect_is_never_contacted():
    """The key goes to nobody else."""
    with healthy() as thief:
        with broken(Fault.redirect(f"{thief.url}/?k={KEY}")) as server:
            error = await failure(server)
        assert thief.connections == 0
    assert KEY not in str(error)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [(Fault.status(204), StatusError), (Fault.body(b""), ResponseError)],
    ids=["204", "empty 200"],
)
async def test_32_an_answer_without_a_body_is_retried_once(fault, kind):
    """Then it is an error, never an empty list."""
    with broken(fault) as server:
        error = await failure(server)
        assert len(server.requests) == 2
    assert isinstance(error, kind)


@pytest.mark.parametrize("status", [206, 201, 999, 99])
async def test_33_only_200_is_success(status):
    """Whatever the body says."""
    with broken(changed(status=status)) as server:
        error = await failure(server)
        assert len(server.requests) == 1
    assert isinstance(error, LinerError)
    assert isinstance(error, StatusError)


async def test_28_a_refusal_whose_body_is_cut_is_still_that_refusal():
    """Its text is lost, its status is not."""
    cut = b"HTTP/1.1 403 No\r\nContent-Length: 500\r\n\r\n{"
    with broken(raw(cut)) as server:
        error = await failure(server)
    assert (type(error), error.status) == (AuthError, 403)
