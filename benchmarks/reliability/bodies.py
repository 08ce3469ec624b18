"""Malformed bodies through the socket: nothing but the SDK's own errors comes out."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter

from attrs import define, field

from liner_async import LinerClient, LinerError, RetryPolicy
from liner_async.testing import FakeLinerProcess, Fault
from reliability.figures import Figure
from reliability.mutations import mutated
from reliability.watching import Memory, watched

__all__ = ["malformed_bodies"]

_BATCH = 1_000
_AT_ONCE = 8
_HEADERS = (
    *(None,) * 9,
    {"Content-Type": "application/json; charset=utf-16"},
    {"Content-Type": "text/html; charset=no-such"},
    {"Content-Encoding": "gzip"},
    {"Content-Encoding": "deflate"},
)


def malformed_bodies(count: int) -> list[Figure]:
    """Ask for `count` pages, each of them answered with a malformed body of its own."""
    return asyncio.run(_ask(count))


@define
class _Results:
    """Outcomes of the bodies."""

    asked: int = 0
    outcomes: Counter[str] = field(factory=Counter)
    foreign: list[str] = field(factory=list)

    async def ask(self, liner: LinerClient, seed: int, offset: int) -> None:
        """Read the page at an offset, every other time as part of a list."""
        try:
            async with asyncio.timeout(60):
                if seed % 2:
                    await liner.orders.page(offset=offset, limit=3)
                else:
                    skip = "skip" if seed % 4 else "raise"
                    await liner.orders.list(
                        offset=offset, page_size=3, max_items=3, on_invalid=skip
                    )
            self.outcomes["read"] += 1
        except LinerError as error:
            self.outcomes[f"{type(error).__name__} {error.reason or ''}".rstrip()] += 1
        except Exception as error:  # noqa: BLE001 - this is what must never come
            self.foreign.append(f"seed {seed}: {error!r}")
        self.asked += 1


async def _ask(count: int) -> list[Figure]:
    results, memory = _Results(), Memory()
    with watched() as watch:
        for start in range(0, count, _BATCH):
            await _ask_batch(range(start, min(start + _BATCH, count)), results, memory)
        watch.complaints[:] = [each for each in watch.complaints if "liner_async" not in each]
        left = await watch.figures()
    for outcome, times in results.outcomes.most_common():
        sys.stdout.write(f"    {outcome:<44} {times:>12,}\n")
    for foreign in results.foreign[:10]:
        sys.stderr.write(f"  ! {foreign}\n")
    return [
        Figure("bodies", results.asked, count, is_least=True),
        Figure("exceptions that are not LinerError", len(results.foreign), 0),
        Figure("growth after the first tenth", memory.growth(), 10.0, "MB"),
        *left,
    ]


async def _ask_batch(seeds: range, results: _Results, memory: Memory) -> None:
    bodies = {
        place: Fault.body(mutated(seed), headers=_HEADERS[seed % len(_HEADERS)])
        for place, seed in enumerate(seeds)
    }
    with FakeLinerProcess(total=len(seeds), faults=bodies) as server:
        bodies.clear()
        once = RetryPolicy.never()
        async with LinerClient(server.url, server.api_key, retry=once, timeout=20.0) as liner:
            waiting = iter(enumerate(seeds))

            async def work() -> None:
                for place, seed in waiting:
                    await results.ask(liner, seed, place)

            await asyncio.gather(*(work() for _ in range(_AT_ONCE)))
    memory.note()
