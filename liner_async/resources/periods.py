"""Lists by the time of creation, and by ids: what leads and calls have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import MAXYEAR, MINYEAR, datetime, timedelta
from functools import partial
from operator import attrgetter
from typing import Any, ClassVar, TypeVar

from liner_async._codec.query import Query, identifiers, moment, period_pairs, repeated
from liner_async._paging.cell_source import CellSource, IdPages
from liner_async._paging.cells import IDS_PER_CHUNK, Period, chunks_of, floored, longest
from liner_async._paging.options import Options
from liner_async._paging.pager import Pager
from liner_async._paging.prefetch import Fetch
from liner_async._paging.results import Page
from liner_async._transport.envelope import RawPage
from liner_async.errors import ConfigError
from liner_async.resources.detail import DetailResource
from liner_async.resources.matching import within

__all__ = ["WINDOW", "WINDOW_ROWS", "Ids", "PeriodResource"]

T = TypeVar("T")

WINDOW = timedelta(days=31)
"""The longest span that the vendor's documentation asks for."""
WINDOW_ROWS = 5_000

Ids = Mapping[str, Iterable[int] | None]
"""Filters by ids, in the documented order of the query; None for no filter."""

_created_at = attrgetter("created_at")


class PeriodResource(DetailResource[T]):
    """A resource whose list is narrowed to a period, and perhaps to lists of ids.

    Attributes:
        shown: the filters by ids whose effect a row shows, and the attribute that shows it.
    """

    shown: ClassVar[Mapping[str, str]]

    def _list_period(
        self,
        options: Mapping[str, Any],
        ids: Ids,
        *,
        created_from: datetime,
        created_to: datetime | None,
        window: timedelta = WINDOW,
        window_rows: int = WINDOW_ROWS,
        ids_from: tuple[str, Callable[[Options], IdPages]] | None = None,
    ) -> Pager[T]:
        """Return the list of what was created in a period; no request is sent yet.

        Args:
            options: those of every list.
            ids: the filters by ids.
            created_from: the start, included.
            created_to: the end of the period, excluded; None for the time at which the run starts.
            window: the longest span to ask for at once.
            window_rows: rows of a window at most, where it can be cut.
            ids_from: a filter, and what starts to read the objects whose ids it takes.
        """
        start, until = _period(created_from, created_to)
        _check_window(window, window_rows)
        known = _distinct(ids)
        chunked = ids_from[0] if ids_from is not None else ""
        for name, values in known.items():
            if len(values) > IDS_PER_CHUNK:
                if chunked:
                    raise ConfigError(
                        f"only one list may have more than {IDS_PER_CHUNK} ids: "
                        f"{chunked} or {name}, not both"
                    )
                chunked = name
        narrowed = partial(_narrowed, tuple(ids), known, chunked)
        return self._list(
            options,
            filters=(*period_pairs(start, start), *_pairs(known), ("by", chunked)),
            cells=CellSource(
                start=start,
                until=until,
                window=window,
                window_rows=window_rows,
                chunks=chunks_of(known.get(chunked, ())),
                ids_from=None if ids_from is None else ids_from[1],
                fetch=partial(self._fetch_of, narrowed),
                accepts=lambda chunk: within(self._shown_in(narrowed(chunk))),
                created_at=_created_at,
            ),
        )

    def _fetch_of(
        self,
        narrowed: Callable[[tuple[int, ...]], Mapping[str, Sequence[int]]],
        chunk: tuple[int, ...],
        period: Period,
    ) -> Fetch[RawPage]:
        filters = (*period_pairs(period.start, period.end), *_pairs(narrowed(chunk)))
        return partial(self._fetch_page, filters)

    def _shown_in(self, ids: Mapping[str, Sequence[int]]) -> dict[str, Sequence[int]]:
        return {self.shown[name]: values for name, values in ids.items() if name in self.shown}

    async def _page_of(
        self, ids: Ids, *, created_from: datetime, created_to: datetime, offset: int, limit: int
    ) -> Page[T]:
        """Return one page, just as the endpoint sends it."""
        start, end = moment("created_from", created_from), moment("created_to", created_to)
        if start >= end:
            raise ConfigError("created_from must be before created_to")
        known = _distinct(ids)
        for name, values in known.items():
            if len(values) > IDS_PER_CHUNK:
                raise ConfigError(f"{name} may have at most {IDS_PER_CHUNK} ids in one request")
        filters = (*period_pairs(start, end), *_pairs(known))
        return await self._page(offset=offset, limit=limit, filters=filters)


def _period(
    created_from: datetime, created_to: datetime | None
) -> tuple[datetime, datetime | None]:
    start = _whole("created_from", created_from)
    if created_to is None:
        return start, None
    until = _whole("created_to", created_to)
    if start >= until:
        raise ConfigError("created_from must be before created_to, by a second at least")
    return start, until


def _whole(argument: str, value: datetime) -> datetime:
    utc = floored(moment(argument, value))
    if not MINYEAR < utc.year < MAXYEAR:  # what is asked for is wider
        raise ConfigError(f"{argument} must be between the years {MINYEAR + 1} and {MAXYEAR - 1}")
    return utc


def _check_window(window: timedelta, window_rows: int) -> None:
    if not isinstance(window, timedelta):
        raise ConfigError("window must be a timedelta, such as timedelta(days=7)")
    longest(window)
    if type(window_rows) is not int or window_rows < 1:
        raise ConfigError("window_rows must be an integer of at least 1")


def _distinct(ids: Ids) -> dict[str, tuple[int, ...]]:
    return {
        name: tuple(dict.fromkeys(identifiers(name, values)))
        for name, values in ids.items()
        if values is not None
    }


def _narrowed(
    names: Sequence[str],
    known: Mapping[str, tuple[int, ...]],
    chunked: str,
    chunk: tuple[int, ...],
) -> dict[str, tuple[int, ...]]:
    """Return the ids that one request asks for, in the documented order."""
    asked = {**known, chunked: chunk}
    return {name: asked[name] for name in names if asked.get(name)}


def _pairs(ids: Mapping[str, Sequence[int]]) -> Query:
    return tuple(pair for name, values in ids.items() for pair in repeated(name, values))
