"""Storms of 429 and outages: the requested pause is kept, and an outage stays cheap."""

from __future__ import annotations

import asyncio
import bisect
import random
from time import perf_counter
from types import SimpleNamespace

import aiohttp
from attrs import define, field

from liner_async import LinerClient, LinerError, RetryPolicy
from liner_async.testing import FakeLinerProcess, Fault
from reliability.figures import Figure
from reliability.ledger import Ledger

__all__ = ["outages", "storm_of_429"]

_PAGE = 100
_PAGES = 1_000


@define
class _Wire:
    """When requests were sent and 429s came, on one clock: the client's."""

    sent: list[float] = field(factory=list)
    refused: list[float] = field(factory=list)

    def trace(self) -> aiohttp.TraceConfig:
        """Return what tells an aiohttp session to report here."""
        config = aiohttp.TraceConfig()
        config.on_request_headers_sent.append(self._on_sent)
        config.on_request_end.append(self._on_end)
        return config

    async def _on_sent(self, _: aiohttp.ClientSession, __: SimpleNamespace, ___: object) -> None:
        self.sent.append(perf_counter())

    async def _on_end(
        self, _: aiohttp.ClientSession, __: SimpleNamespace, end: aiohttp.TraceRequestEndParams
    ) -> None:
        if end.response.status == 429:
            self.refused.append(perf_counter())

    def inside_a_pause(self, seconds: float) -> int:
        """Count the requests sent within so many seconds after a 429."""
        found = 0
        for sent in self.sent:
            before = bisect.bisect_left(self.refused, sent)
            found += before > 0 and sent < self.refused[before - 1] + seconds
        return found


def storm_of_429(count: int) -> list[Figure]:
    """Read `count` pages, eight at once, from a server that serves 40 requests a second."""
    return asyncio.run(_storm(count))


async def _storm(pages: int) -> list[Figure]:
    wire, ledger = _Wire(), Ledger(pages * _PAGE)
    patient = RetryPolicy(attempts=20, budget=100_000)
    with FakeLinerProcess(total=pages * _PAGE, rate_limit=40, latency=0.02) as server:
        async with (
            aiohttp.ClientSession(trace_configs=[wire.trace()]) as session,
            LinerClient(
                server.url, server.api_key, session=session, retry=patient, concurrency=8
            ) as liner,
        ):
            async for order in liner.orders.list():
                ledger.record(order.id)
        refused = server.stats().statuses.get(429, 0)
        peak = server.stats().peak_in_flight
    return [
        Figure("429s on the wire", refused, 1, is_least=True),
        Figure("requests sent within 1 s after a 429", wire.inside_a_pause(1.0), 0),
        Figure("in flight at once", peak, 8),
        *ledger.figures(),
    ]


def outages(count: int) -> list[Figure]:
    """Let `count` servers fail for good, each at another page of a list of 1,000 pages."""
    chance = random.Random(1)
    worst_offset = worst_all = wrong_offset = 0
    for run in range(count):
        first_bad = _PAGE * (1 if run == 0 else chance.randrange(1, _PAGES - 50))
        per_offset, resumed_at = asyncio.run(_outage(first_bad, chance))
        worst_offset = max(worst_offset, *per_offset)
        worst_all = max(worst_all, sum(per_offset))
        wrong_offset += resumed_at != first_bad
    return [
        Figure("requests at one offset, at worst", worst_offset, 3),
        Figure("requests to the broken server, at worst", worst_all, 80),
        Figure("errors that name another offset", wrong_offset, 0),
    ]


async def _outage(first_bad: int, chance: random.Random) -> tuple[list[int], int | None]:
    kinds = (Fault.status(503), Fault.status(500), Fault.disconnect(), Fault.reset())
    broken = dict.fromkeys(range(first_bad, _PAGES * _PAGE, _PAGE), chance.choice(kinds))
    resumed_at: int | None = None
    with FakeLinerProcess(total=_PAGES * _PAGE, faults=broken) as server:
        async with LinerClient(
            server.url, server.api_key, retry=RetryPolicy(attempts=3, wait_initial=0.1)
        ) as liner:
            try:
                await liner.orders.list()
            except LinerError as error:
                resumed_at = error.offset
        offsets = server.stats().offsets
    return [seen for offset, seen in offsets.items() if offset >= first_bad], resumed_at
