"""What `--help` shows below the options: examples and variables, line by line."""

from __future__ import annotations

__all__ = ["VARIABLES", "epilog"]

VARIABLES = """\
Variables:
  LINER_HOST     where LINER is, such as https://liner.example
  LINER_API_KEY  the integration's key
"""


def epilog(*paragraphs: str) -> str:
    """Return an epilog whose paragraphs click prints as they are."""
    return "\n\n".join(f"\b\n{paragraph.strip()}" for paragraph in paragraphs)
