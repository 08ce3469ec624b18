"""One collection as it is served: what each request gets, without sockets or clocks."""

from __future__ import annotations

import re
from random import Random
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from liner_async.testing.bodies import Content, healthy, refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from liner_async.testing.collection import Collection
    from liner_async.testing.rows import Change, Rows
    from liner_async.testing.schedule import FaultSchedule
    from liner_async.testing.wire import Response

__all__ = ["BadQueryError", "Endpoint", "PageQuery", "Paging"]

_NUMBER: Final = re.compile(r"[0-9]{1,18}")


class BadQueryError(ValueError):
    """`offset` or `limit` is not what the vendor's page allows; the text names the parameter."""


@frozen(kw_only=True)
class PageQuery:
    """The page asked for: `offset` and `limit` in rows, `limit` capped by the server."""

    offset: int
    limit: int


@frozen(kw_only=True)
class Paging:
    """How every list is paged: options of `FakeLiner`, which documents them."""

    default_limit: int = 50
    max_limit: int = 100
    ignore_offset: bool = False
    ignore_limit: bool = False
    total_override: int | None = None
    unstable_order: bool = False
    seed: int = 1
    chance: Random = field(init=False)

    @chance.default
    def _seeded(self) -> Random:
        return Random(f"shuffle-{self.seed}")  # noqa: S311 - test data

    def read(self, query: Mapping[str, str]) -> PageQuery:
        """Read the query string as documented; a `limit` above the maximum is lowered to it.

        Raises:
            BadQueryError: A value that is not a plain decimal number, or a `limit` below 1.
        """
        offset = _number(query, "offset", default=0, least=0)
        limit = _number(query, "limit", default=self.default_limit, least=1)
        return PageQuery(offset=offset, limit=min(limit, self.max_limit))


class Endpoint:
    """Answers the requests for one collection."""

    def __init__(
        self,
        collection: Collection,
        rows: Rows,
        *,
        schedule: FaultSchedule,
        changes: Iterable[Change] = (),
        paging: Paging,
    ) -> None:
        """Join the rows with what may happen to them."""
        self.collection = collection
        self.rows = rows
        self.paging = paging
        self._schedule = schedule
        self._changes = sorted(changes, key=lambda change: change.at_request)
        self._listed = 0

    def page(self, query: PageQuery) -> Response:
        """Apply the changes that are due, then return the page with its fault, if any."""
        self._move()
        fault = self._schedule.next(self.collection.name, query.offset)
        offset = 0 if self.paging.ignore_offset else query.offset
        limit = self.paging.default_limit if self.paging.ignore_limit else query.limit
        if fault is None:
            return healthy(self._content(offset, offset, limit))
        rows_at = offset if fault.edit.page_at is None else fault.edit.page_at
        return fault.response(self._content(offset, rows_at, limit + max(fault.edit.resize, 0)))

    def array(self, query: Mapping[str, str]) -> Response:
        """Return the whole list, or what the query's filters leave of it, with its fault."""
        self._move()
        wanted = {name: query[name] for name in self.collection.filters if name in query}
        return self._spoilt(Content(rows=self.rows.matching(wanted), shape="array"))

    def item(self, identity: int) -> Response:
        """Return one item with its fault, or 404."""
        row = self.rows.item(identity)
        if row is None:
            return refusal(404, f"{self.collection.name} has no item {identity}")
        return self._spoilt(Content(rows=(row,), shape="item"))

    def _spoilt(self, content: Content) -> Response:
        fault = self._schedule.next(self.collection.name, None)
        return healthy(content) if fault is None else fault.response(content)

    def _move(self) -> None:
        self._listed += 1
        while self._changes and self._changes[0].at_request <= self._listed:
            self.rows.apply(self._changes.pop(0))

    def _content(self, offset: int, rows_at: int, limit: int) -> Content:
        shuffle = self.paging.chance if self.paging.unstable_order else None
        rows = self.rows.page(rows_at, limit, shuffle=shuffle)
        claimed = self.paging.total_override
        return Content(
            rows=rows, offset=offset, total=len(self.rows) if claimed is None else claimed
        )


def _number(query: Mapping[str, str], name: str, *, default: int, least: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    if not _NUMBER.fullmatch(text) or int(text) < least:
        msg = f"{name} must be a whole number of at least {least}"
        raise BadQueryError(msg)
    return int(text)
