"""Limits that all requests of a client share: concurrency limiter, pause gate, retry budget."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from types import TracebackType

from liner_async._transport.auto_limit import AutoLimit

__all__ = ["AutoLimit", "ConcurrencyLimiter", "PauseGate", "RetryBudget"]


class ConcurrencyLimiter:
    """At most `limit` requests in flight, first come, first served.

    Attributes:
        _width: how many may be in flight now: halved after a 429, and widened again by successes,
            by one a round.
        _held: how many are in flight.
        _queue: who waits for a slot, first come first.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._width = float(limit)
        self._held = 0
        self._queue: deque[asyncio.Future[None]] = deque()

    @property
    def width(self) -> int:
        """Return how many requests may be in flight now."""
        return int(self._width)

    @property
    def held(self) -> int:
        """Return how many requests are in flight."""
        return self._held

    def restart(self) -> None:
        """Leave only the slots that are held now, for a server that was away."""
        self._width = max(1.0, min(self._width, float(self._held)))

    def narrow(self) -> None:
        """Halve the number of slots; those held are not taken away."""
        self._width = max(1.0, self._width / 2)

    def widen(self) -> None:
        """Count a success towards one more slot, up to the limit."""
        if self._width < self._limit:
            self._width = min(float(self._limit), self._width + 1 / self._width)
            self._admit()

    async def __aenter__(self) -> None:
        if self._held < self.width and not self._queue:
            self._held += 1
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
        self._held -= 1
        self._admit()

    def _admit(self) -> None:
        while self._queue and self._held < self.width:
            turn = self._queue.popleft()
            if not turn.done():
                self._held += 1
                turn.set_result(None)


class PauseGate:
    """Holds back every request of the client while the server asked for a pause."""

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        random: Callable[[], float],
        spread: float,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._random = random
        self._spread = spread
        self._opens_at = -float("inf")

    def close(self, seconds: float) -> bool:
        """Close for so many seconds from now; return whether it had been open."""
        now = self._clock()
        was_open = now >= self._opens_at
        self._opens_at = max(self._opens_at, now + seconds)
        return was_open

    async def wait(self) -> None:
        """Wait until the gate is open, plus jitter after a pause."""
        while (seconds := self._opens_at - self._clock()) > 0:
            await self._sleep(seconds + self._spread * self._random())


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
