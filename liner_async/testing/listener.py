"""The listening socket and the connections behind it."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp.web_protocol import RequestHandler

    from liner_async.testing.traffic import Traffic

__all__ = ["Listener"]

# Connections that may wait to be accepted: a client may open hundreds in one turn.
_BACKLOG: Final = 1024

_logger = logging.getLogger("liner_async.testing")
_logger.addHandler(logging.NullHandler())


class Listener:
    """Accepts connections on one address, counts them, and can close them all at once."""

    def __init__(
        self,
        handle: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
        traffic: Traffic,
        *,
        host: str,
        port: int,
    ) -> None:
        """Prepare to serve `handle` on `host` and `port`, 0 for a free one."""
        self._handle = handle
        self._traffic = traffic
        self._host = host
        self._port = port
        self._protocols: web.Server | None = None
        self._server: asyncio.Server | None = None
        self._origin: str | None = None

    @property
    def origin(self) -> str:
        """The scheme, host and port that clients reach; kept after `close`.

        Raises:
            RuntimeError: It was never opened.
        """
        if self._origin is None:
            msg = "the server has no address before it is started"
            raise RuntimeError(msg)
        return self._origin

    @property
    def open_connections(self) -> int:
        """The number of connections open now."""
        return 0 if self._protocols is None else len(self._protocols.connections)

    async def open(self) -> None:
        """Listen on the running loop.

        Raises:
            RuntimeError: It listens already.
            OSError: The address cannot be had.
        """
        if self._server is not None:
            msg = "the server is running already"
            raise RuntimeError(msg)
        self._protocols = web.Server(
            self._handle, handler_cancellation=True, access_log=None, logger=_logger
        )
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            partial(self._accept, self._protocols), self._host, self._port, backlog=_BACKLOG
        )
        host, port = self._server.sockets[0].getsockname()[:2]
        self._origin = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    async def close(self) -> None:
        """Stop listening, drop every connection and wait until their handlers have ended."""
        server, self._server = self._server, None
        protocols = self._protocols
        if server is None or protocols is None:
            return
        await self._stop_accepting(server)
        server.close()
        while protocols.connections:
            # Losing its transport cancels the handler of a connection; it ends in a later turn.
            for protocol in protocols.connections:
                if protocol.transport is not None:
                    protocol.transport.abort()
            await asyncio.sleep(0)
        await server.wait_closed()

    @staticmethod
    async def _stop_accepting(server: asyncio.Server) -> None:
        # A socket accepted in this very turn becomes a transport in the next and a connection in
        # the one after; asyncio forgets it without closing it when the server closes before that.
        loop = asyncio.get_running_loop()
        with suppress(NotImplementedError):  # Windows' default loop has no readers
            for listening in server.sockets:
                loop.remove_reader(listening.fileno())
        for _ in range(2):
            await asyncio.sleep(0)

    def _accept(self, protocols: web.Server) -> RequestHandler:
        protocol = protocols()
        self._traffic.connected(id(protocol))
        return protocol
