"""Throughput: a long list from a server without latency, where the processor is the limit."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from speed import plots
from speed.chapter import Chapter, Plot, Scale, Table
from speed.parts.ways import CORE_16, FLOOR, GATHER, READERS, SPEED_16, seconds, verify
from speed.rounds import Samples, interleaved
from speed.serving import page_server
from speed.workers import Way, available, missing, pool

__all__ = ["throughput"]

# Without latency there is nothing to gain by more or lose by fewer requests in flight.
_WAYS: Final = tuple(way for way in READERS if not way.name.endswith((", 8", ", 64")))
_GOALS: Final = {
    "run/floor": (SPEED_16, FLOOR),
    "run/requests": ("requests", SPEED_16),
    "run/httpx": ("httpx", SPEED_16),
    "run/dlt": ("dlt RESTClient", SPEED_16),
    "run/gather": (GATHER, SPEED_16),
}


def throughput(scale: Scale) -> Chapter:
    """Time every way on the same list."""
    total = scale.pick(100_000, 2_000)
    ways = available(_WAYS)
    cpu = Samples()
    check = seconds(total)

    def take(way: Way, answer: dict[str, Any]) -> float:
        cpu.note(way.name, answer["cpu"])
        return check(way, answer)

    with page_server(rendered=total) as server, pool() as workers:
        verify(workers, ways, server, scale.pick(12_345, 1_234))
        job = {"url": server.flat(total, latency=0), "total": total}
        run = interleaved(workers, ways, lambda _: job, rounds=scale.pick(4, 1), take=take)
    measured = {key: run.ratio(*pair) for key, pair in _GOALS.items()}
    values = {way.name: total / run.median(way.name) for way in ways}
    title = f"{total:,} orders, no latency"
    draw = partial(plots.bars, values=values, title=title, unit="orders a second")
    return Chapter(
        tables=(_table(ways, run, cpu, total),),
        measured={key: ratio for key, ratio in measured.items() if ratio is not None},
        plots=(Plot(name="throughput", draw=draw),),
        absent=missing(_WAYS),
    )


def _table(ways: tuple[Way, ...], run: Samples, cpu: Samples, total: int) -> Table:
    rows = tuple(
        (
            way.code,
            f"{run.median(way.name):.3g}",
            f"{cpu.median(way.name):.3g}",
            f"{total / run.median(way.name):,.0f}",
            run.times(way.name, SPEED_16),
            run.times(way.name, CORE_16),
            way.less,
        )
        for way in ways
    )
    head = (
        "Way",
        "Seconds",
        "Processor",
        "Orders a second",
        "x `[speed]`",
        "x core",
        "Less than the SDK",
    )
    note = (
        f"{total:,} orders, a server without latency. The processor's seconds are those of the "
        "client alone; the ratios are of the seconds, median (lowest to highest). Each way was "
        "found to deliver every order, and every value of a shorter list."
    )
    return Table(head=head, rows=rows, note=note)
