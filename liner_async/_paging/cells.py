"""Cells: a long list as a row of periods and chunks of ids, each read on its own (pure).

A cell `[start, end)` is asked for one second wider on both sides and cut back by the time in its
rows, since it is not documented whether the server's ends are inclusive, nor how exactly it
compares. A cell with too many rows is cut into slices.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from attrs import define, evolve, field, frozen

from liner_async.errors import ConfigError

__all__ = [
    "IDS_PER_CHUNK",
    "MARGIN",
    "Cell",
    "Period",
    "Root",
    "Window",
    "chunks_of",
    "floored",
    "periods_of",
    "remainder",
    "sliced",
]

MARGIN = timedelta(seconds=1)
"""How much wider than its cell a request asks."""

IDS_PER_CHUNK = 100
"""Ids in one request: 2.4 kB of URL; PHP drops variables beyond 1,000 without an error."""

_SECOND = timedelta(seconds=1)


@frozen
class Period:
    """A half-open span of time, of whole seconds.

    Attributes:
        start: its first moment.
        end: the moment after its last.
    """

    start: datetime
    end: datetime

    @property
    def seconds(self) -> int:
        """Return its length."""
        return (self.end - self.start) // _SECOND

    @property
    def asked(self) -> Period:
        """Return what a request asks for: the margins included."""
        return Period(self.start - MARGIN, self.end + MARGIN)


@define(eq=False)
class Root:
    """A window before it was cut: what all its slices know together.

    Attributes:
        end: where it ends.
        open: its cells that were not read to their end.
        inside: rows that lay inside their cells.
        outside: rows that lay further outside than the margin.
    """

    end: datetime
    open: int = 1
    inside: int = 0
    outside: int = 0


@frozen(kw_only=True, eq=False)
class Cell:
    """One period of one chunk of ids.

    Attributes:
        chunk: the place of its ids among the chunks of the list.
        ids: what it is narrowed to; nothing where the list is not cut by ids.
        period: the time that it covers.
        root: the window that it is a part of.
        rows: the rows that its latest ancestor announced for which cutting helped.
        seconds: how long that ancestor was.
        spent: the requests that cutting took since then.
        is_whole: whether it is read as it is, however many rows it announces.
        grown_from: the end it had before it grew; None unless it could not be cut and grew instead.
        too_far: the end at which it covered too many rows more, if it has grown so far.
        base: the rows it announced before it grew.
    """

    chunk: int
    ids: tuple[int, ...]
    period: Period
    root: Root
    rows: int | None = None
    seconds: int = 0
    spent: int = 0
    is_whole: bool = False
    grown_from: datetime | None = None
    too_far: datetime | None = None
    base: int = 0


@frozen(kw_only=True)
class Window:
    """A cell as others may know it: what a run over the whole list would read as one.

    Attributes:
        period: the time that it covers.
        chunk: the place of its ids among the chunks of the list.
        ids: its ids, where they had to be looked up; None where the list knows them.
        rows: the rows that it announced, its margins included; None where more may still come.
    """

    period: Period
    chunk: int
    ids: tuple[int, ...] | None = field(default=None, repr=False)
    rows: int | None


def chunks_of(ids: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """Return ids in chunks, in their order, each once; one empty chunk for no ids."""
    distinct = tuple(dict.fromkeys(ids))
    starts = range(0, max(1, len(distinct)), IDS_PER_CHUNK)
    return tuple(distinct[start : start + IDS_PER_CHUNK] for start in starts)


def floored(moment: datetime) -> datetime:
    """Return a moment without its fraction of a second."""
    return moment.replace(microsecond=0)


def periods_of(start: datetime, end: datetime, *, window: timedelta) -> Iterator[Period]:
    """Cut a span of time into periods of equal length, which ask for at most `window` each."""
    length = (end - start) // _SECOND
    if length <= 0:
        return
    count = math.ceil(length / longest(window))
    edges = [start + _SECOND * (length * place // count) for place in range(count + 1)]
    for first, after in pairwise(edges):
        yield Period(first, after)


def longest(window: timedelta) -> int:
    """Return the seconds of the longest period that asks for no more than a window.

    Raises:
        ConfigError: the margins leave nothing of it.
    """
    seconds = (window - 2 * MARGIN) // _SECOND
    if seconds < 1:
        raise ConfigError("window must be at least 3 seconds")
    return seconds


def sliced(cell: Cell, *, into: int) -> list[Cell]:
    """Cut a cell into slices of equal length; its root knows of them."""
    period = cell.period
    window = timedelta(seconds=math.ceil(period.seconds / into)) + 2 * MARGIN
    slices = [
        evolve(cell, period=part) for part in periods_of(period.start, period.end, window=window)
    ]
    cell.root.open += len(slices) - 1
    return slices


def remainder(cell: Cell, start: datetime) -> Cell | None:
    """Return what is left of a cell whose rows before a moment another one brings."""
    period = cell.period
    if start >= period.end:
        cell.root.open -= 1
        return None
    return evolve(cell, period=Period(start, period.end)) if start > period.start else cell
