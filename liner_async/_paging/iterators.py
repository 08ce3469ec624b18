"""The iterators that users step: over pages, and over single items."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, NoReturn, Self, TypeVar

from liner_async._paging.consistency import ConsistencyTracker
from liner_async._paging.options import Options
from liner_async._paging.page_source import PageSource
from liner_async._paging.results import Page
from liner_async._paging.run import Run
from liner_async._paging.series import Series
from liner_async._paging.summary import Summary
from liner_async.errors import ClientClosedError, PagingError

__all__ = ["ItemIterator", "PageIterator"]

T = TypeVar("T")


def _refuse_plain_for(_: object, __: object) -> NoReturn:
    """Say how to iterate; as `__getitem__`, since `__iter__` would make an Iterable of a class."""
    raise TypeError("pages and items are read asynchronously: write `async for`")


class PageIterator(AsyncIterator[Page[T]], Generic[T]):
    """The pages of one run, in order; an async iterator and an async context manager.

    A cancelled step (by `asyncio.timeout`, say) can be taken again and loses nothing: what is in
    flight continues meanwhile and serves the next step, and nothing new is started until then. If
    the task whose step was cancelled ends, so do the requests; a later step sends them again. After
    an error each further step raises that error again.

    Attributes:
        _run: the run, from the first step on.
        _is_stepping: whether a step is under way.
        _is_closed: whether `aclose` was called.
        _cancelled_in: the task whose step was cancelled last, until the next step.
    """

    def __init__(
        self,
        source: PageSource[T],
        options: Options,
        tracker: ConsistencyTracker[T] | Summary[T],
    ) -> None:
        self._source = source
        self._options = options
        self._tracker = tracker
        self._run: Run[T] | Series[T] | None = None
        self._is_stepping = False
        self._is_closed = False
        self._cancelled_in: asyncio.Task[Any] | None = None

    if not TYPE_CHECKING:  # a type checker refuses it by itself
        __getitem__ = _refuse_plain_for

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Page[T]:
        """Return the next page.

        Raises:
            LinerError: the list cannot be read further; `offset` and `resume_point` say where to
                continue. The SDK has already retried what could be retried.
        """
        if self._is_stepping:
            raise PagingError("two tasks step one iterator; give each a loop over the pager itself")
        if self._run is None:
            if self._is_closed:
                raise ClientClosedError("this iterator was closed before its first step")
            self._run = self._open()
        self._is_stepping = True
        self._watch(self._run, None)
        try:
            page = await self._run.next_page()
        except asyncio.CancelledError:
            self._watch(self._run, asyncio.current_task())
            raise
        finally:
            self._is_stepping = False
        if page is None:
            raise StopAsyncIteration
        return page

    def _open(self) -> Run[T] | Series[T]:
        if isinstance(self._tracker, Summary):
            return Series(self._source, self._tracker.cells, self._options, self._tracker)
        return Run(self._source, self._options, self._tracker)

    def _watch(self, run: Run[T] | Series[T], task: asyncio.Task[Any] | None) -> None:
        """Suspend the run when a task ends, in place of the one watched before."""
        if self._cancelled_in is not None:
            self._cancelled_in.remove_done_callback(run.suspend)
        self._cancelled_in = None
        if task is not None and not _is_one_step(task):
            task.add_done_callback(run.suspend)  # not a method of ours, which would keep us alive
            self._cancelled_in = task

    async def aclose(self) -> None:
        """End the run: cancel its requests and wait until they have ended; may be repeated.

        A step after that raises ClientClosedError, unless the run had come to its end.
        """
        self._is_closed = True
        if self._run is not None:
            await self._run.aclose()

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
        """Cancel the run's requests: a `break` drops the iterator without closing it."""
        run: Run[T] | Series[T] | None = getattr(self, "_run", None)
        if run is None or run.loop.is_closed():
            return
        with suppress(RuntimeError):  # no loop runs in this thread, or it was closed just now
            if asyncio.get_running_loop() is run.loop:
                self._watch(run, None)
                run.cancel()
                return
        with suppress(RuntimeError):
            run.loop.call_soon_threadsafe(run.cancel)


def _is_one_step(task: asyncio.Task[Any]) -> bool:
    """Return whether a task was made for a single step, as `wait_for` makes one on Python 3.11."""
    return getattr(task.get_coro(), "__name__", "") == "__anext__"


class ItemIterator(AsyncIterator[T], Generic[T]):
    """The items of one run, in order; an async iterator and an async context manager.

    Steps and errors are those of PageIterator.
    """

    def __init__(self, pages: PageIterator[T], tracker: ConsistencyTracker[T] | Summary[T]) -> None:
        self._pages = pages
        self._tracker = tracker

    if not TYPE_CHECKING:  # a type checker refuses it by itself
        __getitem__ = _refuse_plain_for

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        """Return the next item; see `PageIterator.__anext__` for what it raises."""
        for item in self._tracker.rest:
            return item
        while True:
            page = await anext(self._pages)
            self._tracker.rest = iter(page.items)
            for item in self._tracker.rest:
                return item

    async def aclose(self) -> None:
        """End the run, as `PageIterator.aclose` does."""
        self._tracker.rest = iter(())
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
