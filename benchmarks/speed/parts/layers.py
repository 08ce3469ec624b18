"""Layers: what each one adds to the cost of a page."""

from __future__ import annotations

from typing import Final

from speed.catalogue import PAGE
from speed.chapter import Chapter, Scale, Table
from speed.rounds import Samples, interleaved
from speed.serving import page_server
from speed.workers import Way, available, missing, pool

__all__ = ["layers"]

_CONCURRENCY: Final = 16
_LAYERS: Final = {
    "streams": "raw asyncio streams: the bytes",
    "aiohttp": "aiohttp: `get` and `read`",
    "transport": "the transport: slots, gate, retries, envelope",
    "decoding": "decoding: 100 typed orders",
    "pages": "the pager, page by page: look-ahead, order, checks",
    "orders": "the pager, order by order",
}
_EXTRAS: Final = {"": ("msgspec",), "[speed]": ()}


def _way(layer: str, extra: str, measure: str) -> Way:
    return Way(
        name=f"{layer}{extra} {measure}",
        target="speed.readers.layers:read",
        needs=("msgspec",) if extra else (),
        hidden=_EXTRAS[extra],
        settings={"layer": layer, "concurrency": _CONCURRENCY},
    )


def layers(scale: Scale) -> Chapter:
    """Send the same pages through more and more layers, with the extra and without it."""
    total = scale.pick(20_000, 1_000)
    ways = tuple(_way(layer, extra, "cpu") for extra in _EXTRAS for layer in _LAYERS)
    here = available(ways)
    with page_server(rendered=total) as server, pool() as workers:
        job = {"url": server.flat(total, latency=0), "total": total}
        for way in here:
            workers.call(way, {**job, "total": 1_000})
        samples = interleaved(
            workers,
            here,
            lambda _: job,
            rounds=scale.pick(5, 1),
            take=lambda _, answer: answer["cpu"] * 1e6,
        )
    note = (
        f"Median of the client's processor time for a page of {PAGE} orders, in µs; what a layer "
        f"adds to the one above it in brackets. {total:,} orders, {_CONCURRENCY} in flight, a "
        "server without latency. The first two do not depend on the extra."
    )
    head = ("Up to and with", "core", "`[speed]`")
    rows = tuple(
        (text, *(_told(samples, layer, extra) for extra in _EXTRAS))
        for layer, text in _LAYERS.items()
    )
    return Chapter(tables=(Table(head=head, rows=rows, note=note),), absent=missing(ways))


def _told(samples: Samples, layer: str, extra: str) -> str:
    name = f"{layer}{extra} cpu"
    if name not in samples:
        return "-"
    cost = samples.median(name)
    names = list(_LAYERS)
    if layer == names[0]:
        return f"{cost:.0f}"
    below = samples.median(f"{names[names.index(layer) - 1]}{extra} cpu")
    return f"{cost:.0f} ({cost - below:+.0f})"
