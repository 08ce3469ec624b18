"""FakeLiner in a child process: what travels, what comes back, and that it never outlives us."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import io
import json
import math
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from liner_async.testing import (
    MISSING,
    PASSING_FAULTS,
    Change,
    FakeLiner,
    FakeLinerProcess,
    Fault,
    make_call,
    make_order,
    process,
)
from liner_async.testing.__main__ import _unpacked, serve_child
from liner_async.testing.options import FakeLinerOptions
from tests.support.wire_faults import gzip, raw


def listens(address):
    """Tell whether connections are accepted at an address."""
    try:
        socket.create_connection(address).close()
    except (ConnectionRefusedError, ConnectionResetError):
        return False
    return True


def alive(pid):
    """Tell whether a process exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_child_says_where_it_listens():
    """And which process it is."""
    server = FakeLinerProcess(total=1)
    assert repr(server) == "<FakeLinerProcess, not started>"
    with server:
        assert repr(server) == f"<FakeLinerProcess at {server.url}, process {server.pid}>"
    assert repr(server) == f"<FakeLinerProcess at {server.url}, stopped>"


async def test_a_child_serves_and_counts(ask):
    """Pages come from the child with its data, faults and changes; stats tell the wire's truth."""
    options = FakeLinerOptions(
        total=120,
        prefix="/api",
        api_key="another-key",
        faults={100: [Fault.status(503)], "any": [None, Fault.rows({0: {"id": MISSING}})]},
        changes=[Change(at_request=4, delete=120)],
    )
    with FakeLinerProcess(**options) as server:
        assert (server.api_key, server.url.endswith("/api")) == ("another-key", True)
        assert len((await ask(server, limit=100)).ids) == 100
        assert (await ask(server, offset=100)).status == 503
        assert "id" not in (await ask(server)).json["data"]["list"][0]
        assert (await ask(server)).ids == []
        stats = server.stats()
        assert (stats.requests, stats.peak_in_flight, stats.connections) == (4, 1, 1)
        assert stats.offsets == {0: 3, 100: 1}
        assert stats.statuses == {200: 3, 503: 1}
        server.reset_stats()
        assert server.stats().requests == 0


async def test_a_child_takes_every_variant(ask):
    """Times, spans, names of variables and rows travel; its costs are counted over there."""
    options = FakeLinerOptions(
        sizes={"leads": 40},
        calls=[make_call(created_at="2025-01-01T00:30:00Z")],
        start=datetime(2025, 1, 1, tzinfo=UTC),
        end=datetime(2025, 1, 2, tzinfo=UTC),
        null_fields={"leads": ["phone"]},
        sort="desc",
        precision="second",
        end_inclusive=False,
        zone_shift=timedelta(hours=1),
        max_span=timedelta(days=7),
        ignored={"leadIds"},
        refusal="envelope",
        cost_per_skipped_row=0.5,
        sleep_costs=False,
    )
    day = {"createdAt[0]": "2025-01-01T01:00:00Z", "createdAt[1]": "2025-01-02T01:00:00Z"}
    with FakeLinerProcess(**options) as server:
        leads = (await ask(server, "/v2/lead/", **day, offset=10)).json["data"]
        assert (leads["total"], len(leads["list"])) == (40, 30)
        assert {lead["phone"] for lead in leads["list"]} == {None}
        assert (await ask(server, "/v2/call/", **day)).ids == [123]
        missing = await ask(server, "/v2/call/detail/5/")
        assert (missing.status, missing.json["success"]) == (200, False)
        assert server.stats().server_seconds == 5


def test_a_child_ends_with_its_block():
    """After the block the process is gone; stopping again does nothing."""
    with FakeLinerProcess(total=1) as server:
        pid = server.pid
        assert alive(pid)
    assert not alive(pid)
    assert server.pid is None
    server.stop()


def test_a_child_that_does_not_end_is_killed(monkeypatch):
    """A stopped process cannot end by itself."""
    monkeypatch.setattr(process, "_GRACE", 0.01)
    with FakeLinerProcess(total=1) as server:
        pid = server.pid
        os.kill(pid, signal.SIGSTOP)
    assert not alive(pid)


def test_a_child_ends_when_its_parent_is_killed():
    """A parent that dies without a chance to clean up leaves no server behind."""
    code = (
        "import time\n"
        "from liner_async.testing import FakeLinerProcess\n"
        "server = FakeLinerProcess(total=1).__enter__()\n"
        "print(server.url, flush=True)\n"
        "time.sleep(3600)\n"
    )
    env = {**os.environ, "PYTHONPATH": process._PACKAGE_ROOT}
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=env) as parent:
        address = urlsplit(parent.stdout.readline().decode().strip())
        connect = (address.hostname, address.port)
        assert listens(connect)
        parent.kill()
    deadline = time.monotonic() + 10
    while listens(connect) and time.monotonic() < deadline:
        pass
    assert not listens(connect)


def test_a_child_that_cannot_listen_says_why():
    """The system's reason comes back as an error, and no process is left."""
    with FakeLiner() as taken:
        port = int(taken.url.rpartition(":")[2])
        server = FakeLinerProcess(port=port)
        with pytest.raises(RuntimeError, match=r"did not start: .*address already in use"):
            server.__enter__()
    assert server.pid is None


def test_a_child_that_dies_without_a_word_is_an_error(monkeypatch):
    """No greeting, no server."""
    monkeypatch.setattr(sys, "executable", shutil.which("true"))
    with pytest.raises(RuntimeError, match="the child ended"):
        FakeLinerProcess().__enter__()


def no_latency(chance):
    """Draw a latency: a function of a module."""
    return chance.uniform(0, 0)


