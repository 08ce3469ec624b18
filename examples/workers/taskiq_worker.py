"""Copies the orders with taskiq, in one process and without a queue: `python taskiq_worker.py`."""

import asyncio
import os
from pathlib import Path
from typing import Annotated

from copy_orders import copy_orders
from taskiq import InMemoryBroker, SimpleRetryMiddleware, TaskiqDepends, TaskiqEvents, TaskiqState

from liner_async import LinerClient, RateLimitError, ServerError, TransportError

FOLDER = Path(os.environ.get("FOLDER", "."))
PASSING = (TransportError, ServerError, RateLimitError)  # the rest is not better the next time

broker = InMemoryBroker()  # or the broker of your queue, for `taskiq worker taskiq_worker:broker`
broker.add_middlewares(SimpleRetryMiddleware(types_of_exceptions=PASSING))


@broker.on_event(TaskiqEvents.WORKER_STARTUP)
async def startup(state: TaskiqState) -> None:
    """Open one client for all tasks of the process."""
    state.liner = LinerClient()  # LINER_HOST and LINER_API_KEY


@broker.on_event(TaskiqEvents.WORKER_SHUTDOWN)
async def shutdown(state: TaskiqState) -> None:
    """Close it with the worker."""
    await state.liner.aclose()


@broker.task(retry_on_error=True, max_retries=3)
async def copy(state: Annotated[TaskiqState, TaskiqDepends()]) -> int:
    """Copy what is left to copy; up to three tries, each from where the last one stopped."""
    return await copy_orders(state.liner, FOLDER)


async def main() -> None:
    """Ask for a copy and wait for it."""
    await broker.startup()
    try:
        task = await copy.kiq()
        result = await task.wait_result()
        result.raise_for_error()
        print(result.return_value, "orders read")
    finally:
        await broker.shutdown()


if __name__ == "__main__":
    asyncio.run(main())
