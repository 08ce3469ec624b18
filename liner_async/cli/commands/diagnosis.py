"""What one request shows about host, TLS, key and clock, and what to do about it (pure)."""

from __future__ import annotations

from enum import Enum
from typing import Final

from attrs import frozen

from liner_async import (
    ApiError,
    AuthError,
    DecodeError,
    LinerError,
    NotFoundError,
    RateLimitError,
    ServerError,
    StatusError,
    TransportError,
)

__all__ = ["Finding", "Mark", "Probe", "advice", "findings", "problem"]

_CLOSE: Final = 30.0  # seconds; a smaller difference between two clocks does no harm
_UNITS: Final = ((86_400, "days"), (3_600, "hours"), (60, "minutes"), (1, "seconds"))


class Mark(Enum):
    """The result of a check."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "FAILED"
    UNKNOWN = "-"


@frozen
class Finding:
    """A check, its result, and a few words about it."""

    name: str
    mark: Mark
    text: str


@frozen(kw_only=True)
class Probe:
    """The outcome of one request for one order.

    Attributes:
        is_https: whether it was sent over TLS.
        is_exposed: whether it crossed a network unencrypted.
        seconds: the time from sending it to its end.
        ahead: seconds by which the server's clock is ahead of ours; None if it sent no date.
        total: the number of orders; None if that is not known.
        order_id: the first order; None if there is none.
        error: what went wrong, None if nothing did.
        reads_others: whether the key may read another list.
    """

    is_https: bool
    is_exposed: bool
    seconds: float
    ahead: float | None
    total: int | None = None
    order_id: int | None = None
    error: LinerError | None = None
    reads_others: bool = False


def findings(probe: Probe) -> tuple[Finding, ...]:
    """Return what the probe shows of network, TLS, key, orders and clock."""
    return (_network(probe), _tls(probe), _key(probe), _orders(probe), _clock(probe))


def problem(error: LinerError) -> str:
    """Return the message of an error without offset and attempts, which say nothing here."""
    return str(error.args[0])


def _network(probe: Probe) -> Finding:
    error = probe.error
    if isinstance(error, TransportError) and error.reason != "tls":
        return Finding("network", Mark.FAILED, problem(error))
    if isinstance(error, TransportError):
        return Finding("network", Mark.OK, "the host was reached")
    return Finding("network", Mark.OK, f"an answer in {probe.seconds * 1e3:.0f} ms")


def _tls(probe: Probe) -> Finding:
    error = probe.error
    if not probe.is_https and not probe.is_exposed:
        return Finding("TLS", Mark.OK, "not needed: the host is this machine")
    if not probe.is_https:
        return Finding(
            "TLS", Mark.WARNING, "not used: anyone who sees the traffic can read the key"
        )
    if not isinstance(error, TransportError):
        return Finding("TLS", Mark.OK, "the certificate is trusted")
    if error.reason == "tls":
        return Finding("TLS", Mark.FAILED, problem(error))
    return Finding("TLS", Mark.UNKNOWN, "not checked")


def _key(probe: Probe) -> Finding:
    error = probe.error
    if error is None or probe.reads_others or isinstance(error, DecodeError):
        return Finding("key", Mark.OK, "accepted")
    if isinstance(error, AuthError):
        return Finding("key", Mark.FAILED, problem(error))
    return Finding("key", Mark.UNKNOWN, "not checked")


def _orders(probe: Probe) -> Finding:
    error = probe.error
    if error is None:
        return Finding("orders", Mark.OK, f"{probe.total:,}")
    if probe.reads_others:
        return Finding("orders", Mark.WARNING, problem(error))
    if isinstance(error, TransportError | AuthError):
        return Finding("orders", Mark.UNKNOWN, "not read")
    return Finding("orders", Mark.FAILED, problem(error))


def _clock(probe: Probe) -> Finding:
    if probe.ahead is None:
        return Finding("clock", Mark.UNKNOWN, "the server sent no date")
    if abs(probe.ahead) <= _CLOSE:
        return Finding("clock", Mark.OK, "agrees with the server's clock")
    size, unit = next(each for each in _UNITS if abs(probe.ahead) >= each[0])
    side = "behind" if probe.ahead > 0 else "ahead of"
    return Finding(
        "clock",
        Mark.WARNING,
        f"{abs(probe.ahead) / size:.0f} {unit} {side} the server's clock: one of the two is wrong",
    )


def advice(error: LinerError, *, is_https: bool, of: str = "orders") -> str:
    """Return what to do about an error that came when a list was asked for."""
    if isinstance(error, TransportError):
        return _advice_on_transport(error, is_https=is_https)
    if isinstance(error, StatusError):
        return _advice_on_status(error)
    match error:
        case ApiError():
            return "this is LINER's own message: ask its support"
        case DecodeError():
            return f"to leave such {of} out: {of} export --on-invalid skip"
    return "this may be a login page or another service: check the host"


def _advice_on_transport(error: TransportError, *, is_https: bool) -> str:
    match error.reason:
        case "tls":
            return _advice_on_tls(problem(error))
        case "dns":
            return "check the spelling of the host, and this machine's network"
        case "connect":
            return (
                "check the host and port, that LINER runs there, and that no firewall is in between"
            )
        case "timeout":
            return "a firewall may be dropping packets; if LINER is slow, raise --timeout"
        case "closed" | "not_http" if not is_https:
            return "check the port; if it speaks TLS, the host must start with https://"
    return "check the port, and try again"


def _advice_on_tls(message: str) -> str:
    if "expired" in message or "not yet valid" in message:
        return "check this machine's clock; if it is right, the certificate must be renewed"
    if "mismatch" in message:
        return "use the host name that is in the certificate"
    if "self-signed" in message or "issuer" in message:
        return "if the certificate authority is your own, set SSL_CERT_FILE to its file"
    return "check the port: it may not speak TLS"


def _advice_on_status(error: StatusError) -> str:
    match error:
        case AuthError(status=401):
            return "check that LINER_API_KEY or --api-key-file holds the whole key of this host"
        case AuthError():
            return "ask for permission to read orders, or for a key that has it"
        case NotFoundError():
            return "the API must be at HOST/v2/order/; behind a proxy, HOST may need a path"
        case RateLimitError(retry_after=None):
            return "wait, and find out who else uses this key"
        case RateLimitError(retry_after=wait):
            return f"wait {wait:.0f} s, and find out who else uses this key"
        case ServerError():
            return "the fault is on LINER's side: try again later, then contact its operator"
    if error.status in range(300, 400):
        return "use the host that the redirect points to, if you trust it with the key"
    return "this may be another service: check the host"
