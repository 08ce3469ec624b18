"""Latency: the list of the vendor's example, for several latencies and many ways to read it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

from speed import plots
from speed.catalogue import PAGE
from speed.chapter import Chapter, Plot, Scale, Table
from speed.parts.ways import CORE_16, GATHER, ONE_BY_ONE, READERS, SPEED_16, seconds, verify
from speed.rounds import Ratio, Samples, interleaved
from speed.serving import page_server
from speed.workers import Way, available, missing, pool

__all__ = ["bound", "latency"]

_GOAL: Final = 0.05
_LATENCIES: Final = (0.0, 0.02, _GOAL, 0.2)
_PLOTTED: Final = ("requests", GATHER, "liner_async[speed], 8", SPEED_16)


def bound(total: int, latency: float, concurrency: int) -> float:
    """Give the seconds that latency alone takes: the first page, then rounds of requests."""
    pages = -(-total // PAGE)
    return latency * (1 + -(-(pages - 1) // concurrency))


def latency(scale: Scale) -> Chapter:
    """Time every way over the latencies."""
    total = scale.pick(12_345, 1_234)
    ways = available(READERS)
    take = seconds(total)
    grid: dict[float, Samples] = {}
    with page_server(rendered=total) as server, pool() as workers:
        verify(workers, ways, server, total)
        for wait in scale.pick(_LATENCIES, _LATENCIES[:2]):
            job = {"url": server.flat(total, latency=wait), "total": total}
            waiting = tuple(way for way in ways if _only_waits(way, wait))
            others = tuple(way for way in ways if way not in waiting)
            grid[wait] = interleaved(
                workers,
                others,
                lambda _, job=job: job,
                rounds=scale.pick(3, 1),
                take=take,
            )
            # At 200 ms each of them takes half a minute, in which it sleeps.
            with ThreadPoolExecutor() as threads:
                answers = threads.map(lambda way, job=job: workers.call(way, job), waiting)
                for way, answer in zip(waiting, answers, strict=True):
                    grid[wait].note(way.name, take(way, answer))
    return Chapter(
        tables=(_table(ways, grid, total),),
        measured=_measured(grid, total),
        plots=(_plot(grid, total),),
        absent=missing(READERS),
    )


def _only_waits(way: Way, wait: float) -> bool:
    """Whether a way sleeps nearly all the time, and its ratio is no goal."""
    is_goal = way.name == "requests" and wait == _GOAL
    return way.name in ONE_BY_ONE and wait > 0 and not is_goal


def _measured(grid: dict[float, Samples], total: int) -> dict[str, Ratio]:
    found: dict[str, Ratio | None] = {}
    for extra, name in (("core", CORE_16), ("speed", SPEED_16)):
        for wait in (_GOAL, 0.2):
            if wait in grid:
                limit = bound(total, wait, 16)
                found[f"{extra}/bound {wait * 1e3:g}"] = grid[wait].against(name, limit)
        if _GOAL in grid:
            found[f"{extra}/one by one"] = grid[_GOAL].ratio("requests", name)
    return {key: ratio for key, ratio in found.items() if ratio is not None}


def _table(ways: tuple[Way, ...], grid: dict[float, Samples], total: int) -> Table:
    head = ("Way", *(f"{wait * 1e3:g} ms" for wait in grid), "Less than the SDK")
    rows = [
        (way.code, *(f"{samples.median(way.name):.3g}" for samples in grid.values()), way.less)
        for way in ways
    ]
    for concurrency in (1, 8, 16, 64):
        bounds = (f"{bound(total, wait, concurrency):.3g}" for wait in grid)
        rows.append((f"latency bound, {concurrency}", *bounds, ""))
    note = (
        f"Seconds for {total:,} orders, {PAGE} a page, median of the rounds; the figure behind a "
        "name is the requests in flight. Each way was found to deliver every value of every order. "
        "The bound counts nothing but waiting: the first page, then the others in rounds. "
        "The three ways that read one by one were, against latency, measured once and side by "
        "side (but for requests at 50 ms): they wait nearly all the time."
    )
    return Table(head=head, rows=tuple(rows), note=note)


def _plot(grid: dict[float, Samples], total: int) -> Plot:
    late = {wait: samples for wait, samples in grid.items() if wait}
    series = {
        name: [(wait * 1e3, samples.median(name)) for wait, samples in late.items()]
        for name in _PLOTTED
        if all(name in samples for samples in late.values())
    }
    series["latency bound, 16"] = [(1e3 * wait, bound(total, wait, 16)) for wait in late]
    draw = partial(
        plots.lines,
        series=series,
        title=f"{total:,} orders",
        across="latency of an answer, ms",
        up="seconds",
    )
    return Plot(name="latency", draw=draw)
