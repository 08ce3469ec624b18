"""The rows of one collection: rendered JSON that may move while clients page."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from liner_async.testing.bodies import render

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["Change", "Rows"]

# Rendered rows kept for reuse: about 30 MB when full.
_KEPT: Final = 20_000


@frozen(kw_only=True)
class Change:
    """A change of a list just before the `at_request`-th request for it is answered.

    Requests for the list of `resource` count from 1 in the order in which they are answered, those
    with a fault included; refused ones (401, 429, 400) do not count. `position` is a gap between
    rows: 0 is before the first row, 1 after it; -1 is after the last row, -2 before it. First
    `delete` rows go: those after the gap, or before it when `position` is negative. Then `insert`
    new rows, with ids above all others, come into the gap. What reaches past the ends of the list
    is ignored.
    """

    at_request: int
    insert: int = 0
    delete: int = 0
    position: int = 0
    resource: str = "orders"


class Rows:
    """The rows of a collection in list order, rendered when a page needs them."""

    def __init__(
        self,
        make: Callable[[int], bytes],
        size: int,
        *,
        given: Sequence[dict[str, Any]] | None = None,
    ) -> None:
        """Take the rows `given` as they are, or the first `size` that `make` renders by number."""
        self._make = make
        self._given: list[bytes] | None = None
        self._above = 0
        if given is not None:
            self._given = [render(item) for item in given]
            self._above = max((_id(item) for item in given), default=0)
            size = len(given)
        self._keys = list(range(size))
        self._next_key = size
        self._render = lru_cache(maxsize=_KEPT)(self._rendered)

    def __len__(self) -> int:
        """Return the number of rows now."""
        return len(self._keys)

    def page(
        self, offset: int, limit: int, *, shuffle: random.Random | None = None
    ) -> tuple[bytes, ...]:
        """Return up to `limit` rendered rows from `offset` on.

        With `shuffle`, as if all rows had been shuffled for this request alone.
        """
        keys = self._keys[offset : offset + limit]
        if shuffle is not None:
            # A slice of a shuffled list is a random sample: no need to move a million rows.
            keys = shuffle.sample(self._keys, len(keys))
        return tuple(map(self._render, keys))

    def matching(self, wanted: Mapping[str, str]) -> tuple[bytes, ...]:
        """Return the rendered rows whose fields have the wanted texts."""
        rows = self.page(0, len(self))
        return tuple(row for row in rows if _has(json.loads(row), wanted)) if wanted else rows

    def item(self, identity: int) -> bytes | None:
        """Return the rendered row with this id, or None."""
        text = b'"id":%d' % identity  # spares the parser the rows that cannot be it
        rows = [row for row in self.page(0, len(self)) if text in row]
        return next((row for row in rows if _id(json.loads(row)) == identity), None)

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

    def items(self) -> list[dict[str, Any]]:
        """Return the current rows as dicts, in list order."""
        return [json.loads(self._rendered(key)) for key in list(self._keys)]

    def _rendered(self, key: int) -> bytes:
        if self._given is None:
            return self._make(key)
        if key < len(self._given):
            return self._given[key]
        new = json.loads(self._make(key))
        new["id"] = self._above + 1 + key - len(self._given)
        return render(new)


def _has(item: object, wanted: Mapping[str, str]) -> bool:
    return isinstance(item, dict) and all(item.get(name) == wanted[name] for name in wanted)


def _id(item: object) -> int:
    """Return the item's id, or 0 for an item that a test has made unusable."""
    number = item.get("id") if isinstance(item, dict) else None
    return number if isinstance(number, int) else 0
