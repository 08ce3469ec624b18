"""How many requests of one list run at once, over all its runs (pure)."""

from __future__ import annotations

from collections.abc import Callable

from attrs import define, frozen

__all__ = ["InFlight", "Limits"]


def _nobody_waits() -> None:
    return None


@define(eq=False)
class InFlight:
    """Counts the requests of one list; those that were given up count until they have ended.

    Attributes:
        limit: returns the most requests that may run at once; it may change at any time.
        count: the requests that run.
        on_release: called after a request has ended, to start what may follow.
    """

    limit: Callable[[], int]
    count: int = 0
    on_release: Callable[[], None] = _nobody_waits

    @property
    def has_room(self) -> bool:
        """Return whether one more request may start."""
        return self.count < self.limit()

    def acquire(self) -> None:
        """Count a request that starts."""
        self.count += 1

    def release(self) -> None:
        """Count a request that has ended, and let others start."""
        self.count -= 1
        self.on_release()


@frozen
class Limits:
    """What bounds the requests of one run.

    Attributes:
        in_flight: counts its requests, together with those of other runs over the same list.
        lookahead: returns the most pages that it may ask for before they are taken.
    """

    in_flight: InFlight
    lookahead: Callable[[], int]
