"""One request, safely: a slot, the gate, the attempt, its verdict, and perhaps another."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any, TypeVar

from attrs import define, field

from liner_async._codec.json_text import can_peek
from liner_async._transport.envelope import Reply
from liner_async._transport.limits import ConcurrencyLimiter, PauseGate, RetryBudget
from liner_async._transport.request import ApiKey, Request
from liner_async._transport.retry import (
    RetryPolicy,
    call_with_retries,
    pause_for_everybody,
    retry_cost,
    wait_before_retry,
)
from liner_async._transport.session import HttpSession
from liner_async._transport.telemetry import log_attempt, log_retry
from liner_async.errors import ClientClosedError, LinerError
from liner_async.events import Emit

__all__ = ["Sender", "outcome"]

T = TypeVar("T")
Parse = Callable[[Reply], T]
Limiter = AbstractAsyncContextManager[Any]

_LARGE_BODY = 16 * 2**10


class Sender:
    """Sends the requests of one client; owns their tasks and the limits they share."""

    def __init__(
        self,
        http: HttpSession,
        *,
        key: ApiKey,
        name: str,
        policy: RetryPolicy,
        timeout: float,
        concurrency: int,
        limiter: Limiter | None = None,
        emit: Emit | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.key = key
        self._http = http
        self._name = name
        self._policy = policy
        self._timeout = timeout
        self._limiter: Limiter = limiter if limiter is not None else nullcontext()
        self._emit = emit
        self._clock = clock
        self._sleep = sleep
        self._jitter = jitter
        self._slots = ConcurrencyLimiter(concurrency)
        self._gate = PauseGate(clock=clock, sleep=sleep, random=jitter, spread=policy.wait_initial)
        self._budget = RetryBudget(policy.budget)
        self._judging = asyncio.Lock()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False

    def start(self, request: Request, judge: Parse[T]) -> asyncio.Task[T]:
        """Start a request in a task of its own, which ends at the latest with the client.

        The task raises what `judge` raises, TransportError, or ClientClosedError.
        """
        task = asyncio.get_running_loop().create_task(self._deliver(request, judge))
        self._tasks.add(task)
        task.add_done_callback(self._forget)
        return task

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # mark it as seen: whoever wants it asks the task

    async def aclose(self) -> None:
        """Cancel what is under way, wait for it to end, close the session; may be repeated."""
        if self._loop not in (None, asyncio.get_running_loop()):
            if not self._loop.is_closed():
                raise ClientClosedError(f"{self._name} is in use on another event loop")
            self._http.abandon()
        self._closed = True
        while self._tasks:
            for task in self._tasks:
                task.cancel()
            await asyncio.wait(self._tasks)
        await self._http.aclose()

    def _check_usable(self) -> None:
        if self._closed:
            raise ClientClosedError(f"{self._name} is closed")
        loop = asyncio.get_running_loop()
        if self._loop is None:
            self._loop = loop
        elif self._loop is not loop:
            raise ClientClosedError(
                f"{self._name} belongs to another event loop; open one client in each"
            )

    async def _deliver(self, request: Request, judge: Parse[T]) -> T:
        self._check_usable()
        delivery = _Delivery()

        async def attempt() -> T:
            return await self._attempt(request, judge, delivery)

        def decide(error: LinerError) -> float | None:
            return self._decide(request, error, delivery)

        try:
            value = await call_with_retries(attempt, decide, self._sleep)
        except LinerError as error:
            error.attempts = delivery.attempts or None
            error.offset = request.query.get("offset")
            raise
        finally:
            delivery.last_error = None  # it leads back here, through its traceback
        self._slots.widen()
        self._budget.give_back(delivery.tokens)
        return value

    async def _attempt(self, request: Request, judge: Parse[T], delivery: _Delivery) -> T:
        async with self._slots, self._limiter:
            await self._gate.wait()
            started = self._clock()
            if delivery.started is None:
                delivery.started = started
            seconds = min(self._timeout, delivery.started + self._policy.deadline - started)
            if seconds <= 0 and delivery.last_error is not None:
                raise delivery.last_error
            delivery.attempts += 1
            verdict = await self._ask(request, judge, delivery, seconds)
            log_attempt(
                self._emit,
                request,
                verdict if isinstance(verdict, LinerError) else None,
                attempt=delivery.attempts,
                seconds=self._clock() - started,
                date=delivery.date,
            )
            if isinstance(verdict, LinerError):
                self._hold_back(verdict)
                raise verdict
            return verdict

    async def _ask(
        self, request: Request, judge: Parse[T], delivery: _Delivery, seconds: float
    ) -> T | LinerError:
        """Send, read and judge; an error is a value here, free of the frames that saw the body."""
        try:
            delivery.date = None
            reply = await self._http.exchange(request, seconds=seconds, attempt=delivery.attempts)
            delivery.date = reply.date
            if can_peek() or len(reply.body) < _LARGE_BODY:
                return judge(reply)
            # Answers come in bursts: parsed all in one turn of the loop, they would stall it.
            async with self._judging:
                await asyncio.sleep(0)
                return judge(reply)
        except LinerError as error:
            return error.with_traceback(None)

    def _hold_back(self, error: LinerError) -> None:
        pause = pause_for_everybody(error, self._policy)
        if pause is not None and self._gate.close(pause):
            self._slots.narrow()

    def _decide(self, request: Request, error: LinerError, delivery: _Delivery) -> float | None:
        """Give the seconds until the next attempt, or None; called once per failed attempt."""
        if error is delivery.last_error:  # the deadline ran out while it waited for its turn
            return None
        delivery.last_error = error
        wait = wait_before_retry(
            self._policy,
            error,
            attempt=delivery.attempts,
            elapsed=self._clock() - (delivery.started or 0.0),
            jitter=self._jitter(),
        )
        if wait is None:
            return None
        if error.reason == "closed" and delivery.attempts == 1 and self._http.answered:
            wait = 0.0  # most likely a connection kept alive that the server had given up
        else:
            cost = retry_cost(error)
            if not self._budget.take(cost):
                return None
            delivery.tokens += cost
        log_retry(self._emit, request, error, attempt=delivery.attempts, wait=wait)
        return wait


@define
class _Delivery:
    """What is known about one request while it is tried."""

    attempts: int = 0
    started: float | None = None
    tokens: int = 0
    date: str | None = None
    last_error: LinerError | None = field(default=None, repr=False)


async def outcome(task: asyncio.Task[T]) -> T:
    """Wait for a request's task; cancelling the waiter cancels the request.

    Raises:
        ClientClosedError: the client was closed meanwhile.
    """
    await settled(task)
    if task.cancelled():
        raise ClientClosedError("the client was closed while a request was under way")
    return task.result()


async def settled(*tasks: asyncio.Task[Any]) -> None:
    """Wait until the tasks are done; if the waiter is cancelled, so are they, and awaited.

    Awaiting a task itself would lose a cancellation now and then on Python 3.11, and would hand
    over the traceback of aiohttp's frames, which hold the key.
    """
    try:
        await asyncio.wait(tasks)
    except asyncio.CancelledError:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        raise
