"""Memory: lists of growing length, streamed and kept, each in a process of its own."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median
from typing import Any, Final

from attrs import frozen

from speed.catalogue import TIDY, Data, digest_of_ids
from speed.chapter import Chapter, Scale, Table, by_goal
from speed.parts.ways import AUTO, AUTO_NOTE
from speed.rounds import Ratio
from speed.serving import PageServer, page_server
from speed.untidy import DATA
from speed.workers import Worker

__all__ = ["memory"]

_STREAMED: Final = f"{AUTO}, streamed"
_OFF: Final = f'{AUTO}, streamed, consistency="off"'
_READS: Final[Mapping[str, Mapping[str, Any]]] = {
    _STREAMED: {"concurrency": "auto", "consistency": "detect"},
    "liner_async, 8, streamed": {"concurrency": 8, "consistency": "detect"},
    _OFF: {"concurrency": "auto", "consistency": "off"},
}
"""By name, what a reader is told."""
_LONG: Final = 1_000_000
"""Orders of a list that takes too long to be read more than once."""
_LENGTHS: Final = (1_000, 10_000, 100_000, _LONG)


@frozen
class _Peak:
    """The growth of the peak in MB, and the median of the seconds."""

    mb: Ratio
    seconds: float

    def __str__(self) -> str:
        """Return both as a table shows them."""
        return f"+ {self.mb} MB, {self.seconds:.2f} s"


@frozen
class _Taken:
    """What one data took: peaks by name and length, and the bytes of a kept order."""

    peaks: dict[str, dict[int, _Peak]]
    kept: float


def memory(scale: Scale) -> Chapter:
    """Measure the peak over the lengths, and the size of what is kept."""
    lengths = scale.pick(_LENGTHS, (1_000, 2_000))
    kept = scale.pick(100_000, 1_000)
    taken = {data: _read(data, lengths, kept, scale) for data in DATA.values()}
    rows = [
        (f"`{name}`", data.name, *(str(each.peaks[name].get(total, "-")) for total in lengths))
        for name in _READS
        for data, each in taken.items()
    ]
    sizes = " and ".join(f"{each.kept / 1e3:.2f} ({data.name})" for data, each in taken.items())
    note = (
        "Growth of the peak of resident memory, and seconds, for a list of so many orders read by "
        "a process that has imported all it needs and read nothing yet: median (lowest to highest) "
        "of the rounds. The longest list is read once, from a server that renders it meanwhile and "
        f"so sets the seconds. {AUTO_NOTE} By default "
        f"every id is remembered, to drop what comes twice. A `ResultList` of {kept:,} orders "
        f"takes {sizes} kB per order."
    )
    head = ("Way", "Data", *(f"{total:,}" for total in lengths))
    return Chapter(
        tables=(Table(head=head, rows=tuple(rows), note=note),),
        measured=by_goal({data: _measured(each) for data, each in taken.items()}),
    )


def _read(data: Data, lengths: tuple[int, ...], kept: int, scale: Scale) -> _Taken:
    rounds = scale.rounds(5, data)
    with page_server(data, rendered=min(100_000, lengths[-1])) as server:
        peaks = {
            name: {
                total: _streamed(server, total, settings, rounds=1 if total == _LONG else rounds)
                for total in _chosen(lengths, data, name)
            }
            for name, settings in _READS.items()
        }
        return _Taken(peaks, _kept(server, kept))


def _chosen(lengths: tuple[int, ...], data: Data, name: str) -> tuple[int, ...]:
    """Return the lengths that are read: of untidy data, only those that the goals ask for."""
    if data is TIDY:
        return lengths
    return lengths[-2:] if name == _OFF else lengths[-2:-1]


def _measured(taken: _Taken) -> dict[str, Ratio | None]:
    found: dict[str, Ratio | None] = {"memory/kept": Ratio.of([taken.kept / 1e3])}
    if _LONG in taken.peaks[_OFF]:
        last, before = (taken.peaks[_OFF][total].mb.median for total in (_LONG, _LENGTHS[-2]))
        found["memory/slope"] = Ratio.of([last - before])
        found["memory/100 k"] = taken.peaks[_STREAMED][_LENGTHS[-2]].mb
    return found


def _streamed(server: PageServer, total: int, settings: Mapping[str, Any], *, rounds: int) -> _Peak:
    job = {"url": server.flat(total, latency=0), **settings}
    answers = []
    for _ in range(rounds):
        with Worker("speed.readers.memory:streamed") as worker:
            answer = worker.call(job)
        if answer["count"] != total:
            raise RuntimeError(f"{answer['count']} orders of {total} were delivered")
        answers.append(answer)
    return _Peak(
        mb=Ratio.of([answer["mb"] for answer in answers]),
        seconds=median(answer["seconds"] for answer in answers),
    )


def _kept(server: PageServer, total: int) -> float:
    with Worker("speed.readers.memory:kept") as worker:
        answer = worker.call({"url": server.flat(total, latency=0)})
    if answer["ids"] != digest_of_ids(total):
        raise RuntimeError("the ResultList is not the list")
    return float(answer["bytes"] / total)
