"""Holds the requests of a client back while the server asks for a pause."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable

from liner_async._transport.retry import RetryPolicy, pause_after, prolonged_pause
from liner_async.errors import LinerError

__all__ = ["PauseGate"]

_FEW = 8  # who wait


class PauseGate:
    """Open, unless the server asked for a pause; requests pass it just before they are sent.

    When it opens, those who waited pass one after the other, at random intervals. If one of them is
    refused again, and nothing went well in between, the server asked for too short a pause, and the
    next one is prolonged.

    Attributes:
        _opens_at: when the latest pause ends.
        _opened_at: when the one before it ended.
        _went_well: whether a request that was sent since then was answered well.
        _was_served: whether any request was answered well.
        _line: those who wait, in the order in which they came.
        _waiting: how many they are.
    """

    def __init__(
        self,
        policy: RetryPolicy,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        random: Callable[[], float],
    ) -> None:
        self._policy = policy
        self._clock = clock
        self._sleep = sleep
        self._random = random
        self._opens_at = self._opened_at = -math.inf
        self._went_well = True
        self._was_served = False
        self._line = asyncio.Lock()
        self._waiting = 0

    def record(self, failure: LinerError | None, *, sent_at: float, attempt: int) -> None:
        """Record how an attempt ended, by its number, and close if the server asks for it."""
        if failure is None:
            self._was_served = True
            self._went_well = self._went_well or sent_at >= self._opened_at
            return
        seconds = pause_after(failure, self._policy)
        if seconds is None:
            return
        if sent_at >= self._opens_at:  # or else others asked for the same pause
            if not self._went_well:
                seconds = prolonged_pause(
                    seconds, self._policy, attempt=attempt, was_served=self._was_served
                )
            self._opened_at = self._opens_at
            self._went_well = False
        self._opens_at = max(self._opens_at, self._clock() + seconds)

    def remaining(self) -> float:
        """Return the seconds that are left of the pause."""
        return max(0.0, self._opens_at - self._clock())

    async def wait(self) -> None:
        """Wait until the gate is open, and for all who wait already."""
        is_pause = self.remaining() > 0
        if not (is_pause or self._waiting):
            return
        self._waiting += 1
        try:
            async with self._line:
                step = self._draw_step() if is_pause else 0.0
                while step or self.remaining():
                    await self._sleep(self.remaining() + step)
                    step = 0.0
        finally:
            self._waiting -= 1

    def _draw_step(self) -> float:
        """Draw the seconds between two who pass; the more wait, the closer they follow."""
        return self._policy.wait_initial * self._random() / max(_FEW, self._waiting)
