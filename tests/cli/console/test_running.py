"""Running a coroutine under a command."""

from __future__ import annotations

import asyncio
import gc
import warnings

import pytest

from liner_async.cli.console.running import run


async def work():
    """Do nothing."""


def test_an_interruption_before_the_work_has_begun_leaves_no_warning(monkeypatch):
    """Ctrl-C may come at any moment; a coroutine that never ran would be told of on stderr."""

    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(asyncio, "run", interrupted)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with pytest.raises(KeyboardInterrupt):
            run(work())
        gc.collect()
    assert [str(each.message) for each in caught] == []
