"""aiohttp's errors as ours, in our words and without the request that theirs hold."""

from __future__ import annotations

import os

import aiohttp

from liner_async.errors import TransportError, TransportTimeoutError

__all__ = ["translated"]

# aiohttp names a body that it cannot unpack or piece together only in the text of its error.
_WORDS_OF_A_BODY = ("content-encoding", "deflate", "chunk")


def translated(error: Exception, *, seconds: float, connect: float) -> TransportError:
    """Return our error for one of aiohttp's; the limits (seconds) are those of the attempt."""
    match error:
        case aiohttp.ConnectionTimeoutError():
            return TransportTimeoutError(f"no connection within {connect:.3g} s", reason="timeout")
        case TimeoutError():
            return TransportTimeoutError(
                f"no complete answer within {seconds:.3g} s", reason="timeout"
            )
        case aiohttp.ClientConnectorError() | aiohttp.ClientSSLError():
            return _without_connection(error)
        case aiohttp.ServerFingerprintMismatch():
            return TransportError("the server's certificate is another one", reason="tls")
        case aiohttp.ClientHttpProxyError():
            return TransportError(f"the proxy refused: HTTP {error.status}", reason="proxy")
        case aiohttp.ClientPayloadError():
            return _corrupt_body()
        case aiohttp.ClientResponseError():  # its status, 400, is aiohttp's, not the server's
            if any(word in error.message.lower() for word in _WORDS_OF_A_BODY):
                return _corrupt_body()
            return TransportError("the answer is not HTTP", reason="not_http")
    return TransportError("the server closed the connection", reason="closed")


def _without_connection(error: aiohttp.ClientConnectorError) -> TransportError:
    match error:
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientSSLError():
            return TransportError(
                f"no secure connection to {error.host!r}: {_tls_problem(error)}", reason="tls"
            )
        case aiohttp.ClientProxyConnectionError():
            return TransportError(f"cannot connect to the proxy {error.host!r}", reason="connect")
        case aiohttp.ClientConnectorDNSError():
            return TransportError(f"no such host: {error.host!r}", reason="dns")
    why = os.strerror(error.errno) if error.errno else "no address answers"
    return TransportError(
        f"cannot connect to {error.host!r}, port {error.port}: {why}", reason="connect"
    )


def _corrupt_body() -> TransportError:
    return TransportError("the body was cut short or is corrupt", reason="body")


def _tls_problem(error: aiohttp.ClientError) -> str:
    cause = getattr(error, "certificate_error", None) or getattr(error, "os_error", None)
    return getattr(cause, "verify_message", None) or getattr(cause, "reason", None) or "TLS failed"
