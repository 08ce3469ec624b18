"""What becomes of a cell once its first page says how many rows it has (pure).

Cutting helps where rows are spread over time. It does not where thousands of rows share one second,
where the server compares whole days, or where it ignores the time; then a cell is read as deep as
it is. Such a cell grows over its neighbours first, as long as that adds few rows: what the margins
of both sides would bring twice is read once.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from attrs import evolve, frozen

from liner_async._paging.cells import Cell, Period, sliced

__all__ = ["Grow", "Read", "Replace", "next_step"]

_HELPS = 0.75  # of the rows of what was cut: with more than that in one slice, it did not help
_NARROWEST = 8  # how much shorter a cell gets at least before cutting is given up
_MOST_SPENT = 0.1  # requests for a page of the cell, spent on cutting it in vain
_SHORTEST_SLICE = 8  # seconds: of a shorter one, the margins would be a quarter of the rows
_SHORTEST_OF_DAYS = 2 * 86_400  # seconds: where whole days are compared, those at both ends come
_GROWTH = 4
_FEW_MORE = 1.25
_CLOSE = 4


@frozen
class Read:
    """Read the cell."""


@frozen
class Replace:
    """Read other cells in its place."""

    cells: list[Cell]


@frozen
class Grow:
    """Read a longer cell in its place, and in that of what it covers."""

    cell: Cell


def next_step(
    cell: Cell, rows: int, *, window_rows: int, page_size: int, is_coarse: bool = False
) -> Read | Replace | Grow:
    """Return what to do with a cell that announces so many rows.

    Args:
        cell: what was asked for.
        rows: the server's `total` of it.
        window_rows: what a cell should announce at most.
        page_size: the rows of a page.
        is_coarse: whether the server is known to send rows of other times than asked for.
    """
    if cell.is_whole:
        return Read()
    if cell.grown_from is not None:
        return _after_growth(cell, cell.grown_from, rows)
    if rows <= window_rows:
        return Read()
    seconds = cell.period.seconds
    has_helped = cell.rows is None or rows < _HELPS * cell.rows
    if has_helped:
        cell = evolve(cell, rows=rows, seconds=seconds, spent=0)
    shortest = _SHORTEST_OF_DAYS if is_coarse else _SHORTEST_SLICE
    into = min(math.ceil(rows / window_rows), seconds // shortest)
    is_narrow = seconds * _NARROWEST <= cell.seconds
    is_in_vain = is_narrow and cell.spent >= _MOST_SPENT * rows / page_size
    if into < 2 or is_in_vain:  # one slice would be the cell itself
        is_all = not has_helped and rows >= (cell.rows or 0)  # as every other slice would bring
        return Read() if is_coarse and not is_all else _grow(cell, rows)
    return Replace(sliced(evolve(cell, spent=cell.spent + into), into=into))


def _grow(cell: Cell, rows: int) -> Read | Grow:
    """Make a cell longer: at first by much, then by half of what is known to be too far."""
    period, end = cell.period, cell.root.end
    if period.end >= end or (cell.too_far and _is_close(period, cell.too_far)):
        return Read()
    longer = min(end, period.start + timedelta(seconds=_GROWTH * period.seconds))
    if cell.too_far is not None:
        longer = _between(period.end, cell.too_far)
    base = cell.base or rows
    return Grow(evolve(cell, period=Period(period.start, longer), grown_from=period.end, base=base))


def _after_growth(cell: Cell, before: datetime, rows: int) -> Read | Replace | Grow:
    if rows <= _FEW_MORE * cell.base:
        return _grow(cell, rows)
    period = Period(cell.period.start, before)
    cell.root.open += 1
    if _is_close(period, cell.period.end):
        shorter = evolve(cell, period=period, is_whole=True)
    else:
        middle = _between(before, cell.period.end)
        shorter = evolve(cell, period=Period(period.start, middle), too_far=cell.period.end)
    rest = Cell(
        chunk=cell.chunk,
        ids=cell.ids,
        period=Period(shorter.period.end, cell.period.end),
        root=cell.root,
    )
    return Replace([shorter, rest])


def _between(start: datetime, end: datetime) -> datetime:
    return start + timedelta(seconds=Period(start, end).seconds // 2)


def _is_close(period: Period, end: datetime) -> bool:
    """Return whether growing to a moment is not worth the requests."""
    return Period(period.end, end).seconds * _CLOSE < period.seconds
