"""The listening socket and the connections behind it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from liner_async.testing.connection import Connection, ConnectionRules

if TYPE_CHECKING:
    from liner_async.testing.service import Service

__all__ = ["Listener"]

# Connections that may wait to be accepted: a client may open hundreds in one turn.
_BACKLOG: Final = 1024


class Listener:
    """Accepts connections on one address, and can close them all at once.

    `connections` are those that are open now.
    """

    def __init__(self, service: Service, rules: ConnectionRules) -> None:
        """Prepare to serve on the host and port of the rules."""
        self._service = service
        self._rules = rules
        self.connections: set[Connection] = set()
        self._server: asyncio.Server | None = None
        self.address: str | None = None
        """The origin, or None before the first `open`."""

    @property
    def is_open(self) -> bool:
        """Whether it accepts connections now."""
        return self._server is not None

    @property
    def origin(self) -> str:
        """The scheme, host and port that clients reach; kept after `close`.

        Raises:
            RuntimeError: It was never opened.
        """
        if self.address is None:
            msg = "the server has no address before it is started"
            raise RuntimeError(msg)
        return self.address

    async def open(self) -> None:
        """Listen on the running loop.

        Raises:
            RuntimeError: It listens already.
            OSError: The address cannot be had.
        """
        if self._server is not None:
            msg = "the server is running already"
            raise RuntimeError(msg)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            self._accept, self._rules.host, self._rules.port, backlog=_BACKLOG
        )
        host, port = self._server.sockets[0].getsockname()[:2]
        scheme = "http" if self._rules.ssl is None else "https"
        self.address = f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"

    async def close(self) -> None:
        """Stop listening, drop every connection and wait until their tasks have ended."""
        server, self._server = self._server, None
        if server is None:
            return
        await self._stop_accepting(server)
        server.close()
        while self.connections:
            # Losing its transport cancels the task of a connection; it ends in a later turn.
            for connection in self.connections:
                connection.abort()
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

    def _accept(self) -> Connection:
        connection = Connection(self._service, self._rules, on_end=self.connections.discard)
        self.connections.add(connection)
        self._service.traffic.connected(id(connection))
        return connection
