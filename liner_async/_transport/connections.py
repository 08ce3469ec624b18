"""Work-arounds: what aiohttp's connections must not do by themselves."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import aiohttp
from aiohttp import BytesPayload, ClientHandlerType, ClientRequest, ClientResponse
from aiohttp.abc import AbstractStreamWriter
from aiohttp.client_proto import ResponseHandler
from aiohttp.client_reqrep import ConnectionKey
from aiohttp.connector import Connection
from aiohttp.tracing import Trace

from liner_async.errors import ConfigError

__all__ = [
    "CleanConnector",
    "ClosedEarlyError",
    "MarkedBody",
    "check_session",
    "let_go",
    "send_once",
    "warn_unclosed",
]


def check_session(session: object) -> None:
    """Raise ConfigError for what is not an aiohttp session, or None for one of our own."""
    if session is not None and not isinstance(session, aiohttp.ClientSession):
        raise ConfigError("session must be an aiohttp.ClientSession")


class ClosedEarlyError(aiohttp.ClientError):
    """The connection ended before the answer's headers; unlike its causes, never sent again."""


class CleanConnector(aiohttp.TCPConnector):
    """Drops connections that aiohttp should neither reuse nor leave open.

    On a kept-alive connection the server may speak unasked: aiohttp would take what it said for the
    answer to the next request. A TLS connection that is not to be kept would wait for the server's
    farewell, for 30 s at most, and outlive the client; so would one that opens just as its request
    is cancelled, which nobody holds yet.
    """

    async def connect(
        self,
        req: ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - aiohttp's signature
    ) -> Connection:
        """Return a connection on which the server has not spoken unasked."""
        connection = await super().connect(req, traces, timeout)
        for _ in range(self.limit):
            if connection.protocol is None or not connection.protocol.should_close:
                break
            connection.close()
            connection = await super().connect(req, traces, timeout)
        return connection

    async def _wrap_create_connection(
        self, *args: Any, **kwargs: Any
    ) -> tuple[asyncio.Transport, ResponseHandler]:
        make_protocol, *rest = args
        made: list[ResponseHandler] = []

        def make() -> ResponseHandler:
            made.append(make_protocol())
            return made[-1]

        try:
            return await super()._wrap_create_connection(make, *rest, **kwargs)
        except BaseException:
            for protocol in made:
                protocol.abort()
            raise

    def _release(
        self, key: ConnectionKey, protocol: ResponseHandler, *, should_close: bool = False
    ) -> None:
        is_over = should_close or protocol.should_close
        if key.is_ssl and is_over:
            protocol.abort()  # leaves nothing to close below
        super()._release(key, protocol, should_close=is_over)


class MarkedBody(BytesPayload):
    """A body that reports when it is begun: no server handles a request before its body arrives."""

    def __init__(self, body: bytes, begin: Callable[[], None]) -> None:
        super().__init__(body)
        self._begin = begin

    async def write_with_length(
        self, writer: AbstractStreamWriter, content_length: int | None
    ) -> None:
        """Report that the body begins, then write it."""
        self._begin()
        await super().write_with_length(writer, content_length)


async def send_once(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    """Keep aiohttp from sending a GET a second time by itself, uncounted."""
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise  # nothing was sent, and aiohttp does not repeat it
    except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
        raise ClosedEarlyError from None


def warn_unclosed(sessions: Mapping[float, aiohttp.ClientSession], name: str) -> None:
    """Close the sessions that their owner forgot to close, and warn in the owner's name."""
    for session in sessions.values():
        let_go(session)
    warnings.warn(
        f"{name} was never closed: use `async with`, or `await client.aclose()`",
        ResourceWarning,
        stacklevel=2,
    )


def let_go(session: aiohttp.ClientSession) -> None:
    """Close a session where nothing can be awaited."""
    closing = session.close()
    with suppress(StopIteration):
        closing.send(None)
    closing.close()
