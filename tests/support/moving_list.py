"""A list in memory that moves while it is read, for many fast runs of the pager."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from attrs import define, field, frozen

from liner_async._paging.options import Options
from liner_async._paging.page_source import PageSource
from liner_async._paging.pager import Pager
from liner_async._paging.results import Page


@frozen
class Item:
    """Something with an identity."""

    id: int


@frozen
class Raw:
    """A page as the transport brings it."""

    rows: list[Item]
    total: int
    attempts: int = 1
    size: int = 0


Change = Callable[["MovingList"], None]


@define
class MovingList:
    """Rows that may change around each response, behind a server that takes a few turns.

    Attributes:
        rows: the ids, in list order.
        seed: of everything random.
        change: what happens at random, before a response.
        rate: how likely it is, and then that it happens once more.
        most_changes: when it stops.
        is_between: whether it happens between the two queries of a response, not before them.
        moments: what happens at which response, counted from 1 in the order of answering, and
            whether between its two queries.
        counts_first: whether a response counts its rows before it reads them.
        is_shuffled: whether the rows have no stable order.
        max_limit: the server's own limit.
        requests: the requests so far.
        answered: the responses so far.
        changes: the random changes so far.
        throughout: the rows that were there all the time.
    """

    rows: list[int]
    seed: int
    change: Change | None = None
    rate: float = 0.1
    most_changes: int = 1_000_000
    is_between: bool = False
    moments: dict[tuple[int, bool], Change] = field(factory=dict)
    counts_first: bool = False
    is_shuffled: bool = False
    max_limit: int = 100
    requests: int = 0
    answered: int = 0
    changes: int = 0
    random: random.Random = field(init=False)
    _new_ids: Any = field(init=False)
    _removed: set[int] = field(factory=set)

    def __attrs_post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self._new_ids = itertools.count(max(self.rows, default=0) + 1)
        self.throughout = set(self.rows)

    throughout: set[int] = field(init=False, factory=set)

    def insert(self, position: int) -> None:
        """Insert a new row at a position."""
        self.rows.insert(position, next(self._new_ids))

    def delete(self, position: int) -> None:
        """Delete the row at a position."""
        if self.rows:
            self.throughout.discard(self.rows.pop(position % len(self.rows)))

    def move(self, source: int, target: int) -> None:
        """Move a row within the list, as sorting by the time of change does."""
        if self.rows:
            self.rows.insert(target, self.rows.pop(source % len(self.rows)))

    def anywhere(self) -> int:
        """Return a random position."""
        return self.random.randrange(len(self.rows) + 1)

    def fetch(self, offset: int, limit: int) -> asyncio.Task[Raw]:
        """Start a request that is answered some turns of the loop later."""
        self.requests += 1
        return asyncio.get_running_loop().create_task(self._answer(offset, limit))

    async def _answer(self, offset: int, limit: int) -> Raw:
        for _ in range(self.random.randrange(6)):
            await asyncio.sleep(0)
        self.answered += 1
        self._move(is_between=False)
        total = len(self.rows)
        if self.counts_first:
            self._move(is_between=True)
        rows = self.random.sample(self.rows, len(self.rows)) if self.is_shuffled else self.rows
        page = [Item(row) for row in rows[offset : offset + min(limit, self.max_limit)]]
        if not self.counts_first:
            self._move(is_between=True)
            total = len(self.rows)
        return Raw(page, total)

    def _move(self, *, is_between: bool) -> None:
        if (planned := self.moments.get((self.answered, is_between))) is not None:
            planned(self)
        if self.change is None or self.is_between != is_between:
            return
        while self.changes < self.most_changes and self.random.random() < self.rate:
            self.changes += 1
            self.change(self)

    def pager(self, **options: Any) -> Pager[Item]:
        """Make a pager over the list."""
        return pager_of(self.fetch, **options)


def decode(raw: Raw, *, offset: int, limit: int, on_invalid: str) -> Page[Item]:
    """Turn a raw page into a page."""
    following = offset + len(raw.rows)
    return Page(items=tuple(raw.rows), offset=offset, limit=limit, next=following, total=raw.total)


def pager_of(
    fetch: Callable[[int, int], asyncio.Task[Raw]],
    *,
    limit: Callable[[], int] | None = None,
    **options: Any,
) -> Pager[Item]:
    """Return a list whose pages are fetched by a function, ten rows at a time unless told so.

    `limit` returns how many requests may be in flight; four without it.
    """
    source: PageSource[Item] = PageSource(
        name="items",
        host="https://liner.example",
        path="/list/",
        filters="",
        model=Item,
        key=lambda item: item.id,
        fetch=fetch,
        decode=decode,
        limit=limit or (lambda: 4),
        concurrency=None if limit else 4,
        lookahead=None if limit else 8,
        emit=None,
        clock=lambda: 0.0,
        now=lambda: datetime(2026, 1, 1, tzinfo=UTC),
    )
    return Pager(source, Options(**{"page_size": 10, **options}))


CHANGES: dict[str, Change] = {
    "insert at the head": lambda rows: rows.insert(0),
    "append": lambda rows: rows.insert(len(rows.rows)),
    "insert anywhere": lambda rows: rows.insert(rows.anywhere()),
    "delete at the head": lambda rows: rows.delete(0),
    "delete at the tail": lambda rows: rows.delete(-1),
    "delete anywhere": lambda rows: rows.delete(rows.anywhere()),
    "delete and insert": lambda rows: (rows.delete(rows.anywhere()), rows.insert(0)),
    "delete or insert": lambda rows: (
        rows.delete(rows.anywhere()) if rows.random.random() < 0.5 else rows.insert(rows.anywhere())
    ),
    "replace at the tail": lambda rows: (rows.delete(-1), rows.insert(len(rows.rows))),
    "move to the head": lambda rows: rows.move(rows.anywhere(), 0),
    "move to the tail": lambda rows: rows.move(rows.anywhere(), len(rows.rows)),
    "delete many": lambda rows: [rows.delete(0) for _ in range(25)],
    "insert many": lambda rows: [rows.insert(0) for _ in range(25)],
}
"""The ways in which a list can change while it is read."""
