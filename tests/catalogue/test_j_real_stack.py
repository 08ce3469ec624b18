"""Part J of the failure catalogue: what was seen on a real stack of web server and database."""

from __future__ import annotations

import asyncio
import random
import socket
from contextlib import suppress

import pytest

from liner_async import (
    LinerError,
    PagingDriftError,
    PagingError,
    RequestEvent,
    RetryPolicy,
    TransportError,
)
from liner_async.testing import Change, FakeLiner, Fault
from tests.support.reading import KEY, client, healthy, ids_of

pytestmark = pytest.mark.unmeasured

PATIENT = RetryPolicy(attempts=50, wait_initial=0.002, wait_max=0.05)
BRIEF = RetryPolicy(wait_initial=0.002, wait_max=0.02)

AWAY = {
    "refused": None,
    "closed": Fault.disconnect(),
    "reset": Fault.reset(),
    "502": Fault.status(502),
    "503": Fault.status(503),
    "504": Fault.status(504),
}


def own_port() -> int:
    """Return a free port that no system gives away, so that nobody takes it while it is free."""
    for port in random.sample(range(15_000, 30_000), 100):
        with suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


class Restart:
    """A server that goes away at a page, and comes back after a number of failed attempts."""

    def __init__(self, away: Fault | None, *, failures: float) -> None:
        self.failed = 0
        self.failures = failures
        self._faults = {} if away is None else {"any": away}
        self._is_refusing = away is None
        self._port = own_port()
        self._server = healthy(3000, latency=0.005, port=self._port)
        self._back = asyncio.Event()
        self.url = ""

    async def __aenter__(self):
        await self._server.__aenter__()
        self.url, self.api_key = self._server.url, self._server.api_key
        self.expected = ids_of(self._server)
        return self

    async def __aexit__(self, *error):
        await self._server.__aexit__(*error)

    def observe(self, event):
        """Count the attempts that fail."""
        self.failed += isinstance(event, RequestEvent) and event.error is not None
        if self.failed >= self.failures:
            self._back.set()

    async def happen(self):
        """Be away until so many attempts have failed."""
        await self._become(FakeLiner(3000, api_key=KEY, port=self._port, faults=self._faults))
        if self._is_refusing:
            await self._server.__aexit__(None, None, None)
        await self._back.wait()
        if self._is_refusing:
            await self._server.__aenter__()
        await self._become(healthy(3000, port=self._port))

    async def _become(self, server):
        await self._server.__aexit__(None, None, None)
        self._server = server
        await server.__aenter__()


async def read_through(restart, **options):
    """Read the list; the server goes away at the third page."""
    async with client(restart, on_event=restart.observe, **options) as liner:
        orders, away = [], None
        try:
            async for page in liner.orders.list().pages():
                orders += [order.id for order in page]
                if page.offset == 200:
                    away = asyncio.create_task(restart.happen())
        finally:
            restart._back.set()
            if away is not None:
                await away
        return orders


@pytest.mark.parametrize("in_flight", [1, 8])
@pytest.mark.parametrize("away", AWAY.values(), ids=AWAY)
async def test_93_a_restart_in_the_middle_of_a_list_is_waited_for(away, in_flight):
    """Every order comes once, in order, whatever the server does while it is away."""
    async with Restart(away, failures=in_flight + 4) as restart:
        read = await read_through(restart, retry=PATIENT, concurrency=in_flight)
        assert read == restart.expected
        assert restart.failed >= in_flight + 4


@pytest.mark.parametrize("away", AWAY.values(), ids=AWAY)
async def test_93_an_outage_without_end_costs_few_requests(away):
    """The last real error comes, with the first offset that was not handed out."""
    async with Restart(away, failures=float("inf")) as restart:
        with pytest.raises(LinerError) as caught:
            await read_through(restart, retry=BRIEF, concurrency=8)
        assert restart.failed <= 2 * 8 + 5
    assert isinstance(caught.value, TransportError) or caught.value.status in {502, 503, 504}
    assert caught.value.offset % 100 == 0
    assert KEY not in repr(caught.value)


