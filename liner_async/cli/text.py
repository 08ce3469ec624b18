"""Text for people on stdout, whatever the terminal can show."""

from __future__ import annotations

import sys

import click

__all__ = ["say"]


def say(text: str) -> None:
    """Print a text; what the encoding of stdout lacks is shown as escapes."""
    encoding = sys.stdout.encoding
    click.echo(text.encode(encoding, "backslashreplace").decode(encoding))
