"""Text for people on stdout, whatever the terminal can show."""

from __future__ import annotations

import os
import sys

import click

__all__ = ["printable", "say", "write_out"]


def say(text: str) -> None:
    """Print a text; characters that the encoding of stdout lacks become escapes.

    Colours are left out of a pipe or file, and with `NO_COLOR`.
    """
    encoding = sys.stdout.encoding
    shown = text.encode(encoding, "backslashreplace").decode(encoding)
    click.echo(shown, color=False if os.environ.get("NO_COLOR") else None)


def printable(text: str) -> str:
    """Return the text with control characters as escapes, so that data cannot steer a terminal."""
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )


def write_out(text: str) -> None:
    """Write data and a line break to stdout, in UTF-8 whatever the locale."""
    click.echo(text.encode())
