"""No decoding at all: json's plain dicts."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["decode"]


def decode(body: bytes) -> list[dict[str, Any]]:
    """Parse, and take the list out of the envelope."""
    return json.loads(body)["data"]["list"]
