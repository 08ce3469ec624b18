"""The progress bar, and the thread in which output may block."""

from __future__ import annotations

import asyncio
import io
import re
import threading

import pytest

from liner_async import Progress
from liner_async.cli.console.progress import progress_bar
from liner_async.cli.console.running import in_thread


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        """Say yes."""
        return True


@pytest.fixture
def drawn(monkeypatch):
    """Return a function: what a terminal without colours gets of a bar for these progresses."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")

    def drawn(*progresses):
        stream = Terminal()
        monkeypatch.setattr("sys.stderr", stream)
        with progress_bar("orders") as draw:
            for progress in progresses:
                draw(progress)
        return stream.getvalue()

    return drawn


def at(done, elapsed, *, total=1000):
    """Return a progress."""
    return Progress(done=done, total=total, pages=1, elapsed=elapsed)


@pytest.mark.parametrize(
    ("progress", "text"),
    [
        (at(250, 0.5), " 25%  250 of 1,000 orders  500/s"),
        (at(0, 0.0, total=0), "100%  0 of 0 orders  0/s"),
    ],
    ids=["a quarter", "an empty list"],
)
def test_the_bar_shows_share_counts_and_speed(drawn, progress, text):
    """Beside the bar stands how many there are; an empty list is done."""
    assert text in drawn(progress)


def test_the_last_progress_is_drawn(drawn):
    """However quickly it follows on the first."""
    assert "100%  1,000 of 1,000 orders  990/s" in drawn(at(100, 1.0), at(1000, 1.01))


def test_the_bar_is_gone_at_the_end(drawn):
    """Its line is erased and the cursor is shown again."""
    assert re.search(r"\x1b\[\?25h\r\x1b\[1A\x1b\[2K$", drawn(at(1, 1)))


def test_nothing_is_drawn_before_the_first_page(drawn):
    """A run that fails at once leaves the terminal untouched."""
    assert drawn() == ""


@pytest.mark.parametrize("no_color", [True, False], ids=["NO_COLOR", "colours"])
def test_no_color_leaves_the_colours_out(drawn, monkeypatch, no_color):
    """The bar itself stays."""
    if not no_color:
        monkeypatch.delenv("NO_COLOR")
    assert bool(re.search(r"\x1b\[[\d;]*m", drawn(at(250, 0.5)))) is not no_color


@pytest.mark.parametrize(
    ("stream", "wanted", "terminal"),
    [
        (io.StringIO(), True, "xterm"),
        (Terminal(), False, "xterm"),
        (Terminal(), True, "dumb"),
    ],
    ids=["no terminal", "not wanted", "dumb terminal"],
)
def test_there_is_no_bar_where_nobody_could_watch_it(monkeypatch, stream, wanted, terminal):
    """None is what `on_progress` takes for no callback."""
    monkeypatch.setenv("TERM", terminal)
    monkeypatch.setattr("sys.stderr", stream)
    with progress_bar("orders", wanted=wanted) as draw:
        assert draw is None


async def test_a_thread_hands_back_results_and_errors():
    """What the call returns or raises reaches the caller."""
    assert await in_thread(divmod, 7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        await in_thread(divmod, 7, 0)


@pytest.mark.parametrize("loop_is_gone", [False, True])
def test_a_call_that_outlives_its_caller_ends_quietly(loop_is_gone):
    """It raises nothing, whether the loop still runs or is closed."""
    started, release, ended = threading.Event(), threading.Event(), threading.Event()

    def block():
        started.set()
        release.wait()
        ended.set()

    async def give_up():
        task = asyncio.create_task(in_thread(block))
        await asyncio.to_thread(started.wait)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        if not loop_is_gone:
            release.set()
            workers = [each for each in threading.enumerate() if each.name == "liner-async-output"]
            for worker in workers:
                await asyncio.to_thread(worker.join)
            await asyncio.sleep(0)

    asyncio.run(give_up())
    release.set()
    for worker in threading.enumerate():
        if worker.name == "liner-async-output":
            worker.join()
    assert ended.is_set()
