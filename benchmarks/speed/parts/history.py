"""A year of leads, in windows and as one list, from a server that walks over skipped rows."""

from __future__ import annotations

from typing import Any, Final

from attrs import frozen

from liner_async.testing import FakeLinerProcess
from speed.catalogue import PAGE
from speed.chapter import Chapter, Scale, Table
from speed.workers import Pool, Way

__all__ = ["history"]

_SKIPPING: Final = 1e-6
"""Seconds for each row before a page."""
_IN_FLIGHT: Final = 8
_PATIENCE: Final = 120.0
"""Seconds of work beyond which what a server would do is computed."""
_WINDOWED: Final = Way(name="in windows", target="speed.readers.history:read")
_DEEP: Final = Way(
    name="as one list", target="speed.readers.history:read", settings={"is_deep": True}
)


@frozen(kw_only=True)
class _Run:
    """What one reading took.

    Attributes:
        windows: how many periods were read.
        requests: how many the server answered.
        server: seconds that it worked, over all requests.
        wall: seconds until the last lead came; at least, if they were computed.
        is_computed: whether they were, as was the server's work.
    """

    windows: int
    requests: int
    server: float
    wall: float
    is_computed: bool


def history(scale: Scale) -> Chapter:
    """Read years of growing length both ways."""
    lengths = scale.pick((10_000, 100_000, 1_000_000), (5_000, 10_000))
    rows = []
    with Pool() as workers:
        for total in lengths:
            windowed, deep = (_read(workers, way, total) for way in (_WINDOWED, _DEEP))
            rows += [
                _row(total, way, run, deep) for way, run in ((_WINDOWED, windowed), (_DEEP, deep))
            ]
    head = (
        "Leads in a year",
        "Read",
        "Windows",
        "Requests",
        "Server works",
        "for a lead",
        "Time",
        "Less work",
        "Less time",
    )
    note = (
        f"`FakeLiner` takes {_SKIPPING * 1e6:g} µs for each row before a page; "
        f"{_IN_FLIGHT} requests in flight. It was found to deliver every lead once. "
        "A row with ≥ was computed, not read: the work follows from the offsets, as it did in the "
        "shorter lists, and takes at least so long, shared by what is in flight."
    )
    return Chapter(tables=(Table(head=head, rows=tuple(rows), note=note),))


def _read(workers: Pool, way: Way, total: int) -> _Run:
    is_deep = way is _DEEP
    pages = -(-total // PAGE)
    work = _SKIPPING * PAGE * pages * (pages - 1) / 2
    if is_deep and work > _PATIENCE:
        return _Run(
            windows=1, requests=pages, server=work, wall=work / _IN_FLIGHT, is_computed=True
        )
    with FakeLinerProcess(sizes={"leads": total}, cost_per_skipped_row=_SKIPPING) as server:
        job = {"url": server.url, "key": server.api_key, "concurrency": _IN_FLIGHT}
        answer: dict[str, Any] = workers.call(way, {"is_deep": False, **job})
        stats = server.stats()
    if answer["leads"] != total:
        raise RuntimeError(f"{way.name}: {answer['leads']} leads of {total} were delivered")
    if is_deep and (stats.requests, round(stats.server_seconds, 3)) != (pages, round(work, 3)):
        raise RuntimeError(f"{way.name}: {stats.server_seconds} s of work, {work} s expected")
    return _Run(
        windows=answer["windows"],
        requests=stats.requests,
        server=stats.server_seconds,
        wall=answer["seconds"],
        is_computed=False,
    )


def _row(total: int, way: Way, run: _Run, deep: _Run) -> tuple[str, ...]:
    bound = "≥ " if deep.is_computed else ""
    return (
        f"{total:,}",
        way.name,
        f"{run.windows:,}",
        f"{run.requests:,}",
        _seconds(run.server),
        f"{run.server / total * 1e6:,.0f} µs",
        f"{'≥ ' * run.is_computed}{_seconds(run.wall)}",
        "-" if run is deep else f"{deep.server / run.server:,.3g}x",
        "-" if run is deep else f"{bound}{deep.wall / run.wall:,.3g}x",
    )


def _seconds(seconds: float) -> str:
    return f"{seconds:,.0f} s" if seconds >= 10 else f"{seconds:.2g} s"
