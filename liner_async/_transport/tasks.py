"""Waiting for tasks without losing a cancellation, handing over frames or leaving one behind."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable
from itertools import islice
from typing import Any, TypeAlias, TypeVar

from liner_async.errors import ClientClosedError

__all__ = ["in_order", "outcome"]

T = TypeVar("T")

Work: TypeAlias = Callable[[], Coroutine[Any, Any, T]]


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
        await asyncio.wait({task})
        raise
    if task.cancelled():
        raise ClientClosedError("the client was closed while a request was under way")
    return task.result()


async def in_order(
    works: Iterable[Work[T]],
    start: Callable[[Coroutine[Any, Any, T]], asyncio.Task[T]],
    *,
    ahead: int,
) -> AsyncGenerator[asyncio.Task[T], None]:
    """Yield the task of each work in turn, with at most `ahead` started and not yet taken.

    Whoever closes this generator early has the tasks that are left cancelled and waited for.
    """
    rest = iter(works)
    tasks = deque(start(work()) for work in islice(rest, ahead))
    try:
        while tasks:
            yield tasks[0]
            tasks.popleft()
            tasks.extend(start(work()) for work in islice(rest, 1))
    finally:
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
