"""No decoding at all: orjson's plain dicts."""

from __future__ import annotations

from typing import Any

import orjson

__all__ = ["decode"]


def decode(body: bytes) -> list[dict[str, Any]]:
    """Parse, and take the list out of the envelope."""
    return orjson.loads(body)["data"]["list"]
