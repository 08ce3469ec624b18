"""A progress bar on stderr, drawn by rich, where somebody watches."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from liner_async import Progress

__all__ = ["Draw", "progress_bar"]

Draw: TypeAlias = "Callable[[Progress], None]"
_BAR: Final = 24  # characters


@contextmanager
def progress_bar(noun: str, *, wanted: bool = True) -> Iterator[Draw | None]:
    """Yield what `on_progress` takes: a bar that counts `noun` and is gone at the end, or None.

    None unless it is `wanted` and stderr is a terminal that can redraw a line. Nothing is drawn
    before the first page.
    """
    stream = sys.stderr
    if not wanted or not stream.isatty() or os.environ.get("TERM") == "dumb":
        yield None
        return

    # Slow to import, and most runs draw nothing.
    from rich.progress import BarColumn, TextColumn  # noqa: PLC0415 - see above
    from rich.progress import Progress as Bar  # noqa: PLC0415 - see above

    from liner_async.cli.console.screen import console_like  # noqa: PLC0415 - see above

    bar = Bar(
        BarColumn(bar_width=_BAR),
        TextColumn("{task.description}", markup=False),
        console=console_like(stream, file=stream),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    task = bar.add_task("")

    def draw(progress: Progress) -> None:
        bar.update(
            task,
            completed=progress.done,
            total=progress.total,
            description=describe(progress, noun),
        )
        bar.start()

    try:
        yield draw
    finally:
        bar.stop()


def describe(progress: Progress, noun: str) -> str:
    """Return the text beside the bar: the share, the counts, the speed."""
    share = progress.done / progress.total if progress.total else 1.0
    speed = progress.done / progress.elapsed if progress.elapsed else 0.0
    return f"{share:4.0%}  {progress.done:,} of {progress.total:,} {noun}  {speed:,.0f}/s"
