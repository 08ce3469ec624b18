"""The server's knee: fixed numbers in flight, and "auto", on servers with few workers and many."""

from __future__ import annotations

from statistics import geometric_mean
from typing import Any, Final

from attrs import frozen

from speed.catalogue import PAGE, TIDY
from speed.chapter import Chapter, Scale, Table, by_goal
from speed.parts.ways import seconds
from speed.rounds import Ratio, Samples, interleaved
from speed.serving import PageServer, page_server
from speed.workers import Pool, Way

__all__ = ["knee"]

_FIXED: Final = {f"{number} in flight": number for number in (8, 16, 64)}
_MOST: Final = 64
_LATENCIES: Final = (0.05, 0.2)
_PAGES: Final = {2: 100, 8: 400, 24: 800, None: 800}
"""By the number of workers, None for any: enough for each server to be found out."""

_DEFAULT: Final = '`"auto"`'
_AUTO: Final = f'`"auto"`, up to {_MOST}'
_WAYS: Final = (
    *(
        Way(name=name, target="speed.readers.liner:read", settings={"concurrency": number})
        for name, number in _FIXED.items()
    ),
    Way(name=_DEFAULT, target="speed.readers.liner:read", settings={"concurrency": "auto"}),
    Way(
        name=_AUTO,
        target="speed.readers.liner:read",
        settings={"concurrency": "auto", "max_concurrency": _MOST},
    ),
)


@frozen(kw_only=True)
class _Server:
    """A server with so many workers that take so long for a page, and how a list was read from it.

    Attributes:
        limits: the least, the most and the last number in flight with `"auto"`, up to 64.
    """

    workers: int | None
    latency: float
    pages: int
    taken: Samples
    limits: tuple[int, int, int]

    @property
    def name(self) -> str:
        """What the table calls it."""
        number = "any number of" if self.workers is None else self.workers
        return f"{number} workers, {self.latency * 1e3:g} ms"

    @property
    def against_best(self) -> float:
        """The time of `"auto"`, as a multiple of that of the best fixed number."""
        return self.taken.median(_AUTO) / min(map(self.taken.median, _FIXED))

    @property
    def row(self) -> tuple[str, ...]:
        """The row of the table."""
        least, most, last = self.limits
        times = (f"{self.taken.median(way.name):.3g}" for way in _WAYS)
        limit = f"{last}, from {least} to {most}"
        return (self.name, str(self.pages), *times, f"{self.against_best:.3g}", limit)


def knee(scale: Scale) -> Chapter:
    """Read a list from each server in each way, one after the other."""
    pages = scale.pick(_PAGES, {2: 4, None: 20})
    with page_server(rendered=max(pages.values()) * PAGE) as server, Pool() as workers:
        servers = [
            _read(server, workers, latency, number, pages[number])
            for latency in scale.pick(_LATENCIES, (0.01,))
            for number in pages
        ]
    against_8 = [each.taken.median(_AUTO) / each.taken.median("8 in flight") for each in servers]
    ratios = {
        "knee/best": Ratio.of([geometric_mean(each.against_best for each in servers)]),
        "knee/8": Ratio.of([max(against_8)]),
    }
    return Chapter(tables=(_table(servers, ratios["knee/best"]),), measured=by_goal({TIDY: ratios}))


def _read(
    server: PageServer, pool: Pool, latency: float, workers: int | None, pages: int
) -> _Server:
    total = pages * PAGE
    if workers is None:
        url = server.flat(total, latency=latency)
    else:
        url = server.workers(total, latency=latency, workers=workers)
    limits: dict[str, tuple[int, int, int]] = {}
    check = seconds(total)

    def take(way: Way, answer: dict[str, Any]) -> float:
        limits[way.name] = answer["limit"]
        return check(way, answer)

    taken = interleaved(pool, _WAYS, lambda _: {"url": url, "total": total}, rounds=1, take=take)
    return _Server(workers=workers, latency=latency, pages=pages, taken=taken, limits=limits[_AUTO])


def _table(servers: list[_Server], mean: Ratio) -> Table:
    head = ("Server", "Pages", *(way.name for way in _WAYS), "x the best fixed", "its limit")
    note = (
        f"Seconds for a list of tidy orders; {_DEFAULT} tries up to 32 in flight unless it is told "
        "otherwise. Each of a server's workers takes so long for a page; requests that find none "
        f"free queue. The last two columns are of {_AUTO}: its time against that of the best of "
        f"the fixed numbers, {mean} in the geometric mean, and its last limit, from the lowest to "
        "the highest."
    )
    return Table(head=head, rows=tuple(each.row for each in servers), note=note)
