"""The progress bar of the extra "tqdm": on a real pseudo-terminal, in a file, and in a kernel."""

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

from liner_async import LinerClient, LinerError, Progress
from liner_async.testing import Change, FakeLiner, Fault

pytest.importorskip("tqdm", reason='the bar needs the extra "tqdm"')

from liner_async.contrib.tqdm import progress_bar


class Terminal:
    """A pseudo-terminal of 100 columns; `lines` are what it has been told since last asked."""

    def __init__(self, reading, writing):
        self._reading, self._writing = reading, writing

    def lines(self):
        """Give each state of a line that was drawn, one over the other or below."""
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
    """Make what `on_progress` gets."""
    return Progress(done=done, total=total, pages=1, elapsed=elapsed)


async def test_a_bar_counts_the_orders_of_a_run(liner):
    """It ends full, and stays."""
    with a_terminal() as terminal:
        with progress_bar("reading") as bar:
            await liner.orders.list(on_progress=bar)
        last = terminal.lines()[-1]
        assert last.startswith("reading: 100%|")
        assert "250/250" in last
        assert "orders/s" in last


async def test_the_total_grows_with_the_list():
    """The server's latest word counts."""
    with a_terminal() as terminal:
        growing = [Change(at_request=2, insert=150, position=-1)]
        with FakeLiner(total=300, changes=growing) as server:
            async with LinerClient(server.url, server.api_key, concurrency=1) as liner:
                with progress_bar() as bar:
                    await liner.orders.list(on_progress=bar)
        lines = terminal.lines()
        assert any("/300 [" in line for line in lines)
        assert "450/450" in lines[-1]


def test_a_widget_is_told_of_a_new_total():
    """A notebook's bar keeps a total of its own; `tests/integration` shows a real one."""
    with a_terminal():
        gauge = types.SimpleNamespace(max=300)
        with progress_bar() as bar:
            bar(progress(100, 300))
            (drawn,) = bar.args
            drawn.container = types.SimpleNamespace(children=(None, gauge, None))
            bar(progress(200, 450))
        assert (drawn.total, gauge.max) == (450, 450)


async def test_a_break_leaves_the_bar_where_it_was(liner):
    """And the terminal at the start of a new line."""
    with a_terminal() as terminal:
        with progress_bar() as bar:
            async for _ in liner.orders.list(on_progress=bar, concurrency=1):
                break
        assert "100/250" in terminal.lines()[-1]


async def test_an_error_passes_and_the_bar_is_closed():
    """What went wrong is told by the error."""
    with a_terminal() as terminal:
        with FakeLiner(total=250, faults={100: Fault.status(404)}) as server:
            async with LinerClient(server.url, server.api_key) as liner:
                with pytest.raises(LinerError):
                    with progress_bar() as bar:
                        await liner.orders.list(on_progress=bar)
        assert "100/250" in terminal.lines()[-1]
        bar(progress(200, 250))
        assert terminal.lines() == []


def test_another_run_starts_again():
    """One bar may show one run after the other."""
    with a_terminal() as terminal:
        with progress_bar() as bar:
            bar(progress(200, 300))
            bar(progress(100, 120))
            bar(progress(120, 120))
        lines = terminal.lines()
        assert "120/120" in lines[-1]


def test_the_speed_counts_from_the_start_of_the_run():
    """The first page's time belongs to it."""
    with a_terminal() as terminal:
        with progress_bar() as bar:
            bar(progress(100, 100, elapsed=50.0))
        assert "[00:50<00:00" in terminal.lines()[-1]


async def test_a_list_without_orders_is_no_error():
    """There is nothing to count."""
    with a_terminal() as terminal:
        with FakeLiner(total=0) as server:
            async with LinerClient(server.url, server.api_key) as liner:
                with progress_bar() as bar:
                    await liner.orders.list(on_progress=bar)
        assert "0 orders" in terminal.lines()[-1]


def test_it_shows_nothing_on_a_terminal_when_told_so():
    """`disable=True` is tqdm's word for it."""
    with a_terminal() as terminal:
        with progress_bar(disable=True) as bar:
            bar(progress(1, 2))
        assert terminal.lines() == []


def test_it_is_silent_where_nobody_watches(capsys):
    """A log file is no place for a bar."""
    with progress_bar() as bar:
        bar(progress(1, 2))
    assert capsys.readouterr() == ("", "")


def test_it_can_be_shown_where_nobody_watches(capsys):
    """For a log that is followed."""
    with progress_bar(disable=False, unit="leads") as bar:
        bar(progress(1, 2))
    written = capsys.readouterr().err
    assert "1/2" in written
    assert "leads/s" in written


@pytest.mark.parametrize(("has_kernel", "is_shown"), [(True, True), (False, False)])
def test_a_kernels_error_stream_is_watched(monkeypatch, capsys, has_kernel, is_shown):
    """It is no terminal, but a page shows it; IPython without a kernel has a real terminal."""
    shell = types.SimpleNamespace(**({"kernel": object()} if has_kernel else {}))
    ipython = types.SimpleNamespace(get_ipython=lambda: shell)
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    with progress_bar() as bar:
        bar(progress(1, 2))
    assert ("1/2" in capsys.readouterr().err) is is_shown


def test_a_missing_extra_is_named(monkeypatch):
    """The error says what to install."""
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    monkeypatch.delitem(sys.modules, "liner_async.contrib.tqdm")
    with pytest.raises(ModuleNotFoundError, match=r'pip install "liner-async\[tqdm\]"'):
        importlib.import_module("liner_async.contrib.tqdm")
