"""Create leads from a Redis list: `LEDGER=leads.ledger python lead_queue.py`."""

import asyncio
import json
import os
from collections import deque
from collections.abc import AsyncIterator
from operator import itemgetter
from typing import Any

from redis.asyncio import Redis

from liner_async import FileLedger, LinerClient

WAITING, TAKEN, DOUBTS = "leads", "leads:taken", "leads:doubts"
PATIENCE = float(os.environ.get("PATIENCE", "0"))  # seconds without a lead until it ends; 0: never
LEDGER = os.environ.get("LEDGER", "leads.ledger")

key = itemgetter("external_id_amo")  # every lead has an id of its own


async def main() -> None:
    """Create leads until none comes any more."""
    async with Redis.from_url(os.environ["REDIS_URL"]) as redis, LinerClient() as liner:
        while await redis.lmove(TAKEN, WAITING, "LEFT", "RIGHT"):
            pass  # what a crash left: the ledger knows which of it was sent
        taken: deque[bytes] = deque()
        bulk = liner.leads.create_many(leads(redis, taken), key=key, ledger=FileLedger(LEDGER))
        async for result in bulk:
            message = taken.popleft()  # results come in the order of the leads
            async with redis.pipeline() as together:
                if result.outcome == "not_sent":
                    together.rpush(WAITING, message)
                elif result.outcome != "done":  # for somebody to look at
                    together.lpush(DOUBTS, json.dumps([result.outcome, result.key]))
                together.lrem(TAKEN, 1, message)
                await together.execute()


async def leads(redis: Redis, taken: deque[bytes]) -> AsyncIterator[dict[str, Any]]:
    """Take lead by lead, and keep each in a second list until it is settled."""
    while message := await redis.blmove(WAITING, TAKEN, PATIENCE, "RIGHT", "LEFT"):
        taken.append(message)
        yield json.loads(message)


if __name__ == "__main__":
    asyncio.run(main())
