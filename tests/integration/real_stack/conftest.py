"""Fixtures: the stack, and what must be true of its logs in the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from liner_async.testing import fake_orders
from tests.integration.real_stack.stack import KEY, Stack, running_stack
from tests.integration.real_stack.tables import ORDERS
from tests.support.waiting import eventually


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Run the stack; in the end no log holds the key, and PHP has complained about nothing."""
    with running_stack() as stack:
        yield stack
        logs = {path.name: path.read_text() for path in stack.folder.glob("*log")}
        assert [name for name, text in logs.items() if KEY in text] == []
        assert [line for line in logs["php.log"].splitlines() if "PHP " in line] == []


@pytest.fixture
def filled(stack: Stack) -> list[int]:
    """Fill both databases with a thousand orders, and return their ids."""
    items = fake_orders(1_000)
    for database in stack.databases.values():
        with ORDERS.open(database) as rows:
            rows.fill(items)
    return [item["id"] for item in items]


@pytest.fixture(autouse=True)
def no_socket_left(stack: Stack) -> Iterator[None]:
    """Fail a test that leaves a socket or a file of its own open."""
    before = _descriptors()
    yield
    eventually(lambda: _descriptors() <= before, "every socket to be closed")


def _descriptors() -> int:
    return len([*Path("/proc/self/fd").iterdir()])
