"""Minimal HTTP: GETs over one kept-alive asyncio stream, for the page server only."""

from __future__ import annotations

import asyncio
from typing import Self
from urllib.parse import urlsplit

from speed.catalogue import PAGE
from speed.serving import KEY

__all__ = ["Wire"]

_LIMIT = 2**20
_HEAD_END = b"\r\n\r\n"
_LENGTH = b"Content-Length: "


class Wire:
    """One connection; statuses are not checked, and faults are not handled."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname, parts.port
        self._start = f"GET {parts.path}/v2/order/?offset=".encode()
        self._end = (
            f"&limit={PAGE} HTTP/1.1\r\nHost: {parts.netloc}\r\nX-Api-Key: {KEY}\r\n\r\n"
        ).encode()

    async def __aenter__(self) -> Self:
        """Connect."""
        self._reader, self._writer = await asyncio.open_connection(
            self._host, self._port, limit=_LIMIT
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the connection."""
        self._writer.close()
        await self._writer.wait_closed()

    async def get(self, offset: int) -> bytes:
        """Return the body of the page at `offset`."""
        self._writer.write(b"%s%d%s" % (self._start, offset, self._end))
        head = await self._reader.readuntil(_HEAD_END)
        start = head.index(_LENGTH) + len(_LENGTH)
        return await self._reader.readexactly(int(head[start : head.index(b"\r\n", start)]))
