"""Throughput: a long list from a server without latency, where the processor is the limit."""

from __future__ import annotations

from typing import Any, Final

from attrs import frozen

from speed.catalogue import Data
from speed.chapter import Chapter, Scale, Table, by_goal
from speed.parts.ways import AUTO_NOTE, FLOOR, GATHER, OURS, READERS, seconds, verify
from speed.rounds import Samples, interleaved
from speed.serving import page_server
from speed.untidy import DATA
from speed.workers import Pool, Way, available, missing

__all__ = ["throughput"]

# Without latency, a fixed number of requests in flight makes no difference.
_WAYS: Final = tuple(way for way in READERS if not way.name.endswith((", 8", ", 64")))
_GOALS: Final = {
    "run/floor": (OURS, FLOOR),
    "run/requests": ("requests", OURS),
    "run/httpx": ("httpx", OURS),
    "run/dlt": ("dlt RESTClient", OURS),
    "run/gather": (GATHER, OURS),
}


@frozen
class _Taken:
    """What the ways took: seconds by the clock, and of the client's processor."""

    seconds: Samples
    cpu: Samples


def throughput(scale: Scale) -> Chapter:
    """Time every way on the same list."""
    total = scale.pick(100_000, 2_000)
    ways = available(_WAYS)
    with Pool() as workers:
        taken = {data: _read(workers, data, ways, total, scale) for data in DATA.values()}
    ratios = {
        data: {key: each.seconds.ratio(*pair) for key, pair in _GOALS.items()}
        for data, each in taken.items()
    }
    return Chapter(
        tables=(_table(ways, taken, total),), measured=by_goal(ratios), absent=missing(_WAYS)
    )


def _read(workers: Pool, data: Data, ways: tuple[Way, ...], total: int, scale: Scale) -> _Taken:
    cpu = Samples()
    check = seconds(total)

    def take(way: Way, answer: dict[str, Any]) -> float:
        cpu.note(way.name, answer["cpu"])
        return check(way, answer)

    with page_server(data, rendered=total) as server:
        verify(workers, ways, server, scale.pick(12_345, 1_234))
        job = {"url": server.flat(total, latency=0), "total": total}
        run = interleaved(workers, ways, lambda _: job, rounds=scale.rounds(4, data), take=take)
    return _Taken(run, cpu)


def _table(ways: tuple[Way, ...], taken: dict[Data, _Taken], total: int) -> Table:
    rows = tuple(
        (way.code, *(cell for each in taken.values() for cell in _cells(way, each)), way.less)
        for way in ways
    )
    columns = (
        f"{column}, {data.name}" for data in taken for column in ("Seconds", "processor", "x ours")
    )
    note = (
        f"{total:,} orders, a server without latency; the figure behind a name is the requests in "
        f"flight. {AUTO_NOTE} The processor's seconds are those of the "
        "client alone; the ratios are of the seconds, median (lowest to highest). Each way was "
        "found to deliver every order, and every value of a shorter list."
    )
    return Table(head=("Way", *columns, "Less than the SDK"), rows=rows, note=note)


def _cells(way: Way, taken: _Taken) -> tuple[str, str, str]:
    return (
        f"{taken.seconds.median(way.name):.3g}",
        f"{taken.cpu.median(way.name):.3g}",
        taken.seconds.times(way.name, OURS),
    )
