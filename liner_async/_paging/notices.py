"""Events and log lines for the pages of a run."""

from __future__ import annotations

import logging
from typing import Any

from attrs import define

from liner_async._paging.consistency import ConsistencyTracker
from liner_async._paging.results import Page
from liner_async.events import DriftEvent, Emit, PageEvent

__all__ = ["Notices"]

_log = logging.getLogger("liner_async.paging")


@define
class Notices:
    """Reports each page, and each kind of drift once.

    Attributes:
        path: the path of the list below the host.
        emit: reports an event, if anybody listens.
        warned: the warnings already logged, by this run and by others over the same list.
        _kinds_reported: how many kinds of drift were reported as events.
    """

    path: str
    emit: Emit | None
    warned: set[str]
    _kinds_reported: int = 0

    def page(self, page: Page[Any], *, items: int, attempts: int, seconds: float) -> None:
        """Report a page that was read."""
        if self.emit is not None:
            self.emit(
                PageEvent(
                    path=self.path,
                    offset=page.offset,
                    limit=page.limit,
                    received=page.received,
                    items=items,
                    total=page.total,
                    attempts=attempts,
                    seconds=seconds,
                )
            )

    def drift(self, tracker: ConsistencyTracker[Any], offset: int) -> None:
        """Log once per list that it moved, and once that `next` contradicts the pages."""
        if self.emit is not None and len(tracker.drift) > self._kinds_reported:
            for kind, reason in list(tracker.drift.items())[self._kinds_reported :]:
                self.emit(DriftEvent(path=self.path, offset=offset, kind=kind, reason=reason))
            self._kinds_reported = len(tracker.drift)
        if tracker.drift and "drift" not in self.warned:
            self.warned.add("drift")
            reason = next(iter(tracker.drift.values()))
            _log.warning("the list moved while it was read (%s); items may be missing", reason)
        if tracker.next_is_wrong and "next" not in self.warned:
            self.warned.add("next")
            _log.warning("the server's `next` contradicts its pages; it is not relied on")
