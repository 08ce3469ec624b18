"""Throughput: a long list from a server without latency, where the processor is the limit."""

from __future__ import annotations

from typing import Any, Final

from speed.chapter import Chapter, Scale, Table
from speed.parts.ways import FLOOR, GATHER, OURS, READERS, seconds, verify
from speed.rounds import Samples, interleaved
from speed.serving import page_server
from speed.workers import Pool, Way, available, missing

__all__ = ["throughput"]

# Without latency, the number of requests in flight makes no difference.
_WAYS: Final = tuple(way for way in READERS if not way.name.endswith((", 8", ", 64")))
_GOALS: Final = {
    "run/floor": (OURS, FLOOR),
    "run/requests": ("requests", OURS),
    "run/httpx": ("httpx", OURS),
    "run/dlt": ("dlt RESTClient", OURS),
    "run/gather": (GATHER, OURS),
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

    with page_server(rendered=total) as server, Pool() as workers:
        verify(workers, ways, server, scale.pick(12_345, 1_234))
        job = {"url": server.flat(total, latency=0), "total": total}
        run = interleaved(workers, ways, lambda _: job, rounds=scale.pick(4, 1), take=take)
    measured = {key: run.ratio(*pair) for key, pair in _GOALS.items()}
    return Chapter(
        tables=(_table(ways, run, cpu, total),),
        measured={key: ratio for key, ratio in measured.items() if ratio is not None},
        absent=missing(_WAYS),
    )


def _table(ways: tuple[Way, ...], run: Samples, cpu: Samples, total: int) -> Table:
    rows = tuple(
        (
            way.code,
            f"{run.median(way.name):.3g}",
            f"{cpu.median(way.name):.3g}",
            f"{total / run.median(way.name):,.0f}",
            run.times(way.name, OURS),
            way.less,
        )
        for way in ways
    )
    head = ("Way", "Seconds", "Processor", "Orders a second", "x ours", "Less than the SDK")
    note = (
        f"{total:,} orders, a server without latency. The processor's seconds are those of the "
        "client alone; the ratios are of the seconds, median (lowest to highest). Each way was "
        "found to deliver every order, and every value of a shorter list."
    )
    return Table(head=head, rows=rows, note=note)
