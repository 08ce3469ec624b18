"""Run coroutines under a command: signals cancel them, and blocking calls wait in a thread."""

from __future__ import annotations

import asyncio
import signal
import threading
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from liner_async.cli.console.exits import TerminatedError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

__all__ = ["in_thread", "run"]

T = TypeVar("T")
P = ParamSpec("P")


def run(main: Coroutine[None, None, T]) -> T:
    """Run a coroutine to its end in an event loop of its own.

    Raises:
        KeyboardInterrupt: SIGINT came; the coroutine was cancelled and has cleaned up.
        TerminatedError: the same, for SIGTERM.
    """
    work = _until_terminated(main)
    try:
        return asyncio.run(work)
    finally:  # an interruption may come before they begin, and Python would warn of that
        work.close()
        main.close()


async def _until_terminated(main: Coroutine[None, None, T]) -> T:
    work = asyncio.ensure_future(main)
    terminated = False

    def terminate() -> None:
        nonlocal terminated
        terminated = True
        work.cancel()

    with suppress(NotImplementedError):  # Windows has no signal handlers on a loop
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, terminate)
    try:
        return await work
    except asyncio.CancelledError:
        if terminated:
            raise TerminatedError from None
        raise


async def in_thread(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function that may block for long, such as a write to a pipe that nobody reads.

    The loop continues with its requests meanwhile. When the caller is cancelled, the call is left
    alone and does not keep the program from exiting, as a thread of `asyncio.to_thread` would.
    """
    loop = asyncio.get_running_loop()
    result: asyncio.Future[T] = loop.create_future()

    def settle(outcome: Callable[[], None]) -> None:
        if not result.done():
            outcome()

    def work() -> None:
        outcome: Callable[[], None]
        try:
            outcome = partial(result.set_result, function(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001 - handed to the caller, not swallowed
            outcome = partial(result.set_exception, error)
        with suppress(RuntimeError):  # the caller was cancelled and its loop is closed
            loop.call_soon_threadsafe(settle, outcome)

    threading.Thread(target=work, name="liner-async-output", daemon=True).start()
    return await result
