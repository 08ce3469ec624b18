"""`demo` and `fake-server`."""

from __future__ import annotations

import re
import signal
import socket

import pytest

from liner_async import ConcurrencyRange
from liner_async.cli.commands.demo import course
from liner_async.testing import fake_orders


def figures(shown):
    """Read the demo's table: the name of a line and its figure."""
    found = re.findall(r"^(\S.*?)  +([\d.,]+)(?:  .*)?$", shown, re.MULTILINE)
    return {name: float(figure.replace(",", "")) for name, figure in found}


def test_the_demo_fetches_everything_and_shows_the_speed(invoke):
    """It needs no settings; the table adds up, and the orders are compared with the server's."""
    ended = invoke("demo", "--total", 1234, "--latency", 0.03, "--concurrency", 4)
    assert (ended.code, ended.err) == (0, "")
    table = figures(ended.out)
    assert (table["orders"], table["pages"]) == (1234, 13)
    assert 1 < table["requests at once"] <= 4
    assert table["concurrency"] == 4
    assert table["one page at a time"] >= 13 * 0.03
    ratio = table["one page at a time"] / table["seconds"]
    assert table["times faster"] == pytest.approx(ratio, rel=0.1, abs=0.1)
    assert "for 13 of 13 pages\n" in ended.out
    assert "every order arrived exactly once, in the right order" in ended.out
    for order in fake_orders(3):
        assert re.search(
            rf"{order['id']} +{order['status']} +{re.escape(order['title'])}", ended.out
        )


def test_the_demo_extrapolates_from_a_sample_and_says_so(invoke, monkeypatch):
    """A slow server is not asked for every page a second time."""
    monkeypatch.setattr("liner_async.cli.commands.demo._SAMPLING_TIME", 0.4)
    shown = invoke("demo", "--total", 700, "--latency", 0.1, "--concurrency", 8).out
    assert "measured for 4 of 7 pages, extrapolated" in shown
    assert figures(shown)["one page at a time"] >= 7 * 0.1


def test_the_demo_says_how_the_concurrency_moved():
    """A number that stayed has no range."""
    assert course(ConcurrencyRange(least=8, most=32, last=26)) == "in the end, from 8 to 32"
    assert course(ConcurrencyRange(least=8, most=8, last=8)) == "all the time"


@pytest.mark.parametrize("text", ["eight", "0", "8.5"])
def test_a_concurrency_that_is_neither_auto_nor_a_number_is_explained(invoke, text):
    """Before a server is started."""
    ended = invoke("demo", "--concurrency", text)
    assert ended.code == 2
    assert f"{text!r} is neither auto nor an integer of at least 1" in ended.err


def test_the_demo_runs_without_latency(invoke):
    """A server that answers at once is no special case."""
    ended = invoke("demo", "--total", 1, "--latency", 0)
    assert ended.code == 0
    assert "The first 1:" in ended.out


def test_the_demo_fails_when_the_orders_are_not_the_servers(invoke, monkeypatch):
    """The comparison is a real one."""
    monkeypatch.setattr("liner_async.testing.fake_orders", lambda total: fake_orders(total)[::-1])
    ended = invoke("demo", "--total", 150, "--latency", 0)
    assert ended.code == 1
    assert ended.err == "error: the orders that arrived are not the server's orders\n"
    assert "exactly once" not in ended.out


def test_the_demo_reports_that_its_server_does_not_start(invoke, monkeypatch):
    """One line, no traceback."""
    monkeypatch.setattr("liner_async.testing.process.sys.executable", "/bin/true")
    ended = invoke("demo")
    assert ended.code == 1
    assert ended.err == "error: the fake server did not start: the child ended\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_fake_server_points_other_commands_at_itself_and_exits_0(started, invoke, number):
    """Its two lines are the settings of a client; a signal ends it normally."""
    options = ["--total", 42, "--latency", 0, "--api-key", "a key"[2:], "--rate-limit", 1000]
    with started("fake-server", *options) as process:
        lines = [process.stdout.readline().decode() for _ in range(2)]
        settings = dict(line.removeprefix("export ").rstrip().split("=", 1) for line in lines)
        assert invoke("orders", "count", **settings).out == "42\n"
        process.send_signal(number)
        assert process.wait() == 0
        assert (process.stdout.read(), process.stderr.read()) == (b"", b"")


@pytest.mark.unmeasured
def test_the_fake_server_has_as_many_of_each_as_asked_for(started, invoke):
    """Names as in commands or in Python, together or one by one."""
    options = ["--sizes", "call-attempts=7,users=3", "--sizes", "agent_groups=2", "--latency", 0]
    with started("fake-server", *options) as process:
        lines = [process.stdout.readline().decode() for _ in range(2)]
        settings = dict(line.removeprefix("export ").rstrip().split("=", 1) for line in lines)
        assert invoke("call-attempts", "count", **settings).out == "7\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 0


@pytest.mark.parametrize(
    ("sizes", "reason"),
    [("leads", "'leads' is not NAME=COUNT"), ("leads=-1", "NAME=COUNT"), ("leeds=1", "leeds")],
)
def test_wrong_sizes_are_wrong_usage(invoke, sizes, reason):
    """Before anything listens."""
    ended = invoke("fake-server", "--sizes", sizes)
    assert (ended.code, ended.out) == (2, "")
    assert reason in ended.err


def test_a_port_in_use_is_reported_in_one_line(invoke):
    """The system's reason is shown, and the exit code says failure."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = invoke("fake-server", "--port", taken.getsockname()[1])
    assert (ended.code, ended.out) == (1, "")
    assert "in use" in ended.err
    assert "Traceback" not in ended.err


def test_one_page_is_not_called_pages(invoke):
    """The demo counts in English too."""
    assert "measured for 1 of 1 page\n" in invoke("demo", "--total", 5, "--latency", 0).out
