"""One run of a bulk: items in, a bounded number of writes in flight, results out in order."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterator
from functools import partial
from typing import Any

from liner_async._transport.request import Request
from liner_async._transport.sender import Sender
from liner_async._transport.tasks import ended, outcome
from liner_async.errors import (
    AuthError,
    ClientClosedError,
    ConfigError,
    LinerError,
    NotFoundError,
)
from liner_async.resources.bulk_item import BulkItem, LedgerKeeper, bare, checked_key
from liner_async.resources.bulk_job import BulkJob, BulkOptions
from liner_async.resources.bulk_options import Items
from liner_async.resources.bulk_report import BulkReport, ItemOutcome, WriteResult

__all__ = ["BulkRun"]

_PUT_OFF = frozenset({429, 503})  # after all waits that the policy allows
_NOTHING = object()  # to be had of the input, now or ever


class BulkRun:
    """Takes items as they are needed, and hands results out in the order of the input.

    Attributes:
        keeps: whether the report keeps the results that are handed out.
        _rows, _stream: the input, asynchronous or not.
        _writing: the writes in flight.
        _window: the items that are not handed out, in input order.
        _pulling: the step of an asynchronous input that is under way.
        _is_over: whether no further item is taken.
        _failure: the user's own error, or the ledger's, that ended the input.
        _stopped_by: the error that stopped the bulk.
        _doubts: how many writes of this run ended in doubt.
    """

    def __init__(self, sender: Sender, job: BulkJob, items: Items, options: BulkOptions) -> None:
        self.keeps = False
        self._sender = sender
        self._job = job
        self._input = items
        self._rows: Iterator[Any] | None = None
        self._stream: AsyncIterator[Any] | None = None
        self._options = options
        self._ledger = LedgerKeeper(
            options.ledger, host=sender.host, resends=options.resend_unknown
        )
        self._window: deque[BulkItem] = deque()
        self._writing: set[asyncio.Task[Any]] = set()
        self._pulling: asyncio.Task[Any] | None = None
        self._pulled = 0
        self._is_over = False
        self._failure: Exception | None = None
        self._stopped_by: LinerError | None = None
        self._doubts = 0
        self._kept: list[WriteResult] = []
        self._counts: Counter[ItemOutcome] = Counter()

    @property
    def report(self) -> BulkReport:
        """Return what is known so far."""
        return BulkReport(tuple(self._kept), dict(self._counts), self._stopped_by)

    async def open(self) -> None:
        """Take the input and the ledger."""
        if isinstance(self._input, AsyncIterable):
            self._stream = aiter(self._input)
        else:
            self._rows = iter(self._input)
        await self._ledger.open()

    async def next(self) -> WriteResult | None:
        """Return the next result, or None after the last.

        Raises:
            ConfigError: an item differs from the one that the ledger has under its key.
            Exception: what the input, `key`, `on_progress` or the ledger raised.
        """
        while True:
            await asyncio.sleep(0)  # an item that is not sent must not keep the loop
            self._fill()
            if self._window and not self._window[0].in_flight:
                return self._hand_out()
            waited_for = self._under_way()
            if not waited_for:
                break
            await asyncio.wait(waited_for, return_when=asyncio.FIRST_COMPLETED)
        if self._failure is not None:
            raise self._failure
        return None

    def _under_way(self) -> set[asyncio.Task[Any]]:
        return {*self._writing} if self._pulling is None else {*self._writing, self._pulling}

    def _hand_out(self) -> WriteResult:
        result = self._window.popleft().settled()
        self._counts[result.outcome] += 1
        if self.keeps:
            self._kept.append(result)
        if self._options.on_progress is not None:
            self._options.on_progress(result)
        return result

    def _fill(self) -> None:
        """Take and start as many items as may be in flight."""
        most = self._options.concurrency
        if self._pulled and self._sender.closed and not self._is_over:
            self._stop(ClientClosedError("the client was closed while a bulk was under way"))
        try:
            while len(self._window) < 4 * most and len(self._writing) < most:
                item = self._pull()
                if item is _NOTHING:
                    return
                self._accept(item)
        except Exception as error:  # noqa: BLE001 - the user's, raised once all in flight has ended
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        """Note an error, without the frames of ours that hold an item: the user's stay."""
        self._is_over = True
        frames = None if isinstance(error, LinerError) else error.__traceback__
        while frames is not None and frames.tb_frame.f_code.co_filename == __file__:
            frames = frames.tb_next
        if self._failure is None:
            self._failure = error.with_traceback(frames)

    def _pull(self) -> Any:
        """Return the next item if it is there, or _NOTHING."""
        if self._rows is not None and not self._is_over:
            item = next(self._rows, _NOTHING)
            self._is_over = self._is_over or item is _NOTHING
            return item
        if self._stream is not None and self._pulling is None and not self._is_over:
            self._pulling = self._sender.own(_step(self._stream))
        if self._pulling is None or not self._pulling.done():
            return _NOTHING
        step, self._pulling = self._pulling, None
        item = _NOTHING if step.cancelled() else step.result()
        self._is_over = self._is_over or item is _NOTHING
        return item

    def _accept(self, row: Any) -> None:
        """Start an item, or settle it without a request."""
        index = self._pulled
        self._pulled += 1
        key = str(index) if self._options.key is None else checked_key(self._options.key(row))
        item = BulkItem(index, key)
        self._window.append(item)
        request = self._job.prepare(row)
        if self._stopped_by is not None:
            item.end("not_sent")
        elif isinstance(request, ConfigError):
            item.end("invalid", error=request)
        elif not self._ledger.settles(item, request):
            item.task = self._sender.own(self._write(item, request))
            self._writing.add(item.task)
            item.task.add_done_callback(self._writing.discard)

    async def _write(self, item: BulkItem, request: Request) -> None:
        """Send an item, and note what became of it, whatever happens."""
        try:
            try:
                await self._ledger.begin(item)
                await self._send(item, request)
            finally:
                await self._ledger.end(item)
        except Exception as error:  # noqa: BLE001 - the ledger's, raised once all has ended
            self._fail(error)

    async def _send(self, item: BulkItem, request: Request) -> None:
        read = partial(self._job.read, key=self._sender.key)
        try:
            found = await outcome(self._sender.start(request, read, item.note))
        except LinerError as error:
            result = item.end(error.outcome or "not_sent", error=bare(error))
            self._judge(result, error)
        else:
            item.end("done", id=found if self._job.gives_ids else None)

    def _judge(self, result: WriteResult, error: LinerError) -> None:
        """Stop if an error concerns all items."""
        self._doubts += result.outcome == "unknown"
        too_many = self._doubts >= self._options.max_unknown
        is_put_off = result.outcome == "refused" and error.status in _PUT_OFF
        no_host = result.outcome == "not_sent"
        if too_many or no_host or is_put_off or self._speaks_for_all(error):
            self._stop(error)

    def _stop(self, error: LinerError) -> None:
        self._is_over = True
        self._stopped_by = self._stopped_by or error
        if self._pulling is not None:
            self._pulling.cancel()

    def _speaks_for_all(self, error: LinerError) -> bool:
        """Return whether further items would fail in the same way."""
        if isinstance(error, NotFoundError):
            return self._job.creates
        return isinstance(error, AuthError | ClientClosedError)

    async def aclose(self) -> None:
        """Cancel what is in flight, wait until it has ended, and release the ledger."""
        try:
            await ended(self._cancel())
        finally:
            while self._window:
                result = self._window.popleft().settled()
                self._counts[result.outcome] += 1
                self._kept.append(result)
            try:
                await self._close_input()
            finally:
                await self._ledger.aclose()

    async def _close_input(self) -> None:
        """Let a generator clean up now, and not when it is collected.

        An iterator of another kind, such as a queue, is closed only if it was made here.
        """
        stream, self._stream = self._stream, None
        is_ours = isinstance(stream, AsyncGenerator) or stream is not self._input
        if is_ours and (close := getattr(stream, "aclose", None)) is not None:
            await close()

    def abandon(self) -> None:
        """Do the same where nothing can be awaited; the client waits for it when it is closed."""
        if self._cancel() or self._ledger.is_open or self._stream is not None:
            closing = self.aclose()
            try:
                self._sender.own(closing)
            except RuntimeError:  # the event loop is gone, and so are the tasks
                closing.close()

    def _cancel(self) -> set[asyncio.Task[Any]]:
        self._is_over = True
        tasks = self._under_way()
        for task in tasks:
            task.cancel()
        return tasks


async def _step(items: AsyncIterator[Any]) -> Any:
    return await anext(items, _NOTHING)
