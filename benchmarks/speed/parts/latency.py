"""Latency: the list of the vendor's example, for several latencies and many ways to read it."""

from __future__ import annotations

from typing import Final

from speed.catalogue import PAGE
from speed.chapter import Chapter, Scale, Table
from speed.parts.ways import ONE_BY_ONE, OURS, READERS, seconds, verify
from speed.rounds import Ratio, Samples, interleaved
from speed.serving import page_server
from speed.workers import Pool, Way, available, missing

__all__ = ["bound", "latency", "measured"]

_GOAL: Final = 0.05
_LATENCIES: Final = (0.02, _GOAL, 0.2)


def bound(total: int, latency: float, concurrency: int) -> float:
    """Return the seconds that latency alone takes: the first page, then rounds of requests."""
    pages = -(-total // PAGE)
    return latency * (1 + -(-(pages - 1) // concurrency))


def latency(scale: Scale) -> Chapter:
    """Time every way over the latencies; those that read one by one only at the goal's."""
    total = scale.pick(12_345, 1_234)
    ways = available(READERS)
    grid: dict[float, Samples] = {}
    with page_server(rendered=total) as server, Pool() as workers:
        verify(workers, ways, server, total)
        for wait in scale.pick(_LATENCIES, (_GOAL,)):
            job = {"url": server.flat(total, latency=wait), "total": total}
            grid[wait] = interleaved(
                workers,
                tuple(way for way in ways if wait == _GOAL or way.name not in ONE_BY_ONE),
                lambda _, job=job: job,
                rounds=scale.pick(3, 1),
                take=seconds(total),
            )
    return Chapter(
        tables=(_table(ways, grid, total),),
        measured=measured(grid, total),
        absent=missing(READERS),
    )


def measured(grid: dict[float, Samples], total: int) -> dict[str, Ratio]:
    """Return what the goals ask for, as far as the latencies were measured."""
    found: dict[str, Ratio | None] = {}
    for wait in grid.keys() & {_GOAL, 0.2}:
        found[f"latency/bound {wait * 1e3:g}"] = grid[wait].against(OURS, bound(total, wait, 16))
    if _GOAL in grid:
        found["latency/one by one"] = grid[_GOAL].ratio("requests", OURS)
    return {key: ratio for key, ratio in found.items() if ratio is not None}


def _table(ways: tuple[Way, ...], grid: dict[float, Samples], total: int) -> Table:
    head = ("Way", *(f"{wait * 1e3:g} ms" for wait in grid), "Less than the SDK")
    rows = [
        (way.code, *(_seconds(samples, way.name) for samples in grid.values()), way.less)
        for way in ways
    ]
    for concurrency in (1, 8, 16, 64):
        bounds = (f"{bound(total, wait, concurrency):.3g}" for wait in grid)
        rows.append((f"latency bound, {concurrency}", *bounds, ""))
    note = (
        f"Seconds for {total:,} orders, {PAGE} a page, median of the rounds; the figure behind a "
        "name is the requests in flight. Each way was found to deliver every value of every order. "
        "The bound counts nothing but waiting: the first page, then the others in rounds."
    )
    return Table(head=head, rows=tuple(rows), note=note)


def _seconds(samples: Samples, name: str) -> str:
    return f"{samples.median(name):.3g}" if name in samples else "-"
