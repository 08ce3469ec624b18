"""Clients that skip their waits, and a record of what they sent when, by their own clock."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from attrs import define, field, frozen

from liner_async._transport.sender import Sender
from liner_async._transport.session import HttpSession
from tests.support.timeline import turns

TURNS = 25  # of the event loop, in which everybody else does what there is to do at once


@frozen
class Sent:
    """When an attempt was sent, and how many were on the wire then, itself included."""

    at: float
    in_flight: int


@define
class SkippingClock:
    """The clock of every client: it moves on by what they sleep, which takes no time.

    Attributes:
        sent: each attempt, in the order in which they were sent.
    """

    sent: list[Sent] = field(factory=list)
    _skipped: float = 0.0
    _in_flight: int = 0

    @classmethod
    def of_every_client(cls, patch: pytest.MonkeyPatch) -> SkippingClock:
        """Give one clock to all clients that are made from now on."""
        clock = cls()
        defaults: dict[str, Any] = Sender.__init__.__kwdefaults__
        patch.setitem(defaults, "clock", clock.now)
        patch.setitem(defaults, "sleep", clock.sleep)
        patch.setattr(HttpSession, "exchange", clock.noting(HttpSession.exchange))
        return clock

    def now(self) -> float:
        """Tell the time."""
        return time.monotonic() + self._skipped

    async def sleep(self, seconds: float) -> None:
        """Let the others go on, then move the clock to the end of this sleep."""
        ends_at = self.now() + seconds
        await turns(TURNS)
        self._skipped += max(0.0, ends_at - self.now())

    def noting(self, exchange: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        """Return an exchange that is recorded in `sent`."""

        async def noted(http: HttpSession, *args: Any, **options: Any) -> Any:
            self._in_flight += 1
            self.sent.append(Sent(self.now(), self._in_flight))
            try:
                return await exchange(http, *args, **options)
            finally:
                self._in_flight -= 1

        return noted

    def sent_between(self, start: float, end: float = float("inf")) -> list[Sent]:
        """Return what was sent after `start` and before `end`."""
        return [each for each in self.sent if start < each.at < end]
