"""Both ways of choosing the concurrency, for what must not depend on it."""

from __future__ import annotations

import pytest

from tests.support import reading


@pytest.fixture(params=["auto", 8], ids=["auto", "fixed"])
def each_concurrency(request, monkeypatch):
    """Make clients that follow the server, and clients with a fixed number."""
    monkeypatch.setitem(reading.OPTIONS, "concurrency", request.param)
