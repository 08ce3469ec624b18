"""Limits that all requests of a client share: concurrency, and the budget of retries."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Literal, Protocol

from liner_async._transport.auto_limit import AutoLimit

__all__ = [
    "AutoLimit",
    "ConcurrencyLimiter",
    "FixedLimit",
    "Limit",
    "RetryBudget",
    "limit_of",
]


class Limit(Protocol):
    """How many requests may be in flight, by how those before them fared."""

    def limit(self) -> int:
        """Return how many requests may be in flight now."""
        ...

    def on_start(self) -> None:
        """Note that a request is being sent."""
        ...

    def on_success(self, latency: float, in_flight: int) -> None:
        """Note an answer: its seconds, and how many were in flight, itself included."""
        ...

    def on_throttled(self) -> None:
        """Note an answer that asks for a pause."""
        ...

    def on_error(self) -> None:
        """Note an end that may come of too much load."""
        ...

    def on_cancelled(self) -> None:
        """Note an end that says nothing of the load."""
        ...

    def restart(self, in_flight: int) -> None:
        """Begin with so few again, for a server that was away."""
        ...


def limit_of(concurrency: int | Literal["auto"], *, most: int, clock: Callable[[], float]) -> Limit:
    """Return the limit that a client's `concurrency` and `max_concurrency` ask for."""
    if concurrency == "auto":
        return AutoLimit(clock, most=most)
    return FixedLimit(concurrency)


class FixedLimit:
    """The same number, but fewer after a pause: half, and one more with each round that goes well.

    Attributes:
        _width: how many may be in flight.
        _outstanding: requests that were sent and have not ended.
        _pardoned: how many of them were sent before the last pause, and may ask for the same one.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._width = float(most)
        self._outstanding = 0
        self._pardoned = 0

    def limit(self) -> int:
        """Return how many requests may be in flight now."""
        return int(self._width)

    def on_start(self) -> None:
        """Note that a request is being sent."""
        self._outstanding += 1

    def on_success(self, latency: float, in_flight: int) -> None:  # noqa: ARG002 - as Limit has it
        """Count a success towards one more, up to the number that was asked for."""
        self.on_cancelled()
        self._width = min(float(self._most), self._width + 1 / self._width)

    def on_throttled(self) -> None:
        """Halve the number, once for each pause."""
        is_new = not self._pardoned
        self.on_cancelled()
        if is_new:
            self._width = max(1.0, self._width / 2)
            self._pardoned = self._outstanding

    def on_error(self) -> None:
        """Note an end that may come of too much load; the number stays."""
        self.on_cancelled()

    def on_cancelled(self) -> None:
        """Note an end that says nothing of the load."""
        self._outstanding = max(0, self._outstanding - 1)
        self._pardoned = max(0, self._pardoned - 1)

    def restart(self, in_flight: int) -> None:
        """Begin with so few again, for a server that was away."""
        self._width = max(1.0, min(self._width, float(in_flight)))


class ConcurrencyLimiter:
    """Slots for requests, first come, first served; a limit that shrinks takes none away.

    Attributes:
        _limit: returns how many may be held now; a change is noticed when one is given back.
        held: how many are held.
        _queue: who waits for a slot, first come first.
    """

    def __init__(self, limit: Callable[[], int]) -> None:
        self._limit = limit
        self.held = 0
        self._queue: deque[asyncio.Future[None]] = deque()

    async def __aenter__(self) -> None:
        if self.held < self._limit() and not self._queue:
            self.held += 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # admitted in the turn of the cancellation
                self._release()
            elif turn in self._queue:
                self._queue.remove(turn)
            raise

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._release()

    def _release(self) -> None:
        self.held -= 1
        self._admit()

    def _admit(self) -> None:
        while self._queue and self.held < self._limit():
            turn = self._queue.popleft()
            if not turn.done():
                self.held += 1
                turn.set_result(None)


class RetryBudget:
    """Tokens that retries take and successes return, so that an outage stays cheap."""

    def __init__(self, tokens: int) -> None:
        self._most = tokens
        self.tokens = tokens

    def take(self, cost: int) -> bool:
        """Take tokens for a retry; return False, and take none, where too few are left."""
        if cost > self.tokens:
            return False
        self.tokens -= cost
        return True

    def give_back(self, tokens: int) -> None:
        """Return what a request's retries took, and one for its success."""
        self.tokens = min(self._most, self.tokens + tokens + 1)
