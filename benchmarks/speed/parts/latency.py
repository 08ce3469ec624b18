"""Latency: the list of the vendor's example, for several latencies and many ways to read it."""

from __future__ import annotations

from typing import Final

from speed.catalogue import PAGE, TIDY, Data
from speed.chapter import Chapter, Scale, Table, by_goal
from speed.parts.ways import AUTO_NOTE, ONE_BY_ONE, OURS, READERS, seconds, verify
from speed.rounds import Ratio, Samples, interleaved
from speed.serving import page_server
from speed.untidy import DATA
from speed.workers import Pool, Way, available, missing

__all__ = ["bound", "latency", "measured"]

_GOAL: Final = 0.05
_LATENCIES: Final = (0.02, _GOAL, 0.2)
_OF_GOALS: Final = (_GOAL, 0.2)


def bound(total: int, latency: float, concurrency: int) -> float:
    """Return the seconds that latency alone takes: the first page, then rounds of requests."""
    pages = -(-total // PAGE)
    return latency * (1 + -(-(pages - 1) // concurrency))


def latency(scale: Scale) -> Chapter:
    """Time every way over the latencies; those that read one by one only at the goal's."""
    total = scale.pick(12_345, 1_234)
    ways = available(READERS)
    with Pool() as workers:
        grids = {data: _read(workers, data, ways, total, scale) for data in DATA.values()}
    return Chapter(
        tables=(_table(ways, grids, total),),
        measured=by_goal({data: measured(grid, total) for data, grid in grids.items()}),
        absent=missing(READERS),
    )


def _read(
    workers: Pool, data: Data, ways: tuple[Way, ...], total: int, scale: Scale
) -> dict[float, Samples]:
    """Read the list with each latency; untidy data only with those of the goals."""
    grid: dict[float, Samples] = {}
    latencies = _LATENCIES if data is TIDY else _OF_GOALS
    with page_server(data, rendered=total) as server:
        verify(workers, ways, server, total)
        for wait in scale.pick(latencies, (_GOAL,)):
            job = {"url": server.flat(total, latency=wait), "total": total}
            grid[wait] = interleaved(
                workers,
                tuple(way for way in ways if wait == _GOAL or way.name not in ONE_BY_ONE),
                lambda _, job=job: job,
                rounds=scale.rounds(3, data),
                take=seconds(total),
            )
    return grid


def measured(grid: dict[float, Samples], total: int) -> dict[str, Ratio | None]:
    """Return what the goals ask for, as far as the latencies were measured."""
    found: dict[str, Ratio | None] = {}
    for wait in grid.keys() & set(_OF_GOALS):
        found[f"latency/bound {wait * 1e3:g}"] = grid[wait].against(OURS, bound(total, wait, 16))
    if _GOAL in grid:
        found["latency/one by one"] = grid[_GOAL].ratio("requests", OURS)
    return found


def _table(ways: tuple[Way, ...], grids: dict[Data, dict[float, Samples]], total: int) -> Table:
    columns = [(data, wait) for data, grid in grids.items() for wait in grid]
    rows = [
        (way.code, *(_seconds(grids[data][wait], way.name) for data, wait in columns), way.less)
        for way in ways
    ]
    for concurrency in (1, 8, 16, 64):
        bounds = (f"{bound(total, wait, concurrency):.3g}" for _, wait in columns)
        rows.append((f"latency bound, {concurrency}", *bounds, ""))
    head = ("Way", *(f"{data.name}, {wait * 1e3:g} ms" for data, wait in columns))
    note = (
        f"Seconds for {total:,} orders, {PAGE} a page, median of the rounds; the figure behind a "
        f"name is the requests in flight. {AUTO_NOTE} "
        "Each way was found to deliver every value of every order. "
        "The bound counts nothing but waiting: the first page, then the others in rounds."
    )
    return Table(head=(*head, "Less than the SDK"), rows=tuple(rows), note=note)


def _seconds(samples: Samples, name: str) -> str:
    return f"{samples.median(name):.3g}" if name in samples else "-"
