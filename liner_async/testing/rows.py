"""The list behind the endpoint: rows of rendered JSON which may move while clients page."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from liner_async.testing.data import OrderCatalogue
from liner_async.testing.rendering import render

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

__all__ = ["Change", "Rows"]

# Rendered rows kept for reuse: about 30 MB when full.
_KEPT: Final = 20_000


@frozen(kw_only=True)
class Change:
    """A change of the list just before the `at_request`-th list request is answered.

    Requests count from 1 in the order in which they are answered, those with a fault included;
    refused ones (401, 429, 400) do not count. `position` is a gap between rows: 0 is before the
    first row, 1 after it; -1 is after the last row, -2 before it. First `delete` rows go: those
    after the gap, or before it when `position` is negative. Then `insert` new orders, with ids
    above all others, come into the gap. What reaches past the ends of the list is ignored.
    """

    at_request: int
    insert: int = 0
    delete: int = 0
    position: int = 0


class Rows:
    """Orders in list order, rendered when a page needs them."""

    def __init__(
        self, total: int, *, orders: Sequence[dict[str, Any]] | None = None, seed: int = 1
    ) -> None:
        """Take `orders` as they are, or the first `total` of the catalogue."""
        self._catalogue = OrderCatalogue(seed=seed)
        self._given: list[bytes] | None = None
        self._above = 0
        if orders is not None:
            self._given = [render(order) for order in orders]
            self._above = max((_id(order) for order in orders), default=0)
            total = len(orders)
        self._keys = list(range(total))
        self._next_key = total
        self._render = lru_cache(maxsize=_KEPT)(self._rendered)

    def __len__(self) -> int:
        """Return the number of rows now."""
        return len(self._keys)

    def page(self, offset: int, limit: int) -> tuple[bytes, ...]:
        """Return up to `limit` rendered rows from `offset` on."""
        return tuple(map(self._render, self._keys[offset : offset + limit]))

    def unstable_page(self, offset: int, limit: int, rng: random.Random) -> tuple[bytes, ...]:
        """Return the page as if all rows had been shuffled for this request alone."""
        # A slice of a shuffled list is a random sample: no need to move a million rows.
        size = len(self._keys[offset : offset + limit])
        return tuple(map(self._render, rng.sample(self._keys, size)))

    def apply(self, change: Change) -> None:
        """Delete and insert rows as `change` says."""
        keys = self._keys
        if change.position >= 0:
            gap = min(change.position, len(keys))
            del keys[gap : gap + change.delete]
        else:
            end = max(len(keys) + 1 + change.position, 0)
            gap = max(end - change.delete, 0)
            del keys[gap:end]
        keys[gap:gap] = range(self._next_key, self._next_key + change.insert)
        self._next_key += change.insert

    def orders(self) -> list[dict[str, Any]]:
        """Return the current rows as dicts, in list order."""
        return [json.loads(self._rendered(key)) for key in list(self._keys)]

    def _rendered(self, key: int) -> bytes:
        if self._given is None:
            return self._catalogue.row(key)
        if key < len(self._given):
            return self._given[key]
        new = self._catalogue.order(key)
        new["id"] = self._above + 1 + key - len(self._given)
        return render(new)


def _id(order: dict[str, Any]) -> int:
    """Return the order's id, or 0 for an order that a test has made unusable."""
    number = order.get("id") if isinstance(order, dict) else None
    return number if isinstance(number, int) else 0
