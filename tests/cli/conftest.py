"""Run the command in this process, in a fork, or as a program of its own."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress

import pytest
from attrs import frozen

from liner_async.cli import cli

AS_MODULE = ("-m", "liner_async")
# Where tests run in the background SIGINT is ignored, and children inherit that.
INTERRUPTIBLE = (
    "-c",
    """if True:
    import signal
    signal.signal(signal.SIGINT, signal.default_int_handler)
    from liner_async.__main__ import main
    main()""",
)
# Reads the words of a command from each line, runs it in a fork, and prints its number and its end.
FORKING = """if True:
    import json, os, pkgutil, sys
    from importlib import import_module
    from liner_async import *  # what a command would import, its forks find imported
    from liner_async import cli as package
    for module in pkgutil.walk_packages(package.__path__, "liner_async.cli."):
        import_module(module.name)
    from liner_async.cli import cli
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            cli.main(json.loads(line), prog_name="liner-async")
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
PATIENCE = 60  # seconds, before a test is taken to hang


@frozen
class Ended:
    """The exit code and output of a command."""

    code: int
    out: str
    err: str


def is_setting(key):
    """Whether a variable says which server to ask, or how to get there."""
    return key.startswith("LINER_") or key.lower() in ("https_proxy", "all_proxy")


def variables(server=None, **more):
    """Return this process's variables, with the settings of `server` or without any."""
    kept = {key: value for key, value in os.environ.items() if not is_setting(key)}
    own = {} if server is None else {"LINER_HOST": server.url, "LINER_API_KEY": server.api_key}
    return {**kept, **own, **more}


@pytest.fixture
def invoke(capsys, monkeypatch):
    """Return a function that runs the command in this process."""

    def invoke(*args, server=None, stdin="", **more):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        for key in filter(is_setting, list(os.environ)):
            monkeypatch.delenv(key)
        for key, value in variables(server, **more).items():
            monkeypatch.setenv(key, value)
        capsys.readouterr()
        with pytest.raises(SystemExit) as leaving:
            cli.main([str(each) for each in args], prog_name="liner-async")
        out, err = capsys.readouterr()
        return Ended(int(leaving.value.code), out, err)

    return invoke


@pytest.fixture
def on_terminal(invoke, monkeypatch):
    """Return a function that runs the command with a terminal, and returns what that shows."""

    def on_terminal(*args, stream="stdout", encoding="utf-8", **more):
        ours, theirs = os.openpty()
        shown = []
        reader = threading.Thread(target=lambda: shown.extend(read_terminal(ours)))
        reader.start()
        with os.fdopen(theirs, "w", encoding=encoding) as file, monkeypatch.context() as patch:
            patch.setattr(sys, stream, file)
            invoke(*args, **more)
        reader.join()
        os.close(ours)
        return b"".join(shown).decode()

    return on_terminal


def read_terminal(descriptor):
    """Yield what comes until the other end is closed, which Linux calls an error."""
    with suppress(OSError):
        while chunk := os.read(descriptor, 65_536):
            yield chunk


@pytest.fixture
def program():
    """Return a function that runs the command as a program until it exits."""

    def program(*args, server=None, launch=AS_MODULE, stdin="", **more):
        done = subprocess.run(
            [sys.executable, *launch, *map(str, args)],
            env=variables(server, **more),
            input=stdin.encode(),
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())

    return program


@pytest.fixture
def started():
    """Return a context manager: the command as a program that runs in the background."""

    @contextmanager
    def started(*args, server=None, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more):
        with subprocess.Popen(
            [sys.executable, *INTERRUPTIBLE, *map(str, args)],
            env=variables(server, **more),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    return started


class Fork:
    """A process that runs commands in forks of itself, one after the other."""

    def __init__(self, process):
        self._process = process

    def start(self, *args):
        """Start a command and return its process id; what it prints on stderr is dropped."""
        line = json.dumps([str(each) for each in args]) + "\n"
        self._process.stdin.write(line.encode())
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def wait(self):
        """Return the exit code of the command, negative if a signal ended it."""
        return int(self._process.stdout.readline())


@pytest.fixture
def forks():
    """Return a context manager: a Fork whose commands have this server's settings."""

    @contextmanager
    def forks(server):
        with subprocess.Popen(
            [sys.executable, "-c", FORKING],
            env=variables(server),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as process:
            yield Fork(process)
            process.stdin.close()

    return forks
