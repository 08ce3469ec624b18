"""A thread with an event loop of its own that keeps one asynchronous context open."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

__all__ = ["BackgroundLoop"]


class BackgroundLoop:
    """Enters a context in a new thread, and leaves it there when stopped."""

    def __init__(self, context: AbstractAsyncContextManager[object], *, name: str) -> None:
        """Prepare a thread called `name` that is to hold `context` open."""
        self._context = context
        self._ready: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Return once the context is entered; raise what entering it raised."""
        self._thread.start()
        self._ready.result()

    def stop(self) -> None:
        """Return once the context is left, the thread ended; raise what leaving it raised."""
        loop, stopping = self._ready.result()
        loop.call_soon_threadsafe(stopping.set)
        self._thread.join()
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            asyncio.run(self._hold())
        except BaseException as error:  # noqa: BLE001 - handed to the caller, not swallowed
            # Errors belong to the caller: of start() before it is ready, of stop() after.
            if self._ready.done():
                self._error = error
            else:
                self._ready.set_exception(error)

    async def _hold(self) -> None:
        stopping = asyncio.Event()
        async with self._context:
            self._ready.set_result((asyncio.get_running_loop(), stopping))
            await stopping.wait()
