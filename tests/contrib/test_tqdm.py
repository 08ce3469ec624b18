"""The progress bar of the extra "tqdm": in a terminal, in a file and in a kernel."""

from __future__ import annotations

import importlib
import os
import pty
import re
import sys
import termios
import types
from contextlib import contextmanager, redirect_stderr

import pytest

from liner_async import LinerError, Progress
from liner_async.testing import Change, FakeLiner, Fault
from tests.support.reading import client

pytest.importorskip("tqdm", reason='the bar needs the extra "tqdm"')

from liner_async.contrib.tqdm import progress_bar


class Terminal:
    """A pseudo-terminal of 100 columns; `lines` returns what was written since the last call."""

    def __init__(self, reading, writing):
        self._reading, self._writing = reading, writing

    def lines(self):
        """Return each state of each line, in the order in which they were drawn."""
        self._writing.write("\n(end)\n")
        self._writing.flush()
        drawn = b""
        while b"(end)" not in drawn:
            drawn += os.read(self._reading, 2**16)
        lines = re.split(r"[\r\n]+", drawn.decode().partition("(end)")[0])
        return [line for line in lines if line.strip()]


@contextmanager
def a_terminal():
    """Make stderr a terminal."""
    reading, writing = pty.openpty()
    termios.tcsetwinsize(writing, (24, 100))
    try:
        with os.fdopen(writing, "w", encoding="utf-8") as stream, redirect_stderr(stream):
            yield Terminal(reading, stream)
    finally:
        os.close(reading)


def progress(done, total, elapsed=0.5):
    """Make an argument for `on_progress`."""
    return Progress(done=done, total=total, pages=1, elapsed=elapsed)


async def test_a_bar_counts_the_orders_of_a_run(liner):
    """The bar ends full and stays on the screen."""
    with a_terminal() as terminal:
        with progress_bar("reading") as bar:
            await liner.orders.list(on_progress=bar)
        last = terminal.lines()[-1]
        assert last.startswith("reading: 100%|")
        assert "250/250" in last
        assert "orders/s" in last


async def test_the_total_grows_with_the_list():
    """The bar shows the latest total."""
    with a_terminal() as terminal:
        growing = [Change(at_request=2, insert=150, position=-1)]
        with FakeLiner(total=300, changes=growing) as server:
            async with client(server, concurrency=1) as liner:
                with progress_bar() as bar:
                    await liner.orders.list(on_progress=bar)
        lines = terminal.lines()
        assert any("/300 [" in line for line in lines)
        assert "450/450" in lines[-1]


def test_a_widget_is_told_of_a_new_total():
    """A notebook's widget has a total of its own; `tests/integration` runs a real one."""
    with a_terminal():
        gauge = types.SimpleNamespace(max=300)
        with progress_bar() as bar:
            bar(progress(100, 300))
            (drawn,) = bar.args
            drawn.container = types.SimpleNamespace(children=(None, gauge, None))
            bar(progress(200, 450))
        assert (drawn.total, gauge.max) == (450, 450)


async def test_a_break_leaves_the_bar_where_it_was(liner):
    """The bar stays where the loop ended, and later output starts on a new line."""
    with a_terminal() as terminal:
        with progress_bar() as bar:
            async for _ in liner.orders.list(on_progress=bar, concurrency=1):
                break
        assert "100/250" in terminal.lines()[-1]


async def test_an_error_passes_and_the_bar_is_closed():
    """The error passes through, and the closed bar draws nothing more."""
    with a_terminal() as terminal:
        with FakeLiner(total=250, faults={100: Fault.status(404)}) as server:
            async with client(server) as liner:
                with pytest.raises(LinerError):
                    with progress_bar() as bar:
                        await liner.orders.list(on_progress=bar)
        assert "100/250" in terminal.lines()[-1]
        bar(progress(200, 250))
        assert terminal.lines() == []


def test_another_run_starts_again():
    """One bar shows several runs in turn."""
    with a_terminal() as terminal:
        with progress_bar() as bar:
            bar(progress(200, 300))
            bar(progress(100, 120))
            bar(progress(120, 120))
        lines = terminal.lines()
        assert "120/120" in lines[-1]


def test_the_speed_counts_from_the_start_of_the_run():
    """The elapsed time includes the first page."""
    with a_terminal() as terminal:
        with progress_bar() as bar:
            bar(progress(100, 100, elapsed=50.0))
        assert "[00:50<00:00" in terminal.lines()[-1]


async def test_a_list_without_orders_is_no_error():
    """An empty list draws a bar with zero orders."""
    with a_terminal() as terminal:
        with FakeLiner(total=0) as server:
            async with client(server) as liner:
                with progress_bar() as bar:
                    await liner.orders.list(on_progress=bar)
        assert "0 orders" in terminal.lines()[-1]


def test_it_shows_nothing_on_a_terminal_when_told_so():
    """`disable=True` hides the bar, as in tqdm."""
    with a_terminal() as terminal:
        with progress_bar(disable=True) as bar:
            bar(progress(1, 2))
        assert terminal.lines() == []


def test_it_is_silent_where_nobody_watches(capsys):
    """Without a terminal nothing is drawn."""
    with progress_bar() as bar:
        bar(progress(1, 2))
    assert capsys.readouterr() == ("", "")


def test_it_can_be_shown_where_nobody_watches(capsys):
    """`disable=False` draws the bar even without a terminal."""
    with progress_bar(disable=False, unit="leads") as bar:
        bar(progress(1, 2))
    written = capsys.readouterr().err
    assert "1/2" in written
    assert "leads/s" in written


@pytest.mark.parametrize(("has_kernel", "is_shown"), [(True, True), (False, False)])
def test_a_kernels_error_stream_is_watched(monkeypatch, capsys, has_kernel, is_shown):
    """Inside a kernel the bar is drawn without a terminal; IPython alone does not count."""
    shell = types.SimpleNamespace(**({"kernel": object()} if has_kernel else {}))
    ipython = types.SimpleNamespace(get_ipython=lambda: shell)
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    with progress_bar() as bar:
        bar(progress(1, 2))
    assert ("1/2" in capsys.readouterr().err) is is_shown


def test_a_missing_extra_is_named(monkeypatch):
    """The error names the command that installs the extra."""
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    monkeypatch.delitem(sys.modules, "liner_async.contrib.tqdm")
    with pytest.raises(ModuleNotFoundError, match=r'pip install "\.\[tqdm\]"'):
        importlib.import_module("liner_async.contrib.tqdm")
