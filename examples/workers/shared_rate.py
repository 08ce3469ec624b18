"""A rate that many processes share through Redis: `LinerClient(limiter=SharedRate(...))`."""

import asyncio

from redis.asyncio import Redis

# Takes the first free slot and stores the next one, atomically and by the clock of Redis.
TAKE_SLOT = """
    local time, gap = redis.call('TIME'), tonumber(ARGV[1])
    local now = time[1] * 1000 + time[2] / 1000
    local slot = math.max(now, tonumber(redis.call('GET', KEYS[1]) or 0))
    local text = string.format('%.3f', slot + gap)
    redis.call('SET', KEYS[1], text, 'PX', math.ceil(slot + gap - now))
    return math.ceil(slot - now)
"""


class SharedRate:
    """Lets `rate` requests a second through, evenly spaced, for all processes that use its name."""

    def __init__(self, redis: Redis, name: str, *, rate: float) -> None:
        """Take the rate in requests per second, over all processes."""
        self._take_slot = redis.register_script(TAKE_SLOT)
        self._key = f"shared-rate:{name}"
        self._gap = 1000 / rate  # milliseconds

    async def __aenter__(self) -> None:
        """Wait for a slot; if the wait is cancelled, the slot is lost."""
        wait = await self._take_slot(keys=[self._key], args=[self._gap])
        await asyncio.sleep(wait / 1000)

    async def __aexit__(self, *exc_info: object) -> None:
        """Do nothing: a rate limits how often requests start, not how long they take."""
