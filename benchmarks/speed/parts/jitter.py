"""Jitter: answers that come late at random, and what the order costs then."""

from __future__ import annotations

from typing import Final

from speed.catalogue import Data
from speed.chapter import Chapter, Scale, Table, by_goal
from speed.page_server import MEDIAN_JITTER, SIGMA
from speed.parts.ways import AUTO, AUTO_NOTE, seconds, verify
from speed.rounds import Samples, interleaved
from speed.serving import page_server
from speed.untidy import DATA
from speed.workers import Pool, Way

__all__ = ["jitter"]

_CONCURRENCY: Final = 16
_OURS: Final = f"liner_async, {_CONCURRENCY}, look-ahead {4 * _CONCURRENCY} (the default)"
_STRICT: Final = f"liner_async, {_CONCURRENCY}, look-ahead {_CONCURRENCY} (a strict window)"
_UNORDERED: Final = f"aiohttp gather, {_CONCURRENCY}, unordered, same decoding"
_WAYS: Final = (
    Way(name=AUTO, target="speed.readers.liner:read", settings={"concurrency": "auto"}),
    Way(
        name=_OURS,
        target="speed.readers.liner:read",
        settings={"concurrency": _CONCURRENCY},
    ),
    Way(
        name=_STRICT,
        target="speed.readers.liner:read",
        settings={"concurrency": _CONCURRENCY, "lookahead": _CONCURRENCY},
    ),
    Way(
        name=_UNORDERED,
        target="speed.readers.unordered:read",
        settings={"concurrency": _CONCURRENCY, "ordered": False},
    ),
)


def jitter(scale: Scale) -> Chapter:
    """Time the ways on the same latencies, which each round draws anew."""
    total = scale.pick(50_000, 2_000)
    with Pool() as workers:
        taken = {data: _read(workers, data, total, scale) for data in DATA.values()}
    ratios = {
        data: {
            "jitter/unordered": samples.ratio(_OURS, _UNORDERED),
            "jitter/strict": samples.ratio(_STRICT, _OURS),
        }
        for data, samples in taken.items()
    }
    return Chapter(tables=(_table(taken, total),), measured=by_goal(ratios))


def _read(workers: Pool, data: Data, total: int, scale: Scale) -> Samples:
    with page_server(data, rendered=total) as server:
        verify(workers, _WAYS, server, scale.pick(12_345, 1_234))
        return interleaved(
            workers,
            _WAYS,
            lambda number: {"url": server.jitter(total, seed=number), "total": total},
            rounds=scale.rounds(5, data),
            take=seconds(total),
        )


def _table(taken: dict[Data, Samples], total: int) -> Table:
    rows = tuple(
        (way.code, *(cell for each in taken.values() for cell in _cells(way, each)))
        for way in _WAYS
    )
    columns = (f"{column}, {data.name}" for data in taken for column in ("Seconds", "x unordered"))
    note = (
        f"{total:,} orders; the figure behind a name is the requests in flight. {AUTO_NOTE} "
        f"Each answer takes a lognormal time (median {MEDIAN_JITTER * 1e3:g} ms, sigma {SIGMA:g}) "
        "that depends on the round and on the page alone. The last way hands pages out as they "
        "come."
    )
    return Table(head=("Way", *columns), rows=rows, note=note)


def _cells(way: Way, samples: Samples) -> tuple[str, str]:
    return f"{samples.median(way.name):.2f}", samples.times(way.name, _UNORDERED)
