"""One exchange by aiohttp, and its errors translated into ours.

aiohttp's errors, responses and stack frames hold the request's headers, and so the key. None of
them leaves this module: failures travel as values and are raised where no frame of aiohttp's is
part of the traceback.
"""

from __future__ import annotations

import asyncio
import os
import ssl as ssl_module
import weakref
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import aiohttp
from aiohttp import ClientResponse

from liner_async._transport.connections import CleanConnector, let_go, send_once, warn_unclosed
from liner_async._transport.credentials import ApiKey
from liner_async._transport.envelope import Response
from liner_async._transport.request import Request
from liner_async._transport.retry_after import parse_retry_after
from liner_async._version import __version__
from liner_async.errors import (
    ClientClosedError,
    LinerError,
    ResponseError,
    TransportError,
    TransportTimeoutError,
)

__all__ = ["HttpSession"]

_CONNECT_SECONDS = 10.0
_READ_GAP_SECONDS = 15.0
_LARGEST_BODY = 16 * 2**20
_LARGEST_ERROR_BODY = 64 * 2**10
_ERROR_BODY_SECONDS = 2.0
_OK = 200

# aiohttp names a body that it cannot unpack or piece together only in the text of its error.
_WORDS_OF_A_BODY = ("content-encoding", "deflate", "chunk")


class HttpSession:
    """An aiohttp session of our own, opened at the first request, or a borrowed one."""

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
    ) -> None:
        self._name = name
        self._base = base
        self._key = key
        self._connections = connections
        self._borrowed = borrowed
        self._own: aiohttp.ClientSession | None = None
        self._finalizer: weakref.finalize[Any, HttpSession] | None = None
        self._ssl: ssl_module.SSLContext | bool = ssl or True
        self._timeout = aiohttp.ClientTimeout(
            total=None,  # the attempt's own timer: aiohttp's would count the wait for a connection
            sock_connect=max(_CONNECT_SECONDS, timeout / 3),
            sock_read=max(_READ_GAP_SECONDS, timeout / 2),
        )
        self.answered = False
        """Whether this session has had an answer, so that a connection may be a reused one."""

    async def exchange(self, request: Request, *, seconds: float, attempt: int) -> Response:
        """Send one request once, and read its answer.

        Raises:
            TransportError: no usable answer came within so many seconds.
            ResponseError: the body is larger than 16 MiB, decompressed.
            ClientClosedError: a borrowed session was closed.
        """
        outcome = await self._exchange(request, seconds, attempt)
        if isinstance(outcome, LinerError):
            raise outcome
        self.answered = True
        return outcome

    async def _exchange(
        self, request: Request, seconds: float, attempt: int
    ) -> Response | LinerError:
        session = self._session()
        if session.closed:
            return ClientClosedError("the borrowed aiohttp session is closed")
        try:
            async with (
                asyncio.timeout(seconds),
                session.request(
                    request.method,
                    request.url(self._base),
                    data=request.body,
                    headers=self._key.headers() | {"User-Agent": f"liner-async/{__version__}"},
                    allow_redirects=False,
                    raise_for_status=False,
                    timeout=self._timeout,
                    ssl=self._ssl,
                    middlewares=(*getattr(session, "_middlewares", ()), send_once),
                ) as response,
            ):
                return await _read(response, attempt)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            return _translate(error, seconds)

    def _session(self) -> aiohttp.ClientSession:
        if self._borrowed is not None:
            return self._borrowed
        if self._own is None:
            self._own = aiohttp.ClientSession(
                connector=CleanConnector(limit=self._connections),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
            )
            # A finalizer keeps the session alive until it runs, so that aiohttp has nothing left
            # to complain about in words of its own.
            self._finalizer = weakref.finalize(self, warn_unclosed, self._own, self._name)
        return self._own

    async def aclose(self) -> None:
        """Close the session if it is our own."""
        if self._finalizer is not None and self._own is not None:
            self._finalizer.detach()
            await self._own.close()

    def abandon(self) -> None:
        """Let go of a session of our own whose event loop is gone."""
        if self._finalizer is not None and self._finalizer.detach() and self._own is not None:
            let_go(self._own)


async def _read(response: ClientResponse, attempt: int) -> Response | ResponseError:
    status = response.status
    if status == _OK:
        body = await _read_body(response, _LARGEST_BODY)
    elif 400 <= status <= 499:
        body = await _read_error_body(response)
    else:
        body = b""
    if body is None:
        response.close()
        return ResponseError(
            f"the body is larger than {_LARGEST_BODY >> 20} MiB", status=status, reason="too_large"
        )
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


async def _read_body(response: ClientResponse, most: int) -> bytes | None:
    """Read a body that, decompressed, has at most so many bytes; None if it has more."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.content.iter_any():
        size += len(chunk)
        if size > most:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


async def _read_error_body(response: ClientResponse) -> bytes:
    """Read what a refusal says, if it says so briefly and soon."""
    with suppress(TimeoutError, aiohttp.ClientError, OSError):
        async with asyncio.timeout(_ERROR_BODY_SECONDS):
            return await _read_body(response, _LARGEST_ERROR_BODY) or b""
    return b""


def _translate(error: Exception, seconds: float) -> TransportError:
    """Return our error for one of aiohttp's, without the request that it holds."""
    match error:
        case TimeoutError():
            return TransportTimeoutError(
                f"no complete answer within {seconds:.3g} s", reason="timeout"
            )
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientSSLError():
            return TransportError(
                f"no secure connection to {error.host!r}: {_tls_problem(error)}", reason="tls"
            )
        case aiohttp.ServerFingerprintMismatch():
            return TransportError("the server's certificate is another one", reason="tls")
        case aiohttp.ClientConnectorDNSError():
            return TransportError(f"no such host: {error.host!r}", reason="dns")
        case aiohttp.ClientConnectorError():
            why = os.strerror(error.errno) if error.errno else "no address answers"
            return TransportError(
                f"cannot connect to {error.host!r}, port {error.port}: {why}", reason="connect"
            )
        case aiohttp.ClientPayloadError():
            return _corrupt_body()
        case aiohttp.ClientResponseError():  # its status, 400, is aiohttp's, not the server's
            if any(word in error.message.lower() for word in _WORDS_OF_A_BODY):
                return _corrupt_body()
            return TransportError("the answer is not HTTP", reason="not_http")
    return TransportError("the server closed the connection", reason="closed")


def _corrupt_body() -> TransportError:
    return TransportError("the body was cut short or is corrupt", reason="body")


def _tls_problem(error: aiohttp.ClientError) -> str:
    cause = getattr(error, "certificate_error", None) or getattr(error, "os_error", None)
    return getattr(cause, "verify_message", None) or getattr(cause, "reason", None) or "TLS failed"
