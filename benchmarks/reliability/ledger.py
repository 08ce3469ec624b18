"""Check that every order of a list was handed out once and in order."""

from __future__ import annotations

from attrs import define, field
from speed.catalogue import order_id

from reliability.figures import Figure

__all__ = ["Ledger"]


@define
class Ledger:
    """Compares ids with those of the list as they come; keeps none of them."""

    total: int
    count: int = 0
    not_ascending: int = 0
    foreign: int = 0
    _last: int = field(default=0, init=False)

    def record(self, identity: int) -> None:
        """Record the id that was handed out next."""
        self.not_ascending += identity <= self._last
        self.foreign += self.count < self.total and identity != order_id(self.count)
        self._last = identity
        self.count += 1

    def figures(self) -> list[Figure]:
        """Return what was lost, came twice or out of order."""
        return [
            Figure("orders handed out", self.count, self.total, is_least=True),
            Figure("orders lost", max(0, self.total - self.count), 0),
            Figure("orders twice or out of order", self.not_ascending, 0),
            Figure("orders that differ from the list at their place", self.foreign, 0),
        ]
