"""A server of rendered pages that costs as little as asyncio allows: `python -m speed.page_server`.

`FakeLiner` judges each request and keeps a log; here a page is found and written, so that the
client is what is measured. The arguments say which data it serves, by name, and how many orders are
rendered before it listens. The path says how the list behaves: `/TOTAL/flat-MS/v2/order/`,
`/TOTAL/jitter-SEED/v2/order/`, or `/TOTAL/workers-MS-NUMBER/v2/order/`, where requests queue for so
many workers; the port is printed; the server ends with its standard input.
"""

from __future__ import annotations

import asyncio
import gc
import heapq
import math
import os
import random
import re
import sys
import threading
from collections.abc import Callable
from functools import lru_cache, partial
from typing import TypeAlias, cast

from speed.catalogue import PAGE
from speed.untidy import DATA

__all__ = ["MEDIAN_JITTER", "SIGMA", "main"]

MEDIAN_JITTER = 0.05
"""Seconds; the median of the lognormal latency."""
SIGMA = 0.8
"""Its spread: one answer in twenty takes 3.7 medians or more."""

_PAGES_KEPT = 1_010
_HEAD_END = b"\r\n\r\n"
_TARGET = re.compile(
    rb"GET /(?P<total>\d+)/(?P<kind>flat|jitter|workers)-(?P<number>[\d.]+)(?:-(?P<workers>\d+))?"
    rb"/v2/order/\?(?P<query>\S+) "
)
_OFFSET = re.compile(rb"(?:^|&)offset=(\d+)")
_LIMIT = re.compile(rb"(?:^|&)limit=(\d+)")
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
_BODY_START = b'{"success":true,"message":"","data":{"list":['
_BODY_END = b'],"next":%d,"total":%d}}'
_NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"

_Rows: TypeAlias = Callable[[int, int], bytes]


def _answer(rows: _Rows, total: int, query: bytes) -> tuple[int, bytes]:
    offset = _number(_OFFSET, query, 0)
    limit = min(_number(_LIMIT, query, PAGE), PAGE, max(0, total - offset))
    end = _BODY_END % (offset + limit, total)
    listed = rows(offset, limit)
    head = _HEAD % (len(_BODY_START) + len(listed) + len(end))
    return offset, b"".join((head, _BODY_START, listed, end))


def _number(pattern: re.Pattern[bytes], query: bytes, default: int) -> int:
    found = pattern.search(query)
    return int(found[1]) if found else default


@lru_cache(maxsize=4096)
def _jitter(seed: bytes, offset: int) -> float:
    chance = random.Random(f"{seed.decode()}-{offset}")
    return chance.lognormvariate(math.log(MEDIAN_JITTER), SIGMA)


_free_at: dict[tuple[float, float], list[float]] = {}
"""When the workers of each kind of list are free, in the loop's time."""


def _queue(now: float, milliseconds: float, workers: float) -> float:
    """Give a request to the worker that is free first; return the seconds until its answer."""
    free_at = _free_at.setdefault((milliseconds, workers), [0.0] * int(workers))
    done_at = max(now, free_at[0]) + milliseconds / 1e3
    heapq.heapreplace(free_at, done_at)
    return done_at - now


class _Connection(asyncio.Protocol):
    def __init__(self, rows: _Rows) -> None:
        self._rows = rows
        self._received = bytearray()
        self._loop = asyncio.get_running_loop()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(_HEAD_END)) >= 0:
            found = _TARGET.match(bytes(self._received[:end]))
            del self._received[: end + len(_HEAD_END)]
            if found is None:
                self._transport.write(_NOT_FOUND)
                continue
            offset, answer = _answer(self._rows, int(found["total"]), found["query"])
            if found["kind"] == b"flat":
                seconds = float(found["number"]) / 1e3
            elif found["kind"] == b"workers":
                seconds = _queue(self._loop.time(), *map(float, found.group("number", "workers")))
            else:
                seconds = _jitter(found["number"], offset)
            if seconds:
                self._loop.call_later(seconds, self._transport.write, answer)
            else:
                self._transport.write(answer)


async def _serve(data: str, rendered: int) -> None:
    rows = lru_cache(maxsize=_PAGES_KEPT)(DATA[data].rows)
    for offset in range(0, rendered, PAGE):
        rows(offset, PAGE)
    gc.freeze()  # keeps the collector from walking the rendered pages
    loop = asyncio.get_running_loop()
    server = await loop.create_server(partial(_Connection, rows), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    stopping = asyncio.Event()
    threading.Thread(target=_watch, args=(loop, stopping), daemon=True).start()
    await stopping.wait()


def _watch(loop: asyncio.AbstractEventLoop, stopping: asyncio.Event) -> None:
    while os.read(0, 4096):
        pass
    loop.call_soon_threadsafe(stopping.set)


def main() -> None:
    """Render the first pages of the list and serve."""
    asyncio.run(_serve(sys.argv[1], int(sys.argv[2])))


if __name__ == "__main__":
    main()
