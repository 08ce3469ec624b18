"""A list in memory whose rows bear times, behind a server whose ends and order can be chosen."""

from __future__ import annotations

import asyncio
import itertools
import random
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from attrs import define, field, frozen

from liner_async._paging.cell_source import CellSource
from liner_async._paging.cells import Period, chunks_of
from liner_async._paging.options import Options
from liner_async._paging.page_source import PageSource
from liner_async._paging.pager import Pager
from liner_async._paging.results import Page

START = datetime(2024, 1, 1, tzinfo=UTC)


@frozen
class Dated:
    """A row with an identity and a time."""

    id: int
    created_at: datetime | None
    owner: int = 0


@frozen
class Raw:
    """A page as the transport brings it."""

    rows: Sequence[Dated]
    total: int
    attempts: int = 1
    size: int = 0


@define
class DatedList:
    """Rows behind a server that takes a few turns of the loop for each answer.

    Attributes:
        rows: what the server has; tests may change it at any time.
        start_inclusive: whether rows of the very start of the period are among its rows.
        end_inclusive: the same of its end.
        precision: "second" cuts the rows' times to whole seconds before comparing, "day" compares
            days.
        sort: the order of the rows: "asc", "desc" or "id".
        shift: how much later than asked the server takes the period to be.
        ignores_time: whether it sends all rows whatever the period.
        ignores_ids: the same for ids.
        before_answer: called with the list before each answer.
        asked: the periods, offsets and limits that were asked for.
    """

    rows: list[Dated]
    start_inclusive: bool = True
    end_inclusive: bool = True
    precision: Literal["exact", "second", "day"] = "exact"
    sort: Literal["asc", "desc", "id"] = "asc"
    shift: timedelta = timedelta(0)
    ignores_time: bool = False
    ignores_ids: bool = False
    seed: int = 0
    before_answer: Callable[[DatedList], None] | None = None
    asked: list[tuple[Period, int, int]] = field(factory=list)
    in_flight: int = 0
    peak_in_flight: int = 0
    _cache: dict[Any, list[Dated]] = field(factory=dict)
    _indexes: dict[Any, tuple[list[Dated], list[datetime], list[Dated]]] = field(factory=dict)
    _random: random.Random = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._random = random.Random(self.seed)

    @property
    def requests(self) -> int:
        """Return how many requests came."""
        return len(self.asked)

    @property
    def deepest(self) -> int:
        """Return the highest offset that was asked for."""
        return max(offset for _, offset, _ in self.asked)

    def fetch(
        self, ids: tuple[int, ...], period: Period
    ) -> Callable[[int, int], asyncio.Task[Raw]]:
        """Return what starts the requests for some ids and a period."""

        def start(offset: int, limit: int) -> asyncio.Task[Raw]:
            self.asked.append((period, offset, limit))
            self.in_flight += 1
            self.peak_in_flight = max(self.peak_in_flight, self.in_flight)
            answer = self._answer(ids, period, offset, limit)
            task = asyncio.get_running_loop().create_task(answer)
            task.add_done_callback(self._on_done)
            return task

        return start

    def _on_done(self, _: object) -> None:
        self.in_flight -= 1

    async def _answer(self, ids: tuple[int, ...], period: Period, offset: int, limit: int) -> Raw:
        for _ in range(self._random.randrange(6)):
            await asyncio.sleep(0)
        if self.before_answer is not None:
            self.before_answer(self)
        found = self.matching(ids, period)
        return Raw(found[offset : offset + limit], len(found))

    def matching(self, ids: tuple[int, ...], period: Period) -> list[Dated]:
        """Return the rows of a period in the server's order."""
        known = (ids, period, len(self.rows))
        if known not in self._cache or self.before_answer is not None:
            rows, times, timeless = self._by_time(ids)
            start, end = self._compared(period.start), self._compared(period.end)
            first = (bisect_left if self.start_inclusive else bisect_right)(times, start)
            last = (bisect_right if self.end_inclusive else bisect_left)(times, end)
            key = (lambda row: row.id) if self.sort == "id" else _time_and_id
            found = sorted(rows[first:last] + timeless, key=key, reverse=self.sort == "desc")
            self._cache[known] = found
        return self._cache[known]

    def _by_time(self, ids: tuple[int, ...]) -> tuple[list[Dated], list[datetime], list[Dated]]:
        """Return rows by time, their times as the server compares them, and rows of any period."""
        known = (ids, len(self.rows))
        if known not in self._indexes or self.before_answer is not None:
            wanted = [row for row in self.rows if not ids or self.ignores_ids or row.owner in ids]
            timeless = [row for row in wanted if self.ignores_time or row.created_at is None]
            timed = [row for row in wanted if not self.ignores_time and row.created_at is not None]
            timed.sort(key=_time_and_id)
            times = [self._compared((row.created_at or START) - self.shift) for row in timed]
            self._indexes[known] = timed, times, timeless
        return self._indexes[known]

    def _compared(self, moment: datetime) -> datetime:
        if self.precision == "exact":
            return moment
        if self.precision == "second":
            return moment.replace(microsecond=0)
        return moment.replace(hour=0, minute=0, second=0, microsecond=0)

    def pager(
        self,
        created_from: datetime = START,
        created_to: datetime | None = None,
        *,
        ids: Iterable[int] = (),
        window: timedelta = timedelta(days=31),
        window_rows: int = 5_000,
        concurrency: int = 8,
        now: datetime = START + timedelta(days=365),
        **options: Any,
    ) -> Pager[Dated]:
        """Return the list from one moment to another."""

        def accepts(chunk: tuple[int, ...]) -> Callable[[Dated], bool] | None:
            return (lambda row: row.owner in chunk) if chunk else None

        cells: CellSource[Dated] = CellSource(
            start=created_from,
            until=created_to,
            window=window,
            window_rows=window_rows,
            chunks=chunks_of(tuple(ids)),
            fetch=self.fetch,
            accepts=accepts,
            created_at=lambda row: row.created_at,
        )
        source: PageSource[Dated] = PageSource(
            name="rows",
            host="https://liner.example",
            path="/list/",
            filters="",
            model=Dated,
            key=lambda row: row.id,
            fetch=self.fetch((), Period(created_from, created_to or now)),
            decode=_decode,
            limit=lambda: concurrency,
            concurrency=concurrency,
            lookahead=None,
            emit=None,
            clock=lambda: 0.0,
            now=lambda: now,
            cells=cells,
        )
        chosen = Options(**options)
        source.check_resume(chosen.resume)
        return Pager(source, chosen)


