"""The live line, and the thread in which output may block."""

from __future__ import annotations

import asyncio
import io
import threading

import pytest

from liner_async import Progress
from liner_async.cli.console.progress import ProgressLine, progress_line
from liner_async.cli.console.running import in_thread


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        """Say yes."""
        return True


def at(done, elapsed, *, total=1000):
    """Give a progress."""
    return Progress(done=done, total=total, pages=1, elapsed=elapsed)


def test_the_line_tells_share_counts_and_speed():
    """A quarter done is a quarter of the bar."""
    stream = Terminal()
    ProgressLine(stream)(at(250, 0.5))
    assert stream.getvalue() == (
        "\r\x1b[K[######------------------]  25%  250 of 1,000 orders  500/s"
    )


def test_an_empty_list_is_done():
    """Nothing divides by zero."""
    stream = Terminal()
    ProgressLine(stream)(at(0, 0.0, total=0))
    assert "100%  0 of 0 orders  0/s" in stream.getvalue()


def test_the_line_is_redrawn_ten_times_a_second_at_most_and_at_the_end():
    """What comes too soon is left out, unless it is the last."""
    stream = Terminal()
    draw = ProgressLine(stream)
    for progress in (at(100, 1.0), at(200, 1.05), at(300, 1.2), at(1000, 1.21)):
        draw(progress)
    shown = stream.getvalue()
    assert [f"  {done} of" in shown for done in ("100", "200", "300", "1,000")] == [
        *(True, False, True, True)
    ]


def test_the_line_is_gone_at_the_end(monkeypatch):
    """The terminal is left as it was, whether anything was drawn or not."""
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    monkeypatch.setattr("sys.stderr", stream)
    with progress_line():
        pass
    assert stream.getvalue() == ""
    with progress_line() as draw:
        draw(at(1, 1))
    assert stream.getvalue().endswith("\r\x1b[K")


@pytest.mark.parametrize(
    ("stream", "wanted", "terminal"),
    [
        (io.StringIO(), True, "xterm"),
        (Terminal(), False, "xterm"),
        (Terminal(), True, "dumb"),
    ],
    ids=["no terminal", "not wanted", "dumb terminal"],
)
def test_there_is_no_line_where_nobody_could_watch_it(monkeypatch, stream, wanted, terminal):
    """None is what `on_progress` takes for no callback."""
    monkeypatch.setenv("TERM", terminal)
    monkeypatch.setattr("sys.stderr", stream)
    with progress_line(wanted=wanted) as draw:
        assert draw is None


async def test_a_thread_hands_back_results_and_errors():
    """Whatever the call gives or raises reaches the caller."""
    assert await in_thread(divmod, 7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        await in_thread(divmod, 7, 0)


@pytest.mark.parametrize("loop_is_gone", [False, True])
def test_a_call_that_outlives_its_caller_disturbs_nobody(loop_is_gone):
    """It ends in silence, on a loop that goes on as on one that is closed."""
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
