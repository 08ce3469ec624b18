"""No decoding at all: msgspec's plain dicts."""

from __future__ import annotations

from typing import Any

from msgspec.json import Decoder

__all__ = ["decode"]

_parse = Decoder().decode


def decode(body: bytes) -> list[dict[str, Any]]:
    """Parse, and take the list out of the envelope."""
    return _parse(body)["data"]["list"]
