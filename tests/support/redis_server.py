"""Run a Redis server for the tests alone, on a socket in a temporary folder."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError

from tests.support.waiting import eventually

MISSING = "no redis-server on the PATH; on Debian: apt-get install redis-server"


@contextmanager
def redis_server() -> Iterator[str]:
    """Run a server that keeps nothing, and yield its URL."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.fail(MISSING)
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:  # short: a socket's path must be
        path = Path(folder) / "redis.sock"
        options = {"port": "0", "unixsocket": str(path), "dir": folder, "save": "", "bind": ""}
        arguments = [word for name, value in options.items() for word in (f"--{name}", value)]
        server = subprocess.Popen([program, *arguments], stdout=subprocess.DEVNULL)
        with server:
            try:
                eventually(lambda: _answers(path), "an answer from Redis")
                yield f"unix://{path}"
            finally:
                server.terminate()


def _answers(path: Path) -> bool:
    try:
        with Redis(unix_socket_path=str(path)) as redis:
            return redis.ping()
    except RedisError:
        return False
