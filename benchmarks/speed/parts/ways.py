"""The ways to read the whole list, and how one of them is made to prove what it delivered."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, Final

from speed.catalogue import digest_of_fields, digest_of_ids
from speed.serving import PageServer
from speed.workers import Pool, Way

__all__ = [
    "CORE_16",
    "DICTS",
    "FLOOR",
    "GATHER",
    "ONE_BY_ONE",
    "READERS",
    "SPEED_16",
    "installed",
    "ours",
    "seconds",
    "verify",
]

_DICTS: Final = "dicts, no retries"
_KEEPS: Final = f"{_DICTS}; keeps the whole list in memory"

ONE_BY_ONE: Final = ("requests", "httpx", "dlt RESTClient")
"""Ways that send a request when the answer before has come."""
GATHER: Final = "aiohttp gather + json(), 16"
FLOOR: Final = "raw asyncio streams[speed], 16"
CORE_16: Final = "liner_async, 16"
SPEED_16: Final = "liner_async[speed], 16"


def ours(concurrency: int, *, speed: bool, **more: Any) -> Way:
    """Give the SDK with so many requests in flight, with the extra or without it."""
    return Way(
        name=f"liner_async{'[speed]' * speed}, {concurrency}",
        target="speed.readers.liner:read",
        needs=("msgspec",) if speed else (),
        hidden=() if speed else ("msgspec",),
        settings={"concurrency": concurrency, **more},
    )


def _floor(*, speed: bool) -> Way:
    return Way(
        name=f"raw asyncio streams{'[speed]' * speed}, 16",
        target="speed.readers.raw_streams:read",
        needs=("msgspec",) if speed else (),
        hidden=() if speed else ("msgspec",),
        settings={"concurrency": 16, "ordered": False},
        less="envelope judged and decoded by the SDK; no order, no retries, no look-ahead",
    )


DICTS: Final = (
    Way(
        name="requests",
        target="speed.readers.requests_one:read",
        needs=("requests",),
        less=_DICTS,
    ),
    Way(name="httpx", target="speed.readers.httpx_one:read", needs=("httpx",), less=_DICTS),
    Way(
        name="dlt RESTClient",
        target="speed.readers.dlt_client:read",
        needs=("dlt",),
        less="dicts",
    ),
    Way(
        name="httpx gather, 16",
        target="speed.readers.httpx_gather:read",
        needs=("httpx",),
        settings={"concurrency": 16},
        less=_KEEPS,
    ),
    Way(
        name=GATHER,
        target="speed.readers.aiohttp_gather:read",
        settings={"concurrency": 16},
        less=_KEEPS,
    ),
)
"""Ways that end with plain dicts."""

READERS: Final = (
    *(ours(concurrency, speed=False) for concurrency in (8, 16, 64)),
    *(ours(concurrency, speed=True) for concurrency in (8, 16, 64)),
    *DICTS,
    _floor(speed=False),
    _floor(speed=True),
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
        if (answer["ids"], answer["fields"]) != (digest_of_ids(total), digest_of_fields(total)):
            raise RuntimeError(f"{way.name} did not deliver the list")


def seconds(total: int) -> Callable[[Way, dict[str, Any]], float]:
    """Give what takes the seconds out of an answer, once its ids are found to be the list's."""

    def take(way: Way, answer: dict[str, Any]) -> float:
        if answer["ids"] != digest_of_ids(total):
            raise RuntimeError(f"{way.name} did not deliver the list")
        return float(answer["seconds"])

    return take


def installed() -> str:
    """Name the SDK as it is where nothing is hidden from it."""
    return "liner_async[speed]" if find_spec("msgspec") else "liner_async"
