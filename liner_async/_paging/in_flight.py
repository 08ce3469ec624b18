"""How many requests of one list run at once, over all its runs (pure)."""

from __future__ import annotations

from collections.abc import Callable

from attrs import define, frozen

__all__ = ["ConcurrencyRange", "InFlight", "Limits"]


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
        note_size: records the bytes of each page, which also bound the look-ahead.
    """

    in_flight: InFlight
    lookahead: Callable[[], int]
    note_size: Callable[[int], None]


@frozen(kw_only=True)
class ConcurrencyRange:
    """How many requests a run was allowed to have in flight.

    Attributes:
        least: the fewest.
        most: the most.
        last: the number when its latest page was taken.
    """

    least: int
    most: int
    last: int

    def __str__(self) -> str:
        """Return the range in words, such as `8 to 32, 13 in the end`, or a number that stayed."""
        if self.least == self.most:
            return f"{self.last:,}"
        return f"{self.least:,} to {self.most:,}, {self.last:,} in the end"

    @classmethod
    def of(cls, limit: int) -> ConcurrencyRange:
        """Return the range of a single limit."""
        return cls(least=limit, most=limit, last=limit)

    def following(self, earlier: ConcurrencyRange | None) -> ConcurrencyRange:
        """Return the range of an earlier one, if there was one, and this."""
        if earlier is None:
            return self
        return ConcurrencyRange(
            least=min(self.least, earlier.least), most=max(self.most, earlier.most), last=self.last
        )
