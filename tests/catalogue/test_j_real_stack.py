"""Part J of the failure catalogue: what was seen on a real stack of web server and database."""

from __future__ import annotations

import asyncio
import random
import socket
from contextlib import suppress

import pytest

from liner_async import LinerError, RequestEvent, RetryPolicy, TransportError
from liner_async.testing import FakeLiner, Fault
from tests.support.reading import KEY, client, healthy, ids_of

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
            await read_through(restart, retry=BRIEF)
        assert restart.failed <= 2 * 8 + 5
    assert isinstance(caught.value, TransportError) or caught.value.status in {502, 503, 504}
    assert caught.value.offset % 100 == 0
    assert KEY not in repr(caught.value)
