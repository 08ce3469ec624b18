"""The SDK: strict, with unknown fields kept, open enumerations and a typed schedule."""

from __future__ import annotations

from speed.ours import decode

__all__ = ["decode"]
