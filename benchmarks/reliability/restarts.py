"""Restarts: a host that is away for ten seconds is waited for, and one that stays away is not."""

from __future__ import annotations

import asyncio
import random
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import asynccontextmanager, nullcontext, suppress
from itertools import cycle
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from attrs import define, field, frozen
from speed.catalogue import order_id

from liner_async import LinerClient, LinerError, RequestEvent
from liner_async.testing import FakeLinerProcess
from reliability.figures import Figure

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from liner_async import LinerEvent

__all__ = ["restarts"]

_TOTAL = 200
_PAGE = 2
_LATENCY = 0.05
_AWAY = 10.0  # seconds
_IN_FLIGHT = (1, 8, 32)
_AT_ONCE = 60  # runs; they mostly wait
# No system gives these away unasked, so that nobody takes one while its front does not listen.
_PORTS = cycle(random.sample(range(15_000, 30_000), 15_000))
_KINDS: dict[str, tuple[int, ...]] = {  # 0: nobody listens; 1: connections are reset
    "refused": (0,),
    "reset": (1,),
    "502": (502,),
    "503": (503,),
    "504": (504,),
    "mixture": (0, 502, 1, 503, 0, 504),
}


@define(eq=False)
class _Front:
    """Passes connections on to a server, as nginx does, and can be away.

    Attributes:
        upstream: host and port of the server.
        port: where it listens; the same after it was away.
        away: the status that it answers while it is away, 0 for none and 1 for a reset.
        ended: when it was back, by the loop's clock.
    """

    upstream: tuple[str, int]
    port: int = 0
    away: int | None = None
    ended: float = 0.0
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(factory=set)
    _tasks: set[asyncio.Task[None] | None] = field(factory=set)

    async def listen(self) -> None:
        """Start to listen, where it listened before."""
        for port in [self.port] if self.port else _PORTS:
            with suppress(OSError) if not self.port else nullcontext():
                self._server = await asyncio.start_server(self._accept, "127.0.0.1", port)
                self.port = port
                return

    def close(self) -> None:
        """Stop to listen, and reset every connection."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in self._open:
            writer.transport.abort()

    async def go_away(self, seconds: float, statuses: Iterator[int]) -> None:
        """Be away for so long, in one way after another."""
        clock = asyncio.get_running_loop().time
        until = clock() + seconds
        while (left := until - clock()) > 0:
            self.away = next(statuses)
            self.close()
            if self.away:
                await self.listen()
            await asyncio.sleep(min(left, random.uniform(0.3, 2.0)))
        self.close()
        self.away = None
        await self.listen()
        self.ended = clock()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._tasks.add(task)
        self._open.add(writer)
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                await (
                    self._pass_on(reader, writer)
                    if self.away is None
                    else self._answer(reader, writer)
                )
        finally:
            self._open.discard(writer)
            self._tasks.discard(task)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await reader.readuntil(b"\r\n\r\n")
            if self.away == 1:
                writer.transport.abort()
                return
            writer.write(b"HTTP/1.1 %d Away\r\nContent-Length: 4\r\n\r\naway" % (self.away or 502))

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(*self.upstream)
        try:
            await asyncio.gather(_pipe(reader, back), _pipe(there, writer))
        finally:
            back.close()

    async def aclose(self) -> None:
        """End every connection."""
        self.close()
        if tasks := set(filter(None, self._tasks)):
            await asyncio.wait(tasks)


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(65_536):
        writer.write(piece)
        await writer.drain()
    writer.transport.abort()


@frozen
class _Run:
    """What came of one run.

    Attributes:
        error: what it ended in; None for the whole list.
        failed: requests that failed, the probes among them.
        late: seconds from the end of the outage to the next answer, or from its beginning to the
            error if it did not end.
    """

    error: LinerError | None
    failed: int
    late: float


def restarts(count: int) -> list[Figure]:
    """Let a host be away for ten seconds in `count` runs at each of 1, 8 and 32 in flight."""
    return asyncio.run(_restarts(count))


async def _restarts(count: int) -> list[Figure]:
    places = asyncio.Semaphore(_AT_ONCE)
    with FakeLinerProcess(total=_TOTAL, latency=_LATENCY) as server:
        parts = [_figures(server, count, in_flight, places) for in_flight in _IN_FLIGHT]
        return [figure for part in await asyncio.gather(*parts) for figure in part]


async def _figures(
    server: FakeLinerProcess, count: int, in_flight: int, places: asyncio.Semaphore
) -> list[Figure]:
    brief, endless = await asyncio.gather(
        _runs(server, count, places, in_flight=in_flight, seconds=_AWAY),
        _runs(server, len(_KINDS), places, in_flight=in_flight, seconds=6 * _AWAY),
    )
    survived = sum(run.error is None for run in brief)
    for text, times in Counter(repr(run.error) for run in brief if run.error).items():
        sys.stdout.write(f"    {times} x {text}\n")
    return [
        Figure(f"{in_flight} in flight: survived", survived, 0.99 * count, is_least=True),
        *_costs(f"{in_flight} in flight: back", brief, most_seconds=15.0),
        Figure(
            f"{in_flight} in flight, no end: errors",
            sum(run.error is not None for run in endless),
            len(endless),
            is_least=True,
        ),
        *_costs(f"{in_flight} in flight, no end: told", endless, most_seconds=30.0),
    ]


def _costs(name: str, runs: list[_Run], *, most_seconds: float) -> list[Figure]:
    return [
        Figure(f"{name}, failed requests", max(run.failed for run in runs), 80),
        Figure(f"{name} after", max(run.late for run in runs), most_seconds, "s"),
    ]


async def _runs(
    server: FakeLinerProcess,
    count: int,
    places: asyncio.Semaphore,
    *,
    in_flight: int,
    seconds: float,
) -> list[_Run]:
    async def one(number: int) -> _Run:
        async with places:
            await asyncio.sleep(random.Random(number).uniform(0, _AWAY))  # not all in step
            kinds = [*_KINDS.values()][number % len(_KINDS)]
            return await _run(server, kinds, in_flight=in_flight, seconds=seconds, seed=number)

    return await asyncio.gather(*map(one, range(count)))


async def _run(
    server: FakeLinerProcess, kinds: tuple[int, ...], *, in_flight: int, seconds: float, seed: int
) -> _Run:
    """Read a list whose host goes away when a random number of pages was answered."""
    clock = asyncio.get_running_loop().time
    begin, answers, failed = random.Random(seed).randrange(60), [], 0
    has_begun = asyncio.Event()

    def observe(event: LinerEvent) -> None:
        nonlocal failed
        if isinstance(event, RequestEvent):
            if event.error is not None:
                failed += 1
            else:
                answers.append(clock())
            if len(answers) == begin:
                has_begun.set()

    async with _front(server) as front:
        if not begin:
            front.close()  # away from the first request on
            front.away = 0
            has_begun.set()
        outage = asyncio.create_task(_go_away(front, has_begun, seconds, kinds))
        began = clock()
        url = f"http://127.0.0.1:{front.port}"
        async with LinerClient(
            url, server.api_key, concurrency=in_flight, on_event=observe
        ) as liner:
            error = await _read(liner)
        ended = clock()
        if not outage.done():
            outage.cancel()
        with suppress(asyncio.CancelledError):
            await outage
    if error is not None:
        return _Run(error, failed, ended - max([began, *answers]))
    if not front.ended:
        msg = "the list was read before its host came back"
        raise RuntimeError(msg)
    return _Run(None, failed, min(at for at in answers if at >= front.ended) - front.ended)


async def _read(liner: LinerClient) -> LinerError | None:
    """Read the list; return the error it ended in, or None if each order was there."""
    try:
        orders = await liner.orders.list(page_size=_PAGE)
    except LinerError as error:
        return error
    if [order.id for order in orders] != [order_id(number) for number in range(_TOTAL)]:
        msg = f"{len(orders)} orders of {_TOTAL}, or others"
        raise RuntimeError(msg)
    return None


async def _go_away(
    front: _Front, has_begun: asyncio.Event, seconds: float, kinds: tuple[int, ...]
) -> None:
    await has_begun.wait()
    await front.go_away(seconds, cycle(kinds))


@asynccontextmanager
async def _front(server: FakeLinerProcess) -> AsyncIterator[_Front]:
    url = urlsplit(server.url)
    front = _Front((str(url.hostname), int(url.port or 80)))
    await front.listen()
    try:
        yield front
    finally:
        await front.aclose()
