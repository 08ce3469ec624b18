"""A rate limiter that all threads and event loops of a process share."""

from __future__ import annotations

import asyncio
import threading
import time

from attrs import frozen

__all__ = ["SharedRateLimiter"]

_free_at: dict[tuple[str, str], float] = {}
_lock = threading.Lock()


@frozen
class SharedRateLimiter:
    """A limiter for LinerClient that spaces requests evenly, without bursts.

    Limiters of asyncio belong to one event loop. Here every reading has a loop of its own, so what
    they share is the time at which the next request may go, by the clock of the process.

    Attributes:
        account: whose requests are counted together: the host, and where the key is.
        gap: seconds between two requests.
    """

    account: tuple[str, str]
    gap: float

    async def __aenter__(self) -> None:
        """Wait for a turn; one that is not used, because the wait was cancelled, is lost."""
        with _lock:
            now = time.monotonic()
            turn = max(now, _free_at.get(self.account, now))
            _free_at[self.account] = turn + self.gap
        await asyncio.sleep(turn - now)

    async def __aexit__(self, *exc_info: object) -> None:
        """Do nothing: a rate limits how often requests begin, not how long they take."""
