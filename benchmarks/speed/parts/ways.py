"""The ways to read the whole list, and how each of them is made to prove what it delivered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from speed.catalogue import digest_of_fields, digest_of_ids
from speed.serving import PageServer
from speed.workers import Pool, Way

__all__ = ["AUTO", "AUTO_NOTE", "FLOOR", "GATHER", "ONE_BY_ONE", "OURS", "READERS"]
__all__ += ["seconds", "verify"]

_DICTS: Final = "dicts, no retries"

ONE_BY_ONE: Final = ("requests", "httpx", "dlt RESTClient")
"""Ways that wait for each answer before the next request."""
GATHER: Final = "aiohttp gather + json(), 16"
FLOOR: Final = "raw asyncio streams, 16"
OURS: Final = "liner_async, 16"
AUTO: Final = 'liner_async, "auto"'
AUTO_NOTE: Final = '`"auto"`, the default, starts with 8 in flight and tries up to 32.'

READERS: Final = (
    Way(name=AUTO, target="speed.readers.liner:read", settings={"concurrency": "auto"}),
    *(
        Way(
            name=f"liner_async, {concurrency}",
            target="speed.readers.liner:read",
            settings={"concurrency": concurrency},
        )
        for concurrency in (8, 16, 64)
    ),
    Way(
        name="requests",
        target="speed.readers.one_by_one:with_requests",
        needs=("requests",),
        less=_DICTS,
    ),
    Way(name="httpx", target="speed.readers.one_by_one:with_httpx", needs=("httpx",), less=_DICTS),
    Way(
        name="dlt RESTClient",
        target="speed.readers.dlt_client:read",
        needs=("dlt",),
        less="dicts",
    ),
    Way(
        name=GATHER,
        target="speed.readers.aiohttp_gather:read",
        settings={"concurrency": 16},
        less=f"{_DICTS}; keeps the whole list in memory",
    ),
    Way(
        name=FLOOR,
        target="speed.readers.raw_streams:read",
        settings={"concurrency": 16, "ordered": False},
        less="envelope checked and decoded by the SDK; no order, no retries, no look-ahead",
    ),
)
"""Every way; a figure in a name is the requests in flight."""


def verify(pool: Pool, ways: tuple[Way, ...], server: PageServer, total: int) -> None:
    """Let every way read a list once, untimed, and compare all values of all its orders.

    Raises:
        RuntimeError: a way delivered something else, or in another order than it should.
    """
    for way in ways:
        job = {"url": server.flat(total, latency=0), "total": total, "verify": True}
        answer = pool.call(way, job)
        expected = digest_of_ids(total), digest_of_fields(server.data, total)
        if (answer["ids"], answer["fields"]) != expected:
            raise RuntimeError(f"{way.name} did not deliver the list")


def seconds(total: int) -> Callable[[Way, dict[str, Any]], float]:
    """Return a function that takes the seconds of an answer whose ids are the list's."""

    def take(way: Way, answer: dict[str, Any]) -> float:
        if answer["ids"] != digest_of_ids(total):
            raise RuntimeError(f"{way.name} did not deliver the list")
        return float(answer["seconds"])

    return take
