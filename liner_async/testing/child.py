"""The far end of `FakeLinerProcess`: a server that lives as long as its standard input."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import threading
from contextlib import suppress
from typing import TextIO

from liner_async.testing.options import options_from_json
from liner_async.testing.server import FakeLiner

__all__ = ["serve_child"]


async def serve_child(options: str, *, parent: int, out: TextIO) -> None:
    """Serve until the file descriptor `parent` ends or SIGTERM comes.

    `options` is one line from `options_to_json`. One line of JSON goes to `out`: `url` and
    `api_key` once the server listens, or `error` if it cannot.
    """
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    with suppress(NotImplementedError):  # Windows has no signal handlers on a loop
        loop.add_signal_handler(signal.SIGTERM, stopping.set)
    watch = threading.Thread(target=_watch, args=(parent, loop, stopping), daemon=True)
    watch.start()
    try:
        async with FakeLiner(**options_from_json(options)) as server:
            _greet(out, url=server.url, api_key=server.api_key)
            await stopping.wait()
    except OSError as error:
        _greet(out, error=str(error))


def _greet(out: TextIO, **values: str) -> None:
    out.write(json.dumps(values) + "\n")
    out.flush()


def _watch(parent: int, loop: asyncio.AbstractEventLoop, stopping: asyncio.Event) -> None:
    # os.read and not sys.stdin: a thread inside a buffered reader aborts the interpreter's exit.
    while os.read(parent, 4096):
        pass
    with suppress(RuntimeError):  # SIGTERM was faster and the loop is closed
        loop.call_soon_threadsafe(stopping.set)
