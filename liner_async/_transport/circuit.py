"""Holds requests back while the host is away, all but one probe at a time, or may be away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from liner_async._transport.delivery import Delivery
from liner_async._transport.outage import Outage, is_answer
from liner_async._transport.telemetry import log_outage_began, log_outage_ended
from liner_async.errors import LinerError

__all__ = ["Circuit"]

Caller = Delivery[Any]


class Circuit:
    """Lets every request through, or in an outage one probe at a time, when `Outage` says so.

    While an outage is only suspected, a few at a time are let through. Requests wait here without a
    slot. When the host is back they queue for slots, of which there are few at first, so they do
    not follow all at once.

    Attributes:
        outage: decides; holds no request.
        _under_way: requests that have not ended, waiting or not.
        _waiting: those held back, in order of arrival, each with what wakes it.
        _has_watcher: whether one of them sleeps until the next probe is due.
        _probe: the one that was let through and has not ended its attempt.
        _trials: those that were sent since an outage is suspected and have not ended their attempt.
        _is_logged: whether this outage was logged.
    """

    def __init__(
        self,
        outage: Outage,
        *,
        host: str,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self.outage = outage
        self._host = host
        self._clock = clock
        self._sleep = sleep
        self._under_way = 0
        self._waiting: dict[Caller, asyncio.Future[None]] = {}
        self._has_watcher = False
        self._probe: Caller | None = None
        self._trials: set[Caller] = set()
        self._is_logged = False

    def enter(self, caller: Caller) -> None:
        """Count a request that starts."""
        self._under_way += 1
        caller.given_up = self.outage.given_up

    def leave(self, caller: Caller) -> None:
        """Count a request that ended, cancelled or not; forget the outage after the last one."""
        self._under_way -= 1
        self._end_attempt(caller)
        if not self._under_way:
            self.outage.forget()
            self._is_logged = False

    def holds(self, caller: Caller) -> bool:
        """Return whether a request must not be sent now."""
        if self.outage.is_on:
            return self._probe is not caller
        return self.has_given_up(caller) or not self.outage.has_room(len(self._trials))

    def has_given_up(self, caller: Caller) -> bool:
        """Return whether a request waited when the client gave up on an outage."""
        return caller.given_up != self.outage.given_up

    def explain(self, caller: Caller, error: LinerError) -> None:
        """Note with an error that the client gave up on an outage, if that is why it is raised."""
        if self.has_given_up(caller) and not is_answer(error):
            seconds = self.outage.lasted
            error.add_note(f"{self._host} has not answered for {seconds:.1f} s: the client gave up")

    def least_wait(self) -> float | None:
        """Return the seconds before which no probe is sent, if there is an outage."""
        return max(0.0, self.outage.earliest() - self._clock()) if self.outage.is_on else None

    async def admit(self, caller: Caller) -> bool:
        """Wait until a request may be sent; return False if it is not worth waiting any more."""
        while self.holds(caller):
            if self.has_given_up(caller) or self._is_too_late(caller):
                return False
            turn = self._waiting[caller] = asyncio.get_running_loop().create_future()
            try:
                if self.outage.is_on and not self._has_watcher and self._probe is None:
                    await self._watch()
                else:
                    await turn
            finally:
                del self._waiting[caller]
        return True

    async def _watch(self) -> None:
        """Sleep until a probe may be due, then let the cheapest one through."""
        now, earliest = self._clock(), self.outage.earliest()
        until = earliest if now < earliest else self._next_due()  # by then others may have come
        self._has_watcher = True
        try:
            await self._sleep(until - now)
        except BaseException:
            self._wake_all()  # for another to watch
            raise
        finally:
            self._has_watcher = False
        if self._next_due() <= self._clock():
            self._probe = min(self._waiting, key=self._cost_of_probing)
            self._wake(self._waiting[self._probe])

    def _cost_of_probing(self, caller: Caller) -> tuple[bool, bool, int]:
        """Rank requests; a write would be lost with the probe."""
        return not caller.request.repeatable, *self.outage.cost_of_probing(caller.attempts)

    def _is_too_late(self, caller: Caller) -> bool:
        if not self.outage.is_on:
            return False
        return self.outage.is_too_late(self._next_due(caller), started=caller.started)

    def _next_due(self, *callers: Caller) -> float:
        return self.outage.due(each.attempts for each in {*callers, *self._waiting})

    def begin(self, caller: Caller) -> None:
        """Record that a request is sent now."""
        if self.outage.is_suspected:
            self._trials.add(caller)

    def record(self, caller: Caller, *, in_flight: int, is_stale: bool) -> bool:
        """Record how an attempt ended; return whether the host is back."""
        began, is_back, is_probe = self.outage.began, False, self._probe is caller
        if caller.failure is None or is_answer(caller.failure):
            is_back = self.outage.record_answer(is_probe=is_probe)
        else:
            # Connections that were kept alive for too long fail with those in flight at first.
            is_stale = is_stale and caller not in self._trials
            self.outage.record_failure(caller.failure, in_flight=in_flight, is_stale=is_stale)
        if is_probe and self.outage.is_on:
            self.outage.record_failed_probe()
            self._log_beginning()
        self._end_attempt(caller)
        if not self.outage.is_on and self._is_logged:
            self._is_logged = False
            log_outage_ended(self._host, seconds=self._clock() - began, is_back=is_back)
        return is_back

    def _log_beginning(self) -> None:
        """Log an outage that outlasts a probe; what passes before is a coincidence of failures."""
        if self.outage.is_on and not self._is_logged:
            self._is_logged = True
            log_outage_began(self._host, self.outage.error)

    def _end_attempt(self, caller: Caller) -> None:
        if self.outage.is_suspected:
            self._trials.discard(caller)
        else:
            self._trials.clear()
        if self._probe is caller:
            self._probe = None
        if self._waiting and not self._has_watcher and self._probe is None:
            self._wake_all()

    def _wake_all(self) -> None:
        for turn in self._waiting.values():
            self._wake(turn)

    @staticmethod
    def _wake(turn: asyncio.Future[None]) -> None:
        if not turn.done():
            turn.set_result(None)