def _time_and_id(row: Dated) -> tuple[datetime, int]:
    return (row.created_at or START, row.id)


def _decode(raw: Raw, *, offset: int, limit: int, on_invalid: str) -> Page[Dated]:
    following = offset + len(raw.rows)
    return Page(items=tuple(raw.rows), offset=offset, limit=limit, next=following, total=raw.total)


def rows_at(times: Iterable[datetime]) -> list[Dated]:
    """Return a row for each time."""
    return [Dated(number, time) for number, time in enumerate(times, start=1)]


def spread(count: int, *, over: timedelta, start: datetime = START, seed: int = 1) -> list[Dated]:
    """Return rows at random times, to the microsecond."""
    rng = random.Random(seed)
    seconds = over.total_seconds()
    return rows_at(start + timedelta(seconds=rng.random() * seconds) for _ in range(count))


def office_hours(count: int, *, days: int, start: datetime = START, seed: int = 1) -> list[Dated]:
    """Return rows from nine to six, from Monday to Friday."""
    rng = random.Random(seed)
    working = [day for day in range(days) if (start + timedelta(days=day)).weekday() < 5]
    return rows_at(
        start + timedelta(days=rng.choice(working), hours=9 + 9 * rng.random())
        for _ in itertools.repeat(None, count)
    )
