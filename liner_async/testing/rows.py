"""The rows of one collection: the one place where a list changes."""

from __future__ import annotations

import json
from array import array
from bisect import bisect_left
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Final, Literal

from attrs import field, frozen
from attrs.validators import in_

from liner_async.testing.bodies import render
from liner_async.testing.criteria import EVERYTHING, Condition, Criteria, Period
from liner_async.testing.selection import Numbers, Selection, Sort
from liner_async.testing.source import moment_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from liner_async.testing.source import Source

__all__ = ["Change", "Rows"]

# Rendered rows kept for reuse: about 30 MB when full.
_KEPT: Final = 20_000
_KEPT_SELECTIONS: Final = 16


@frozen(kw_only=True)
class Change:
    """A change of a list just before the `at_request`-th request for it is answered.

    Requests for the list of `resource` count from 1 in the order in which they are answered, those
    with a fault included; refused ones (401, 429, 400) do not count. `position` is a gap between
    rows: 0 is before the first row, 1 after it; -1 is after the last row, -2 before it. First
    `delete` rows go: those after the gap, or before it when `position` is negative. Then `insert`
    new rows, with ids above all others, come into the gap. Where a list goes by periods, a new row
    in the midst of others has the `createdAt` of a neighbour. What reaches past the ends of the
    list is ignored.

    A real server reads a page's rows and counts the list in two queries. `between="rows-count"`
    lets the change fall between the two: the page has the rows from before it, and the `total` from
    after it. With `between="count-rows"` the server counts first, so it is the other way round.
    Either has a meaning only in lists with a `total`; in others the change comes before the answer.
    """

    at_request: int
    insert: int = 0
    delete: int = 0
    position: int = 0
    resource: str = "orders"
    between: Literal["rows-count", "count-rows"] | None = field(
        default=None, validator=in_((None, "rows-count", "count-rows"))
    )


@frozen(kw_only=True)
class _Late:
    """A row that came after the others, or is not what it was."""

    row: bytes
    created: int | None
    item: dict[str, Any]


