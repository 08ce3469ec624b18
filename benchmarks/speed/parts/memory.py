"""Memory: lists of growing length, streamed and kept, each in a process of its own."""

from __future__ import annotations

from typing import Any, Final

from speed.catalogue import digest_of_ids
from speed.chapter import Chapter, Scale, Table
from speed.rounds import Ratio
from speed.serving import PageServer, page_server
from speed.workers import Worker

__all__ = ["memory"]

_READS: Final = {
    "detect": "liner_async, streamed",
    "off": 'liner_async, streamed, consistency="off"',
}
_LENGTHS: Final = (1_000, 10_000, 100_000, 1_000_000)


def memory(scale: Scale) -> Chapter:
    """Measure the peak over the lengths, and the size of what is kept."""
    lengths = scale.pick(_LENGTHS, (1_000, 2_000))
    kept = scale.pick(100_000, 1_000)
    with page_server(rendered=min(100_000, lengths[-1])) as server:
        peaks = {
            mode: {total: _streamed(server, total, mode) for total in lengths} for mode in _READS
        }
        size = _kept(server, kept)
    rows = [
        (f"`{name}`", *(_cell(peaks[mode][total]) for total in lengths))
        for mode, name in _READS.items()
    ]
    note = (
        "Growth of the peak of resident memory, and seconds, for a list of so many orders read by "
        "a process that has imported all it needs and read nothing yet. The default remembers "
        "every id, to drop what comes twice. "
        f"A `ResultList` of {kept:,} orders takes {size / 1e3:.2f} kB per order."
    )
    head = ("Way", *(f"{total:,}" for total in lengths))
    return Chapter(
        tables=(Table(head=head, rows=tuple(rows), note=note),),
        measured=_measured(peaks, size),
    )


def _measured(peaks: dict[str, dict[int, dict[str, Any]]], size: float) -> dict[str, Ratio]:
    found = {"memory/kept": size / 1e3}
    if _LENGTHS[-1] in peaks["off"]:
        last, before = (peaks["off"][total]["mb"] for total in (_LENGTHS[-1], _LENGTHS[-2]))
        found["memory/slope"] = last - before
        found["memory/100 k"] = peaks["detect"][_LENGTHS[-2]]["mb"]
    return {key: Ratio.of([value]) for key, value in found.items()}


def _streamed(server: PageServer, total: int, consistency: str) -> dict[str, Any]:
    with Worker("speed.readers.memory:streamed") as worker:
        answer = worker.call({"url": server.flat(total, latency=0), "consistency": consistency})
    if answer["count"] != total:
        raise RuntimeError(f"{answer['count']} orders of {total} were delivered")
    return answer


def _kept(server: PageServer, total: int) -> float:
    with Worker("speed.readers.memory:kept") as worker:
        answer = worker.call({"url": server.flat(total, latency=0)})
    if answer["ids"] != digest_of_ids(total):
        raise RuntimeError("the ResultList is not the list")
    return float(answer["bytes"] / total)


def _cell(answer: dict[str, Any]) -> str:
    return f"+ {answer['mb']:.1f} MB, {answer['seconds']:.2f} s"
