"""The rich console of a stream: what it may show, and how wide it is."""

from __future__ import annotations

import os
from typing import IO, TextIO

from rich.console import Console

__all__ = ["console_like"]

_UNLIMITED = 100_000  # characters; nothing is cut for a pipe's sake


def console_like(stream: TextIO, *, file: IO[str]) -> Console:
    """Return a console that writes to `file` what suits `stream`.

    A terminal has a width, colours unless `NO_COLOR` is set, and can be redrawn; a pipe gets plain
    text of any width, whatever the other variables that rich knows (`FORCE_COLOR`) say.
    """
    is_terminal = stream.isatty()
    is_coloured = is_terminal and not os.environ.get("NO_COLOR")
    return Console(
        file=file,
        force_terminal=is_terminal,
        force_interactive=is_terminal,
        color_system="auto" if is_coloured else None,
        width=None if is_terminal else _UNLIMITED,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
    )
