"""A proxy on loopback that notes what it is shown."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

__all__ = ["Proxy"]


class Proxy:
    """Forwards plain requests and tunnels CONNECT; with a `refusal`, answers that status.

    Attributes:
        heads: the head of every request that it saw in the clear.
        url: where it listens.
    """

    def __init__(self, *, refusal: int | None = None) -> None:
        self.refusal = refusal
        self.heads: list[bytes] = []
        self.url = ""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Proxy]:
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
            head = await reader.readuntil(b"\r\n\r\n")
            self.heads.append(head)
            method, target, _ = head.split(b" ", 2)
            if self.refusal is not None:
                writer.write(b"HTTP/1.1 %d No\r\nContent-Length: 0\r\n\r\n" % self.refusal)
                return
            if method == b"CONNECT":
                host, _, port = target.decode().partition(":")
                up_reader, up_writer = await asyncio.open_connection(host, int(port))
                writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
            else:
                parts = urlsplit(target.decode())
                up_reader, up_writer = await asyncio.open_connection(parts.hostname, parts.port)
                path = target.decode().removeprefix(f"{parts.scheme}://{parts.netloc}")
                up_writer.write(head.replace(target, path.encode(), 1))
            await asyncio.gather(_copy(reader, up_writer), _copy(up_reader, writer))
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(65_536):
        writer.write(piece)
    writer.close()
