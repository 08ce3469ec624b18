"""A clock that moves only when told to, for code that is given its clock and its sleep."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Coroutine
from itertools import count
from typing import Any, TypeVar

T = TypeVar("T")


async def turns(number: int = 5) -> None:
    """Give everybody else a few turns of the loop."""
    for _ in range(number):
        await asyncio.sleep(0)


class Timeline:
    """A clock that moves only when told to, and sleepers that wake by it."""

    def __init__(self) -> None:
        self.now = 100.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = count()

    def clock(self) -> float:
        """Tell the time."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Wait until the clock has moved so far."""
        waking: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + seconds, next(self._numbers), waking))
        await waking

    async def advance(self, seconds: float) -> None:
        """Move the clock, waking sleepers on the way."""
        until = self.now + seconds
        await turns()
        while self._sleepers and self._sleepers[0][0] <= until:
            self._wake_next()
            await turns()
        self.now = until

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do work, with the clock moving on whenever nothing but sleep is left to do."""
        task = asyncio.create_task(work)
        while not task.done():
            await turns(12)
            if self._sleepers and not task.done():
                self._wake_next()
        return await task

    def _wake_next(self) -> None:
        self.now, _, waking = heapq.heappop(self._sleepers)
        if not waking.cancelled():
            waking.set_result(None)
