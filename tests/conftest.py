"""What every test relies on: a server in a thread of its own, and nothing left behind."""

from __future__ import annotations

import asyncio
import gc
import inspect
import ssl
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from liner_async import LinerClient, RetryPolicy
from liner_async.testing import FakeLiner

ON_REQUEST = {Path(__file__).parent / name for name in ("integration", "pipelines")}
"""Folders of tests that need many libraries, or Java."""

QUICK = RetryPolicy(wait_initial=0.001, wait_max=0.002)
"""The default policy with waits too short to notice."""


@pytest.fixture(scope="session", autouse=True)
def quick_collections() -> None:
    """Keep the collector, which runs after every test, from walking all that was imported."""
    gc.collect()
    gc.freeze()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out a folder of ON_REQUEST unless it is asked for by name."""
    is_asked_for = any(collection_path.name in argument for argument in config.args)
    return True if collection_path in ON_REQUEST and not is_asked_for else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Watch every test that runs in an event loop for what it leaves behind."""
    for item in items:
        if inspect.iscoroutinefunction(getattr(item, "function", None)):
            item.add_marker(pytest.mark.usefixtures("nothing_left_behind"))


@pytest.fixture
async def nothing_left_behind() -> AsyncIterator[None]:
    """Fail the test that leaves a task running or an exception that nobody looked at."""
    loop = asyncio.get_running_loop()
    complaints: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _, context: complaints.append(context))
    before = asyncio.all_tasks()  # the fixture's own
    yield
    gc.collect()
    await asyncio.sleep(0)
    assert asyncio.all_tasks() - before - {asyncio.current_task()} == set()
    assert complaints == []


@pytest.fixture
def server() -> Iterator[FakeLiner]:
    """250 orders, served without delay."""
    with FakeLiner(total=250) as running:
        yield running


@pytest.fixture
async def liner(server: FakeLiner) -> AsyncIterator[LinerClient]:
    """A client of that server."""
    async with LinerClient(server.url, server.api_key, retry=QUICK) as client:
        yield client


@pytest.fixture
def unmeasured_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start programs without coverage, a third of their cost: other tests cover their lines."""
    for name in ("COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Make an authority that nobody trusts unless told to."""
    return trustme.CA()


@pytest.fixture(scope="session")
def certified(authority: trustme.CA) -> ssl.SSLContext:
    """Make a server's TLS context, with a certificate of the authority's for 127.0.0.1."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture(scope="session")
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    """Make a client's TLS context that trusts the authority."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context
