"""Orders: `GET /v2/order/` (vendor page `/devs/api/v2/order/list/`)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, partial
from operator import attrgetter
from time import perf_counter

from liner_async._codec.decoder import PageDecoder
from liner_async._paging.consistency import Consistency
from liner_async._paging.options import LARGEST_PAGE, Options
from liner_async._paging.pager import Pager
from liner_async._paging.results import OnInvalid, Page, Progress
from liner_async._transport.envelope import RawPage, read_page
from liner_async._transport.request import Request
from liner_async._transport.sender import Sender, outcome
from liner_async.errors import ConfigError
from liner_async.events import Emit, PageEvent
from liner_async.models import Order
from liner_async.resume import ResumePoint

__all__ = ["Orders"]

_PATH = "/v2/order/"
_identity = attrgetter("id")


@cache
def _decoder() -> PageDecoder[Order]:
    """Give the decoder, which takes as long to make as a small module to import."""
    return PageDecoder(Order)


def _now() -> datetime:
    return datetime.now(UTC)


class Orders:
    """The orders of an installation, read-only; the vendor documents no filter."""

    def __init__(
        self,
        transport: Sender,
        *,
        concurrency: int,
        lookahead: int | None,
        emit: Emit | None = None,
    ) -> None:
        self._transport = transport
        self._concurrency = concurrency
        self._lookahead = lookahead
        self._emit = emit
        self._decode = _decoder()

    def list(
        self,
        *,
        offset: int = 0,
        page_size: int = LARGEST_PAGE,
        max_items: int | None = None,
        concurrency: int | None = None,
        lookahead: int | None = None,
        ordered: bool = True,
        consistency: Consistency = "detect",
        on_invalid: OnInvalid = "raise",
        resume: ResumePoint | None = None,
        on_progress: Callable[[Progress], object] | None = None,
    ) -> Pager[Order]:
        """Give the list of orders, to be iterated or awaited; no request is sent yet.

        Args:
            offset: the order to start at (orders from the list's start).
            page_size: orders per request, 1 to 100.
            max_items: the most orders to hand out; None for all. No request beyond them is sent.
            concurrency: requests in flight for this list; None for the client's.
            lookahead: pages asked for and not yet handed out, kept raw in memory; None for the
                client's, which is by default four times the concurrency.
            ordered: whether pages are handed out in list order, or as they arrive.
            consistency: "detect" drops orders that come twice and notices a list that moves;
                "strict" also reads pages that overlap by one order, steps back where they do not
                follow on each other, and raises PagingDriftError at the end if orders may be
                missing; "off" does none of it and keeps nothing in memory.
            on_invalid: "raise" a DecodeError for an order that does not fit the model, or "skip"
                it and list it in the page's `problems` and in the report.
            resume: where an earlier run got to: a page's or an error's `resume_point`. The order
                before it is read again to see whether the list moved; `offset` must be 0.
            on_progress: called with a Progress for every page, in the loop's thread.

        Raises:
            ConfigError: an argument is out of its range.
        """
        at_once = self._concurrency if concurrency is None else concurrency
        ahead = self._lookahead if lookahead is None else lookahead
        return Pager(
            Options(
                fetch=self._fetch,
                decode=self._decode,
                model=Order,
                key=_identity,
                offset=offset,
                page_size=page_size,
                max_items=max_items,
                concurrency=at_once,
                lookahead=4 * at_once if ahead is None else ahead,
                ordered=ordered,
                consistency=consistency,
                on_invalid=on_invalid,
                resume=resume,
                on_progress=on_progress,
                path=_PATH,
                emit=self._emit,
                clock=perf_counter,
                now=_now,
            ),
            name="orders",
        )

    async def page(self, *, offset: int = 0, limit: int = 50) -> Page[Order]:
        """Read one page, just as the endpoint gives it.

        Args:
            offset: the order to start at.
            limit: the most orders to ask for, 1 to 100.

        Raises:
            LinerError: see the errors page; the SDK has already retried what could be retried.
        """
        if type(offset) is not int or offset < 0:
            raise ConfigError("offset must be an integer of at least 0")
        if type(limit) is not int or not 1 <= limit <= LARGEST_PAGE:
            raise ConfigError(f"limit must be an integer from 1 to {LARGEST_PAGE}")
        raw = await outcome(self._fetch(offset, limit))
        began = perf_counter()
        page = self._decode(raw, offset=offset, limit=limit)
        if self._emit is not None:
            self._emit(
                PageEvent(
                    path=_PATH,
                    offset=offset,
                    limit=limit,
                    received=page.received,
                    items=len(page),
                    total=page.total,
                    attempts=raw.attempts,
                    seconds=perf_counter() - began,
                )
            )
        return page

    async def count(self) -> int:
        """Give the number of orders the installation has; one small request."""
        return await self.list().count()

    def _fetch(self, offset: int, limit: int) -> asyncio.Task[RawPage]:
        request = Request(_PATH, {"offset": offset, "limit": limit})
        return self._transport.start(request, partial(read_page, key=self._transport.key))
