"""A server of raw bytes, for what an HTTP server refuses to do; in a thread of its own."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from attrs import define, frozen

from liner_async.testing import fake_orders

Answer = Callable[["Exchange"], Awaitable[None]]


@frozen
class Seen:
    """One request as it arrived."""

    connection: int
    target: str
    headers: dict[str, str]
    at: float

    @property
    def query(self) -> dict[str, int]:
        """The query's numbers."""
        return {
            name: int(values[0]) for name, values in parse_qs(urlsplit(self.target).query).items()
        }


@define
class Exchange:
    """A request being answered."""

    seen: Seen
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    orders: list[dict[str, Any]]
    is_over: bool = False

    def page(self) -> bytes:
        """The JSON of the page that was asked for."""
        offset, limit = self.seen.query.get("offset", 0), self.seen.query.get("limit", 50)
        rows = self.orders[offset : offset + limit]
        data = {"list": rows, "next": offset + len(rows), "total": len(self.orders)}
        return json.dumps({"success": True, "message": "", "data": data}).encode()

    def close(self) -> None:
        """End the connection after this answer."""
        self.is_over = True


class RawServer:
    """Answers the n-th request with the n-th answer, and from then on with the last."""

    def __init__(
        self,
        *answers: Answer,
        total: int = 3,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._answers = answers or (healthy,)
        self._tls = tls
        self.orders = fake_orders(total)
        self.seen: list[Seen] = []
        self.connections = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._ready = threading.Event()
        self._stop = asyncio.Event()
        self._handlers: set[asyncio.Task[None] | None] = set()
        self.port = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _serve(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            self._loop.set_exception_handler(lambda *_: None)  # what clients do to us is no news
            runner.run(self._main())

    async def _main(self) -> None:
        server = await asyncio.start_server(self._converse, "127.0.0.1", 0, ssl=self._tls)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        # A connection being accepted would lose its socket if it were cancelled on its way here.
        for _ in range(10):
            await asyncio.sleep(0)
        for task in self._handlers:
            task.cancel()
        for _ in range(10):
            await asyncio.sleep(0)  # let the connections close

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        number = self.connections
        self._handlers.add(asyncio.current_task())
        try:
            await self._answer_all(number, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _answer_all(
        self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        is_over = False
        while not is_over:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = dict(line.split(": ", 1) for line in head[1:] if line)
            self.seen.append(Seen(number, head[0].split()[1], headers, time.monotonic()))
            exchange = Exchange(self.seen[-1], reader, writer, self.orders)
            await self._answers[min(len(self.seen), len(self._answers)) - 1](exchange)
            is_over = exchange.is_over


async def healthy(exchange: Exchange) -> None:
    """Answer as documented, and keep the connection."""
    await reply(exchange, exchange.page())


async def reply(exchange: Exchange, body: bytes, status: str = "200 OK", extra: str = "") -> None:
    """Send a whole answer."""
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{extra}\r\n"
    exchange.writer.write(head.encode("latin-1") + body)
    await exchange.writer.drain()


def answer(body: bytes = b"", status: str = "200 OK", extra: str = "") -> Answer:
    """Send this answer."""

    async def send(exchange: Exchange) -> None:
        await reply(exchange, body, status, extra)

    return send


def raw(data: bytes, *, then: str = "close") -> Answer:
    """Send these bytes; then "close" the connection, "reset" it, "keep" it or "stall" for good."""

    async def send(exchange: Exchange) -> None:
        exchange.writer.write(data)
        await exchange.writer.drain()
        await END[then](exchange)

    return send


async def _close(exchange: Exchange) -> None:
    exchange.close()


async def _reset(exchange: Exchange) -> None:
    sock = exchange.writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    exchange.writer.transport.abort()
    exchange.close()


async def _stall(exchange: Exchange) -> None:
    await exchange.reader.read()  # until the client goes
    exchange.close()


async def _keep(_: Exchange) -> None:
    """Leave the connection as it is."""


END: dict[str, Answer] = {"close": _close, "reset": _reset, "stall": _stall, "keep": _keep}


def repeat(piece: bytes, *, every: float = 0.0, start: bytes = b"") -> Answer:
    """Send `start`, then one piece after the other until the client goes."""

    async def send(exchange: Exchange) -> None:
        exchange.writer.write(start)
        while not exchange.writer.is_closing():
            exchange.writer.write(piece)
            await exchange.writer.drain()
            await asyncio.sleep(every)
        exchange.close()

    return send
