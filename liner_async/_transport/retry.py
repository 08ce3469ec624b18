"""When to try again: the policy, the verdicts (pure), and tenacity's loop."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from typing import Literal, get_args

from attrs import field, frozen
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception

from liner_async.errors import (
    ConfigError,
    LinerError,
    ResponseError,
    StatusError,
    TransportError,
)

__all__ = [
    "RetryPolicy",
    "may_be_stale",
    "pause_after",
    "prolonged_pause",
    "retry_cost",
    "retrying",
    "wait_before_retry",
]

Writes = Literal["never", "unsent", "repeatable"]

# A status worth another try: the server was busy, restarting, or cut off from its own back end.
_PASSING_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})

# Why there was no usable answer, and the most attempts in a row that can help.
_ATTEMPTS_THAT_HELP = {
    "tls": 1,
    "proxy": 1,
    "dns": 3,
    "not_http": 3,
    "empty": 2,
    "connect": math.inf,
    "closed": math.inf,
    "body": math.inf,
    "timeout": math.inf,
    "json": math.inf,
}

_ATTEMPTS_IN_DOUBT = 2
_LEAST_WAIT_AFTER_429 = 1.0  # seconds, where the server names none
_PAUSE_GROWTH = 4.0  # five attempts outlast a limit per minute, if the first pause takes a second
_PAUSE_GROWTH_AT_FIRST = 2.0  # whoever was never served may have no quota, and is told soon
_MOST_GROWTHS = 60  # more would be too much for a float


def _check(condition: bool, message: str) -> None:
    if not condition:
        raise ConfigError(message)


def _is_count(value: object, least: int) -> bool:
    return type(value) is int and value >= least


def _is_seconds(value: object, least: float) -> bool:
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and math.isfinite(value)
        and value >= least
    )


@frozen(kw_only=True)
class RetryPolicy:
    """How often and how patiently a request is tried; every wait has full jitter.

    Attributes:
        attempts: requests sent at most, the first one included; 1 switches retrying off.
        deadline: seconds for one page, over all its attempts and waits.
        wait_initial: the first wait is at most this long (seconds); it doubles with each retry.
        wait_max: no wait of our own choosing is longer (seconds).
        retry_after_max: a server that asks for a longer wait (seconds) is not waited for, and no
            pause grows beyond it.
        budget: tokens the whole client may spend on retries: each takes 5 (10 after a timeout),
            each success gives 1 back and returns what its own retries took.
        writes: which writes are sent again. "repeatable": those that were certainly not handled,
            and updates like reads. "unsent": only what was certainly not handled. "never": none. No
            value repeats a create after an unknown outcome.
    """

    attempts: int = field(default=5)
    deadline: float = field(default=120.0)
    wait_initial: float = field(default=0.5)
    wait_max: float = field(default=8.0)
    retry_after_max: float = field(default=60.0)
    budget: int = field(default=500)
    writes: Writes = field(default="repeatable")

    def __attrs_post_init__(self) -> None:
        _check(_is_count(self.attempts, 1), "attempts must be an integer of at least 1")
        _check(_is_count(self.budget, 0), "budget must be an integer of at least 0")
        for name in ("wait_initial", "wait_max", "retry_after_max"):
            _check(_is_seconds(getattr(self, name), 0.0), f"{name} must be seconds, 0 or more")
        _check(
            _is_seconds(self.deadline, 0.0) and self.deadline > 0,
            "deadline must be seconds, more than 0",
        )
        words = get_args(Writes)
        _check(self.writes in words, f"writes must be one of {', '.join(map(repr, words))}")

    @classmethod
    def never(cls) -> RetryPolicy:
        """Return a policy that tries once and lets every error through."""
        return cls(attempts=1)


def wait_before_retry(
    policy: RetryPolicy,
    error: LinerError,
    *,
    attempt: int,
    elapsed: float,
    jitter: float,
    pause: float = 0.0,
    alike: int | None = None,
    in_doubt: bool = False,
) -> float | None:
    """Return the seconds to wait after a failed attempt, or None to give up.

    Args:
        policy: the client's policy.
        error: the error in which the attempt ended.
        attempt: the number of the attempt that failed, from 1.
        elapsed: seconds since the first attempt was sent.
        jitter: a random number from [0, 1).
        pause: seconds that are left of a pause of the whole client.
        alike: how many attempts in a row failed for the same reason, this one included; None if all
            did.
        in_doubt: whether it is an update that may have been carried out: another attempt settles
            that, whatever the error.
    """
    may_help = (attempt if alike is None else alike) < _attempts_that_help(error)
    may_settle = in_doubt and attempt < _ATTEMPTS_IN_DOUBT
    if attempt >= policy.attempts or not (may_help or may_settle):
        return None
    doublings = min(attempt - 1, _MOST_GROWTHS)
    back_off = jitter * min(policy.wait_max, policy.wait_initial * 2.0**doublings)
    wait = max(pause, _least_wait(error)) + back_off
    if _asks_too_much(error, policy) or elapsed + wait >= policy.deadline:
        return None
    return wait


def _attempts_that_help(error: LinerError) -> float:
    match error:
        case StatusError(status=status) if status in _PASSING_STATUSES:
            return math.inf
        case StatusError() | TransportError() | ResponseError():
            return _ATTEMPTS_THAT_HELP.get(error.reason or "", 1)
    return 1


def _asks_too_much(error: LinerError, policy: RetryPolicy) -> bool:
    return error.retry_after is not None and error.retry_after > policy.retry_after_max


def _least_wait(error: LinerError) -> float:
    if error.retry_after is not None:
        return error.retry_after
    return _LEAST_WAIT_AFTER_429 if error.status == 429 else 0.0


def pause_after(error: LinerError, policy: RetryPolicy) -> float | None:
    """Return the seconds for which the whole client must pause after this answer, or None."""
    busy = error.status == 429 or (error.status == 503 and error.retry_after is not None)
    if not busy or policy.attempts == 1 or _asks_too_much(error, policy):
        return None
    return _least_wait(error)


def prolonged_pause(
    seconds: float, policy: RetryPolicy, *, attempt: int, was_served: bool
) -> float:
    """Return the seconds to pause where the server asks for so many after too short a pause.

    Args:
        seconds: what it asks for; the pause is no shorter.
        policy: the client's policy.
        attempt: the number of the attempt that it refused, from 1.
        was_served: whether it ever answered the client well.
    """
    growth = _PAUSE_GROWTH if was_served else _PAUSE_GROWTH_AT_FIRST
    longer = seconds * growth ** min(attempt - 1, _MOST_GROWTHS)
    return max(seconds, min(longer, policy.retry_after_max))


def may_be_stale(error: LinerError, *, attempt: int, answered: bool) -> bool:
    """Return whether an attempt most likely met a kept-alive connection that the server had closed.

    Args:
        error: the error in which the attempt ended.
        attempt: its number, from 1.
        answered: whether there were answers before, and so connections to keep.
    """
    return error.reason == "closed" and attempt == 1 and answered


def retry_cost(error: LinerError) -> int:
    """Return the tokens of the client's retry budget that another attempt takes."""
    return 10 if error.reason == "timeout" else 5


def retrying(
    wait_after: Callable[[LinerError], float | None], sleep: Callable[[float], Awaitable[None]]
) -> AsyncRetrying:
    """Return tenacity's loop of attempts.

    After a failed one `wait_after` returns the seconds until the next, or None to give up: then the
    loop raises that last failure.
    """
    wait: float | None = None

    def is_worth_it(error: BaseException) -> bool:
        nonlocal wait
        wait = wait_after(error) if isinstance(error, LinerError) else None
        return wait is not None

    def next_wait(_: RetryCallState) -> float:
        return wait or 0.0

    return AsyncRetrying(
        retry=retry_if_exception(is_worth_it), wait=next_wait, sleep=sleep, reraise=True
    )
