"""What the catalogue's tests share: a client that does not wait long, and its key."""

from __future__ import annotations

from typing import Any

import pytest

from liner_async import LinerClient, LinerError, RetryPolicy

KEY = "key-that-must-not-leak"
QUICK = RetryPolicy(attempts=4, wait_initial=0.001, wait_max=0.002)


def client(server: Any, **options: Any) -> LinerClient:
    """A client of this server."""
    key = getattr(server, "api_key", KEY)
    return LinerClient(server.url, key, **{"retry": QUICK, **options})


async def read_all(server: Any, **options: Any) -> list[int]:
    """The ids of every order, read one by one."""
    async with client(server, **options) as liner:
        return [order.id async for order in liner.orders.list()]


async def failure(server: Any, **options: Any) -> LinerError:
    """The error that reading the list ends in."""
    with pytest.raises(LinerError) as caught:
        await read_all(server, **options)
    return caught.value
