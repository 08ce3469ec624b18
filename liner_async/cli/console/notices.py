"""Lines on a terminal about retries and a server that does not answer."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from liner_async import RetryEvent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from liner_async import LinerEvent

__all__ = ["Notices"]

_PATIENCE: Final = 2.0  # seconds
_REASONS: Final = {
    "timeout": "no answer in time",
    "connect": "no connection",
    "dns": "no such host",
    "tls": "TLS failed",
    "closed": "the connection was closed",
    "body": "the answer broke off",
    "not_http": "the answer was not HTTP",
    "json": "the answer was not JSON",
    "empty": "the answer was empty",
}


class Notices:
    """Reports silence and retries on stderr; call it with each event.

    Args:
        host: where the requests go.
        attempts: the most times a request is sent.
        is_watched: whether there is somebody to report to; nothing is written otherwise.
    """

    def __init__(self, host: str, *, attempts: int, is_watched: bool) -> None:
        self._host = host
        self._retries = attempts - 1
        self._is_watched = is_watched
        self._timer: asyncio.TimerHandle | None = None

    def __call__(self, event: LinerEvent) -> None:
        """Report a retry; any event is a sign of life."""
        if self._is_watched and isinstance(event, RetryEvent):
            _write(
                f"retry {event.attempt} of {self._retries} in {event.wait:.1f} s: {_reason(event)}"
            )
        self._watch()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Report each silence of 2 seconds while the block runs."""
        self._watch()
        try:
            yield
        finally:
            self._stop()

    def _watch(self) -> None:
        self._stop()
        if self._is_watched:
            self._timer = asyncio.get_running_loop().call_later(_PATIENCE, self._report_silence)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _report_silence(self) -> None:
        _write(f"no answer from {self._host} for {_PATIENCE:g} s; still waiting")


def _reason(event: RetryEvent) -> str:
    if event.status not in (None, 200):
        return f"HTTP {event.status}"
    return _REASONS.get(event.reason or "", event.error)


def _write(line: str) -> None:
    """Write a line; a progress bar that stands there is drawn again below it."""
    clear = "" if os.environ.get("TERM") == "dumb" else "\r\x1b[2K"
    sys.stderr.write(f"{clear}{line}\n")
    sys.stderr.flush()
