"""Where the pages of a list come from, and what a run may ask of it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from attrs import evolve, frozen

from liner_async._paging.cell_source import CellSource, Place
from liner_async._paging.consistency import ConsistencyTracker
from liner_async._paging.in_flight import InFlight, Limits
from liner_async._paging.lookahead import Lookahead
from liner_async._paging.options import Options
from liner_async._paging.prefetch import Fetch
from liner_async._paging.results import OnInvalid, Page
from liner_async._paging.summary import Summary
from liner_async.errors import ConfigError, PagingError
from liner_async.events import Emit
from liner_async.resume import ResumePoint

__all__ = ["Decode", "PageSource", "RawPage"]

T = TypeVar("T")


class RawPage(Protocol):
    """What the transport brings: a page whose envelope is sound, its items not decoded yet."""

    @property
    def attempts(self) -> int:
        """Requests it took, the first one included."""
        ...

    @property
    def rows(self) -> Sequence[Any]:
        """The items, not decoded."""
        ...

    @property
    def total(self) -> int:
        """The server's `total`."""
        ...

    @property
    def size(self) -> int:
        """The bytes of its body, which wait in memory until its turn comes."""
        ...


class Decode(Protocol[T]):
    """Makes a page of models of a raw one; raises DecodeError, or leaves out what does not fit."""

    def __call__(self, raw: Any, *, offset: int, limit: int, on_invalid: OnInvalid) -> Page[T]:
        """Decode a page that was asked for by this offset and limit."""
        ...


@frozen(kw_only=True)
class PageSource(Generic[T]):
    """Where the pages of a list come from.

    Attributes:
        name: what people call the list, such as "orders".
        host: the installation.
        path: the path below the host.
        filters: what narrows the list, as a digest; "" for nothing.
        model: the class of the items.
        key: returns an item's identity.
        fetch: starts the request for a page.
        decode: makes a page of models of its answer.
        accepts: whether an item passes the filters that were sent; None where there are none.
        limit: returns how many requests the client lets be in flight now.
        concurrency: that number where it is fixed, None where it follows the server.
        lookahead: the client's look-ahead, None for one that follows the concurrency.
        emit: reports an event, if anybody listens.
        clock: returns seconds on a clock that never jumps.
        now: returns the time of day, with its zone.
        place: where the run reads, if it reads one cell of a list.
        cells: how the list is cut into cells; None for a list that is read as a whole.
    """

    name: str
    host: str
    path: str
    filters: str
    model: type[T]
    key: Callable[[T], Hashable]
    fetch: Fetch[RawPage]
    decode: Decode[T]
    accepts: Callable[[T], bool] | None = None
    limit: Callable[[], int]
    concurrency: int | None
    lookahead: int | None
    emit: Emit | None
    clock: Callable[[], float]
    now: Callable[[], datetime]
    place: Place | None = None
    cells: CellSource[T] | None = None

    def concurrency_for(self, options: Options) -> int:
        """Return how many requests of one run may be in flight now."""
        limit = self.limit()
        return limit if options.concurrency is None else min(limit, options.concurrency)

    def limits_for(self, options: Options) -> Limits:
        """Return what bounds the requests of a new run."""
        in_flight = InFlight(partial(self.concurrency_for, options))
        lookahead = self.lookahead_for(options)
        return Limits(in_flight, lookahead, lookahead.note)

    def tracker_for(self, options: Options) -> ConsistencyTracker[T] | Summary[T]:
        """Return the tracker of a new run, with nothing recorded yet."""
        if self.cells is not None:
            return Summary(self.cells, options.consistency)
        return options.tracker(self.key)

    async def counted(self, options: Options) -> list[PageSource[T]]:
        """Return the lists whose totals make up the number of items."""
        cells = self.cells
        if cells is None:
            return [self]
        chunks, period = await cells.find_chunks(options), cells.period(self.now())
        return [evolve(self, fetch=cells.fetch(chunk, period), cells=None) for chunk in chunks]

    def check_filters(self, page: Page[T]) -> None:
        """Raise PagingError if a row does not pass the filters that were sent."""
        if self.accepts is not None and not all(map(self.accepts, page.items)):
            raise PagingError(f"the server ignores the filter of {self.name}", reason="filter")

    def check_resume(self, point: ResumePoint | None) -> None:
        """Raise ConfigError if a resume point belongs to another list."""
        for what in ("host", "path", "filters"):
            theirs, ours = getattr(point, what, None), getattr(self, what)
            if theirs is not None and theirs != ours:  # None in points of earlier versions
                named = "other filters" if what == "filters" else f"{what} {theirs}, not {ours}"
                raise ConfigError(f"resume belongs to another list: {named}")
        if point is not None and self.cells is not None:
            self.cells.check_resume(point)

    def lookahead_for(self, options: Options) -> Lookahead:
        """Return how far one run may read ahead of its consumer."""
        return Lookahead(
            limit=partial(self.concurrency_for, options),
            chosen=options.lookahead or self.lookahead,
            fixed=options.concurrency or self.concurrency,
        )
