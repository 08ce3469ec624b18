"""What is known about one request while it is under way."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Generic, TypeAlias, TypeVar

import attrs
from attrs import define, field

from liner_async._transport.envelope import Response
from liner_async._transport.outcome import may_repeat
from liner_async._transport.request import Request
from liner_async._transport.write_progress import WriteProgress
from liner_async.errors import LinerError
from liner_async.events import WriteEvent

__all__ = ["Delivery", "OnEnd", "Parse"]

T = TypeVar("T")
Parse = Callable[[Response], T]
OnEnd: TypeAlias = Callable[[WriteEvent], object] | None


@define(eq=False)
class Delivery(Generic[T]):
    """One request, from its first attempt to its last.

    Attributes:
        request: what is asked for.
        parse: makes a value of an answer, or raises what is wrong with it.
        on_end: called with what became of a write, however it ends.
        attempts: requests sent so far.
        alike: how many of the latest failed in a row for the same reason.
        started: when the first was sent, by the sender's clock.
        is_over: whether no attempt may follow: the deadline passed while the next one waited for
            its turn, or the client gave the host up.
        given_up: the outages that had been given up before it started.
        tokens: what its retries took from the budget.
        status: the HTTP status of the latest answer; None where no usable one came.
        date: the `Date` of the latest answer.
        progress: how far it has come, if it is a write.
        failure: why the latest attempt failed; None if it did not.
        value: what `parse` made of a good answer.
    """

    request: Request
    parse: Parse[T] = field(repr=False)
    on_end: OnEnd = field(default=None, repr=False)
    attempts: int = 0
    alike: int = 0
    started: float | None = None
    is_over: bool = False
    given_up: int = 0
    tokens: int = 0
    status: int | None = None
    date: str | None = None
    progress: WriteProgress = field(factory=WriteProgress)
    failure: LinerError | None = field(default=None, repr=False)
    value: T = field(init=False, repr=False)

    def begin(self) -> None:
        """Record that it is sent now."""
        self.attempts += 1
        self.progress.start()

    def record(self, failure: LinerError | None) -> None:
        """Record how an attempt ended."""
        if failure is not None:
            is_alike = self.failure is not None and self.failure.reason == failure.reason
            self.alike = self.alike + 1 if is_alike else 1
        self.failure = failure
        if self.request.body is not None:
            self.progress.record(failure)

    def may_repeat(self, writes: str) -> bool:
        """Return whether it may be sent again; for a write, the policy's `writes` decides."""
        return self.request.body is None or may_repeat(
            self.progress.outcome, repeatable=self.request.repeatable, writes=writes
        )

    def check(self) -> None:
        """Raise the latest attempt's failure, if it failed."""
        if self.failure is not None:
            raise self.failure

    def forget(self) -> None:
        """Let go of what an error's frames must not show, or lead back to through its traceback."""
        self.failure = None
        if self.request.body is not None:
            self.request = attrs.evolve(self.request, body=b"")

    def give_up(self, error: LinerError | None) -> None:
        """Send nothing more; `error` is why, for a request that was never sent itself."""
        self.is_over = True
        if self.failure is None:
            self.failure = copy.copy(error)
