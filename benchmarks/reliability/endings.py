"""Leave thousands of lists early, in every way, at random moments, on one client."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from time import perf_counter

from attrs import define, field

from liner_async import LinerClient
from liner_async.testing import FakeLinerProcess
from reliability.figures import Figure
from reliability.watching import Memory, sockets, watched

__all__ = ["early_ends"]

_WAYS = ("break", "aclose", "cancel", "timeout")
_AT_ONCE = 8
_BOUTS = 100
_LATEST = 0.06  # seconds; the whole list takes several times as long


def early_ends(count: int) -> list[Figure]:
    """Leave `count` lists of one client, eight under way at any time."""
    return asyncio.run(_leave(count))


@define
class _Leaver:
    """Begins lists and leaves them; what it draws depends on the seed alone."""

    liner: LinerClient
    chance: random.Random
    left: int = 0
    ways: Counter[str] = field(factory=Counter)
    ended_normally: int = 0

    async def leave_one(self) -> None:
        """Begin a list and leave it, in a way and at a moment drawn by chance."""
        way, moment = self.chance.choice(_WAYS), self.chance.uniform(0, _LATEST)
        await getattr(self, f"_{way}")(moment)
        self.ways[way] += 1
        self.left += 1

    async def _read(self) -> None:
        async for _ in self.liner.orders.list():
            pass
        self.ended_normally += 1

    async def _break(self, moment: float) -> None:
        end = perf_counter() + moment
        async for _ in self.liner.orders.list():
            if perf_counter() > end:
                break
        else:
            self.ended_normally += 1

    async def _aclose(self, moment: float) -> None:
        end = perf_counter() + moment
        pages = self.liner.orders.list().pages()
        async for _ in pages:
            if perf_counter() > end:
                break
        await pages.aclose()

    async def _cancel(self, moment: float) -> None:
        task = asyncio.create_task(self._read())
        await asyncio.sleep(moment)
        task.cancel()
        await asyncio.wait({task})
        if not task.cancelled():
            task.result()

    async def _timeout(self, moment: float) -> None:
        try:
            async with asyncio.timeout(moment):
                await self._read()
        except TimeoutError:
            pass


async def _leave(count: int) -> list[Figure]:
    memory = Memory()
    with FakeLinerProcess(total=20_000, latency=0.001) as server, watched() as watch:
        async with LinerClient(server.url, server.api_key) as liner:
            leaver = _Leaver(liner, random.Random(1))

            async def work(until: int) -> None:
                while leaver.left < until:
                    await leaver.leave_one()

            # Memory is compared at rest: what eight lists hold at random moments says nothing.
            bouts = max(1, min(_BOUTS, count // _AT_ONCE))
            for bout in range(1, bouts + 1):
                await asyncio.gather(*(work(count * bout // bouts) for _ in range(_AT_ONCE)))
                await asyncio.sleep(0)
                memory.note()
            await asyncio.sleep(0.1)
            tasks, connections = watch.tasks_left(), sockets() - watch.sockets
        left = await watch.figures()
    return [
        Figure("lists left early", leaver.left - leaver.ended_normally, count, is_least=True),
        Figure("ways to leave", len(leaver.ways), len(_WAYS) if count > 100 else 1, is_least=True),
        Figure("tasks while the client is open", tasks, 0),
        Figure("sockets while the client is open, kept alive", connections, 32),
        Figure("growth after the first tenth", memory.growth(), 5.0, "MB"),
        *left,
    ]
