"""Fixtures for every test: a server in a thread, a client, and a check for what is left behind."""

from __future__ import annotations

import asyncio
import gc
import inspect
import ssl
import sys
import threading
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from hypothesis import HealthCheck, settings

from liner_async import LinerClient
from liner_async.testing import FakeLiner
from tests.support.reading import client
from tests.support.skipping import SkippingClock

ON_REQUEST = {
    Path(__file__).parent / name for name in ("integration", "integration/real_stack", "pipelines")
}
"""Folders of tests that need many libraries, other servers, or Java."""

MEASURES_PROGRAMS = ("COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START")
"""Variables that have programs measure their coverage."""

# How long an example takes says how busy the machine is.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(scope="session", autouse=True)
def quick_collections() -> None:
    """Keep the collector, which runs after every test, away from all that was imported."""
    gc.collect()
    gc.freeze()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Skip a folder of ON_REQUEST unless the command line names it."""
    is_asked_for = any(collection_path.name in argument for argument in config.args)
    return True if collection_path in ON_REQUEST and not is_asked_for else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Check every test that runs in an event loop for what it leaves behind."""
    for item in items:
        if inspect.iscoroutinefunction(getattr(item, "function", None)):
            item.add_marker(pytest.mark.usefixtures("nothing_left_behind"))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Run an unmeasured test, its fixtures, threads and programs without coverage.

    Up to Python 3.13 coverage traces every line, which makes the SDK three times slower. Tests that
    go the same ways again and again, or that repeat in whole what others test in part, spare that.
    """
    if item.get_closest_marker("unmeasured") is None:
        return (yield)
    tracers = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    with pytest.MonkeyPatch.context() as patch:
        for name in MEASURES_PROGRAMS:
            patch.delenv(name, raising=False)
        try:
            return (yield)
        finally:
            sys.settrace(tracers[0])
            threading.settrace(tracers[1])


@pytest.fixture
async def nothing_left_behind() -> AsyncIterator[None]:
    """Fail a test that leaves a task running or an exception unhandled."""
    loop = asyncio.get_running_loop()
    complaints: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _, context: complaints.append(context))
    before = asyncio.all_tasks()
    yield
    gc.collect()
    await asyncio.sleep(0)
    assert asyncio.all_tasks() - before - {asyncio.current_task()} == set()
    assert complaints == []


@pytest.fixture
def server() -> Iterator[FakeLiner]:
    """Serve 250 orders without delay."""
    with FakeLiner(total=250) as running:
        yield running


@pytest.fixture
async def liner(server: FakeLiner) -> AsyncIterator[LinerClient]:
    """Open a client of that server."""
    async with client(server) as liner:
        yield liner


@pytest.fixture
def skipping(monkeypatch: pytest.MonkeyPatch) -> SkippingClock:
    """Make clients whose waits take no time."""
    return SkippingClock.of_every_client(monkeypatch)


@pytest.fixture
def unmeasured_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start programs without coverage, a third of their cost: other tests cover their lines."""
    for name in MEASURES_PROGRAMS:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Make a certificate authority that nobody trusts unless told to."""
    return trustme.CA()


@pytest.fixture(scope="session")
def certified(authority: trustme.CA) -> ssl.SSLContext:
    """Make a server's TLS context with a certificate for 127.0.0.1 that the authority signed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture(scope="session")
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    """Make a client's TLS context that trusts the authority."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context
