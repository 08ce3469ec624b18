"""Requests and seconds that reading a list costs while it moves, by a simulated clock.

Nothing sleeps: the loop's clock jumps to whatever is due next, and everything random is seeded, so
each run of the script prints the same figures. A request takes 50 ms, half of it before the server
reads its rows, give or take a fifth; the server counts them 1 ms later. Eight are in flight.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import logging
import random
import selectors
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median
from typing import Any

from attrs import define, field, frozen

from liner_async import PagingDriftError, PagingError
from liner_async._paging.options import Options
from liner_async._paging.page_source import PageSource
from liner_async._paging.pager import Pager
from liner_async._paging.results import Page

LATENCY = 0.050
BETWEEN_QUERIES = 0.001
CONCURRENCY = 8
ROWS = 12_345
LONGEST = 300.0
RATES = (0, 1, 5, 50, 100, 200, 500)
SEEDS = 5


class _Instant(selectors.DefaultSelector):
    """Waits for nothing: what would have been waited is added to the time."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        """Return what is ready, and let the timeout pass at once."""
        self.now += timeout or 0.0
        return super().select(0)


class _SimulatedLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock jumps to the next call that is due."""

    def __init__(self) -> None:
        self._instant = _Instant()
        super().__init__(self._instant)

    def time(self) -> float:
        """Return the simulated seconds."""
        return self._instant.now


@frozen
class Row:
    """Something with an identity."""

    id: int


@frozen
class Raw:
    """A page as the transport brings it."""

    rows: tuple[Row, ...]
    total: int
    attempts: int = 1
    size: int = 0


Change = Callable[["LiveList"], None]


@define(eq=False)
class LiveList:
    """Rows that change at a rate, behind a server with a latency.

    Attributes:
        change: what happens each time.
        rate: how often it happens (a second).
        requests: the requests so far.
        throughout: the ids of the rows that were there all the time.
    """

    change: Change
    rate: float
    random: random.Random
    length: int = ROWS
    rows: list[int] = field(init=False)
    requests: int = 0
    throughout: set[int] = field(init=False)
    _new_ids: Any = field(init=False)
    _changes: int = 0

    def __attrs_post_init__(self) -> None:
        self.rows = list(range(self.length))
        self.throughout = set(self.rows)
        self._new_ids = itertools.count(self.length)

    def insert(self, position: int) -> None:
        """Insert a new row."""
        self.rows.insert(position, next(self._new_ids))

    def delete(self, position: int) -> None:
        """Delete a row."""
        if self.rows:
            self.throughout.discard(self.rows.pop(position))

    def anywhere(self) -> int:
        """Return a random place among the rows."""
        return self.random.randrange(max(1, len(self.rows)))

    def fetch(self, offset: int, limit: int) -> asyncio.Task[Raw]:
        """Start a request."""
        self.requests += 1
        return asyncio.get_running_loop().create_task(self._answer(offset, limit))

    async def _answer(self, offset: int, limit: int) -> Raw:
        await asyncio.sleep(LATENCY / 2 * self.random.uniform(0.8, 1.2))
        self._catch_up()
        rows = tuple(map(Row, self.rows[offset : offset + limit]))
        await asyncio.sleep(BETWEEN_QUERIES)
        self._catch_up()
        total = len(self.rows)
        await asyncio.sleep(LATENCY / 2 * self.random.uniform(0.8, 1.2))
        return Raw(rows, total)

    def _catch_up(self) -> None:
        due = int(asyncio.get_running_loop().time() * self.rate)
        while self._changes < due:
            self._changes += 1
            self.change(self)


CHANGES: dict[str, Change] = {
    "delete at random": lambda rows: rows.delete(rows.anywhere()),
    "delete at the head": lambda rows: rows.delete(0),
    "insert at random": lambda rows: rows.insert(rows.anywhere()),
    "insert at the head": lambda rows: rows.insert(0),
    "append": lambda rows: rows.insert(len(rows.rows)),
    "delete and append": lambda rows: (rows.delete(0), rows.insert(len(rows.rows))),
}


@frozen
class Outcome:
    """How one run ended."""

    requests: int
    seconds: float
    ending: str
    lost: int


def _decode(raw: Raw, *, offset: int, limit: int, on_invalid: str) -> Page[Row]:  # noqa: ARG001 - as Decode has it
    following = offset + len(raw.rows)
    return Page(items=raw.rows, offset=offset, limit=limit, next=following, total=raw.total)


def _pager(rows: LiveList, consistency: str) -> Pager[Row]:
    source: PageSource[Row] = PageSource(
        name="rows",
        host="https://liner.example",
        path="/list/",
        filters="",
        model=Row,
        key=lambda row: row.id,
        fetch=rows.fetch,
        decode=_decode,
        limit=lambda: CONCURRENCY,
        concurrency=CONCURRENCY,
        lookahead=None,
        emit=None,
        clock=asyncio.get_running_loop().time,
        now=lambda: datetime(2026, 1, 1, tzinfo=UTC),
    )
    return Pager(source, Options(consistency=consistency))  # type: ignore[arg-type]  # one of ours


async def _read(rows: LiveList, consistency: str) -> Outcome:
    read: set[int] = set()
    ending = "normal"
    try:
        async with asyncio.timeout(LONGEST):
            async for row in _pager(rows, consistency):
                read.add(row.id)
    except PagingDriftError as error:
        ending = error.reason or "drift"
    except PagingError:
        ending = "PagingError"
    except TimeoutError:
        ending = "endless"
    seconds = asyncio.get_running_loop().time()
    return Outcome(rows.requests, seconds, ending, len(rows.throughout - read))


def measure(kind: str, rate: float, *, seed: int, consistency: str, length: int = ROWS) -> Outcome:
    """Read one list that changes at a rate (a second)."""
    with asyncio.Runner(loop_factory=_SimulatedLoop) as runner:
        rows = LiveList(CHANGES[kind], rate, random.Random(seed), length)
        return runner.run(_read(rows, consistency))


def main() -> None:
    """Print a table: requests (median, most), seconds at most, endings, lost rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--consistency", default="strict", choices=["strict", "detect"])
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--kind", choices=list(CHANGES))
    arguments = parser.parse_args()
    logging.disable(logging.WARNING)
    print(f"{arguments.rows:,} rows, 100 a page, {arguments.consistency}")
    for kind in [arguments.kind] if arguments.kind else CHANGES:
        for rate in RATES:
            outcomes = [
                measure(
                    kind,
                    rate,
                    seed=seed,
                    consistency=arguments.consistency,
                    length=arguments.rows,
                )
                for seed in range(SEEDS)
            ]
            requests = [each.requests for each in outcomes]
            endings = ", ".join(sorted({each.ending for each in outcomes}))
            lost_silently = sum(each.lost for each in outcomes if each.ending == "normal")
            print(
                f"{kind:20} {rate:4}/s  requests {median(requests):5} at most {max(requests):5}"
                f"  {max(each.seconds for each in outcomes):6.2f} s  {endings}"
                f"{f'  LOST {lost_silently}' if lost_silently else ''}"
            )


if __name__ == "__main__":
    sys.exit(main())
