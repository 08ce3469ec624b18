"""The pytest plugin: a fake LINER and a client of it as fixtures, and a marker to set them up.

It stands beside the package, not in it. pytest imports its plugins at the start of every run, used
or not, and whatever is imported from `liner_async` brings aiohttp along.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from liner_async import LinerClient
    from liner_async.testing import FakeLiner

__all__ = ["liner_client", "liner_server", "pytest_configure"]


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers",
        "liner(**options): start liner_server with these options of liner_async.testing.FakeLiner; "
        "those of the module, the class and the test add up.",
    )


@pytest.fixture
def liner_server(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FakeLiner]:
    """Start a fake LINER, in a thread of its own, with the options of `@pytest.mark.liner`.

    For the time of the test, the variables LINER_HOST and LINER_API_KEY name it.
    """
    from liner_async.testing import FakeLiner  # noqa: PLC0415 - not before it is asked for

    try:
        server = FakeLiner(**_options(request.node))
    except (TypeError, ValueError) as error:
        pytest.fail(f"@pytest.mark.liner: {error}", pytrace=False)
    with server:
        monkeypatch.setenv("LINER_HOST", server.url)
        monkeypatch.setenv("LINER_API_KEY", server.api_key)
        yield server


@pytest.fixture
def liner_client(request: pytest.FixtureRequest) -> LinerClient:
    """Open a client of `liner_server` whose retries hardly wait; needs pytest-asyncio or anyio."""
    if "anyio_backend" in request.fixturenames:
        client: LinerClient = request.getfixturevalue("_liner_client_in_anyio")
    elif request.config.pluginmanager.has_plugin("asyncio"):
        client = request.getfixturevalue("_liner_client_in_asyncio")
    else:
        pytest.fail("liner_client needs pytest-asyncio, or anyio and its marker", pytrace=False)
    return client


# Two, because a fixture that is marked as pytest-asyncio's must be left alone by anyio.
@pytest.fixture
async def _liner_client_in_anyio(liner_server: FakeLiner) -> AsyncIterator[LinerClient]:
    async with _client(liner_server) as client:
        yield client


with suppress(ImportError):
    import pytest_asyncio

    @pytest_asyncio.fixture
    async def _liner_client_in_asyncio(liner_server: FakeLiner) -> AsyncIterator[LinerClient]:
        async with _client(liner_server) as client:
            yield client


def _client(server: FakeLiner) -> LinerClient:
    from liner_async import LinerClient, RetryPolicy  # noqa: PLC0415 - not before it is asked for

    quick = RetryPolicy(wait_initial=0.001, wait_max=0.002)
    return LinerClient(server.url, server.api_key, retry=quick)


def _options(node: pytest.Item) -> dict[str, Any]:
    options: dict[str, Any] = {}
    for mark in reversed(list(node.iter_markers("liner"))):  # the test's own comes last, and wins
        if mark.args:
            pytest.fail("@pytest.mark.liner takes keyword arguments only", pytrace=False)
        options |= mark.kwargs
    return options
