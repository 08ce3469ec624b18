"""Calls: `GET /v2/call/` (vendor pages `/devs/api/v2/call/...`)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, ClassVar, Literal, Unpack

from liner_async._paging.cell_source import IdPages
from liner_async._paging.options import ListOptions, Options
from liner_async._paging.pager import Pager
from liner_async._paging.results import Page
from liner_async.errors import ConfigError
from liner_async.models import Call
from liner_async.resources.orders import Orders
from liner_async.resources.periods import WINDOW, WINDOW_ROWS, PeriodResource
from liner_async.resources.signature import spelled_out

__all__ = ["Calls"]


class Calls(PeriodResource[Call]):
    """The calls between the call centre and people."""

    name = "calls"
    model = Call
    identifier = "call_id"
    shown: ClassVar = MappingProxyType(
        {"lead_ids": "lead_id", "order_ids": "order_id", "user_ids": "user_id"}
    )

    @spelled_out(ListOptions)
    def list(
        self,
        *,
        created_from: datetime,
        created_to: datetime | None = None,
        lead_ids: Iterable[int] | None = None,
        order_ids: Iterable[int] | Literal["all"] | None = None,
        user_ids: Iterable[int] | None = None,
        status_ids: Iterable[int] | None = None,
        window: timedelta = WINDOW,
        window_rows: int = WINDOW_ROWS,
        **options: Unpack[ListOptions],
    ) -> Pager[Call]:
        """Return the list of calls created in a period; no request is sent yet.

        The period is read in windows, several at a time, oldest first. Within a window, rows come
        in the server's order, which is not documented. Times need a zone; fractions of a second are
        cut off. More than 100 ids take several requests; only one of the lists may be that long.

        Args:
            created_from: the start of the period, included.
            created_to: the end of the period, excluded; None for the time at which the run starts.
            lead_ids: only calls with these leads; required unless `order_ids` is given. Whether a
                call has to match both is not documented.
            order_ids: only calls of these orders; "all" reads the list of orders first and takes
                their ids. Whether that list holds archived orders is not documented.
            user_ids: only calls of these agents.
            status_ids: only calls with these statuses; rows carry codes, so the SDK cannot check
                this filter.
            window: the longest span to ask for at once; pass less if the server refuses it.
            window_rows: a window with more rows is split, so that offsets stay small.
            **options: see `Pager`.

        Raises:
            ConfigError: an argument is out of its range.
        """
        ids, needs_orders = _ids(lead_ids, order_ids, user_ids, status_ids)
        return self._list_period(
            options,
            ids,
            created_from=created_from,
            created_to=created_to,
            window=window,
            window_rows=window_rows,
            ids_from=("order_ids", self._order_pages) if needs_orders else None,
        )

    async def page(
        self,
        *,
        created_from: datetime,
        created_to: datetime,
        lead_ids: Iterable[int] | None = None,
        order_ids: Iterable[int] | None = None,
        user_ids: Iterable[int] | None = None,
        status_ids: Iterable[int] | None = None,
        offset: int = 0,
        limit: int = 50,
    ) -> Page[Call]:
        """Return one page, just as the endpoint sends it.

        Whether the server includes rows at the exact ends of the period is not documented.

        Args:
            created_from: the start of the period.
            created_to: its end.
            lead_ids: only calls with these leads, 100 at most.
            order_ids: only calls of these orders, 100 at most.
            user_ids: only calls of these agents, 100 at most.
            status_ids: only calls with these statuses, 100 at most.
            offset: the call to start at (calls from the list's start).
            limit: the most calls to ask for, 1 to 100.

        Raises:
            LinerError: see the errors page; the SDK has already retried what could be retried.
        """
        ids, needs_orders = _ids(lead_ids, order_ids, user_ids, status_ids)
        if needs_orders:
            raise ConfigError('order_ids="all" takes more than one request; use list()')
        return await self._page_of(
            ids, created_from=created_from, created_to=created_to, offset=offset, limit=limit
        )

    async def count(
        self,
        *,
        created_from: datetime,
        created_to: datetime | None = None,
        lead_ids: Iterable[int] | None = None,
        order_ids: Iterable[int] | Literal["all"] | None = None,
        user_ids: Iterable[int] | None = None,
        status_ids: Iterable[int] | None = None,
    ) -> int:
        """Return the number of calls that the server reports; one small request per 100 ids.

        Calls created in the second at which the period ends may or may not be counted.

        Args:
            created_from: the start of the period.
            created_to: its end; None for now.
            lead_ids: only calls with these leads; required unless `order_ids` is given.
            order_ids: only calls of these orders; "all" reads the list of orders first.
            user_ids: only calls of these agents.
            status_ids: only calls with these statuses.

        Raises:
            LinerError: see the errors page; the SDK has already retried what could be retried.
        """
        ids, needs_orders = _ids(lead_ids, order_ids, user_ids, status_ids)
        return await self._list_period(
            {},
            ids,
            created_from=created_from,
            created_to=created_to,
            ids_from=("order_ids", self._order_pages) if needs_orders else None,
        ).count()

    def _order_pages(self, options: Options) -> IdPages:
        """Start to read the orders whose calls are asked for."""
        orders = Orders(
            self._sender,
            concurrency=self._concurrency,
            lookahead=self._lookahead,
            emit=self._emit,
        )
        return orders.list(concurrency=options.concurrency, lookahead=options.lookahead).pages()


def _ids(
    lead_ids: Iterable[int] | None,
    order_ids: Iterable[int] | Literal["all"] | None,
    user_ids: Iterable[int] | None,
    status_ids: Iterable[int] | None,
) -> tuple[dict[str, Any], bool]:
    """Return the filters by ids, and whether those of all orders are to be looked up."""
    if lead_ids is None and order_ids is None:
        raise ConfigError(
            'calls are listed by lead_ids or order_ids; order_ids="all" reads those of every order'
        )
    is_all = isinstance(order_ids, str) and order_ids == "all"
    ids = {
        "lead_ids": lead_ids,
        "order_ids": None if is_all else order_ids,
        "user_ids": user_ids,
        "status_ids": status_ids,
    }
    return ids, is_all
