"""Somebody else who changes the table while lists are read, and what the readings came to."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from attrs import define, field

from liner_async import LinerClient, PagingDriftError
from liner_async.testing import make_order
from tests.integration.real_stack.tables import ORDERS, Database, Rows

Change = Callable[[Rows], None]


@define
class Churn:
    """A change that adds an order with the next id, or deletes one at random, in turns."""

    _last_id: int
    _rng: random.Random = field(factory=lambda: random.Random(1))
    _adds: bool = False

    def __call__(self, rows: Rows) -> None:
        """Make one change."""
        self._adds = not self._adds
        if self._adds:
            self._last_id += 1
            rows.insert(make_order(id=self._last_id))
        else:
            rows.delete(self._rng.choice(rows.ids()))


@contextmanager
def writer(database: Database, change: Change, *, per_second: float) -> Iterator[None]:
    """Make a change so many times a second, in a thread, until the block ends."""
    ended = threading.Event()
    failures: list[BaseException] = []

    def work() -> None:
        try:
            with ORDERS.open(database) as rows:
                while not ended.wait(1 / per_second):
                    change(rows)
        except BaseException as failure:  # noqa: BLE001 - handed to the test below
            failures.append(failure)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
    assert failures == []


@define
class Tally:
    """What a number of readings came to.

    Attributes:
        ended: normally.
        raised: a PagingDriftError.
        unnoticed: ended normally and complete by their own report, with an order lost.
        lost: ended normally, though an order was missing that had been there throughout.
        twice: handed an order out more than once.
    """

    ended: int = 0
    raised: int = 0
    unnoticed: int = 0
    lost: int = 0
    twice: int = 0

    async def read(self, liner: LinerClient, rows: Rows, consistency: str) -> None:
        """Read the list once, and compare with the table before and after."""
        before = set(rows.ids())
        pager = liner.orders.list(consistency=consistency)
        found = []
        try:
            async for order in pager:
                found.append(order.id)
        except PagingDriftError:
            self.raised += 1
        else:
            self.ended += 1
            if before & set(rows.ids()) - set(found):
                self.lost += 1
                self.unnoticed += pager.report.complete
        self.twice += len(found) != len(set(found))
