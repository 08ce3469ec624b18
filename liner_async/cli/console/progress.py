"""A live line on stderr that tells how far a run has come; only where somebody watches."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from liner_async import Progress

__all__ = ["ProgressLine", "progress_line"]

_BAR: Final = 24  # characters
_PAUSE: Final = 0.1  # seconds between two drawings: more often nobody can read
_CLEAR: Final = "\r\x1b[K"


class ProgressLine:
    """Draws each `Progress` over the one before."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._drawn_at: float | None = None

    def __call__(self, progress: Progress) -> None:
        """Draw, unless that was done just before and there is more to come."""
        due = self._drawn_at is None or progress.elapsed - self._drawn_at >= _PAUSE
        if due or progress.done == progress.total:
            self._drawn_at = progress.elapsed
            self._write(_CLEAR + line(progress))

    def clear(self) -> None:
        """Take the line away."""
        if self._drawn_at is not None:
            self._write(_CLEAR)

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def line(progress: Progress) -> str:
    """Give one line without colours: a bar, the share, the counts, the speed."""
    share = progress.done / progress.total if progress.total else 1.0
    full = int(share * _BAR)
    speed = progress.done / progress.elapsed if progress.elapsed else 0.0
    return (
        f"[{'#' * full}{'-' * (_BAR - full)}] {share:4.0%}  "
        f"{progress.done:,} of {progress.total:,} orders  {speed:,.0f}/s"
    )


@contextmanager
def progress_line(*, wanted: bool = True) -> Iterator[Callable[[Progress], None] | None]:
    """Give what `on_progress` wants: a line that is gone at the end, or None.

    None when not `wanted`, when stderr is no terminal, and when that cannot redraw a line.
    """
    stream = sys.stderr
    if not wanted or not stream.isatty() or os.environ.get("TERM") == "dumb":
        yield None
        return
    drawn = ProgressLine(stream)
    try:
        yield drawn
    finally:
        drawn.clear()
