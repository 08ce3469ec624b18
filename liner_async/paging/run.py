"""One run over a list: the iterator of pages, and of single items."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Hashable
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar

from attrs import frozen

from liner_async.errors import ClientClosedError, LinerError, PagingError
from liner_async.paging.audit import Audit, Consistency
from liner_async.paging.plan import Plan
from liner_async.paging.window import Arrival, Fetch, Window
from liner_async.results import OnInvalid, Page, Progress

__all__ = ["Decode", "ItemIterator", "Options", "PageIterator", "RawPage"]

T = TypeVar("T")

_log = logging.getLogger("liner_async.paging")


class RawPage(Protocol):
    """What the transport brings: a page whose envelope is sound, its items not decoded yet."""

    @property
    def attempts(self) -> int:
        """Requests it took, the first one included."""


class Decode(Protocol[T]):
    """Makes a page of models of a raw one; raises DecodeError, or leaves out what does not fit."""

    def __call__(
        self, raw: Any, *, offset: int, limit: int, on_invalid: OnInvalid
    ) -> Page[T]: ...


@frozen(kw_only=True)
class Options(Generic[T]):
    """What a run is to do; `Pager` documents the fields."""

    fetch: Fetch[RawPage]
    decode: Decode[T]
    key: Callable[[T], Hashable]
    offset: int
    page_size: int
    max_items: int | None
    concurrency: int
    lookahead: int
    ordered: bool
    consistency: Consistency
    on_invalid: OnInvalid
    on_progress: Callable[[Progress], object] | None
    clock: Callable[[], float]


class PageIterator(AsyncIterator[Page[T]], Generic[T]):
    """The pages of one run, in order; an async iterator and an async context manager.

    A cancelled step (by `asyncio.timeout`, say) can be taken again: no page is lost, but what was
    in flight is asked for again. After an error each further step raises that error again.
    """

    def __init__(self, options: Options[T], audit: Audit[T]) -> None:
        self._options = options
        self._audit = audit
        self._plan = Plan(options.offset, options.page_size, options.max_items)
        self._window: Window[RawPage] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._began = 0.0
        self._is_stepping = False
        self._has_warned = False
        self._has_warned_of_next = False
        self._failure: BaseException | None = None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Page[T]:
        """Give the next page.

        Raises:
            LinerError: the list cannot be read further; `offset` says from where on. The SDK has
                already retried what could be retried.
        """
        if self._is_stepping:
            raise PagingError("two tasks step one iterator; give each a loop over the pager itself")
        self._is_stepping = True
        try:
            page = await self._next_page()
        finally:
            self._is_stepping = False
        if page is None:
            raise StopAsyncIteration
        return page

    async def _next_page(self) -> Page[T] | None:
        if self._failure is not None:
            raise self._failure
        if self._audit.complete:
            return None
        window = self._window or self._open()
        try:
            while True:
                page = self._enter(window, await window.take())
                if page is not None or self._audit.complete:
                    return page
        except asyncio.CancelledError:
            raise
        except LinerError as error:
            failure = error.with_traceback(None)  # its frames hold what the server sent
        except BaseException as error:
            await self._fail(window, error)
            raise
        await self._fail(window, failure)
        raise failure

    def _open(self) -> Window[RawPage]:
        options = self._options
        self._loop = asyncio.get_running_loop()
        self._began = options.clock()
        self._window = Window(
            options.fetch,
            self._plan.next_span,
            concurrency=options.concurrency,
            lookahead=options.lookahead,
            ordered=options.ordered,
        )
        return self._window

    def _enter(
        self, window: Window[RawPage], arrival: Arrival[RawPage] | None
    ) -> Page[T] | None:
        """Decode and enter a page; None for one that has nothing new, and at the end."""
        audit, options = self._audit, self._options
        if arrival is None:
            enough = options.max_items is not None and audit.handed_out >= options.max_items
            audit.close(whole=not enough)
            self._warn()
            return None
        span, raw = arrival.span, arrival.raw
        audit.retries += raw.attempts - 1
        page = options.decode(
            raw, offset=span.offset, limit=span.limit, on_invalid=options.on_invalid
        )
        hole = self._plan.accept(span, rows=page.received, total=page.total)
        if hole is not None:
            window.insert(hole)
        fresh = audit.enter(span, page, most=options.max_items)
        if options.max_items is not None:
            self._plan.wanted = options.max_items + audit.duplicates + len(audit.skipped)
        window.fill()
        audit.advance(span.offset + page.received, window.first_offset)
        self._warn()
        if not fresh and not fresh.problems:
            return None
        if options.on_progress is not None:
            options.on_progress(self._progress())
        return fresh

    def _progress(self) -> Progress:
        audit, options = self._audit, self._options
        expected = max(audit.handed_out, (audit.last_total or 0) - options.offset)
        return Progress(
            done=audit.handed_out,
            total=expected if options.max_items is None else min(expected, options.max_items),
            pages=audit.pages,
            elapsed=options.clock() - self._began,
        )

    def _warn(self) -> None:
        """Say once a run that the list moved, and once that `next` contradicts the pages."""
        audit = self._audit
        if audit.drift and not self._has_warned:
            self._has_warned = True
            reason = next(iter(audit.drift.values()))
            _log.warning("the list moved while it was read (%s); items may be missing", reason)
        if audit.next_is_wrong and not self._has_warned_of_next:
            self._has_warned_of_next = True
            _log.warning("the server's `next` contradicts its pages; it is not relied on")

    async def _fail(self, window: Window[RawPage], error: BaseException) -> None:
        self._failure = error
        if isinstance(error, LinerError):
            error.offset = self._audit.next_offset
            self._audit.retries += max(0, (error.attempts or 1) - 1)
        await window.aclose()

    async def aclose(self) -> None:
        """End the run: cancel its requests and wait until they have ended; may be repeated.

        A step after that raises ClientClosedError, unless the run had come to its end.
        """
        if self._failure is None and not self._audit.complete:
            self._failure = ClientClosedError("this iterator was closed before the list's end")
        if self._window is not None:
            await self._window.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def __del__(self) -> None:
        window, loop = getattr(self, "_window", None), getattr(self, "_loop", None)
        if window is None or loop is None or loop.is_closed():
            return
        try:
            is_here = asyncio.get_running_loop() is loop
        except RuntimeError:
            is_here = False
        if is_here:
            window.cancel()
        else:  # collected by another thread, or between two turns of the loop
            loop.call_soon_threadsafe(window.cancel)


class ItemIterator(AsyncIterator[T], Generic[T]):
    """The items of one run, in order; an async iterator and an async context manager.

    Steps and errors are those of PageIterator.
    """

    def __init__(self, pages: PageIterator[T], audit: Audit[T]) -> None:
        self._pages = pages
        self._audit = audit

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        """Give the next item; see `PageIterator.__anext__` for what it raises."""
        for item in self._audit.rest:
            return item
        while True:
            page = await anext(self._pages)
            self._audit.rest = iter(page.items)
            for item in self._audit.rest:
                return item

    async def aclose(self) -> None:
        """End the run, as `PageIterator.aclose` does."""
        self._audit.rest = iter(())
        await self._pages.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()
