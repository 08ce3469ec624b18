"""`python -m liner_async.testing`: the child of `FakeLinerProcess`, not meant for people."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import pickle
import signal
import sys
import threading
from contextlib import suppress
from typing import Any, TextIO

from liner_async.testing.server import FakeLiner


async def serve_child(options: str, *, parent: int, out: TextIO) -> None:
    """Serve until the file descriptor `parent` ends or SIGTERM comes.

    `options` is the line that `FakeLinerProcess` wrote. One line of JSON goes to `out`: `url` and
    `api_key` once the server listens, or `error` if it cannot.
    """
    if not options:  # the parent ended, or was interrupted, before it wrote them
        return
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    with suppress(NotImplementedError):  # Windows has no signal handlers on a loop
        loop.add_signal_handler(signal.SIGTERM, stopping.set)
    watch = threading.Thread(target=_watch, args=(parent, loop, stopping), daemon=True)
    watch.start()
    try:
        async with FakeLiner(**_unpacked(options)) as server:
            _greet(out, url=server.url, api_key=server.api_key)
            await stopping.wait()
    except (OSError, ImportError, AttributeError) as error:  # the last two: a function's module
        _greet(out, error=str(error))


def _unpacked(options: str) -> dict[str, Any]:
    path, pickled = pickle.loads(base64.b64decode(options))  # noqa: S301 - our parent wrote it
    # Last, so that nothing of the parent's hides a module of the interpreter's or ours.
    sys.path += [entry for entry in path if entry not in sys.path]
    return {name: pickle.loads(value) for name, value in pickled.items()}  # noqa: S301 - as above


def _greet(out: TextIO, **values: str) -> None:
    out.write(json.dumps(values) + "\n")
    out.flush()


def _watch(parent: int, loop: asyncio.AbstractEventLoop, stopping: asyncio.Event) -> None:
    # os.read and not sys.stdin: a thread inside a buffered reader aborts the interpreter's exit.
    while os.read(parent, 4096):
        pass
    with suppress(RuntimeError):  # SIGTERM was faster and the loop is closed
        loop.call_soon_threadsafe(stopping.set)


if __name__ == "__main__":  # pragma: no branch - tests import it too
    asyncio.run(
        serve_child(sys.stdin.readline(), parent=sys.stdin.fileno(), out=sys.stdout),
    )
