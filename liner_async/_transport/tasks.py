"""Waiting for a request's task without losing a cancellation or handing over its frames."""

from __future__ import annotations

import asyncio
from typing import TypeVar

from liner_async.errors import ClientClosedError

__all__ = ["outcome"]

T = TypeVar("T")


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
