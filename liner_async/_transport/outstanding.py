"""Requests that have not ended, and which of them a change came too late for (pure)."""

from __future__ import annotations

from attrs import define

__all__ = ["Outstanding"]


@define
class Outstanding:
    """Requests that were sent and have not ended, as far as is known.

    Attributes:
        count: how many there are.
        sent_before: how many of them were sent before the latest `mark`.
    """

    count: int = 0
    sent_before: int = 0

    def mark(self) -> None:
        """Tell those that are under way from those to come."""
        self.sent_before = self.count

    def start(self) -> None:
        """Count a request that is sent."""
        self.count += 1

    def end(self, *, was_before: bool | None = None) -> bool:
        """Take one off; return whether it was sent before the mark.

        Where that is not known the oldest are thought to end first.
        """
        self.count = max(0, self.count - 1)
        is_before = self.sent_before > 0 if was_before is None else was_before
        if is_before:
            self.sent_before = max(0, self.sent_before - 1)
        self.sent_before = min(self.sent_before, self.count)
        return is_before
