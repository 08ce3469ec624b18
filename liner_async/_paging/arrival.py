"""Page ranges from their request to their answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

from attrs import define, frozen

from liner_async._paging.plan import PageRange

__all__ = ["Arrival", "Entry", "Fetch", "cancel"]

R = TypeVar("R")

Fetch = Callable[[int, int], "asyncio.Task[R]"]
"""Starts the request for (offset, limit); its task belongs to the client."""


@frozen
class Arrival(Generic[R]):
    """The answer to a page range."""

    page_range: PageRange
    raw: R


@define(eq=False)
class Entry(Generic[R]):
    """A page range that is requested, or about to be, and not taken yet."""

    page_range: PageRange
    task: asyncio.Task[R] | None = None

    @property
    def is_done(self) -> bool:
        return self.task is not None and self.task.done()

    @property
    def has_failed(self) -> bool:
        task = self.task
        return task is not None and (task.cancelled() or task.exception() is not None)


async def cancel(tasks: list[asyncio.Task[R]]) -> None:
    """Cancel tasks and wait until they have ended."""
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)
