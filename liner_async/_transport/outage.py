"""Whether the host is away: what shows it, when to ask again, when to give up (pure)."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable

from liner_async._transport.retry import RetryPolicy
from liner_async.errors import LinerError, TransportError

__all__ = ["Outage", "is_answer"]

# What a host says that is away, or whose back end is. A 503 that names a wait closes the gate.
_STATUSES = frozenset({502, 503, 504})
_REASONS = frozenset({"connect", "closed"})

_LEAST_FAILURES = 2
_ENOUGH_FAILURES = 5
_NEW, _FAILED_TWICE = 0, 2  # attempts
_LEAST_SHARE = 0.8  # of a wait's bound; the rest is jitter


class Outage:
    """What the requests of one client show, together, about a host that may be away.

    It is an outage when requests fail in a row and no answer comes in between: refused or closed
    connections, 502, 503, 504. As many must fail as were in flight when the first one did, but at
    least 2 and at most 5. Closed connections that may have been dead ones, kept alive for too long,
    count only beyond the number then in flight, as no more than those can have been kept.

    From the first of these failures on an outage is suspected: no more requests are sent at once
    than would show it if all of them failed. So it costs few beyond those that were in flight.

    While it lasts, the client sends one request at a time, a probe, after waits that grow. Any
    answer to a probe ends it; `attempts - 1` failed probes, or the deadline, end the patience.

    Attributes:
        is_on: whether there is an outage now.
        error: the latest failure that showed it; None before the first.
        began: when its first failure came, by the clock.
        given_up: how many outages outlasted the client's patience so far.
        lasted: the seconds that the latest of these had lasted.
    """

    def __init__(
        self, policy: RetryPolicy, *, clock: Callable[[], float], random: Callable[[], float]
    ) -> None:
        self._policy = policy
        self._clock = clock
        self._random = random
        self.error: LinerError | None = None
        self.given_up = 0
        self.lasted = 0.0
        self.began = 0.0
        self.forget()

    def forget(self) -> None:
        """Start anew: nobody is left who waits for the host, or it answers again."""
        self.is_on = False
        self._failures = 0
        self._needed = 0
        self._maybe_stale = 0  # of the failures, and how many of these are pardoned
        self._pardoned = 0
        self._failed_probes = 0
        self._wait_from = 0.0
        self._share = 1.0

    def record_answer(self, *, is_probe: bool) -> bool:
        """Record an answer; return whether it ends an outage.

        During an outage only a probe's answer counts: all other requests were sent before it began.
        """
        if self.is_on and not is_probe:
            return False
        was_on = self.is_on
        self.forget()
        return was_on

    def record_failure(self, error: LinerError, *, in_flight: int, is_stale: bool) -> None:
        """Record an attempt that failed; `in_flight` counts all that were under way with it.

        Args:
            error: why it failed; whether that shows an outage is decided here.
            in_flight: requests in flight, this one included.
            is_stale: whether it may only have met a dead connection that was kept alive.
        """
        if self._policy.attempts == 1 or not _shows_outage(error):
            return
        self.error = copy.copy(error)  # never raised, so it leads to no frames
        if self.is_on:
            return
        if not self._failures:
            self.began = self._clock()
            self._needed = max(_LEAST_FAILURES, min(in_flight, _ENOUGH_FAILURES))
            self._pardoned = in_flight
        self._failures += 1
        self._maybe_stale += is_stale
        if not self._missing():
            self.is_on = True
            self._start_wait()

    def _missing(self) -> int:
        """Return how many failures more would show an outage."""
        return self._needed - self._failures + min(self._maybe_stale, self._pardoned)

    @property
    def is_suspected(self) -> bool:
        """Whether the latest requests failed, but too few of them to call it an outage."""
        return self._failures > 0 and not self.is_on

    def has_room(self, trials: int) -> bool:
        """Return whether one more may be sent beside those sent since an outage is suspected."""
        return not self.is_suspected or trials < self._missing()

    def record_failed_probe(self) -> None:
        """Record a probe that brought no answer; give up if it was the last."""
        self._failed_probes += 1
        self._start_wait()
        is_last = self._failed_probes >= self._policy.attempts - 1
        if is_last or self.is_too_late(self.earliest(), started=self.began):
            self.given_up += 1
            self.lasted = self._clock() - self.began
            self.forget()

    def _start_wait(self) -> None:
        self._wait_from = self._clock()
        self._share = _LEAST_SHARE + (1 - _LEAST_SHARE) * self._random()

    def earliest(self) -> float:
        """Return the moment before which no probe is sent."""
        return self._due(self._failed_probes)

    def due(self, sent: Iterable[int]) -> float:
        """Return when a request that was sent this many times may be the next probe.

        If they have few attempts left, waits begin longer, so that those few last as long.
        """
        attempts = self._policy.attempts
        left = sum(attempts - each for each in sent)
        return self._due(max(self._failed_probes, attempts - left))

    def _due(self, doublings: int) -> float:
        doubled = self._policy.wait_initial * 2.0 ** min(1 + doublings, 60)
        return self._wait_from + min(self._policy.wait_max, doubled) * self._share

    def cost_of_probing(self, sent: int) -> tuple[bool, int]:
        """Rank requests by how often they were sent; the lowest should be the next probe.

        None should lose its last attempt. Those that failed once or twice and new ones take turns:
        the server may fail whatever it is asked for the first time, or just what it was asked for.
        """
        is_last = sent >= self._policy.attempts - 1
        wanted = _NEW if self._failed_probes % 2 else _FAILED_TWICE
        return is_last, abs(sent - wanted)

    def is_too_late(self, moment: float, *, started: float | None) -> bool:
        """Return whether a moment is past the deadline of what started then, if it did."""
        return started is not None and moment >= started + self._policy.deadline


def is_answer(error: LinerError) -> bool:
    """Return whether a failure is an answer, of a host that is not away.

    Time-outs and cut bodies do not count as answers, and show no outage either.
    """
    return not isinstance(error, TransportError) and error.status not in _STATUSES


def _shows_outage(error: LinerError) -> bool:
    if isinstance(error, TransportError):
        return error.reason in _REASONS
    return error.status in _STATUSES and error.retry_after is None
