"""The end check: does anything unseen follow the last row, and do the counts agree? (pure).

A server counts and reads its rows in two queries, and a row may come or go in between. So a page
that ends at `total` is no proof of the end: the last row is asked for once more, and what follows
it. A page that holds a row known before and is shorter than asked for reaches the list's end.
"""

from __future__ import annotations

from attrs import define, field, frozen

__all__ = ["EndCheck"]

_MOST_REQUESTS = 4
_GROWING_AFTER = 2


@frozen
class _Look:
    """What was known after a page.

    Attributes:
        is_short: whether it was shorter than asked for.
        found: the rows found so far.
        announced: the rows there should be by its `total`.
    """

    is_short: bool
    found: int
    announced: int


@define
class EndCheck:
    """Decides whether a run under "strict" has reached the end of its list.

    Attributes:
        _requests: how often the end was asked for.
        _before: what was known before the latest page that attached.
        _now: what is known since.
    """

    _requests: int = field(init=False, default=0)
    _before: _Look = field(init=False, default=_Look(is_short=False, found=0, announced=0))
    _now: _Look = field(init=False, default=_Look(is_short=False, found=0, announced=0))

    def record(self, *, is_short: bool, found: int, announced: int) -> None:
        """Record a page that attached, and the counts after it."""
        self._before, self._now = self._now, _Look(is_short, found, announced)

    @property
    def is_confirmed(self) -> bool:
        """Return whether the latest page proves the end."""
        before, now = self._before, self._now
        if not now.is_short:
            return False
        agrees = now.found == now.announced
        if self._requests < _GROWING_AFTER:
            return agrees and now.found == before.found
        # A tail that grows all the time never brings nothing new. What it brings came later, so
        # the counts agree if they did at some moment between the two pages.
        is_counted_last = before.announced <= now.found <= now.announced
        is_counted_first = before.found <= now.announced <= now.found
        return agrees or is_counted_last or is_counted_first

    def ask_again(self) -> bool:
        """Return whether to ask for the last row, and what follows it, once more."""
        if self.is_confirmed or self._requests == _MOST_REQUESTS:
            return False
        if self._requests and self._now.is_short and self._now == self._before:
            return False  # counts that came twice will not change
        self._requests += 1
        return True
