"""Text for people on stdout, whatever the terminal can show."""

from __future__ import annotations

import os
import sys

import click

__all__ = ["say"]


def say(text: str) -> None:
    """Print a text; what the encoding of stdout lacks is shown as escapes.

    Colours are left out where nobody sees them or wants them (`NO_COLOR`).
    """
    encoding = sys.stdout.encoding
    shown = text.encode(encoding, "backslashreplace").decode(encoding)
    click.echo(shown, color=False if os.environ.get("NO_COLOR") else None)
