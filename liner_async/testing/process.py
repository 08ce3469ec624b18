"""FakeLiner in a process of its own, whose sockets, tasks and time never mix with the client's."""

from __future__ import annotations

import base64
import json
import os
import pickle
import subprocess
import sys
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Final, Self, Unpack
from urllib.parse import urlsplit

from liner_async.testing.options import FakeLinerOptions, refuse_unknown
from liner_async.testing.traffic import STATS_PATH, WRITES_PATH, Stats
from liner_async.testing.writes import Write

__all__ = ["FakeLinerProcess"]

# Seconds for the child to end by itself once its standard input is closed.
_GRACE: Final = 5.0
_PACKAGE_ROOT: Final = str(Path(__file__).resolve().parents[2])


class FakeLinerProcess:
    """A `FakeLiner` in a child process: `with FakeLinerProcess(total=1000) as server`.

    The child ends with the block, and also when this process dies, however it dies: it lives only
    as long as the pipe to its standard input. All methods block, about as long as a local request.
    """

    def __init__(self, total: int = 250, **options: Unpack[FakeLinerOptions]) -> None:
        """Take the arguments of `FakeLiner` that pickle: functions of a module do, lambdas do not.

        Raises:
            TypeError: An unknown option, or one that does not pickle.
        """
        refuse_unknown(options)
        self._options = _packed({"total": total, **options})
        self._process: subprocess.Popen[str] | None = None
        self.url = ""
        self.api_key = ""

    def __repr__(self) -> str:
        if not self.url:
            return "<FakeLinerProcess, not started>"
        state = "stopped" if self._process is None else f"process {self.pid}"
        return f"<FakeLinerProcess at {self.url}, {state}>"

    def __enter__(self) -> Self:
        """Start the child and return once it listens.

        Raises:
            RuntimeError: It cannot listen, with the system's reason.
        """
        path = [_PACKAGE_ROOT, *filter(None, [os.environ.get("PYTHONPATH")])]
        process = subprocess.Popen(
            # -P: the child must not import what happens to lie in the current directory.
            [sys.executable, "-P", "-m", "liner_async.testing"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path)},
            # A Ctrl-C in the terminal is ours to handle; the child ends with its pipe.
            start_new_session=True,
        )
        self._process = process
        try:
            self._greet(process)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        """End the child and wait for it."""
        self.stop()

    @property
    def pid(self) -> int | None:
        """The child's process id, None when it does not run."""
        return None if self._process is None else self._process.pid

    def stop(self) -> None:
        """End the child and wait for it; does nothing the second time."""
        process, self._process = self._process, None
        if process is None:
            return
        with process:  # closes the pipes and waits
            try:
                process.communicate(timeout=_GRACE)
            except subprocess.TimeoutExpired:
                process.kill()

    def stats(self) -> Stats:
        """Return the child's counts."""
        return Stats.from_json(self._ask("GET", STATS_PATH))

    def reset_stats(self) -> None:
        """Forget requests, writes and counts; rows, faults and changes go on as they were."""
        self._ask("DELETE", STATS_PATH)

    def writes(self) -> list[Write]:
        """Return the writes since the last reset, in the order in which they were decided on."""
        return [Write(**each) for each in json.loads(self._ask("GET", WRITES_PATH))]

    def _greet(self, process: subprocess.Popen[str]) -> None:
        if process.stdin is None or process.stdout is None:  # pragma: no cover - both are pipes
            raise RuntimeError
        with suppress(BrokenPipeError):  # it ended at once; its silence is judged below
            process.stdin.write(self._options + "\n")
            process.stdin.flush()
        # A child that died without a word (its own are on standard error) leaves an empty line.
        greeting = json.loads(process.stdout.readline() or '{"error":"the child ended"}')
        if "error" in greeting:
            raise RuntimeError(f"the fake server did not start: {greeting['error']}")
        self.url = greeting["url"]
        self.api_key = greeting["api_key"]

    def _ask(self, method: str, path: str) -> bytes:
        address = urlsplit(self.url)
        connection = HTTPConnection(address.hostname or "", address.port)
        try:
            connection.request(method, address.path + path)
            return connection.getresponse().read()
        finally:
            connection.close()


def _packed(options: dict[str, object]) -> str:
    """Return one line for the child: where modules are found, and each option."""
    pickled = {}
    for name, value in options.items():
        try:
            pickled[name] = pickle.dumps(value)
        except Exception as error:  # an object's own __reduce__ may raise anything
            msg = f"the option {name} cannot travel to a server in another process: {error}"
            raise TypeError(msg) from error
    path = [entry for entry in sys.path if entry]  # "" is another directory over there
    return base64.b64encode(pickle.dumps((path, pickled))).decode()
