"""One request, safely: a slot, the gate, an attempt, its verdict, and perhaps another attempt."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, nullcontext
from functools import partial
from typing import Any, Literal, TypeVar

from liner_async._transport.circuit import Circuit
from liner_async._transport.credentials import ApiKey
from liner_async._transport.delivery import Delivery, OnEnd, Parse
from liner_async._transport.gate import PauseGate
from liner_async._transport.limits import ConcurrencyLimiter, RetryBudget, limit_of
from liner_async._transport.load import Load
from liner_async._transport.outage import Outage
from liner_async._transport.request import Request
from liner_async._transport.retry import (
    RetryPolicy,
    may_be_stale,
    retry_cost,
    retrying,
    wait_before_retry,
)
from liner_async._transport.session import HttpSession
from liner_async._transport.tasks import OwnedTasks
from liner_async._transport.telemetry import log_attempt, log_retry
from liner_async._transport.writes import concluded
from liner_async.errors import ClientClosedError, LinerError
from liner_async.events import Emit

__all__ = ["Sender"]

T = TypeVar("T")
Limiter = AbstractAsyncContextManager[Any]


class Sender:
    """Sends the requests of one client; owns their tasks and the limits that they share.

    Attributes:
        key: the client's API key.
        host: the installation, without the key.
        closed: whether `aclose` was called; no request starts after that.
        _limit: decides how many attempts may be in flight.
        _slots: gives out as many.
        _load: counts those on the wire, and reports to the limit how they end.
        _gate: holds every attempt back while the server asked for a pause.
        _budget: the tokens left for retries.
        _circuit: holds every attempt back while the host is away, except one probe at a time.
        _tasks: the requests under way.
        _loop: the event loop of the first request, the only one from then on.
    """

    def __init__(
        self,
        http: HttpSession,
        *,
        key: ApiKey,
        name: str,
        policy: RetryPolicy,
        timeout: float,
        concurrency: int | Literal["auto"],
        max_concurrency: int = 32,
        limiter: Limiter | None = None,
        emit: Emit | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.key = key
        self.host = http.base
        self._http = http
        self._name = name
        self._policy = policy
        self._timeout = timeout
        self._limiter: Limiter = limiter if limiter is not None else nullcontext()
        self._emit = emit
        self._clock = clock
        self._sleep = sleep
        self._jitter = jitter
        self._limit = limit_of(concurrency, most=max_concurrency, clock=clock)
        self._slots = ConcurrencyLimiter(self._limit.limit)
        self._load = Load(self._limit)
        self._gate = PauseGate(policy, clock=clock, sleep=sleep, random=jitter)
        self._budget = RetryBudget(policy.budget)
        self._circuit = Circuit(
            Outage(policy, clock=clock, random=jitter), host=self.host, clock=clock, sleep=sleep
        )
        self._tasks = OwnedTasks()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.closed = False

    def concurrency(self) -> int:
        """Return how many requests may be in flight now."""
        return self._limit.limit()

    def start(self, request: Request, parse: Parse[T], on_end: OnEnd = None) -> asyncio.Task[T]:
        """Start a request in a task of its own, which ends with the client at the latest.

        The task raises what `parse` raises of its answer, TransportError, OutcomeUnknownError for a
        write, or ClientClosedError. `on_end` is called with what became of a write.
        """
        delivery = Delivery(request, parse, on_end)
        send = partial(self._send, delivery)
        if request.body is None:
            return self.own(send())
        return self.own(
            concluded(
                delivery, send, emit=self._emit, clock=self._clock, is_closed=lambda: self.closed
            )
        )

    def own(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start work of several requests in a task that ends with the client at the latest."""
        return self._tasks.start(work)

    async def aclose(self) -> None:
        """Cancel what is under way, wait for it to end, close the session; may be repeated."""
        if self._loop not in (None, asyncio.get_running_loop()):
            if not self._loop.is_closed():
                raise ClientClosedError(f"{self._name} is in use on another event loop")
            self._http.abandon()
        self.closed = True
        await self._tasks.cancel()
        await self._http.aclose()

    def _check_usable(self) -> None:
        if self.closed:
            raise ClientClosedError(f"{self._name} is closed: open a new one")
        loop = asyncio.get_running_loop()
        if self._loop is None:
            self._loop = loop
        elif self._loop is not loop:
            raise ClientClosedError(
                f"{self._name} belongs to another event loop; open one client in each"
            )

    async def _send(self, delivery: Delivery[T]) -> T:
        """Try until an attempt succeeds or none is worth its wait any more."""
        self._check_usable()
        self._circuit.enter(delivery)
        try:
            await self._attempt(delivery)
            if delivery.failure is not None:
                # tenacity costs up to 6 % of a page, so only what failed meets it. Its loop begins
                # with the failure that is there.
                async for turn in retrying(partial(self._wait_after, delivery), self._sleep):
                    with turn:
                        if turn.retry_state.attempt_number > 1:
                            await self._attempt(delivery)
                        delivery.check()
        except LinerError as error:
            error.attempts = delivery.attempts or None
            error.method, error.path = delivery.request.method, delivery.request.path
            error.offset = delivery.request.number("offset")
            self._circuit.explain(delivery, error)
            raise
        finally:
            delivery.forget()
            self._circuit.leave(delivery)
        self._budget.give_back(delivery.tokens)
        return delivery.value

    async def _attempt(self, delivery: Delivery[Any]) -> None:
        """Send once, as soon as circuit, slot, limiter and gate allow."""
        while await self._circuit.admit(delivery):
            async with self._slots:
                if self._circuit.holds(delivery):
                    continue
                async with self._limiter:
                    await self._gate.wait()
                    if not self._circuit.holds(delivery):
                        await self._try(delivery)
                        return
        delivery.give_up(self._circuit.outage.error)

    async def _try(self, delivery: Delivery[Any]) -> None:
        """Send now, and record how it ended."""
        started = self._clock()
        if delivery.started is None:
            delivery.started = started
        seconds = min(self._timeout, delivery.started + self._policy.deadline - started)
        if seconds <= 0 and delivery.failure is not None:
            delivery.is_over = True
            return
        delivery.begin()
        self._circuit.begin(delivery)
        delivery.record(await self._exchange(delivery, seconds))
        taken = self._clock() - started
        log_attempt(self._emit, delivery, seconds=taken, concurrency=self._limit.limit())
        self._gate.record(delivery.failure, sent_at=started, attempt=delivery.attempts)
        is_back = self._circuit.record(
            delivery, in_flight=self._slots.held, is_stale=self._may_be_stale(delivery)
        )
        self._load.end(delivery.failure, seconds=taken, is_away=self._circuit.outage.is_on)
        if is_back:
            self._limit.restart(self._slots.held)

    async def _exchange(self, delivery: Delivery[Any], seconds: float) -> LinerError | None:
        """Send, read and parse; return a failure as a value, free of frames that saw the body."""
        delivery.status = delivery.date = None
        self._load.start()
        try:
            response = await self._http.exchange(
                delivery.request,
                seconds=seconds,
                attempt=delivery.attempts,
                begin=delivery.progress.begin,
            )
            delivery.status, delivery.date = response.status, response.date
            delivery.value = delivery.parse(response)
        except LinerError as error:
            return error.with_traceback(None)
        except BaseException:
            self._load.drop()
            raise
        return None

    def _may_be_stale(self, delivery: Delivery[Any]) -> bool:
        return delivery.failure is not None and may_be_stale(
            delivery.failure, attempt=delivery.attempts, answered=self._http.answered
        )

    def _wait_after(self, delivery: Delivery[Any], error: LinerError) -> float | None:
        """Return the seconds until the next attempt, or None; called once per failed attempt."""
        is_over = delivery.is_over or self._circuit.has_given_up(delivery)
        if is_over or not delivery.may_repeat(self._policy.writes):
            return None
        pause, outage = self._gate.remaining(), self._circuit.least_wait()
        wait = wait_before_retry(
            self._policy,
            error,
            attempt=delivery.attempts,
            elapsed=self._clock() - (delivery.started or 0.0),
            jitter=self._jitter(),
            pause=pause,
            alike=delivery.alike,
            in_doubt=delivery.progress.in_doubt_since is not None,
        )
        if wait is None:
            return None
        if self._may_be_stale(delivery):
            wait = 0.0
        elif outage is None:  # which has a limit of its own
            if not self._budget.take(cost := retry_cost(error)):
                return None
            delivery.tokens += cost
        is_held_back = pause > 0 or outage is not None  # and waits there
        log_retry(
            self._emit,
            delivery.request,
            error,
            attempt=delivery.attempts,
            wait=max(pause, outage or 0.0) if is_held_back else wait,
            is_outage=outage is not None,
        )
        return 0.0 if is_held_back else wait
