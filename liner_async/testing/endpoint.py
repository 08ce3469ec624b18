"""The order list endpoint: what each request gets, decided without sockets or clocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from liner_async.testing.answers import (
    Answer,
    BadQueryError,
    PageContent,
    PageQuery,
    page_answer,
    refusal,
)
from liner_async.testing.delivery import WHOLE, Delivery

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping, Sequence

    from liner_async.testing.rows import Change, Rows
    from liner_async.testing.schedule import FaultSchedule
    from liner_async.testing.throttle import Throttle

__all__ = ["OrderEndpoint", "Reply"]


@frozen
class Reply:
    """What is answered, and how it is sent."""

    answer: Answer
    delivery: Delivery = WHOLE


class OrderEndpoint:
    """Answers list requests: first `admit`, then, after whatever latency, `reply`."""

    def __init__(
        self,
        rows: Rows,
        *,
        schedule: FaultSchedule,
        throttle: Throttle | None = None,
        changes: Sequence[Change] = (),
        default_limit: int = 50,
        max_limit: int = 100,
        ignore_offset: bool = False,
        ignore_limit: bool = False,
        shuffle: random.Random | None = None,
        total_override: int | None = None,
    ) -> None:
        """Join the rows with what may happen to them; `shuffle` makes the order unstable."""
        self._rows = rows
        self._schedule = schedule
        self._throttle = throttle
        self._changes = sorted(changes, key=lambda change: change.at_request)
        self.default_limit = default_limit
        self._max_limit = max_limit
        self._ignore_offset = ignore_offset
        self._ignore_limit = ignore_limit
        self._shuffle = shuffle
        self._total_override = total_override
        self._replies = 0

    def admit(self, query: Mapping[str, str], *, now: float) -> PageQuery | Answer:
        """Return the page asked for, or the refusal (429, 400) of a request at `now` seconds."""
        if self._throttle is not None and (wait := self._throttle.refused_for(now)):
            return refusal(429, "too many requests", retry_after=wait)
        try:
            return PageQuery.read(
                query, default_limit=self.default_limit, max_limit=self._max_limit
            )
        except BadQueryError as error:
            return refusal(400, str(error))

    def reply(self, query: PageQuery) -> Reply:
        """Apply the changes that are due, then return the page with its fault, if any."""
        self._replies += 1
        while self._changes and self._changes[0].at_request <= self._replies:
            self._rows.apply(self._changes.pop(0))
        fault = self._schedule.next(query.offset)
        offset = 0 if self._ignore_offset else query.offset
        limit = self.default_limit if self._ignore_limit else query.limit
        if fault is None:
            return Reply(page_answer(self._page(offset, offset, limit)))
        edit = fault.edit
        rows_at = offset if edit.page_at is None else edit.page_at
        page = self._page(offset, rows_at, limit + max(edit.resize, 0))
        return Reply(fault.answer(page), fault.delivery)

    def _page(self, offset: int, rows_at: int, limit: int) -> PageContent:
        if self._shuffle is None:
            rows = self._rows.page(rows_at, limit)
        else:
            rows = self._rows.unstable_page(rows_at, limit, self._shuffle)
        total = len(self._rows) if self._total_override is None else self._total_override
        return PageContent(rows=rows, offset=offset, total=total)
