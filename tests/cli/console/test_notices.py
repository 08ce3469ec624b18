"""What a terminal is told of a server that does not answer, and of retries."""

from __future__ import annotations

import pytest

from liner_async.cli.console import notices
from liner_async.testing import FakeLiner, Fault


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Tell of a silence soon."""
    monkeypatch.setattr(notices, "_PATIENCE", 0.05)


@pytest.mark.parametrize("command", ["count", "list", "export"])
def test_silence_and_retries_are_told_on_a_terminal(on_terminal, command, skipping):
    """Each retry has its number and reason, and the end says what to do."""
    with FakeLiner(total=1, faults={"any": Fault.stall(60)}) as server:
        options = ["--timeout", 0.3, "--attempts", 2]
        shown = on_terminal("orders", command, *options, stream="stderr", server=server)
    assert f"no answer from {server.url} for 0.05 s; still waiting" in shown
    assert "retry 1 of 1 in " in shown
    assert " s: no answer in time" in shown
    assert "to find out why, run liner-async doctor" in shown


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Fault.status(503), "HTTP 503"),
        (Fault.disconnect(), "the connection was closed"),
        (Fault.body(b"<html>"), "the answer was not JSON"),
    ],
)
def test_a_retry_has_its_reason(on_terminal, fault, told, skipping):
    """A status, or what was wrong with the answer."""
    with FakeLiner(total=7, faults={0: [fault]}) as server:
        shown = on_terminal("orders", "count", stream="stderr", server=server, TERM="dumb")
    assert f" s: {told}" in shown
    assert "\x1b" not in shown


def test_a_server_that_answers_goes_without_a_word(on_terminal, server, monkeypatch):
    """Nothing to tell, if it answers in time; a busy machine has plenty."""
    monkeypatch.setattr(notices, "_PATIENCE", 30.0)
    assert on_terminal("orders", "count", stream="stderr", server=server) == ""


def test_a_pipe_is_told_nothing(invoke, skipping):
    """Scripts that read stderr get errors and summaries alone."""
    with FakeLiner(total=7, faults={0: [Fault.status(503)]}) as server:
        assert invoke("orders", "count", server=server).err == ""


def test_a_log_takes_the_place_of_notices(on_terminal, skipping):
    """With `-v` nothing is told twice."""
    with FakeLiner(total=7, faults={0: [Fault.status(503)]}) as server:
        shown = on_terminal("orders", "count", "-v", stream="stderr", server=server)
    assert "trying again in" in shown
    assert "retry 1" not in shown


def test_the_doctor_is_not_silent_either(on_terminal):
    """It sends one request, which may take as long as any other."""
    with FakeLiner(total=1, faults={"any": Fault.stall(60)}) as server:
        shown = on_terminal("doctor", "--timeout", 0.3, stream="stderr", server=server)
    assert f"no answer from {server.url} for 0.05 s; still waiting" in shown
