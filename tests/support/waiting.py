"""Waiting for what another task, thread or process does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

_PATIENCE = 30.0  # seconds until a test that waits in vain fails


def eventually(condition: Callable[[], Any], what: str) -> Any:
    """Block until a condition holds, and return what it returned."""
    give_up = time.monotonic() + _PATIENCE
    while not (found := condition()):
        assert time.monotonic() < give_up, f"in vain: {what}"
        time.sleep(0.005)
    return found


async def until(condition: Callable[[], Any]) -> None:
    """Let the event loop run until a condition holds."""
    async with asyncio.timeout(_PATIENCE):
        while not condition():
            await asyncio.sleep(0.001)
