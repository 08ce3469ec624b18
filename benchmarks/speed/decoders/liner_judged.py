"""The SDK as a run uses it: the envelope is judged while the page can still be asked for again."""

from __future__ import annotations

from speed.ours import judge_and_decode as decode

__all__ = ["decode"]
