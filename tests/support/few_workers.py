"""A server with few workers and a short queue, as PHP-FPM behind nginx is: full, it answers 502."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from liner_async.testing import fake_orders

__all__ = ["FewWorkers"]

_QUERY = re.compile(rb"offset=(\d+)&limit=(\d+)")


class FewWorkers:
    """Serves a list of orders.

    Attributes:
        url: where it listens.
        ids: of the orders, in their order.
        refused: requests that were answered with 502.
    """

    def __init__(self, total: int, *, workers: int, queue: int, seconds: float) -> None:
        self._orders = fake_orders(total)
        self._workers = asyncio.Semaphore(workers)
        self._room = workers + queue
        self._seconds = seconds
        self._inside = 0
        self.url = ""
        self.refused = 0
        self.ids = [order["id"] for order in self._orders]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[FewWorkers]:
        """Listen while the block runs."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        host, port = server.sockets[0].getsockname()
        self.url = f"http://{host}:{port}"
        try:
            yield self
        finally:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                status, body = await self._answer(head)
                writer.write(b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n" % (status, len(body)))
                writer.write(body)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(self, head: bytes) -> tuple[bytes, bytes]:
        if self._inside >= self._room:
            self.refused += 1
            return b"502 Bad Gateway", b""
        self._inside += 1
        try:
            async with self._workers:
                await asyncio.sleep(self._seconds)
        finally:
            self._inside -= 1
        found = _QUERY.search(head)
        offset, limit = (0, 50) if found is None else (int(found[1]), int(found[2]))
        listed = self._orders[offset : offset + limit]
        data = {"list": listed, "next": offset + len(listed), "total": len(self._orders)}
        return b"200 OK", json.dumps({"success": True, "message": "", "data": data}).encode()