async def test_a_function_of_a_module_travels(ask, tmp_path, monkeypatch):
    """The child finds the module where the parent has found it, and no other instead of its own."""
    code = "import colorsys\n\ndef edit(rows):\n    return rows[::-1]\n"
    (tmp_path / "found_by_the_parent.py").write_text(code)
    importlib.import_module("colorsys")
    (tmp_path / "colorsys.py").write_text("raise OSError('taken for the real one')\n")
    monkeypatch.syspath_prepend(tmp_path)
    edit = importlib.import_module("found_by_the_parent").edit
    with FakeLinerProcess(5, latency=no_latency, faults={0: [Fault.rows(edit)]}) as server:
        reversed_ids = (await ask(server)).ids
        assert (await ask(server)).ids == reversed_ids[::-1]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("latency", lambda chance: chance.random()),
        ("faults", {0: Fault.rows(lambda rows: rows)}),
        ("ssl", ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)),
    ],
)
def test_what_does_not_pickle_is_refused_by_name(option, value):
    """Before a process is started; a private key stays where it is."""
    with pytest.raises(TypeError, match=f"the option {option} cannot travel"):
        FakeLinerProcess(**{option: value})


def test_a_function_that_the_child_cannot_find_is_an_error_at_the_start(monkeypatch):
    """It pickles by name, and the name means nothing over there."""
    monkeypatch.setattr(no_latency, "__module__", "no_such_module")
    monkeypatch.setitem(sys.modules, "no_such_module", sys.modules[__name__])
    with pytest.raises(RuntimeError, match="no_such_module"):
        FakeLinerProcess(latency=no_latency).__enter__()


def test_an_unknown_option_is_refused():
    """A misspelt option is a TypeError here, not a crash over there."""
    with pytest.raises(TypeError, match="FakeLiner has no option totl; it has total, orders, "):
        FakeLinerProcess(totl=5)


def test_every_option_is_documented():
    """In the docstring of the server, by its name."""
    listed = re.findall(r"^ {4}(\w[\w, ]*):", inspect.getdoc(FakeLiner), re.MULTILINE)
    names = [name for names in listed[:-2] for name in names.split(", ")]
    assert names == ["total", *FakeLinerOptions.__annotations__]


@pytest.mark.parametrize(
    "options",
    [
        {"total": 5, "latency": 0.5, "faults": None, "orders": [make_order(id=1), {"id": 2}]},
        {"faults": {0: list(PASSING_FAULTS), "any": Fault.cut(), None: [None]}},
        {"faults": {7: Fault.rows({0: {"id": MISSING}, -1: None})}},
        {"faults": {("call_attempts", "any"): Fault.envelope(total=MISSING, list=[[], {}])}},
        {"fault_kinds": [Fault.body(bytes(range(256))), Fault.stall(1.5, after="half")]},
        {"faults": {7: [Fault.php("page", "maps"), Fault.page(100), gzip("cut")]}},
        {"faults": {7: [raw(b"\xff\x00"), Fault.gzip()], None: Fault.stall(math.inf)}},
        {"changes": [Change(at_request=2, insert=1, position=-1)]},
    ],
)
def test_options_survive_the_journey(options):
    """What the child reads equals what was written, on one line."""
    line = process._packed(options)
    assert "\n" not in line
    assert _unpacked(line) == options


def test_a_missing_key_is_still_the_same_mark_after_the_journey():
    """`MISSING` is compared by identity, so it must arrive as itself."""
    arrived = _unpacked(process._packed({"faults": {0: Fault.envelope(total=MISSING)}}))
    assert arrived["faults"][0].edit.overrides["total"] is MISSING


@pytest.fixture
def pipe():
    """Open a pipe: the child reads its first end, the parent holds the second."""
    ours, theirs = os.pipe()
    yield ours, theirs
    for thread in threading.enumerate():
        if "_watch" in thread.name:  # it reads the first end, whose number may be given away next
            thread.join(5)
            assert not thread.is_alive()
    os.close(ours)


async def test_the_child_serves_until_its_input_ends(pipe, until):
    """Bytes on the input are ignored; its end is the end."""
    ours, theirs = pipe
    out = io.StringIO()
    task = asyncio.create_task(serve_child(process._packed({"api_key": "k"}), parent=ours, out=out))
    await until(out.getvalue)
    greeting = json.loads(out.getvalue())
    assert (greeting["api_key"], greeting["url"][:17]) == ("k", "http://127.0.0.1:")
    os.write(theirs, b"ignored\n")
    os.close(theirs)
    await task


async def test_the_child_serves_until_it_is_told_to_terminate(pipe, until):
    """SIGTERM is an orderly end."""
    ours, theirs = pipe
    out = io.StringIO()
    task = asyncio.create_task(serve_child(process._packed({}), parent=ours, out=out))
    await until(out.getvalue)
    os.kill(os.getpid(), signal.SIGTERM)
    await task
    os.close(theirs)


async def test_a_child_without_options_ends_without_a_word(pipe):
    """Its parent was interrupted before it could write them."""
    ours, theirs = pipe
    out = io.StringIO()
    await serve_child("", parent=ours, out=out)
    assert out.getvalue() == ""
    os.close(theirs)


async def test_the_child_says_why_it_cannot_listen(pipe):
    """An address that cannot be had is reported, not raised."""
    ours, theirs = pipe
    out = io.StringIO()
    with FakeLiner() as taken:
        port = int(taken.url.rpartition(":")[2])
        await serve_child(process._packed({"port": port}), parent=ours, out=out)
    assert "address already in use" in json.loads(out.getvalue())["error"]
    os.close(theirs)
