"""Log lines and events for attempts and retries."""

from __future__ import annotations

import logging
from typing import Any

from liner_async._transport.delivery import Delivery
from liner_async._transport.request import Request
from liner_async._transport.retry_after import parse_date
from liner_async.errors import LinerError
from liner_async.events import Emit, RequestEvent, RetryEvent, WriteEvent

__all__ = ["log_attempt", "log_outage_began", "log_outage_ended", "log_retry", "log_write"]

_log = logging.getLogger("liner_async.transport")


def log_attempt(
    emit: Emit | None, delivery: Delivery[Any], *, seconds: float, concurrency: int
) -> None:
    """Report an attempt that ended, and how many requests might be in flight until then."""
    request, error, attempt = delivery.request, delivery.failure, delivery.attempts
    outcome = str(delivery.status) if error is None else repr(error)
    _log.debug("%s -> %s (attempt %d, %.0f ms)", request, outcome, attempt, seconds * 1e3)
    if emit is not None:
        emit(
            RequestEvent(
                method=request.method,
                path=request.path,
                offset=request.number("offset"),
                limit=request.number("limit"),
                attempt=attempt,
                status=delivery.status if error is None else error.status,
                error=None if error is None else type(error).__name__,
                reason=None if error is None else error.reason,
                seconds=seconds,
                date=parse_date(delivery.date),
                concurrency=concurrency,
            )
        )


def log_retry(
    emit: Emit | None,
    request: Request,
    error: LinerError,
    *,
    attempt: int,
    wait: float,
    is_outage: bool,
) -> None:
    """Report that another attempt follows a failed one, in `wait` seconds or later.

    During an outage the log has one line for all waiting requests, not one for each.
    """
    if not is_outage:
        _log.info("%s: %s; trying again in %.1f s", request, error, wait)
    if emit is not None:
        emit(
            RetryEvent(
                method=request.method,
                path=request.path,
                offset=request.number("offset"),
                attempt=attempt,
                status=error.status,
                error=type(error).__name__,
                reason=error.reason,
                wait=wait,
            )
        )


def log_write(
    emit: Emit | None, request: Request, event: WriteEvent, *, is_cancelled: bool
) -> None:
    """Report what became of a write that ended; no field of it is shown."""
    _log.debug(
        "%s: %s (attempts %d, %.0f ms)",
        event.endpoint,
        event.outcome,
        event.attempts,
        event.seconds * 1e3,
    )
    if is_cancelled and event.outcome == "unknown":
        _log.warning("%s was cancelled, and may have been carried out", request)
    if emit is not None:
        emit(event)


def log_outage_began(host: str, error: LinerError | None) -> None:
    """Report that requests to a host now wait until a probe is answered."""
    _log.warning("%s does not answer (%s); waiting until it does", host, error)


def log_outage_ended(host: str, *, seconds: float, is_back: bool) -> None:
    """Report that the host answers again, or is not waited for any longer."""
    if is_back:
        _log.info("%s answers again, after %.1f s", host, seconds)
    else:
        _log.info("%s has not answered for %.1f s; giving up", host, seconds)
