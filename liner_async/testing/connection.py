"""One connection: requests in, responses out."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
import time
from email.utils import formatdate
from functools import lru_cache
from typing import TYPE_CHECKING, Final, cast

import attrs
from attrs import frozen

from liner_async.testing.bodies import refusal
from liner_async.testing.incoming import BadRequestError, Incoming
from liner_async.testing.wire import WHOLE, Context, End, Pause, Response, status_in, whole

if TYPE_CHECKING:
    from collections.abc import Callable
    from ssl import SSLContext

    from liner_async.testing.service import Service

__all__ = ["Connection", "ConnectionRules"]

# struct linger: on, with no time to linger: close() then sends RST and drops what is queued.
_NO_LINGER: Final = struct.pack("ii", 1, 0)
_HEAD_END: Final = b"\r\n\r\n"
_LONGEST_HEAD: Final = 2**20
_LARGEST_BODY: Final = 2**20
_STATUS_LINE_SIZE: Final = 12

_logger = logging.getLogger("liner_async.testing")
_logger.addHandler(logging.NullHandler())


@frozen(kw_only=True)
class ConnectionRules:
    """Where connections come in and how they live: options of `FakeLiner`, which documents them."""

    host: str = "127.0.0.1"
    port: int = 0
    keep_alive: bool = True
    requests_per_connection: int | None = None
    ssl: SSLContext | None = None


class Connection(asyncio.Protocol):
    """Serves the requests of one connection, one after the other, in a task of its own."""

    def __init__(
        self, service: Service, rules: ConnectionRules, *, on_end: Callable[[Connection], None]
    ) -> None:
        """Prepare to serve; `on_end` is called once socket and task are gone."""
        self._service = service
        self._rules = rules
        self._on_end = on_end
        self._transport: asyncio.Transport | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_lost = False
        self._received = asyncio.StreamReader(limit=_LONGEST_HEAD)
        self._flushed = asyncio.Event()
        self._flushed.set()
        self._served = 0

    def abort(self) -> None:
        """Drop the connection; its task ends in a later turn."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start to serve."""
        self._transport = cast("asyncio.Transport", transport)
        self._task = asyncio.get_running_loop().create_task(self._converse(self._transport))
        self._task.add_done_callback(self._ended)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio names it
        """Cancel what is still being served."""
        self._is_lost = True
        if self._task is not None:
            self._task.cancel()
            self._ended(self._task)

    def data_received(self, data: bytes) -> None:
        """Collect what comes in."""
        self._received.feed_data(data)

    def pause_writing(self) -> None:
        """Record that the client does not keep up."""
        self._flushed.clear()

    def resume_writing(self) -> None:
        """Record that everything is sent."""
        self._flushed.set()

    def _ended(self, task: asyncio.Task[None]) -> None:
        if self._is_lost and task.done():
            self._on_end(self)

    async def _converse(self, transport: asyncio.Transport) -> None:
        try:
            if self._rules.ssl is not None:
                secured = await self._secured(transport, self._rules.ssl)
                if secured is None:
                    self._is_lost = True  # asyncio tells connection_lost only after a handshake
                    return
                transport = self._transport = secured
            transport.set_write_buffer_limits(high=1, low=0)  # with TLS, 0 would always pause
            while await self._serve(await self._request(), transport):
                pass
        except BadRequestError as error:
            transport.write(whole(refusal(400, str(error)), Context(keep_alive=False)))
        finally:
            if not transport.is_closing():  # closed twice, Python 3.11.2 could abort it no more
                transport.close()

    async def _secured(
        self, transport: asyncio.Transport, context: SSLContext
    ) -> asyncio.Transport | None:
        loop = asyncio.get_running_loop()
        try:
            return await loop.start_tls(transport, self, context, server_side=True)
        except OSError:  # Python 3.11 returns None if the client leaves within the handshake
            return None

    async def _request(self) -> Incoming:
        first = await self._received.readexactly(1)
        if not first.isalpha():
            raise BadRequestError("this is no HTTP/1 request")  # TLS, for example
        try:
            head = first + await self._received.readuntil(_HEAD_END)
        except asyncio.LimitOverrunError:
            raise BadRequestError("the head of this request is too long") from None
        incoming = Incoming.parse(head.removesuffix(_HEAD_END))
        if incoming.body_length > _LARGEST_BODY:
            raise BadRequestError("the body of this request is too large")
        body = await self._received.readexactly(incoming.body_length)
        return attrs.evolve(incoming, body=body) if body else incoming

    async def _serve(self, incoming: Incoming, transport: asyncio.Transport) -> bool:
        """Answer; return whether the connection can take another request."""
        service = self._service
        counts = service.stats(incoming, connection=id(self))
        if counts is not None:
            transport.write(whole(counts, Context(keep_alive=False)))
            return False
        target = service.target(incoming.path)
        entry = service.entry(incoming, target)
        with service.traffic.exchange(entry, connection=id(self)) as answered:
            if self._served == self._rules.requests_per_connection:
                return False
            self._served += 1
            context = Context(
                keep_alive=self._rules.keep_alive and incoming.keep_alive,
                with_body=incoming.method != "HEAD",
                date=_http_date(int(time.time())),
            )
            try:
                response = await service.respond(incoming, entry, target)
            except Exception:  # a mistake in a test's own function
                _logger.exception("the fake server failed to answer")
                response = refusal(500, "the fake server failed, see its log")
            if response.delivery is WHOLE:
                answered(response.status)
                transport.write(whole(response, context))
                return context.keep_alive
            return await self._perform(response, context, answered, transport)

    async def _perform(
        self,
        response: Response,
        context: Context,
        answered: Callable[[int], None],
        transport: asyncio.Transport,
    ) -> bool:
        begun = b""
        for step in response.delivery.steps(response, context):
            await self._flushed.wait()
            match step:
                case bytes():
                    if len(begun) < _STATUS_LINE_SIZE:
                        begun += step[:_STATUS_LINE_SIZE]
                        answered(status_in(begun))
                    transport.write(step)
                case Pause():
                    await asyncio.sleep(step.seconds)
                case End.STALL:
                    await asyncio.get_running_loop().create_future()
                case End.RESET:
                    _reset(transport)
                case _:
                    return step is End.KEEP
        return False


def _reset(transport: asyncio.Transport) -> None:
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    transport.abort()


@lru_cache(maxsize=1)
def _http_date(second: int) -> str:
    return formatdate(second, usegmt=True)
