"""One worker that reads many lists, simulated request by request; times are in seconds."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from heapq import heappop, heappush

from attrs import define, field, frozen

__all__ = ["PAGE", "Reading", "Run", "Worker", "simulate"]

PAGE = 100


@frozen(kw_only=True)
class Reading:
    """One partition, or a whole list, read by one call of `ListSource.read`."""

    account: int
    offset: int = 0
    rows: int


@frozen(kw_only=True)
class Worker:
    """One process with one core.

    Attributes:
        at_once: readings at the same time, in threads.
        concurrency: requests in flight for each.
        latency: from a request to its answer, on an open connection.
        rate: requests per second that it may send for one account.
        per_order: processor time for an order, from bytes to a row of a table.
        per_reading: processor time for a client, its session and its event loop.
        per_connection: processor time for a TLS handshake.
        round_trips: what a new connection takes before its first request, in latencies.
        skipping: what the server takes longer for each row before the offset.
        timeout: of an attempt.
    """

    at_once: int = 8
    concurrency: int = 8
    latency: float = 0.05
    rate: float = math.inf
    per_order: float = 18e-6
    per_reading: float = 2.5e-3
    per_connection: float = 1e-3
    round_trips: int = 3
    skipping: float = 0.0
    timeout: float = 30.0


@define
class Run:
    """The result; `too_deep` is the first offset whose request takes too long."""

    seconds: float = 0.0
    requests: int = 0
    processor: float = 0.0
    too_deep: int | None = None


def simulate(worker: Worker, readings: Iterable[Reading]) -> Run:
    """Read one after the other, `at_once` at a time, and return what it takes.

    The first page of each is read alone, because it tells how many there are. A request that takes
    too long is counted and waited for, not repeated.
    """
    simulation = _Simulation(worker, deque(readings))
    simulation.read()
    return simulation.run


@define
class _Open:
    """A reading under way, its pages counted."""

    reading: Reading
    pages: int
    sent: int = 0
    read: int = 0


@define
class _Simulation:
    worker: Worker
    waiting: deque[Reading]
    run: Run = field(factory=Run)
    answers: list[tuple[float, int, _Open]] = field(factory=list)
    turns: dict[int, float] = field(factory=dict)

    def read(self) -> None:
        for _ in range(self.worker.at_once):
            self._start(0.0)
        while self.answers:
            came, _, opened = heappop(self.answers)
            self._take(came, opened)

    def _take(self, came: float, opened: _Open) -> None:
        """Decode an answer, and send what may be sent now."""
        worker, rows = self.worker, opened.reading.rows - opened.read * PAGE
        takes = min(PAGE, rows) * worker.per_order
        if opened.read < worker.concurrency:
            takes += worker.per_connection
        done = self._work(came, takes)
        opened.read += 1
        most = opened.read + worker.concurrency
        while opened.sent < min(most, opened.pages):
            self._send(done, opened)
        if opened.read == opened.pages:
            self._start(done)

    def _start(self, now: float) -> None:
        if self.waiting:
            reading = self.waiting.popleft()
            ready = self._work(now, self.worker.per_reading)
            self._send(ready, _Open(reading, max(1, math.ceil(reading.rows / PAGE))))

    def _send(self, now: float, opened: _Open) -> None:
        worker, run, account = self.worker, self.run, opened.reading.account
        turn = max(now, self.turns.get(account, 0.0))
        self.turns[account] = turn + 1 / worker.rate
        offset = opened.reading.offset + opened.sent * PAGE
        takes = worker.latency + worker.skipping * offset
        if takes > worker.timeout and (run.too_deep is None or offset < run.too_deep):
            run.too_deep = offset
        if opened.sent < worker.concurrency:
            turn += worker.round_trips * worker.latency
        opened.sent += 1
        run.requests += 1
        heappush(self.answers, (turn + takes, run.requests, opened))

    def _work(self, now: float, takes: float) -> float:
        """Use the processor as soon as it is free, and return when that is done."""
        self.run.processor += takes
        self.run.seconds = max(now, self.run.seconds) + takes
        return self.run.seconds
