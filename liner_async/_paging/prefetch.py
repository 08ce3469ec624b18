"""The prefetcher: a bounded window of page requests with two limits, in flight and look-ahead.

Ranges are requested in the order of the plan. `InFlight` bounds the requests in flight, over all
runs of the list; at most `lookahead` ranges are requested and not yet taken, so a slow consumer
stops the reading, and a straggler does not stop the others at once. What waits is raw.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import islice, takewhile
from typing import Generic, TypeVar

from liner_async._paging.arrival import Arrival, Entry, Fetch, cancel
from liner_async._paging.in_flight import InFlight
from liner_async._paging.plan import PageRange
from liner_async.errors import ClientClosedError

__all__ = ["Arrival", "Fetch", "Prefetcher"]

R = TypeVar("R")

_LONGEST_TURN = 0.002  # seconds


class Prefetcher(Generic[R]):
    """Keeps the next requests of a run going and returns their answers, by default in order.

    Attributes:
        _turn_began: when the loop last had a turn of its own, by `clock`.
        _entries: what is requested, or about to be, and not taken yet, in the order of the plan.
        _to_start: the entries among them whose requests are to start before further planned ones.
        _given_up: the requests that were cancelled and may not have ended yet.
        _taken: the entry that was taken last, once there was one.
        _running: the requests of this run in flight, those given up included.
        _is_filling: whether requests may be started: from the first `take` on, not after a
            cancelled one, and never after `cancel` and `aclose`.
        _may_plan: whether the plan may be asked for more; not after a failure.
        _changed: set whenever a request ends.
    """

    def __init__(
        self,
        fetch: Fetch[R],
        next_range: Callable[[], PageRange | None],
        *,
        in_flight: InFlight,
        lookahead: Callable[[], int],
        ordered: bool,
        clock: Callable[[], float],
    ) -> None:
        self._fetch = fetch
        self._next_range = next_range
        self._in_flight = in_flight
        self._lookahead = lookahead
        self._ordered = ordered
        self._clock = clock
        self._turn_began = -math.inf
        self._entries: deque[Entry[R]] = deque()
        self._to_start: deque[Entry[R]] = deque()
        self._given_up: list[asyncio.Task[R]] = []
        self._taken: Entry[R]
        self._running = 0
        self._is_filling = False
        self._may_plan = True
        self._changed = asyncio.Event()

    @property
    def first_offset(self) -> int | None:
        """Return the lowest offset that is requested and not taken yet."""
        offsets = (entry.page_range.offset for entry in self._entries)  # in order, from the lowest
        return next(offsets, None) if self._ordered else min(offsets, default=None)

    @property
    def entries(self) -> int:
        """Return how many ranges are requested, or about to be, and not taken yet."""
        return len(self._entries)

    @property
    def has_failed(self) -> bool:
        """Return whether a request has failed, so that nothing more is planned."""
        return not self._may_plan

    @property
    def is_idle(self) -> bool:
        """Return whether no request is in flight."""
        return not self._running

    @property
    def is_ready(self) -> bool:
        """Return whether `take` need not wait for a request."""
        return self._next_entry() is not None or not self._may_bring_more()

    def peek(self) -> Arrival[R] | None:
        """Return the first answer if it has come, and leave it where it is."""
        entry = self._entries[0] if self._entries else None
        if entry is None or entry.task is None or not entry.is_done or entry.has_failed:
            return None
        return Arrival(entry.page_range, entry.task.result())

    def start(self) -> None:
        """Start the requests that the two limits allow, before anything is taken."""
        self._is_filling = True
        self.wake()

    def pause(self) -> None:
        """Start nothing new until the next `start` or `take`."""
        self._is_filling = False

    def insert(self, page_range: PageRange) -> None:
        """Request a range out of turn and return its answer next."""
        entry: Entry[R] = Entry(page_range)
        self._entries.appendleft(entry)
        self._to_start.appendleft(entry)

    def put_back(self, page_range: PageRange) -> None:
        """Request a range, and return its answer next, and then the latest one once more."""
        self._entries.appendleft(self._taken)
        self.insert(page_range)

    def reset(self) -> None:
        """Drop every request; the next range comes from a plan that was rewound."""
        self._given_up = [task for task in self._tasks() if not task.done()]
        for task in self._given_up:
            task.cancel()
        self._entries.clear()
        self._to_start.clear()
        self._may_plan = True

    def fill(self) -> None:
        """Start the requests that the two limits allow."""
        while self._is_filling:
            if not self._in_flight.has_room:
                self._plan_ahead()
                return
            entry = self._next_to_start()
            if entry is None:
                return
            entry.task = self._fetch(entry.page_range.offset, entry.page_range.limit)
            entry.task.add_done_callback(partial(self._on_done, entry))
            self._running += 1
            self._in_flight.acquire()

    def wake(self) -> None:
        """Start what a request that ended made room for; let a waiting `take` look again."""
        self.fill()
        self._changed.set()

    def _next_to_start(self) -> Entry[R] | None:
        if self._to_start:
            return self._to_start.popleft()
        if not self._may_plan or len(self._entries) >= self._lookahead():
            return None
        page_range = self._next_range()
        if page_range is None:
            return None
        entry: Entry[R] = Entry(page_range)
        self._entries.append(entry)
        return entry

    async def take(self) -> Arrival[R] | None:
        """Wait for the next answer; return None when nothing is left to request.

        A cancelled wait leaves what is in flight alone and starts nothing new until the next call.

        Raises:
            LinerError: that request failed. Nothing more is requested.
        """
        try:
            # Pages that are there already must not keep the loop from everybody else; but a turn of
            # the loop for each costs a fifth of the time, since caches go cold in between.
            if self._clock() - self._turn_began >= _LONGEST_TURN:
                await self._next_turn(asyncio.sleep(0))
            self._is_filling = True
            self.fill()
            # What was given up still counts as in flight, and may stand before the next start.
            while (entry := self._next_entry()) is None and self._may_bring_more():
                self._changed.clear()
                await self._next_turn(self._changed.wait())
        except asyncio.CancelledError:
            self._is_filling = False
            raise
        return None if entry is None else self._pop(entry)

    def _may_bring_more(self) -> bool:
        return bool(self._entries or self._running)

    def _plan_ahead(self) -> None:
        """Plan one range without room to request it, so that `take` knows of it."""
        if not self._entries and (entry := self._next_to_start()) is not None:
            self._to_start.append(entry)

    async def _next_turn(self, until: Awaitable[object]) -> None:
        await until
        self._turn_began = self._clock()

    def _next_entry(self) -> Entry[R] | None:
        considered = islice(self._entries, 1 if self._ordered else None)
        done = [entry for entry in considered if entry.is_done]
        return next((entry for entry in done if not entry.has_failed), done[0] if done else None)

    def _pop(self, entry: Entry[R]) -> Arrival[R]:
        task = entry.task
        if task is None or task.cancelled():
            raise ClientClosedError("the client was closed while pages were being read")
        arrival = Arrival(entry.page_range, task.result())
        self._entries.remove(entry)
        self._taken = entry
        return arrival

    def _on_done(self, entry: Entry[R], task: asyncio.Task[R]) -> None:
        self._running -= 1
        if entry.task is task and entry.has_failed and entry in self._entries:
            self._give_up_after(entry)
        self._in_flight.release()
        self.wake()

    def _give_up_after(self, failed: Entry[R]) -> None:
        """Cancel the requests whose pages come after the failed one."""
        self._may_plan = False
        if self._ordered:
            kept = [*takewhile(lambda entry: entry is not failed, self._entries), failed]
        else:
            kept = [entry for entry in self._entries if entry.is_done]
        for entry in self._entries:
            if entry not in kept and entry.task is not None:
                entry.task.cancel()
                self._given_up.append(entry.task)
        self._entries = deque(kept)

    def suspend(self) -> None:
        """Cancel what is in flight; the next `take` requests it again."""
        self._is_filling = False
        unanswered = [
            (entry, entry.task)
            for entry in self._entries
            if entry.task is not None and not entry.task.done()
        ]
        for entry, task in unanswered:
            task.cancel()
            self._given_up.append(task)
            entry.task = None
        self._to_start.extendleft(entry for entry, _ in reversed(unanswered))

    def cancel(self) -> None:
        """Cancel what is in flight and request nothing more."""
        self._is_filling = False
        for task in self._tasks():
            task.cancel()

    async def aclose(self) -> None:
        """Cancel what is in flight, wait until it has ended, and request nothing more."""
        self._is_filling = False
        await cancel(self._tasks())

    def _tasks(self) -> list[asyncio.Task[R]]:
        return [entry.task for entry in self._entries if entry.task] + self._given_up
