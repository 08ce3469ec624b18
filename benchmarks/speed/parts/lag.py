"""Lag: how late others on the event loop are called while a list is read."""

from __future__ import annotations

from statistics import median
from typing import Any, Final, TypeAlias

from speed.catalogue import Data
from speed.chapter import Chapter, Scale, Table
from speed.parts.ways import AUTO_NOTE
from speed.serving import page_server
from speed.untidy import DATA
from speed.workers import Worker

__all__ = ["lag"]

_IN_FLIGHT: Final = ("auto", 8, 64)
_Answers: TypeAlias = dict[int | str, list[dict[str, Any]]]


def lag(scale: Scale) -> Chapter:
    """Read a list beside a heartbeat."""
    total = scale.pick(50_000, 2_000)
    found = {data: _read(data, total, scale) for data in DATA.values()}
    rows = tuple(
        (
            f'`liner_async, "{each}"`' if each == "auto" else f"`liner_async, {each}`",
            *(cell for answers in found.values() for cell in _cells(answers[each])),
        )
        for each in _IN_FLIGHT
    )
    note = (
        f"A heartbeat of 2 ms beside a reader of {total:,} orders, a server without latency: how "
        "late it was called, in ms. Medians of the rounds; of the maxima, the highest. The figure "
        f"behind the name is the requests in flight. {AUTO_NOTE}"
    )
    columns = (f"{column}, {data.name}" for data in found for column in ("p50", "p99", "maximum"))
    return Chapter(tables=(Table(head=("Reader", *columns), rows=rows, note=note),))


def _read(data: Data, total: int, scale: Scale) -> _Answers:
    found: _Answers = {each: [] for each in _IN_FLIGHT}
    with (
        page_server(data, rendered=total) as server,
        Worker("speed.readers.lag:lag") as worker,
    ):
        worker.call({"url": server.flat(1_000, latency=0), "concurrency": 8})
        for _ in range(scale.rounds(3, data)):
            for concurrency, answers in found.items():
                job = {"url": server.flat(total, latency=0), "concurrency": concurrency}
                answers.append(worker.call(job))
    return found


def _cells(answers: list[dict[str, Any]]) -> tuple[str, ...]:
    middle = (median(each[key] for each in answers) for key in ("p50", "p99"))
    return tuple(f"{each * 1e3:.1f}" for each in (*middle, max(each["max"] for each in answers)))
