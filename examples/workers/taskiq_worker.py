"""Copy the orders with taskiq, in one process and without a queue: `python taskiq_worker.py`."""

import asyncio
import os
from pathlib import Path
from typing import Annotated

from copy_orders import copy_orders
from taskiq import InMemoryBroker, SimpleRetryMiddleware, TaskiqDepends, TaskiqEvents, TaskiqState

from liner_async import LinerClient, RateLimitError, ServerError, TransportError

FOLDER = Path(os.environ.get("FOLDER", "."))
PASSING = (TransportError, ServerError, RateLimitError)  # other errors are permanent

broker = InMemoryBroker()  # or your queue's broker, for `taskiq worker taskiq_worker:broker`
broker.add_middlewares(SimpleRetryMiddleware(types_of_exceptions=PASSING))


@broker.on_event(TaskiqEvents.WORKER_STARTUP)
async def startup(state: TaskiqState) -> None:
    """Open one client for all tasks of the process."""
    state.liner = LinerClient()  # LINER_HOST and LINER_API_KEY


@broker.on_event(TaskiqEvents.WORKER_SHUTDOWN)
async def shutdown(state: TaskiqState) -> None:
    """Close the client with the worker."""
    await state.liner.aclose()


@broker.task(retry_on_error=True, max_retries=3)
async def copy(state: Annotated[TaskiqState, TaskiqDepends()]) -> int:
    """Copy what is left, in up to three tries; each continues where the last one stopped."""
    return await copy_orders(state.liner, FOLDER)


async def main() -> None:
    """Queue a copy and wait for it."""
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
