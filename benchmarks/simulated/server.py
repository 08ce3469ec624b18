"""Simulated servers: what limits them, and how a request fares there."""

from __future__ import annotations

import heapq
import math
import random
from collections import deque
from collections.abc import Callable

from attrs import frozen

__all__ = ["Answer", "ServerModel", "SimulatedServer", "Timeline"]

_SWING_SECONDS = 60.0


@frozen(kw_only=True)
class ServerModel:
    """What a server can do.

    Attributes:
        latency: seconds on the way and in whatever does not queue, per request.
        sigma: the spread of latency and of work (lognormal, mean kept); 0 for none.
        work: seconds that a request keeps a worker busy.
        workers: requests worked on at once; None for no limit.
        shares: whether all requests share the workers at once, instead of queueing for them.
        thrash: how much slower everything gets for each request beyond the workers.
        queue: requests that may wait for a worker; None for any number.
        rate: requests allowed per second; None for no limit.
        burst: how many of them may come at once.
        retry_after: seconds that a 429 asks for; None where it names none.
        window: seconds after which as many requests as the rate allows in them may come again,
            all at once, and for the end of which a 429 asks; None where the rate flows.
        flaky: the share of requests that fail whatever the load.
        drift: by how much the latency swings around its mean, 0 to 1, once a minute.
        steps: pairs of a time and the number of workers from then on.
        rival: requests a second that others send, while they do.
        rival_period: seconds after which the others pause, and go on.
    """

    latency: float
    sigma: float = 0.0
    work: float = 0.0
    workers: int | None = None
    shares: bool = False
    thrash: float = 0.0
    queue: int | None = None
    rate: float | None = None
    burst: float = 1.0
    retry_after: float | None = None
    window: float | None = None
    flaky: float = 0.0
    drift: float = 0.0
    steps: tuple[tuple[float, int], ...] = ()
    rival: float = 0.0
    rival_period: float = 5.0


class Timeline:
    """Simulated seconds, and what is to happen when."""

    def __init__(self) -> None:
        self.now = 0.0
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0

    def at(self, time: float, action: Callable[[], None]) -> None:
        """Do something at a time."""
        self._count += 1
        heapq.heappush(self._heap, (time, self._count, action))

    def step(self) -> None:
        """Do what comes next."""
        self.now, _, action = heapq.heappop(self._heap)
        action()

    def clock(self) -> float:
        """Return the simulated time."""
        return self.now


Answer = Callable[[int, float | None], None]
"""Called with the status and the Retry-After when the answer arrives."""


class SimulatedServer:
    """Answers requests with 200, 429 or 502.

    Attributes:
        _progress: the work that each request in service has had so far, in seconds: all get the
            same, so one number is enough to know who is done.
        _serving: what is in service, by the progress at which it is done.
        _waiting: what waits for a worker, first come first.
        _tokens: requests that the rate limit allows at once.
    """

    def __init__(self, model: ServerModel, timeline: Timeline, seed: int) -> None:
        self._model = model
        self._timeline = timeline
        self._random = random.Random(seed)
        self._workers = math.inf if model.workers is None else model.workers
        self._progress = 0.0
        self._progress_at = 0.0
        self._serving: list[tuple[float, int, Callable[[], None]]] = []
        self._waiting: deque[tuple[float, Callable[[], None]]] = deque()
        self._count = 0
        self._wake = 0
        self._tokens = model.burst
        self._tokens_at = 0.0
        for time, workers in model.steps:
            timeline.at(time, lambda workers=workers: self._resize(workers))  # type: ignore[misc]  # bound now
        if model.rival:
            self._rival()

    def send(self, answer: Answer) -> None:
        """Take a request in, and answer it in time."""
        model = self._model
        swing = 1 + model.drift * math.sin(self._timeline.now * math.tau / _SWING_SECONDS)
        there = self._spread(model.latency) * swing / 2
        self._timeline.at(self._timeline.now + there, lambda: self._arrive(answer, there))

    def _arrive(self, answer: Answer, back: float) -> None:
        model = self._model
        if not self._has_token():
            self._answer_later(answer, 429, back)
        elif model.flaky and self._random.random() < model.flaky:
            self._answer_later(answer, 500, back)
        elif not self._work(lambda: self._answer_later(answer, 200, back)):
            self._answer_later(answer, 502, back)

    def _answer_later(self, answer: Answer, status: int, back: float) -> None:
        now, model = self._timeline.now, self._model
        wait = model.retry_after if status == 429 else None
        if status == 429 and model.window:
            wait = math.ceil(model.window - now % model.window)
        self._timeline.at(now + back, lambda: answer(status, wait))

    def _spread(self, mean: float) -> float:
        sigma = self._model.sigma
        return mean * self._random.lognormvariate(-sigma * sigma / 2, sigma) if sigma else mean

    def _has_token(self) -> bool:
        model, now = self._model, self._timeline.now
        if model.rate is None:
            return True
        if model.window:
            if now // model.window != self._tokens_at // model.window:
                self._tokens = model.rate * model.window
        else:
            grown = self._tokens + (now - self._tokens_at) * model.rate
            self._tokens = min(model.burst, grown)
        self._tokens_at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def _work(self, done: Callable[[], None]) -> bool:
        """Give a request to the workers; return False if their queue is full."""
        model = self._model
        if not model.work:
            done()
            return True
        work = self._spread(model.work)
        if model.shares or len(self._serving) < self._workers:
            self._serve(work, done)
        elif model.queue is not None and len(self._waiting) >= model.queue:
            return False
        else:
            self._waiting.append((work, done))
        return True

    def _serve(self, work: float, done: Callable[[], None]) -> None:
        self._advance()
        self._count += 1
        heapq.heappush(self._serving, (self._progress + work, self._count, done))
        self._schedule()

    def _speed(self) -> float:
        beyond = len(self._serving) - self._workers
        if beyond <= 0:
            slowed = 1.0
        else:
            slowed = self._workers / len(self._serving) / (1 + self._model.thrash * beyond)
        return slowed

    def _advance(self) -> None:
        now = self._timeline.now
        self._progress += (now - self._progress_at) * self._speed()
        self._progress_at = now

    def _schedule(self) -> None:
        self._wake += 1
        if self._serving:
            left = (self._serving[0][0] - self._progress) / self._speed()
            wake = self._wake
            self._timeline.at(self._timeline.now + max(0.0, left), lambda: self._finish(wake))

    def _finish(self, wake: int) -> None:
        if wake != self._wake:
            return  # others came or went meanwhile
        self._advance()
        _, _, done = heapq.heappop(self._serving)
        self._refill()
        self._schedule()
        done()

    def _refill(self) -> None:
        while self._waiting and len(self._serving) < self._workers:
            work, done = self._waiting.popleft()
            self._count += 1
            heapq.heappush(self._serving, (self._progress + work, self._count, done))

    def _resize(self, workers: int) -> None:
        self._advance()
        self._workers = workers
        self._refill()
        self._schedule()

    def _rival(self) -> None:
        model, now = self._model, self._timeline.now
        if int(now / model.rival_period) % 2:
            self._work(lambda: None)
        self._timeline.at(now + self._random.expovariate(model.rival), self._rival)
