"""A simulated reader: the client's slots, look-ahead, pause and retries, without a socket."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from typing import Protocol

from attrs import frozen

from simulated.server import ServerModel, SimulatedServer, Timeline

__all__ = ["FixedLimit", "Limiter", "ListModel", "Result", "read"]

_ATTEMPTS = 5
_MOST_AHEAD = 256
_LEAST_AHEAD = 32


class Limiter(Protocol):
    """Decides how many requests may be in flight."""

    def limit(self) -> int:
        """Return the number for now."""
        ...

    def on_start(self) -> None:
        """Note that a request is sent."""

    def on_success(self, latency: float, in_flight: int) -> None:
        """Note a good answer."""

    def on_throttled(self) -> None:
        """Note an answer 429."""

    def on_error(self) -> None:
        """Note an answer 5xx."""


class FixedLimit(Limiter):
    """Always the same number."""

    def __init__(self, limit: int) -> None:
        self._limit = limit

    def limit(self) -> int:
        """Return it."""
        return self._limit


@frozen(kw_only=True)
class ListModel:
    """A list and its consumer: pages, and the seconds that each keeps the consumer busy."""

    pages: int
    consume: float = 0.0


@frozen(kw_only=True)
class Result:
    """How a run went.

    Attributes:
        seconds: until the last page was consumed.
        in_flight: the mean number of requests in flight.
        peak: the highest limit.
        throttled: answers 429.
        refused: answers 502.
        given_up: pages that used up their attempts.
        limits: the limit over time: pairs of seconds and limit.
    """

    seconds: float
    in_flight: float
    peak: int
    throttled: int
    refused: int
    given_up: int
    limits: tuple[tuple[float, int], ...]


def read(
    server: ServerModel,
    pages: ListModel,
    make_limiter: Callable[[Callable[[], float]], Limiter],
    seed: int,
) -> Result:
    """Read a whole list once."""
    timeline = Timeline()
    run = _Run(timeline, SimulatedServer(server, timeline, seed), pages, seed)
    run.limiter = make_limiter(timeline.clock)
    run.fill()
    while run.taken < pages.pages:
        timeline.step()
    return run.result()


class _Run:
    limiter: Limiter

    def __init__(
        self,
        timeline: Timeline,
        server: SimulatedServer,
        pages: ListModel,
        seed: int,
    ) -> None:
        self._timeline = timeline
        self._server = server
        self._random = random.Random(seed)
        self._list = pages
        self._planned = 1  # the first page tells how many there are
        self._next = 0
        self._again: deque[tuple[int, int]] = deque()
        self._arrived: set[int] = set()
        self.taken = 0
        self._busy = False
        self._opens_at = 0.0
        self._in_flight = 0
        self._area = 0.0
        self._area_at = 0.0
        self._throttled = self._refused = self._given_up = 0
        self._limits: list[tuple[float, int]] = []

    def fill(self) -> None:
        """Send what the limits allow."""
        limit = self.limiter.limit()
        if not self._limits or self._limits[-1][1] != limit:
            self._limits.append((self._timeline.now, limit))
        if self._timeline.now < self._opens_at:
            return
        ahead = min(_MOST_AHEAD, max(_LEAST_AHEAD, 8 * limit))
        while self._in_flight < limit:
            if self._again:
                self._send(*self._again.popleft())
            elif self._next < self._planned and self._next - self.taken < ahead:
                self._next += 1
                self._send(self._next - 1, 1)
            else:
                return

    def _send(self, page: int, attempt: int) -> None:
        self._count()
        self._in_flight += 1
        started = self._timeline.now
        self.limiter.on_start()

        def answered(status: int, retry_after: float | None) -> None:
            self._on_answer(page, attempt, started, status, retry_after)

        self._server.send(answered)

    def _count(self) -> None:
        now = self._timeline.now
        self._area += self._in_flight * (now - self._area_at)
        self._area_at = now

    def _on_answer(
        self, page: int, attempt: int, started: float, status: int, retry_after: float | None
    ) -> None:
        now = self._timeline.now
        self._count()
        if status == 200:
            self.limiter.on_success(now - started, self._in_flight)
            self._in_flight -= 1
            self._planned = self._list.pages
            self._arrived.add(page)
            self._consume()
        else:
            self._in_flight -= 1
            self._retry(page, attempt, status, retry_after)
        self.fill()

    def _retry(self, page: int, attempt: int, status: int, retry_after: float | None) -> None:
        wait = self._random.random() * min(8.0, 0.5 * 2 ** (attempt - 1))
        if status == 429:
            self._throttled += 1
            self.limiter.on_throttled()
            pause = 1.0 if retry_after is None else retry_after
            wait += pause
            opens_at = self._timeline.now + pause
            if opens_at > self._opens_at:
                self._opens_at = opens_at + 0.5 * self._random.random()
                self._timeline.at(self._opens_at, self.fill)
        else:
            self._refused += 1
            self.limiter.on_error()
        if attempt == _ATTEMPTS:
            self._given_up += 1
            attempt = 0  # go on all the same, to compare the times

        def again() -> None:
            self._again.append((page, attempt + 1))
            self.fill()

        self._timeline.at(self._timeline.now + wait, again)

    def _consume(self) -> None:
        if not self._list.consume:
            while self.taken in self._arrived:
                self._arrived.remove(self.taken)
                self.taken += 1
        elif not self._busy and self.taken in self._arrived:
            self._busy = True
            self._timeline.at(self._timeline.now + self._list.consume, self._consumed)

    def _consumed(self) -> None:
        self._busy = False
        self._arrived.remove(self.taken)
        self.taken += 1
        self._consume()
        self.fill()

    def result(self) -> Result:
        """Return how it went."""
        return Result(
            seconds=self._timeline.now,
            in_flight=self._area / self._timeline.now,
            peak=max(limit for _, limit in self._limits),
            throttled=self._throttled,
            refused=self._refused,
            given_up=self._given_up,
            limits=tuple(self._limits),
        )