async def read_strictly(server, **options):
    """Read the list; give the ids handed out, and the error if the list moved."""
    read, error = [], None
    async with client(server) as liner:
        try:
            async for order in liner.orders.list(consistency="strict", **options):
                read.append(order.id)
        except PagingDriftError as caught:
            error = caught
    assert len(read) == len(set(read))
    return read, error


def changes_all_the_time(per_request, requests=400):
    """Make the same change before each request."""
    return [Change(at_request=number, **per_request) for number in range(2, requests)]


@pytest.mark.parametrize("between", ["rows-count", "count-rows"])
@pytest.mark.parametrize("change", [{"delete": 1}, {"insert": 1}, {"insert": 1, "position": -1}])
@pytest.mark.parametrize("total", [99, 100, 101, 199, 299])
async def test_92_a_change_between_the_two_queries_of_a_page_loses_no_order(total, change, between):
    """Whichever page it is: every order that was there throughout, or an exception."""
    for at_request in (1, 2, 3):
        moving = Change(at_request=at_request, between=between, **change)
        with FakeLiner(total, changes=[moving]) as server:
            before = set(ids_of(server))
            read, error = await read_strictly(server, concurrency=1, lookahead=1)
            assert error is not None or before & set(ids_of(server)) <= set(read)


async def test_92_a_full_last_page_is_no_end():
    """101 orders, one deleted between the queries of the only page: the last one is found."""
    moving = Change(at_request=1, delete=1, between="rows-count")
    with FakeLiner(101, changes=[moving]) as server:
        before = ids_of(server)
        read, error = await read_strictly(server)
    assert read == before
    assert error is not None
    assert "101 rows read, 100 announced" in str(error)


async def test_94_insertions_faster_than_pages_are_read_are_named_and_end():
    """A whole page comes in at the head before each request: strict says that the list moved."""
    changes = changes_all_the_time({"insert": 100})
    with FakeLiner(1_000, changes=changes) as server:
        read, error = await read_strictly(server, concurrency=1, lookahead=1)
        assert len(server.requests) <= 60
    assert len(read) >= 100
    assert error is not None
    assert error.resume_point is not None


async def test_94_insertions_at_the_head_are_reported_by_detect():
    """The list ends, and the report says that it moved."""
    changes = changes_all_the_time({"insert": 5})
    with FakeLiner(1_000, changes=changes) as server:
        async with client(server, concurrency=1) as liner:
            orders = await liner.orders.list()
        assert len(server.requests) <= 15
    assert orders.report.drifted
    assert len(orders) == 1_000


async def test_94_a_server_that_ignores_the_offset_is_still_a_paging_error():
    """Strict has its own reasons to see known orders, and is not misled by them."""
    with FakeLiner(total=100, ignore_offset=True, total_override=100_000) as server:
        async with client(server) as liner:
            with pytest.raises(PagingError) as caught:
                async for _ in liner.orders.list(consistency="strict"):
                    pass
        assert len(server.requests) <= 35
    assert type(caught.value) is PagingError
    assert caught.value.reason == "repeat"


@pytest.mark.parametrize("between", [None, "rows-count", "count-rows"])
@pytest.mark.parametrize("consistency", ["detect", "strict"])
async def test_95_a_tail_that_grows_all_the_time_is_not_chased(consistency, between):
    """Orders that came after the end was reached need not be read; the others all are."""
    changes = changes_all_the_time({"insert": 7, "position": -1, "between": between})
    with FakeLiner(3_500, changes=changes) as server:
        before = ids_of(server)
        async with client(server) as liner:
            orders = await liner.orders.list(consistency=consistency)
        assert len(server.requests) <= 45
    assert set(before) <= {order.id for order in orders}
    assert orders.report.complete == (consistency == "strict")


@pytest.mark.parametrize("position", [0, 50])
async def test_96_repairs_do_not_read_everything_again(position):
    """An order goes before every third request: no more than a request for each is added."""
    changes = [
        Change(at_request=number, delete=1, position=position) for number in range(2, 400, 3)
    ]
    with FakeLiner(3_000, changes=changes) as server:
        read, error = await read_strictly(server)
        assert set(ids_of(server)) <= set(read)
        assert len(server.requests) <= 31 + 31 // 2 + 5
    assert error is not None
    assert "announced" in str(error)
