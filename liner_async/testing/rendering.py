"""JSON values to the bytes that LINER would send."""

from __future__ import annotations

import json

__all__ = ["render"]


def render(value: object) -> bytes:
    """Return a value as compact UTF-8 JSON; a lone surrogate becomes its JSON escape."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", errors="backslashreplace")
