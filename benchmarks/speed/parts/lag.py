"""Lag: how late others on the event loop are called while a list is read."""

from __future__ import annotations

from statistics import median
from typing import Any, Final

from speed.chapter import Chapter, Scale, Table
from speed.serving import page_server
from speed.workers import Way, available, missing, pool

__all__ = ["lag"]

_WAYS: Final = tuple(
    Way(
        name=f"liner_async{'[speed]' * speed}, {concurrency}",
        target="speed.readers.heartbeat:lag",
        needs=("msgspec",) if speed else (),
        hidden=() if speed else ("msgspec",),
        settings={"concurrency": concurrency},
    )
    for speed in (False, True)
    for concurrency in (8, 64)
)


def lag(scale: Scale) -> Chapter:
    """Read a list beside a heartbeat, with the extra and without it."""
    total = scale.pick(50_000, 2_000)
    ways = available(_WAYS)
    found: dict[str, list[dict[str, Any]]] = {way.name: [] for way in ways}
    with page_server(rendered=total) as server, pool() as workers:
        job = {"url": server.flat(total, latency=0)}
        for way in ways:
            workers.call(way, {"url": server.flat(1_000, latency=0)})
        for _ in range(scale.pick(3, 1)):
            for way in ways:
                found[way.name].append(workers.call(way, job))
    rows = tuple(
        (
            f"`{name}`",
            *(f"{median(each[key] for each in answers) * 1e3:.1f}" for key in ("p50", "p99")),
            f"{max(each['max'] for each in answers) * 1e3:.1f}",
        )
        for name, answers in found.items()
    )
    note = (
        f"A heartbeat of 2 ms beside a reader of {total:,} orders, a server without latency: how "
        "late it was called. Medians of the rounds; of the maxima, the highest."
    )
    head = ("Reader, requests in flight", "p50, ms", "p99, ms", "maximum, ms")
    return Chapter(tables=(Table(head=head, rows=rows, note=note),), absent=missing(_WAYS))
