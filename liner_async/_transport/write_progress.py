"""What is known about a write while it is under way (pure)."""

from __future__ import annotations

from datetime import UTC, datetime

from attrs import define

from liner_async._transport.outcome import outcome_of, outcome_of_all
from liner_async.errors import LinerError, Outcome

__all__ = ["WriteProgress"]


@define(eq=False)
class WriteProgress:
    """How far a write has come.

    Attributes:
        outcome: what became of it, by the attempts that have ended; "not_sent" before the first.
        begun: whether the body of the attempt under way was begun.
        sent_at: when the latest attempt was sent, by the wall clock.
        in_doubt_since: when the first attempt was sent that may have been carried out.
    """

    outcome: Outcome = "not_sent"
    begun: bool = False
    sent_at: datetime | None = None
    in_doubt_since: datetime | None = None

    def start(self) -> None:
        """Record that an attempt starts."""
        self.begun = False
        self.sent_at = datetime.now(UTC)

    def begin(self) -> None:
        """Record that the body's first bytes are on their way."""
        self.begun = True

    def record(self, failure: LinerError | None) -> None:
        """Record how an attempt ended."""
        self._conclude("done" if failure is None else outcome_of(failure, begun=self.begun))

    def interrupt(self) -> None:
        """Record that it was cancelled, perhaps within an attempt."""
        if self.begun:
            self._conclude("unknown")

    def _conclude(self, outcome: Outcome) -> None:
        self.begun = False
        if outcome == "unknown" and self.in_doubt_since is None:
            self.in_doubt_since = self.sent_at
        self.outcome = outcome_of_all(outcome, in_doubt=self.in_doubt_since is not None)
