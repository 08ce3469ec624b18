"""Many writes as one: what users hold of a bulk."""

from __future__ import annotations

import warnings
from collections.abc import AsyncIterable, AsyncIterator, Callable, Generator, Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn, Self

from liner_async._transport.sender import Sender
from liner_async.errors import BulkWriteError, ConfigError, LinerError
from liner_async.resources.bulk_job import BulkJob, BulkOptions
from liner_async.resources.bulk_options import Items
from liner_async.resources.bulk_report import BulkReport, WriteResult
from liner_async.resources.bulk_run import BulkRun

__all__ = ["BulkWrite", "WriteIterator"]


class BulkWrite:
    """Many creates or updates, a few at a time; nothing is sent until it is awaited or iterated.

        report = await liner.leads.create_many(rows)  # all done, or BulkWriteError
        async for result in liner.leads.create_many(rows): ...  # in flat memory

    Items are taken from any iterable or async iterable as needed, at most 4 x `concurrency` ahead.
    Requests start and results come in input order. One bad item does not stop the others. An error
    that concerns all of them does: a rejected key, a missing path, a host that cannot be reached or
    asks for a longer wait than the policy allows, a closed client, or `max_unknown` writes in
    doubt.

    Leaving early (`break`, an exception, a cancellation) starts nothing more and cancels what is in
    flight; `report` then says what became of those writes. A bulk can be used only once.

    Args:
        concurrency: writes in flight at most, within the client's own limit.
        key: returns the text by which the ledger knows an item; None for its place in the input,
            which is enough if a later run reads exactly the same input.
        ledger: keeps what was sent and what became of it, so that a later run sends only the rest.
        on_failure: "raise" a BulkWriteError if anything is not done, or only return the "report".
        max_unknown: stop sending after this many writes in doubt.
        resend_unknown: whether to send again what an earlier run left in doubt. It may be there
            already: look first.
        on_progress: called with each result as it is handed out.

    Raises:
        ConfigError: an option is out of its range.
    """

    def __init__(self, sender: Sender, job: BulkJob, items: Items, options: BulkOptions) -> None:
        self._is_used = True  # until it can be used
        if not isinstance(items, Iterable | AsyncIterable) or isinstance(items, str | bytes):
            raise ConfigError("the items must come from an iterable, asynchronous or not")
        self._name = job.name
        self._run = BulkRun(sender, job, items, options)
        self._raises = options.on_failure == "raise"
        self._is_used = False

    def __repr__(self) -> str:
        """Say what became of the items so far, or how to send them."""
        hint = "await it, or iterate over it, to send anything"
        return f"<BulkWrite of {self._name}: {self.report if self._is_used else hint}>"

    if not TYPE_CHECKING:  # a type checker refuses it by itself

        def __getitem__(self, _: object) -> NoReturn:
            """Say how to run a bulk; `__iter__` would make every bulk an Iterable."""
            raise TypeError(
                "a bulk runs asynchronously: write `async for result in bulk`, "
                "or `report = await bulk`"
            )

    @property
    def report(self) -> BulkReport:
        """Return what is known so far; see BulkReport for a bulk that is iterated."""
        return self._run.report

    def __await__(self) -> Generator[Any, None, BulkReport]:
        return self._complete().__await__()

    async def _complete(self) -> BulkReport:
        self._run.keeps = True
        async with aiter(self) as results:
            async for _ in results:
                pass
        report = self.report
        if self._raises and (report.stopped_by is not None or len(report.done) < len(report)):
            raise self._failure()
        return report

    def __aiter__(self) -> WriteIterator:
        """Return the iterator over the results.

        Raises:
            ConfigError: the bulk was used before.
        """
        if self._is_used:
            raise ConfigError("a bulk is used once; make another one for the items that are left")
        self._is_used = True
        return WriteIterator(self._run, self._stopped)

    def __del__(self) -> None:
        if not self._is_used:
            warnings.warn(
                "a bulk was neither awaited nor iterated: nothing was sent",
                RuntimeWarning,
                stacklevel=2,
            )

    def _stopped(self) -> BulkWriteError | None:
        """Return the error that ends an iteration after the bulk was stopped."""
        is_stopped = self.report.stopped_by is not None and not self._run.keeps
        return self._failure() if is_stopped and self._raises else None

    def _failure(self) -> BulkWriteError:
        error = BulkWriteError(f"not everything was done: {self.report}")
        error.report = self.report
        error.__cause__ = self.report.stopped_by
        return error


class WriteIterator(AsyncIterator[WriteResult]):
    """The results of a bulk, in input order; an async iterator and an async context manager."""

    def __init__(self, run: BulkRun, end: Callable[[], LinerError | None]) -> None:
        self._run = run
        self._end = end
        self._is_begun = False
        self._is_over = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> WriteResult:
        """Return the next result.

        Raises:
            BulkWriteError: an error stopped the bulk, and all results were handed out.
            ConfigError: the ledger cannot be used, or knows another item by a key.
            Exception: what the input, `key`, `on_progress` or the ledger raised.
        """
        if self._is_over:
            raise StopAsyncIteration
        try:
            if not self._is_begun:
                self._is_begun = True
                await self._run.open()
            result = await self._run.next()
        except BaseException:
            await self.aclose()
            raise
        if result is not None:
            return result
        await self.aclose()
        if (error := self._end()) is not None:
            raise error
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """Cancel what is in flight, and wait until it has ended; may be repeated."""
        self._is_over = True
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
        if not self._is_over:
            self._run.abandon()
