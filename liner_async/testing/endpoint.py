"""One collection as it is served: what each request gets, without sockets or clocks."""

from __future__ import annotations

import re
from random import Random
from typing import TYPE_CHECKING, Final, Literal

from attrs import field, frozen

from liner_async.testing.bodies import Content, healthy, refusal
from liner_async.testing.criteria import EVERYTHING, BadQueryError, Criteria

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from liner_async.testing.collection import Collection
    from liner_async.testing.criteria import Condition, Reading
    from liner_async.testing.incoming import Query
    from liner_async.testing.rows import Change, Rows
    from liner_async.testing.schedule import FaultSchedule
    from liner_async.testing.wire import Response

__all__ = ["Endpoint", "PageQuery", "Paging", "Refusal"]

Refusal = Literal["status", "envelope"]
"""How a request is refused that the server understood: by a status, or by `success: false`."""

_NUMBER: Final = re.compile(r"[0-9]{1,18}")


@frozen(kw_only=True)
class PageQuery:
    """The page asked for: `offset` and `limit` in rows, `limit` capped by the server."""

    offset: int
    limit: int
    criteria: Criteria = EVERYTHING


@frozen(kw_only=True)
class Paging:
    """How every list is paged: options of `FakeLiner`, which documents them."""

    default_limit: int = 50
    max_limit: int = 100
    ignore_offset: bool = False
    ignore_limit: bool = False
    total_override: int | None = None
    unstable_order: bool = False
    cost_per_skipped_row: float = 0.0
    refusal: Refusal = "status"
    seed: int = 1
    chance: Random = field(init=False)

    @chance.default
    def _seeded(self) -> Random:
        return Random(f"shuffle-{self.seed}")  # noqa: S311 - test data

    def read(self, query: Query, criteria: Criteria = EVERYTHING) -> PageQuery:
        """Read the query string as documented; a `limit` above the maximum is lowered to it.

        Raises:
            BadQueryError: A value that is not a plain decimal number, or a `limit` below 1.
        """
        offset = _number(query, "offset", default=0, least=0)
        limit = _number(query, "limit", default=self.default_limit, least=1)
        return PageQuery(offset=offset, limit=min(limit, self.max_limit), criteria=criteria)


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
        reading: Reading,
        resolve: Callable[[Condition], Condition],
    ) -> None:
        """Join the rows with what may happen to them.

        `resolve` gives a condition by what the rows hold.
        """
        self.collection = collection
        self.rows = rows
        self.paging = paging
        self.schedule = schedule
        self._changes = sorted(changes, key=lambda change: change.at_request)
        self._reading = reading
        self._resolve = resolve
        self._listed = 0

    def criteria(self, query: Query) -> Criteria:
        """Return which rows the query asks for.

        Raises:
            BadQueryError: A parameter is missing or of the wrong kind.
        """
        of, ignored = self.collection, self._reading.ignored
        period = self._reading.period(query) if of.by_period else None
        filters = [each for each in of.filters if each.name not in ignored]
        asked = {each.name: condition for each in filters if (condition := each.read(query))}
        if of.one_of and not {*of.one_of} & {*asked, *ignored}:
            msg = f"{' or '.join(of.one_of)} is required"
            raise BadQueryError(msg)
        return Criteria(period=period, conditions=tuple(map(self._resolve, asked.values())))

    def cost(self, query: PageQuery) -> float:
        """Return how many seconds the server takes to skip the rows before the page."""
        if not self.paging.cost_per_skipped_row:
            return 0.0
        skipped = min(self._offset(query), self.rows.select(query.criteria).size)
        return skipped * self.paging.cost_per_skipped_row

    def page(self, query: PageQuery) -> Response:
        """Apply the changes that are due, then return the page with its fault, if any."""
        between = self._move()
        fault = self.schedule.next(self.collection.name, query.offset)
        offset = self._offset(query)
        limit = self.paging.default_limit if self.paging.ignore_limit else query.limit
        if fault is None:
            return healthy(self._content(query.criteria, offset, offset, limit, between))
        rows_at = offset if fault.edit.page_at is None else fault.edit.page_at
        most = limit + max(fault.edit.resize, 0)
        return fault.response(self._content(query.criteria, offset, rows_at, most, between))

    def array(self, criteria: Criteria) -> Response:
        """Return the whole list, or what the filters leave of it, with its fault."""
        for change in self._move():
            self.rows.apply(change)
        selected = self.rows.select(criteria)
        rows = self.rows.rendered(selected.page(0, selected.size))
        return self._spoilt(Content(rows=rows, shape="array"))

    def item(self, identity: int) -> Response:
        """Return one item with its fault, or a refusal."""
        row = self.rows.item(identity)
        if row is None:
            return self.refused(404, f"{self.collection.name} has no item {identity}")
        return self._spoilt(Content(rows=(row,), shape="item"))

    def refused(self, status: int, message: str) -> Response:
        """Return a refusal in the form that the test wants."""
        return refusal(status if self.paging.refusal == "status" else 200, message)

    def _spoilt(self, content: Content) -> Response:
        fault = self.schedule.next(self.collection.name, None)
        return healthy(content) if fault is None else fault.response(content)

    def _move(self) -> list[Change]:
        """Apply the changes that are due; return those that fall between the two queries."""
        self._listed += 1
        between: list[Change] = []
        while self._changes and self._changes[0].at_request <= self._listed:
            change = self._changes.pop(0)
            if change.between is None:
                self.rows.apply(change)
            else:
                between.append(change)
        return between

    def _offset(self, query: PageQuery) -> int:
        return 0 if self.paging.ignore_offset else query.offset

    def _content(
        self, criteria: Criteria, offset: int, rows_at: int, limit: int, between: list[Change]
    ) -> Content:
        counted_first = [change for change in between if change.between == "count-rows"]
        total = self.rows.select(criteria).size
        for change in counted_first:
            self.rows.apply(change)
        shuffle = self.paging.chance if self.paging.unstable_order else None
        numbers = self.rows.select(criteria).page(rows_at, limit, shuffle=shuffle)
        rows = self.rows.rendered(numbers)
        for change in between:
            if change not in counted_first:
                self.rows.apply(change)
        if not counted_first:
            total = self.rows.select(criteria).size
        claimed = self.paging.total_override
        return Content(rows=rows, offset=offset, total=total if claimed is None else claimed)


def _number(query: Query, name: str, *, default: int, least: int) -> int:
    texts = query.scalar(name)
    if not texts:
        return default
    if not _NUMBER.fullmatch(texts[0]) or int(texts[0]) < least:
        msg = f"{name} must be a whole number of at least {least}"
        raise BadQueryError(msg)
    return int(texts[0])
