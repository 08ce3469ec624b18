"""Jitter: answers that come late at random, and what the order costs then."""

from __future__ import annotations

from typing import Final

from speed.chapter import Chapter, Scale, Table
from speed.page_server import MEDIAN_JITTER, SIGMA
from speed.parts.ways import seconds, verify
from speed.rounds import interleaved
from speed.serving import page_server
from speed.workers import Pool, Way

__all__ = ["jitter"]

_CONCURRENCY: Final = 16
_OURS: Final = f"liner_async, look-ahead {4 * _CONCURRENCY} (the default)"
_STRICT: Final = f"liner_async, look-ahead {_CONCURRENCY} (a strict window)"
_UNORDERED: Final = "aiohttp gather, unordered, same decoding"
_WAYS: Final = (
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
    with page_server(rendered=total) as server, Pool() as workers:
        verify(workers, _WAYS, server, scale.pick(12_345, 1_234))
        samples = interleaved(
            workers,
            _WAYS,
            lambda number: {"url": server.jitter(total, seed=number), "total": total},
            rounds=scale.pick(4, 1),
            take=seconds(total),
        )
    ratios = {
        "jitter/unordered": samples.ratio(_OURS, _UNORDERED),
        "jitter/strict": samples.ratio(_STRICT, _OURS),
    }
    rows = tuple(
        (way.code, f"{samples.median(way.name):.2f}", samples.times(way.name, _UNORDERED))
        for way in _WAYS
    )
    note = (
        f"{total:,} orders, {_CONCURRENCY} in flight; each answer takes a lognormal time (median "
        f"{MEDIAN_JITTER * 1e3:g} ms, sigma {SIGMA:g}) that depends on the round and on the "
        "page alone. The last way hands pages out as they come."
    )
    return Chapter(
        tables=(Table(head=("Way", "Seconds", "x unordered"), rows=rows, note=note),),
        measured={key: ratio for key, ratio in ratios.items() if ratio is not None},
    )
