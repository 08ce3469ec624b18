"""Reports to the concurrency limit how the requests on the wire end (pure)."""

from __future__ import annotations

from liner_async._transport.limits import Limit
from liner_async.errors import LinerError, TransportError

__all__ = ["Load"]

_SIGNS_OF_OVERLOAD = frozenset({"body", "closed", "connect", "empty", "timeout"})


class Load:
    """Counts the requests on the wire, from sending one until its answer is read.

    Those that hold a slot and wait, for the pause gate or for the user's limiter, are not counted.

    Attributes:
        in_flight: the requests on the wire.
    """

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self.in_flight = 0

    def start(self) -> None:
        """Count a request that is sent now."""
        self.in_flight += 1
        self._limit.on_start()

    def drop(self) -> None:
        """Take off a request that was cancelled."""
        self.in_flight -= 1
        self._limit.on_cancelled()

    def end(self, error: LinerError | None, *, seconds: float, is_away: bool) -> None:
        """Take off a request that has ended, and report how.

        Args:
            error: the error in which it ended; None for a good answer.
            seconds: what it took.
            is_away: whether the host is away, so that the end says nothing of its load.
        """
        if error is not None and _asks_for_a_pause(error):
            self._limit.on_throttled()
        elif error is None or not (isinstance(error, TransportError) or _is_overload(error)):
            self._limit.on_success(seconds, self.in_flight)
        elif _is_overload(error) and not is_away:
            self._limit.on_error()
        else:
            self._limit.on_cancelled()
        self.in_flight -= 1


def _asks_for_a_pause(error: LinerError) -> bool:
    return error.status == 429 or (error.status == 503 and error.retry_after is not None)


def _is_overload(error: LinerError) -> bool:
    if error.status is None:
        return error.reason in _SIGNS_OF_OVERLOAD
    return error.status == 408 or error.status >= 500
