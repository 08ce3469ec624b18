"""What became of a write that failed, and whether it may be sent again (pure)."""

from __future__ import annotations

from datetime import datetime

from liner_async._transport.request import Request
from liner_async.errors import (
    ApiError,
    ClientClosedError,
    LinerError,
    Outcome,
    OutcomeUnknownError,
    ResponseError,
    StatusError,
)

__all__ = [
    "closed_before_end",
    "may_repeat",
    "outcome_of",
    "outcome_of_all",
    "unknown_outcome",
]

_TIMEOUT = 408  # of the server's own: it may have begun
_UNAVAILABLE = 503


def outcome_of(error: LinerError, *, begun: bool) -> Outcome:
    """Return what became of one attempt at a write.

    Args:
        error: the error in which the attempt ended.
        begun: whether the body's first byte was handed to a connection.
    """
    match error:
        case LinerError(outcome=str() as known):  # the reader of its answer knows better
            return known
        case ApiError():
            return "refused"
        case StatusError(status=int() as status):
            invites = status == _UNAVAILABLE and error.retry_after is not None
            refuses = 300 <= status <= 499 and status != _TIMEOUT
            return "refused" if refuses or invites else "unknown"
        case ResponseError():  # a success that cannot be read
            return "unknown"
    return "unknown" if begun else "not_sent"


def outcome_of_all(last: Outcome, *, in_doubt: bool) -> Outcome:
    """Return what became of a write by its last attempt, and whether an earlier one is in doubt.

    An update that is answered "no such lead" the second time may have been carried out the first.
    """
    return "unknown" if in_doubt and last != "done" else last


def may_repeat(outcome: Outcome, *, repeatable: bool, writes: str) -> bool:
    """Return whether a write with this outcome may be sent again at all.

    Args:
        outcome: what became of the latest attempt.
        repeatable: whether doing it twice does no more than doing it once.
        writes: what the policy allows; see RetryPolicy.
    """
    match outcome:
        case "not_sent" | "refused":
            return writes != "never"
        case "unknown":
            return repeatable and writes == "repeatable"
    return False


def unknown_outcome(
    request: Request, error: LinerError, *, attempts: int, sent_at: datetime | None
) -> OutcomeUnknownError:
    """Return the error for an unknown outcome; `error` is the last real one."""
    status = None if error.status is None else f"HTTP {error.status}"
    what = error.reason or status or "unclear"
    doubt = OutcomeUnknownError(
        f"no answer tells whether {request.method} {request.path} was carried out "
        f"({what}, attempts {attempts}): look before you send it again",
        attempts=attempts,
        status=error.status,
        reason=error.reason,
    )
    doubt.endpoint, doubt.sent_at = request.endpoint, sent_at
    return doubt


def closed_before_end(
    request: Request, outcome: Outcome, *, attempts: int, status: int | None
) -> ClientClosedError:
    """Return the error of a write whose client was closed; it says what is known of the write.

    Args:
        request: the write.
        outcome: what became of it by then.
        attempts: how often it was sent.
        status: of the latest answer, if there was one.
    """
    answered = "" if status is None else f" (HTTP {status})"
    known = {
        "not_sent": "before this was sent",
        "refused": "before this was sent again; the server had refused it"
        f"{answered}, so it was not carried out",
        "unknown": "while this was under way, and no answer tells whether it was carried out: "
        "look before you send it again",
        "done": "after this was carried out, before its answer was handed over",
    }
    closed = ClientClosedError(
        f"the client was closed {known[outcome]}", attempts=attempts or None, status=status
    )
    closed.outcome = outcome
    closed.method, closed.path = request.method, request.path
    return closed
