"""Waiting for tasks without losing a cancellation, handing over frames or leaving one behind."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable
from itertools import islice
from typing import Any, TypeAlias, TypeVar

from liner_async.errors import ClientClosedError

__all__ = ["OwnedTasks", "ended", "in_order", "outcome"]

T = TypeVar("T")

Work: TypeAlias = Callable[[], Coroutine[Any, Any, T]]


class OwnedTasks:
    """Tasks that end with their owner at the latest; each leaves when it is done."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start work in a task."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._forget)
        return task

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # mark it as seen: the task raises it for its caller

    async def cancel(self) -> None:
        """Cancel the tasks under way, and wait until none is left."""
        await asyncio.sleep(0)  # one that never began could not clean up
        while self._tasks:
            for task in self._tasks:
                task.cancel()
            await asyncio.wait(self._tasks)


async def ended(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Wait until tasks have ended, however often the waiter is cancelled meanwhile.

    Raises:
        CancelledError: the waiter was cancelled; all have ended nevertheless.
    """
    cancelled: asyncio.CancelledError | None = None
    while left := {task for task in tasks if not task.done()}:
        try:
            await asyncio.wait(left)
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled


async def outcome(task: asyncio.Task[T]) -> T:
    """Wait for a request's task; cancelling the waiter cancels the request.

    Raises:
        ClientClosedError: the client was closed meanwhile.
    """
    # Awaiting the task itself would lose a cancellation now and then on Python 3.11, and would hand
    # over the traceback of aiohttp's frames, which hold the key.
    try:
        await asyncio.wait({task})
    except asyncio.CancelledError:
        task.cancel()
        await ended([task])  # what became of a write is known only then
        raise
    if task.cancelled():
        raise ClientClosedError("the client was closed while a request was under way")
    return task.result()


async def in_order(
    works: Iterable[Work[T]],
    start: Callable[[Coroutine[Any, Any, T]], asyncio.Task[T]],
    *,
    ahead: Callable[[], int],
) -> AsyncGenerator[asyncio.Task[T], None]:
    """Yield the task of each work in turn, with at most `ahead()` started and not yet taken.

    Closing this generator early cancels the tasks that are left and waits for them.
    """
    rest = iter(works)
    tasks = deque(start(work()) for work in islice(rest, ahead()))
    try:
        while tasks:
            yield tasks[0]
            tasks.popleft()
            room = max(0, ahead() - len(tasks))
            tasks.extend(start(work()) for work in islice(rest, room))
    finally:
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
