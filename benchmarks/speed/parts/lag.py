"""Lag: how late others on the event loop are called while a list is read."""

from __future__ import annotations

from statistics import median
from typing import Any, Final

from speed.chapter import Chapter, Scale, Table
from speed.serving import page_server
from speed.workers import Worker

__all__ = ["lag"]

_IN_FLIGHT: Final = (8, 64)


def lag(scale: Scale) -> Chapter:
    """Read a list beside a heartbeat."""
    total = scale.pick(50_000, 2_000)
    found: dict[int, list[dict[str, Any]]] = {each: [] for each in _IN_FLIGHT}
    with page_server(rendered=total) as server, Worker("speed.readers.lag:lag") as worker:
        worker.call({"url": server.flat(1_000, latency=0), "concurrency": 8})
        for _ in range(scale.pick(3, 1)):
            for concurrency, answers in found.items():
                job = {"url": server.flat(total, latency=0), "concurrency": concurrency}
                answers.append(worker.call(job))
    rows = tuple(
        (
            f"`liner_async, {concurrency}`",
            *(f"{median(each[key] for each in answers) * 1e3:.1f}" for key in ("p50", "p99")),
            f"{max(each['max'] for each in answers) * 1e3:.1f}",
        )
        for concurrency, answers in found.items()
    )
    note = (
        f"A heartbeat of 2 ms beside a reader of {total:,} orders, a server without latency: how "
        "late it was called. Medians of the rounds; of the maxima, the highest."
    )
    head = ("Reader, requests in flight", "p50, ms", "p99, ms", "maximum, ms")
    return Chapter(tables=(Table(head=head, rows=rows, note=note),))
