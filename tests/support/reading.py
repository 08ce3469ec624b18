"""What the catalogue's tests share: servers with a known key, and clients that do not wait long."""

from __future__ import annotations

from typing import Any

import pytest

from liner_async import LinerClient, LinerError, RetryPolicy
from liner_async.testing import FakeLiner, Fault

KEY = "key-that-must-not-leak"
QUICK = RetryPolicy(attempts=4, wait_initial=0.001, wait_max=0.002)
OPTIONS: dict[str, Any] = {"retry": QUICK}
"""What clients are made with unless a test says otherwise."""


def healthy(total: int = 3, **options: Any) -> FakeLiner:
    """A server of a few orders whose key is KEY."""
    return FakeLiner(total, api_key=KEY, **options)


def broken(fault: Fault, *, total: int = 3, **options: Any) -> FakeLiner:
    """A server whose every response has this fault."""
    return healthy(total, faults={"any": fault}, **options)


def client(server: FakeLiner, **options: Any) -> LinerClient:
    """A client of this server."""
    return LinerClient(server.url, server.api_key, **{**OPTIONS, **options})


def ids_of(server: FakeLiner) -> list[int]:
    """The ids of the orders that the server has now."""
    return [order["id"] for order in server.orders]


async def read_all(server: FakeLiner, **options: Any) -> list[int]:
    """The ids of every order, read one by one."""
    async with client(server, **options) as liner:
        return [order.id async for order in liner.orders.list()]


async def failure(server: FakeLiner, **options: Any) -> LinerError:
    """The error that reading the list ends in."""
    with pytest.raises(LinerError) as caught:
        await read_all(server, **options)
    return caught.value
