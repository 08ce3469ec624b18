"""What can be observed: the events that `on_event` is called with (pure)."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable
from datetime import datetime

from attrs import frozen

from liner_async.errors import ConfigError, Outcome

__all__ = [
    "DriftEvent",
    "Emit",
    "LinerEvent",
    "PageEvent",
    "RequestEvent",
    "RetryEvent",
    "WriteEvent",
    "guarded",
    "is_plain_function",
]

_log = logging.getLogger("liner_async.events")


@frozen(kw_only=True)
class RequestEvent:
    """An attempt has ended: a request was sent once and answered, or got no usable answer.

    A cancelled attempt emits no event.

    Attributes:
        method: the HTTP method, such as "GET".
        path: the path below the host, such as "/v2/order/".
        offset: the offset that was asked for; None where the request has none.
        limit: the most items that were asked for; None where the request has none.
        attempt: which attempt of this request it was, from 1.
        status: the HTTP status; None where no usable answer came.
        error: the name of the error's class, such as "ServerError"; None for a good answer.
        reason: the error's `reason`, such as "timeout"; None where it has none.
        seconds: from sending until the answer was read and judged; no waiting for a slot or pause.
        date: the answer's `Date`, the server's clock to the second; None where it said nothing.
        concurrency: how many requests the client let be in flight until this one ended.
    """

    method: str
    path: str
    offset: int | None
    limit: int | None
    attempt: int
    status: int | None
    error: str | None
    reason: str | None
    seconds: float
    date: datetime | None
    concurrency: int


@frozen(kw_only=True)
class RetryEvent:
    """A failed attempt will be followed by another; its RequestEvent came just before.

    Attributes:
        method: the HTTP method.
        path: the path below the host.
        offset: the offset that was asked for; None where the request has none.
        attempt: which attempt failed, from 1.
        status: the HTTP status of its answer; None where no usable answer came.
        error: the name of the error's class.
        reason: the error's `reason`; None where it has none.
        wait: seconds until the next attempt at the earliest; it may then queue for a slot.
    """

    method: str
    path: str
    offset: int | None
    attempt: int
    status: int | None
    error: str
    reason: str | None
    wait: float


@frozen(kw_only=True)
class PageEvent:
    """A page was decoded and checked; the consumer gets it next.

    Attributes:
        path: the path below the host.
        offset: where the page starts in the list.
        limit: the most items that were asked for.
        received: items the server sent.
        items: items handed out: without those that came before, do not fit or were not wanted.
        total: how many items the list held when the page was read.
        attempts: requests it took.
        seconds: how long decoding kept the event loop.
    """

    path: str
    offset: int
    limit: int
    received: int
    items: int
    total: int
    attempts: int
    seconds: float


@frozen(kw_only=True)
class DriftEvent:
    """The list moved while it was read; emitted once per run for each kind of sign.

    Attributes:
        path: the path below the host.
        offset: the page at which it was noticed; at the end of a run, the first not handed out.
        kind: a short, stable word: "total", "beyond", "empty", "duplicates", "order", "count",
            "seam" or "resume".
        reason: the same in words, as in `PagingReport.drift`.
    """

    path: str
    offset: int
    kind: str
    reason: str


@frozen(kw_only=True)
class WriteEvent:
    """A create, update or submit has ended, successfully or not; its RequestEvents came before.

    A cancelled write emits one too. A write that never began may emit one, with "not_sent".

    Attributes:
        endpoint: the method that was called, such as "leads.create".
        outcome: what became of it: "done", "refused", "not_sent" or "unknown".
        attempts: requests sent.
        status: the HTTP status of the last answer; None where no usable one came.
        seconds: from the first attempt on, waits included.
    """

    endpoint: str
    outcome: Outcome
    attempts: int
    status: int | None
    seconds: float


LinerEvent = RequestEvent | RetryEvent | PageEvent | DriftEvent | WriteEvent
"""What `on_event` is called with: a union, so `match` can tell whether every kind is handled."""

Emit = Callable[[LinerEvent], None]
"""Reports an event; only KeyboardInterrupt, SystemExit and the like propagate."""


def is_plain_function(callback: object) -> bool:
    """Return whether it can be called, and need not be awaited."""
    return callable(callback) and not any(
        map(inspect.iscoroutinefunction, (callback, type(callback).__call__))
    )


def guarded(on_event: Callable[[LinerEvent], object] | None) -> Emit | None:
    """Return a function that passes events on and survives the callback's exceptions, or None.

    The first exception is logged with its traceback. The function is called again all the same.

    Raises:
        ConfigError: it cannot be called, or would have to be awaited.
    """
    if on_event is None:
        return None
    if not is_plain_function(on_event):
        raise ConfigError("on_event must be a plain function of one argument, the event")
    has_failed = False

    def emit(event: LinerEvent) -> None:
        nonlocal has_failed
        try:
            on_event(event)
        except Exception:  # noqa: BLE001 - whatever the user's function does wrong
            if not has_failed:
                has_failed = True
                _log.exception("on_event failed; its further failures are not logged")

    return emit
