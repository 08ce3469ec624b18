"""Where rows come from before anything happens to them: given ones, and invented by number."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol

from attrs import frozen

from liner_async.testing.bodies import render
from liner_async.testing.history import moment_of, stamp
from liner_async.testing.identities import Identities
from liner_async.testing.shapes import Ids
from liner_async.testing.templates import Template, template, varying_fields

__all__ = [
    "Catalogue",
    "Directory",
    "Given",
    "Relation",
    "Source",
    "Varying",
    "identity_in",
    "moment_in",
]

Varying = Callable[[int, Mapping[str, Any], int], bytes]
"""A field of a row as JSON, from the row's number, what is hidden in its shape, its creation."""


@frozen(kw_only=True)
class Relation:
    """What depends on a row's number: its moment, fields that vary, and their values."""

    moment: Callable[[int], int]
    varying: Mapping[str, Varying]
    facts: Mapping[str, Callable[[int], object]]


class Source(Protocol):
    """Rows by number, from 0 on; numbers from `size` on are those of rows that come later.

    Moments are microseconds of Unix time. `is_chronological`: they never descend.
    """

    size: int
    is_chronological: bool

    @property
    def highest(self) -> int:
        """The highest id."""
        ...

    def row(self, number: int, *, created: int | None = None) -> bytes:
        """Return the row as JSON, with the creation that it has or another."""
        ...

    def identity(self, number: int) -> int:
        """Return the row's id, 0 if a test gave it none."""
        ...

    def number_of(self, identity: int) -> int | None:
        """Return the number of the row with this id, None if no row can have it."""
        ...

    def rank(self, number: int) -> int:
        """Return the row's place in the order of ids, at most one from its number."""
        ...

    def moment(self, number: int) -> int | None:
        """Return when the row was created, None if that is not known."""
        ...

    def fact(self, number: int, name: str) -> object:
        """Return the value of a field, or of what the server knows and does not show."""
        ...


class Given:
    """The rows that a test gives, valid or not; those that come later are like `model`'s."""

    is_chronological = False

    def __init__(self, items: Sequence[Any], model: Source) -> None:
        """Take the items in this order."""
        self.size = len(items)
        self.items = items
        self._rows = [render(item) for item in items]
        self._ids = [identity_in(item) for item in items]
        self._moments = [moment_in(item) for item in items]
        self._model = model

    @property
    def highest(self) -> int:
        """The highest id."""
        return max(self._ids, default=0)

    def row(self, number: int, *, created: int | None = None) -> bytes:
        """Return the item as it was given."""
        if number < self.size:
            return self._rows[number]
        return self._model.row(number, created=created)

    def identity(self, number: int) -> int:
        """Return the item's id; those of later ones are above all others."""
        beyond = number - self.size
        return self._ids[number] if beyond < 0 else self.highest + 1 + beyond

    def number_of(self, identity: int) -> int | None:
        """Return the first item with this id."""
        return self._ids.index(identity) if identity in self._ids else None

    def rank(self, number: int) -> int:
        """Return the number: the items are given in this order."""
        return number

    def moment(self, number: int) -> int | None:
        """Return the item's `createdAt`."""
        return self._moments[number]

    def fact(self, number: int, name: str) -> object:
        """Return a field of the item."""
        item = self.items[number]
        return item.get(name) if isinstance(item, dict) else None


class Catalogue:
    """Endless invented rows, each as a template filled in: a list of a million needs no memory."""

    def __init__(
        self,
        kind: str,
        size: int,
        relation: Relation,
        *,
        seed: int,
        ids: Callable[[], Ids],
        identities: Identities,
    ) -> None:
        """Take what makes the rows; `ids` is asked for when the first one is wanted."""
        self.size = size
        self.is_chronological = True
        self.rank = identities.rank
        self.highest = identities.highest(size)
        self.identity = identities.of
        self.number_of = identities.number_of
        self.moment = relation.moment
        self._kind, self._seed, self._ids = kind, seed, ids
        varying: dict[str, Varying] = {
            "id": lambda number, *_: b"%d" % identities.of(number),
            "createdAt": lambda _, __, created: stamp(created),
            **relation.varying,
        }
        self._varying = [varying[name] for name in varying_fields(kind)]
        self._facts = relation.facts

    def row(self, number: int, *, created: int | None = None) -> bytes:
        """Return the row as one line of compact JSON."""
        of = self._template(number)
        moment = self.moment(number) if created is None else created
        hidden = of.shape.hidden
        return of.text % tuple([value(number, hidden, moment) for value in self._varying])

    def fact(self, number: int, name: str) -> object:
        """Return a field that varies, one of the shape, or what is hidden in it."""
        if (find := self._facts.get(name)) is not None:
            return find(number)
        shape = self._template(number).shape
        return shape.fields[name] if name in shape.fields else shape.hidden[name]

    def _template(self, number: int) -> Template:
        return template(self._kind, number, seed=self._seed, ids=self._ids())


class Directory:
    """Invented rows of a short list, each made from its number."""

    is_chronological = True

    def __init__(
        self,
        size: int,
        *,
        identities: Identities,
        moment: Callable[[int], int],
        make: Callable[[int, str], dict[str, Any]],
    ) -> None:
        """Take what makes the rows: from a number and the time of creation as text."""
        self.size = size
        self.highest = identities.highest(size)
        self.identity = identities.of
        self.number_of = identities.number_of
        self.rank = identities.rank
        self.moment = moment
        self._item = lru_cache(maxsize=2048)(self._made)
        self._make = make

    def row(self, number: int, *, created: int | None = None) -> bytes:
        """Return the row as one line of compact JSON."""
        return render(self._item(number) if created is None else self._made(number, created))

    def fact(self, number: int, name: str) -> object:
        """Return a field."""
        return self._item(number)[name]

    def _made(self, number: int, created: int | None = None) -> dict[str, Any]:
        moment = self.moment(number) if created is None else created
        return self._make(number, json.loads(stamp(moment)))


def identity_in(item: object) -> int:
    """Return an item's id, or 0 for an item that a test has made unusable."""
    number = item.get("id") if isinstance(item, dict) else None
    return number if isinstance(number, int) else 0


def moment_in(item: object) -> int | None:
    """Return when an item was created as it says, None if it does not."""
    text = item.get("createdAt") if isinstance(item, dict) else None
    try:
        return moment_of(datetime.fromisoformat(text)) if isinstance(text, str) else None
    except (TypeError, ValueError):  # no zone, or no time
        return None
