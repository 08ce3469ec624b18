"""Copy the orders with arq: `arq arq_worker.WorkerSettings`, then `python arq_worker.py`."""

import asyncio
import os
from pathlib import Path
from typing import Any

from arq import Retry, create_pool, func
from arq.connections import RedisSettings
from copy_orders import copy_orders

from liner_async import LinerClient, RateLimitError, ServerError, TransportError

FOLDER = Path(os.environ.get("FOLDER", "."))
REDIS = RedisSettings.from_dsn(os.environ.get("REDIS_URL", "redis://127.0.0.1:6379"))


async def copy(ctx: dict[str, Any]) -> int:
    """Copy what is left; come back later if LINER is down or busy."""
    try:
        return await copy_orders(ctx["liner"], FOLDER)
    except (TransportError, ServerError, RateLimitError) as error:
        raise Retry(defer=error.retry_after or 60) from error


async def startup(ctx: dict[str, Any]) -> None:
    """Open one client for all jobs of the process."""
    ctx["liner"] = LinerClient()  # LINER_HOST and LINER_API_KEY


async def shutdown(ctx: dict[str, Any]) -> None:
    """Close the client with the worker."""
    await ctx["liner"].aclose()


class WorkerSettings:
    """The settings that `arq` reads."""

    # If a worker dies, another one takes its job 10 s after the job's timeout.
    functions = (func(copy, timeout=600, keep_result=0),)
    on_startup = startup
    on_shutdown = shutdown
    redis_settings = REDIS


async def ask() -> None:
    """Queue a copy, unless one waits or runs already: two would share a checkpoint."""
    redis = await create_pool(REDIS)
    job = await redis.enqueue_job("copy", _job_id="copy-orders")
    print("queued" if job else "already queued or running")
    await redis.aclose()


if __name__ == "__main__":
    asyncio.run(ask())
