"""One exchange by aiohttp, and its errors translated into ours.

aiohttp's errors, responses and stack frames hold the request's headers, and so the key. None of
them leaves this module: failures travel as values and are raised where no frame of aiohttp's is
part of the traceback.
"""

from __future__ import annotations

import asyncio
import ssl as ssl_module
import weakref
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import aiohttp
from aiohttp import ClientResponse

from liner_async._transport.connections import (
    CleanConnector,
    MarkedBody,
    let_go,
    send_once,
    warn_unclosed,
)
from liner_async._transport.credentials import ApiKey
from liner_async._transport.envelope import Response
from liner_async._transport.request import Request
from liner_async._transport.retry_after import parse_retry_after
from liner_async._transport.translation import translated
from liner_async._version import __version__
from liner_async.errors import (
    ClientClosedError,
    LinerError,
    ResponseError,
    TransportTimeoutError,
)

__all__ = ["HttpSession"]

_LARGEST_BODY = 16 * 2**20
_LARGEST_ERROR_BODY = 64 * 2**10
_ERROR_BODY_SECONDS = 2.0
# Seconds for which an idle connection is kept. Many servers close theirs after 2 or 5 s; a write
# that meets that moment would leave its outcome unknown.
_KEPT_FOR_READS = 15.0
_KEPT_FOR_WRITES = 1.5


def _ignore() -> None:
    """Do nothing: a request without a body has no moment at which its body begins."""


class HttpSession:
    """aiohttp sessions of our own for reads and writes, opened when needed, or a borrowed one."""

    def __init__(
        self,
        *,
        name: str,
        base: str,
        key: ApiKey,
        timeout: float,
        connections: int,
        borrowed: aiohttp.ClientSession | None = None,
        ssl: ssl_module.SSLContext | None = None,
        proxy: str | None = None,
        connect: float = 10.0,
        gap: float = 15.0,
    ) -> None:
        self._name = name
        self.base = base
        self._key = key
        self._connections = connections
        self._borrowed = borrowed
        self._own: dict[float, aiohttp.ClientSession] = {}  # by the seconds of its keep-alive
        self._finalizer: weakref.finalize[Any, HttpSession] | None = None
        self._ssl: ssl_module.SSLContext | bool = ssl or True
        self._proxy = proxy
        self._gap = max(gap, timeout / 2)
        self._connect = max(connect, timeout / 3)
        # The attempt's own timer: aiohttp's would count the wait for a connection, and its
        # `sock_read` the wait for the first byte.
        self._timeout = aiohttp.ClientTimeout(total=None, sock_connect=self._connect)
        self.answered = False
        """Whether this session has had an answer, so that a connection may be a reused one."""

    async def exchange(
        self,
        request: Request,
        *,
        seconds: float,
        attempt: int,
        begin: Callable[[], None] = _ignore,
    ) -> Response:
        """Send one request once, and read its answer; `begin` is called when its body is begun.

        Raises:
            TransportError: no usable answer came within so many seconds.
            ResponseError: the body is larger than 16 MiB, decompressed.
            ClientClosedError: a borrowed session was closed.
        """
        outcome = await self._exchange(request, seconds, attempt, begin)
        if isinstance(outcome, LinerError):
            raise outcome
        self.answered = True
        return outcome

    async def _exchange(
        self, request: Request, seconds: float, attempt: int, begin: Callable[[], None]
    ) -> Response | LinerError:
        body = None if request.body is None else MarkedBody(request.body, begin)
        session = self._session(_KEPT_FOR_READS if body is None else _KEPT_FOR_WRITES)
        if session.closed:
            return ClientClosedError("the borrowed aiohttp session is closed")
        try:
            async with (
                asyncio.timeout(seconds),
                session.request(
                    request.method,
                    # aiohttp knows this much from the last request; the whole would be parsed anew.
                    self.base + request.path,
                    params=request.query,
                    data=body,
                    headers=self._key.headers() | {"User-Agent": f"liner-async/{__version__}"},
                    allow_redirects=False,
                    raise_for_status=False,
                    timeout=self._timeout,
                    proxy=self._proxy,
                    ssl=self._ssl,
                    middlewares=(*getattr(session, "_middlewares", ()), send_once),
                ) as response,
            ):
                return await _read(response, request, attempt, gap=self._gap)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            return translated(error, seconds=seconds, connect=self._connect)

    def _session(self, keep_alive: float) -> aiohttp.ClientSession:
        if self._borrowed is not None:
            return self._borrowed
        if keep_alive not in self._own:
            self._own[keep_alive] = aiohttp.ClientSession(
                connector=CleanConnector(limit=self._connections, keepalive_timeout=keep_alive),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
            )
        if self._finalizer is None:
            # A finalizer keeps the sessions alive until it runs, so that aiohttp has nothing left
            # to complain about in words of its own.
            self._finalizer = weakref.finalize(self, warn_unclosed, self._own, self._name)
        return self._own[keep_alive]

    async def aclose(self) -> None:
        """Close the sessions that are our own."""
        if self._finalizer is not None:
            self._finalizer.detach()
        for session in self._own.values():
            await session.close()

    def abandon(self) -> None:
        """Let go of sessions of our own whose event loop is gone."""
        if self._finalizer is not None and self._finalizer.detach():
            for session in self._own.values():
                let_go(session)


async def _read(
    response: ClientResponse, request: Request, attempt: int, *, gap: float
) -> Response | LinerError:
    status = response.status
    body: bytes | LinerError
    if status in request.accepted:
        body = await _read_body(response, _LARGEST_BODY, gap=gap)
    elif 400 <= status <= 499:
        body = await _read_error_body(response)
    else:
        body = b""
    if isinstance(body, LinerError):
        response.close()
        return body
    if not response.content.at_eof():
        response.close()  # its connection cannot be used again
    date = response.headers.get("Date")
    return Response(
        status=status,
        body=body,
        date=date,
        retry_after=parse_retry_after(
            response.headers.get("Retry-After"), date=date, now=datetime.now(UTC)
        ),
        location=response.headers.get("Location"),
        attempt=attempt,
    )


async def _read_body(response: ClientResponse, most: int, *, gap: float) -> bytes | LinerError:
    """Read a body that, decompressed, has at most so many bytes, and pauses at most so long."""
    clock = asyncio.get_running_loop().time
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(gap) as limit:
            while chunk := await response.content.readany():
                limit.reschedule(clock() + gap)
                size += len(chunk)
                if size > most:
                    return ResponseError(
                        f"the body is larger than {most >> 20} MiB",
                        status=response.status,
                        reason="too_large",
                    )
                chunks.append(chunk)
    except TimeoutError:
        return TransportTimeoutError(f"the answer stopped for {gap:.3g} s", reason="timeout")
    return b"".join(chunks)


async def _read_error_body(response: ClientResponse) -> bytes:
    """Read what a refusal says, if it says so briefly and soon."""
    with suppress(TimeoutError, aiohttp.ClientError, OSError):
        async with asyncio.timeout(_ERROR_BODY_SECONDS):
            body = await _read_body(response, _LARGEST_ERROR_BODY, gap=_ERROR_BODY_SECONDS)
            return body if isinstance(body, bytes) else b""
    return b""
