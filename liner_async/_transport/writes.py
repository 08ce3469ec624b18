"""A write, from its first attempt to the report of its outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from liner_async._transport.delivery import Delivery
from liner_async._transport.outcome import closed_before_end, unknown_outcome
from liner_async._transport.telemetry import log_write
from liner_async.errors import LinerError
from liner_async.events import Emit, WriteEvent

__all__ = ["concluded"]

T = TypeVar("T")


async def concluded(
    delivery: Delivery[T],
    send: Callable[[], Awaitable[T]],
    *,
    emit: Emit | None,
    clock: Callable[[], float],
    is_closed: Callable[[], bool],
) -> T:
    """Send a write, and report what became of it, however it ends.

    Raises:
        OutcomeUnknownError: no answer tells whether it was carried out.
        ClientClosedError: the client was closed meanwhile; `outcome` says what is known.
        LinerError: it failed, with its `outcome`.
    """
    progress = delivery.progress
    is_cancelled = False
    try:
        return await send()
    except LinerError as error:
        error.outcome = progress.outcome
        if error.status is None:
            error.status = delivery.status
        if progress.outcome != "unknown":
            raise
        raise unknown_outcome(
            delivery.request,
            error,
            attempts=delivery.attempts,
            sent_at=progress.in_doubt_since,
        ) from error
    except asyncio.CancelledError:
        is_cancelled = True
        progress.interrupt()
        if not is_closed():
            raise
        raise closed_before_end(
            delivery.request,
            progress.outcome,
            attempts=delivery.attempts,
            status=delivery.status,
        ) from None
    finally:
        event = WriteEvent(
            endpoint=delivery.request.endpoint,
            outcome=progress.outcome,
            attempts=delivery.attempts,
            status=delivery.status,
            seconds=0.0 if delivery.started is None else clock() - delivery.started,
        )
        log_write(emit, delivery.request, event, is_cancelled=is_cancelled)
        if delivery.on_end is not None:
            delivery.on_end(event)