class Rows:
    """The rows of a collection in list order, rendered when a page needs them.

    `highest` is the highest id that was ever given.
    """

    def __init__(
        self,
        source: Source,
        *,
        sort: Sort | None = None,
        nulls: Collection[str] = (),
        hidden: int = 0,
        by_period: bool = False,
    ) -> None:
        """List the rows of a source, with `nulls` in these fields.

        After them, `hidden` numbers are taken by rows that exist and are not listed.
        """
        self._source = source
        self._nulls = dict.fromkeys(nulls)
        self._sort = sort
        self._by_period = by_period
        self._numbers = Numbers(source.size)
        self._next = source.size + hidden
        self.highest = source.highest
        self._late: dict[int, _Late] = {}
        self._late_ids: dict[int, int] = {}
        self._row = lru_cache(maxsize=_KEPT)(self._rendered)
        self._selections: dict[Criteria, Selection] = {}

    def __len__(self) -> int:
        """Return the number of rows now."""
        return len(self._numbers)

    def select(self, criteria: Criteria = EVERYTHING) -> Selection:
        """Return the rows that fulfil the criteria now, without rendering any."""
        if criteria not in self._selections:
            if len(self._selections) >= _KEPT_SELECTIONS:
                self._selections.pop(next(iter(self._selections)))
            self._selections[criteria] = Selection(
                pieces=[self._narrowed(piece, criteria) for piece in self._numbers.pieces],
                descending=self._sort == "desc",
                rank=self._rank if self._sort == "id" else None,
            )
        return self._selections[criteria]

    def rendered(self, numbers: Iterable[int]) -> tuple[bytes, ...]:
        """Return rows by their numbers."""
        return tuple(map(self._row, numbers))

    def item(self, identity: int) -> bytes | None:
        """Return the rendered row with this id, or None."""
        number = self._number_of(identity)
        return None if number is None else self._row(number)

    def apply(self, change: Change) -> None:
        """Delete and insert rows as `change` says."""
        size = len(self._numbers)
        if change.position >= 0:
            gap = min(change.position, size)
            end = min(gap + change.delete, size)
        else:
            end = max(size + 1 + change.position, 0)
            gap = max(end - change.delete, 0)
        if self._sort == "desc":
            gap, end = size - end, size - gap
        self._numbers.delete(gap, end)
        self.insert(gap, change.insert)

    def insert(self, gap: int, count: int) -> None:
        """Put new rows, with ids above all others, at a place."""
        gap = len(self._numbers) if self._sort == "id" else gap
        created = self._neighbour(gap)
        for number in range(self._next, self._next + count):
            item = json.loads(self._source.row(number, created=created))
            self.highest = max(self._source.identity(number), self.highest + 1)
            item["id"] = self.highest
            self._keep(number, item)
            self._late_ids[self.highest] = number
        self._numbers.insert(gap, range(self._next, self._next + count))
        self._next += count
        self._selections.clear()

    def create(self, item: dict[str, Any]) -> None:
        """List a new item behind the others, with an id above all others."""
        self.highest += 1
        self._keep(self._next, {**item, "id": self.highest})
        self._late_ids[self.highest] = self._next
        self._numbers.append(self._next, since=self._source.size)
        self._next += 1
        self._selections.clear()

    def update(self, identity: int, changes: Mapping[str, Any]) -> None:
        """Change fields of an item that is there."""
        number = self._number_of(identity)
        if number is not None:
            self._keep(number, {**json.loads(self._rendered(number)), **changes})
            self._row.cache_clear()
            self._selections.clear()

    def items(self) -> list[dict[str, Any]]:
        """Return the current rows as dicts, in list order."""
        everything = self.select()
        return [json.loads(self._rendered(of)) for of in everything.page(0, everything.size)]

    def _number_of(self, identity: int) -> int | None:
        number = self._late_ids.get(identity)
        if number is None:
            number = self._source.number_of(identity)
        return number if number is not None and number in self._numbers else None

    def _keep(self, number: int, item: dict[str, Any]) -> None:
        self._late[number] = _Late(row=render(item), created=moment_in(item), item=item)

    def _narrowed(self, piece: range, criteria: Criteria) -> Sequence[int]:
        narrow: Sequence[int] = piece
        if criteria.period is not None:
            narrow = self._within(piece, criteria.period)
        if criteria.conditions:
            narrow = array("q", (of for of in narrow if self._fulfils(of, criteria.conditions)))
        return narrow

    def _within(self, piece: range, period: Period) -> Sequence[int]:
        if not self._source.is_chronological or piece.start >= self._source.size:
            return array("q", (of for of in piece if period.holds(self._moment(of))))

        def units(number: int) -> int:
            moment = self._moment(number)
            return 0 if moment is None else moment // period.unit

        first = bisect_left(piece, period.first, key=units)
        return piece[first : bisect_left(piece, period.stop, lo=first, key=units)]

    def _fulfils(self, number: int, conditions: Iterable[Condition]) -> bool:
        late = self._late.get(number)
        fact = partial(self._source.fact, number) if late is None else late.item.get
        return all(condition.holds(fact(condition.field)) for condition in conditions)

    def _neighbour(self, gap: int) -> int | None:
        if not self._by_period or gap == len(self._numbers):
            return None
        return self._moment(self._numbers.at(max(gap - 1, 0)))

    def _rank(self, number: int) -> int:
        return number if number >= self._source.size else self._source.rank(number)

    def _moment(self, number: int) -> int | None:
        late = self._late.get(number)
        return self._source.moment(number) if late is None else late.created

    def _rendered(self, number: int) -> bytes:
        late = self._late.get(number)
        row = self._source.row(number) if late is None else late.row
        item = json.loads(row) if self._nulls else None
        return render(item | self._nulls) if isinstance(item, dict) else row
