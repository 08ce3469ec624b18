"""What a list that is read in cells is cut from, and by what."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from attrs import evolve, frozen

from liner_async._paging.cells import Cell, Period, Root, chunks_of, floored, periods_of
from liner_async._paging.prefetch import Fetch
from liner_async._paging.results import Page
from liner_async.errors import ConfigError
from liner_async.resume import ResumePoint

if TYPE_CHECKING:
    from liner_async._paging.options import Options
    from liner_async._paging.page_source import RawPage

__all__ = ["CellSource", "IdPages", "Place"]

T = TypeVar("T")


class IdPages(Protocol):
    """Pages of objects whose ids a list is narrowed to; may be stepped again after a cancel."""

    def __aiter__(self) -> AsyncIterator[Page[Any]]:
        """Return the pages."""
        ...

    async def aclose(self) -> None:
        """End the requests."""


@frozen(kw_only=True)
class Place:
    """Where in a list that is read in cells a run reads.

    Attributes:
        period: what its cell covers.
        until: where the whole list ends.
        chunk: the place of its ids among the chunks of the list.
        ids: all ids that the list is narrowed to, where only this run knows them.
    """

    period: Period
    until: datetime
    chunk: int
    ids: tuple[int, ...] | None = None

    def marked_in(self, point: ResumePoint) -> ResumePoint:
        """Return a resume point that knows this place."""
        period = self.period
        return evolve(
            point,
            period=(period.start, period.end),
            until=self.until,
            chunk=self.chunk,
            ids=self.ids,
        )


@frozen(kw_only=True)
class CellSource(Generic[T]):
    """How a list is cut into cells.

    Attributes:
        start: the first moment of the list.
        until: the moment after its last; None for the moment at which a run starts.
        window: the longest span of time to ask for at once, margins included.
        window_rows: a cell with more rows is cut into slices.
        chunks: the ids that the list is narrowed to, so many in a request; one empty chunk for
            none, and nothing where `ids_from` brings them.
        ids_from: starts to read the objects whose ids the list is narrowed to.
        fetch: returns what starts the requests for these ids and this span of time.
        accepts: returns whether a row passes the filters, for these ids; None without filters.
        created_at: returns the time that decides where a row belongs.
    """

    start: datetime
    until: datetime | None
    window: timedelta
    window_rows: int
    chunks: tuple[tuple[int, ...], ...]
    ids_from: Callable[[Options], IdPages] | None = None
    fetch: Callable[[tuple[int, ...], Period], Fetch[RawPage]]
    accepts: Callable[[tuple[int, ...]], Callable[[T], bool] | None]
    created_at: Callable[[T], datetime | None]

    @property
    def span(self) -> str:
        """Return the period in words, such as `2024-01-01 00:00:00+00:00 to now`."""
        return f"{self.start} to {self.until or 'now'}"

    async def find_chunks(self, options: Options) -> tuple[tuple[int, ...], ...]:
        """Return the chunks of ids, looked up where they have to be; none for no ids at all."""
        if self.ids_from is None:
            return self.chunks
        ids = [item.id async for page in self.ids_from(options) for item in page]
        return chunks_of(ids) if ids else ()

    def period(self, now: datetime) -> Period:
        """Return the period of a list that is read now."""
        return Period(self.start, self.until or floored(now))

    def check_resume(self, point: ResumePoint) -> None:
        """Raise ConfigError if a resume point cannot be one of this list."""
        if point.chunk is None or point.period is None or point.until is None:
            raise ConfigError("resume belongs to another list: it names no such window")
        if self.until is not None and point.until != self.until:
            raise ConfigError("resume belongs to another list: another created_to")
        if (point.ids is None) != (self.ids_from is None):
            raise ConfigError("resume belongs to another list: other filters")

    def cells(
        self,
        chunks: Sequence[tuple[int, ...]],
        *,
        until: datetime,
        resume: ResumePoint | None = None,
    ) -> Iterator[Cell]:
        """Return the cells in the order in which they are handed out; at a resume point, from it.

        The cell of the point comes first, as it was when the point was made.
        """
        for chunk, ids in enumerate(chunks):
            start = self.start
            if resume is not None and resume.period is not None:
                if chunk < (resume.chunk or 0):
                    continue
                if chunk == resume.chunk:
                    yield _cell(chunk, ids, Period(*resume.period))
                    start = resume.period[1]
            for period in periods_of(start, until, window=self.window):
                yield _cell(chunk, ids, period)


def _cell(chunk: int, ids: tuple[int, ...], period: Period) -> Cell:
    return Cell(chunk=chunk, ids=ids, period=period, root=Root(period.end))
