"""The bridge to Dask where Dask is missing; `tests/integration` tests it with Dask."""

from __future__ import annotations

import sys

import pytest


def test_without_dask_the_error_names_the_extra(monkeypatch):
    """The import error names the extra to install."""
    monkeypatch.setitem(sys.modules, "dask", None)
    monkeypatch.delitem(sys.modules, "liner_async.contrib.dask", raising=False)
    with pytest.raises(ModuleNotFoundError, match=r'pip install "\.\[dask\]"'):
        import liner_async.contrib.dask  # noqa: F401, PLC0415 - the import is the test
