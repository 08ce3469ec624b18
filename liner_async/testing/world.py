"""A world of all eleven kinds: invented as one, so that what a row refers to exists."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from liner_async.testing.collection import Collection as Kind
from liner_async.testing.criteria import Condition
from liner_async.testing.directories import Entry, directory_row
from liner_async.testing.history import History
from liner_async.testing.identities import Identities
from liner_async.testing.relations import RELATIONS
from liner_async.testing.rows import Rows
from liner_async.testing.selection import Sort
from liner_async.testing.shapes import Ids
from liner_async.testing.source import (
    Catalogue,
    Directory,
    Given,
    Source,
    identity_in,
    moment_in,
)

__all__ = ["SIZES", "World"]

SIZES: Final[Mapping[str, int]] = {
    "orders": 250,
    "leads": 1000,
    "lead_statuses": 8,
    "calls": 2000,
    "call_statuses": 9,
    "call_records": 1000,
    "call_attempts": 5,
    "users": 40,
    "agent_groups": 8,
    "sip_endpoints": 6,
    "custom_fields": 16,
}
"""How many there are of each kind unless a test says otherwise."""

# Nearly all ids that the vendor's examples name exist.
_IDENTITIES: Final[Mapping[str, Identities]] = {
    "orders": Identities(),
    "leads": Identities(swapped=True),
    "lead_statuses": Identities(leading=(123, 10), base=124),
    "calls": Identities(swapped=True),
    "call_statuses": Identities(),
    "call_records": Identities(),
    "call_attempts": Identities(leading=(123, 1), base=124),
    "users": Identities(leading=(123, 456, 101, 102), base=457),
    "agent_groups": Identities(leading=(123, 789), base=790),
    "sip_endpoints": Identities(leading=(123, 456), base=457),
    "custom_fields": Identities(leading=(*range(123, 131), 10), base=131),
}
# Rows refer to so many of another kind at most: enough for variety.
_MOST_REFERRED: Final = 2000


class World:
    """All kinds of rows, before anything happens to them."""

    def __init__(
        self,
        *,
        given: Mapping[str, Sequence[Any]] | None = None,
        sizes: Mapping[str, int] | None = None,
        seed: int = 1,
        history: History | None = None,
        archived_orders: int = 0,
        sort: Sort | None = None,
    ) -> None:
        """Take a test's own rows by kind, and what is to be invented of the other kinds.

        `archived_orders` more orders than `sizes` says exist, and are not listed. Without `sort`
        given rows stay in their order.
        """
        self._given = given or {}
        self._sizes = {**SIZES, **(sizes or {})}
        self._seed = seed
        self._sort = sort
        self.history = history or History()
        self.archived_orders = 0 if "orders" in self._given else archived_orders
        self._sources: dict[str, Source] = {}
        self._ids: Ids | None = None

    def source(self, kind: str) -> Source:
        """Return the rows of one kind, the same for every call."""
        if kind not in self._sources:
            source = self._invented(kind)
            items = self._given.get(kind)
            if items is not None:
                source = Given(_sorted(items, self._sort), source)
            self._sources[kind] = source
        return self._sources[kind]

    def rows(self, collection: Kind, *, nulls: Collection[str] = ()) -> Rows:
        """Return the list of one kind."""
        kind = collection.name
        return Rows(
            self.source(kind),
            sort=self._sort,
            nulls=nulls,
            hidden=self.archived_orders if kind == "orders" else 0,
            by_period=collection.by_period,
        )

    def resolved(self, kind: str, condition: Condition) -> Condition:
        """Return a condition by what rows of the kind hold: codes of statuses in place of ids."""
        if condition.field == "statusCode":
            codes = self._of_ids("call_statuses", condition.values, "code")
            return Condition(field="statusCode", values=codes)
        if condition.field == "callId" and self._hides_calls(kind):
            leads = self._of_ids("calls", condition.values, "leadId")
            return Condition(field="leadId", values=leads)
        return condition

    def _hides_calls(self, kind: str) -> bool:
        """Return whether given records do not name their calls, and so are found by their leads."""
        items = self._given.get(kind)
        return items is not None and not any(
            "callId" in item for item in items if isinstance(item, dict)
        )

    def _of_ids(self, kind: str, ids: Iterable[object], name: str) -> frozenset[object]:
        source = self.source(kind)
        numbers = [source.number_of(of) for of in ids if isinstance(of, int)]
        return frozenset(
            source.fact(number, name)
            for number in numbers
            if number is not None and number < source.size
        )

    def size(self, kind: str) -> int:
        """Return how many rows of a kind there are."""
        items = self._given.get(kind)
        return self._sizes[kind] if items is None else len(items)

    def ids(self) -> Ids:
        """Return what rows may refer to."""
        if self._ids is None:
            of_fields = self.others("custom_fields", "essence")
            fields = list(zip(self.others("custom_fields", "id"), of_fields, strict=True))
            self._ids = Ids(
                users=self.others("users", "id"),
                agent_groups=self.others("agent_groups", "id"),
                call_attempts=self.others("call_attempts", "id"),
                sip_endpoints=self.others("sip_endpoints", "id"),
                lead_statuses=self.others("lead_statuses", "id"),
                call_status_codes=self.others("call_statuses", "code"),
                order_fields=tuple(of for of, essence in fields if essence == "orders"),
                lead_fields=tuple(of for of, essence in fields if essence == "leads"),
            )
        return self._ids

    def others(self, kind: str, name: str) -> tuple[Any, ...]:
        """Return a field of the rows of a kind that others may refer to."""
        source = self.source(kind)
        numbers = range(min(source.size, _MOST_REFERRED))
        if name == "id":
            return tuple(map(source.identity, numbers))
        return tuple(source.fact(number, name) for number in numbers)

    def _invented(self, kind: str) -> Source:
        size, identities = self._sizes[kind], _IDENTITIES[kind]
        if kind in RELATIONS:
            relation = RELATIONS[kind](self, size)
            return Catalogue(
                kind, size, relation, seed=self._seed, ids=self.ids, identities=identities
            )

        def made(number: int, created: str) -> dict[str, Any]:
            identity = identities.of(number)
            entry = Entry(number=number, id=identity, created=created, others=self.others)
            return directory_row(kind, entry)

        return Directory(size, identities=identities, moment=self.history.paced, make=made)


def _sorted(items: Sequence[Any], sort: Sort | None) -> Sequence[Any]:
    """Return items oldest first or by id; the newest first is made of the oldest first."""
    if sort is None:
        return items
    return sorted(items, key=identity_in if sort == "id" else lambda item: moment_in(item) or 0)
