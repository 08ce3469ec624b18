"""The wire's truth: which requests came, when, and how many at once."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import attrs
from attrs import frozen

from liner_async.testing.rendering import render

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["STATS_PATH", "Exchange", "Request", "Stats", "Traffic"]

STATS_PATH: Final = "/fake-liner/stats"
"""Below the prefix, without a key: GET gives the server's `Stats`, DELETE forgets them."""


@frozen(kw_only=True)
class Request:
    """One request as it came in.

    `offset` and `limit` are as asked, before any cap, with the documented default where the client
    left one out, and None where they are no number. `at` is in seconds of `time.monotonic`.
    `status` is 0 until a status line is sent, and stays 0 when none ever is. The key's place in
    `headers` and `path_qs` holds `***`.
    """

    method: str
    path_qs: str
    offset: int | None
    limit: int | None
    at: float
    headers: Mapping[str, str]
    authorized: bool
    status: int = 0


@frozen(kw_only=True)
class Stats:
    """Counts of requests and connections; `offsets` and `statuses` map each to its requests."""

    requests: int
    in_flight: int
    peak_in_flight: int
    connections: int
    offsets: Mapping[int, int]
    statuses: Mapping[int, int]

    def to_json(self) -> bytes:
        """Return the counts as a JSON object."""
        return render(attrs.asdict(self))

    @classmethod
    def from_json(cls, body: bytes) -> Stats:
        """Return the counts that `to_json` wrote."""
        counts = json.loads(body)
        for name in ("offsets", "statuses"):
            counts[name] = {int(key): count for key, count in counts[name].items()}
        return cls(**counts)


class Exchange:
    """A request that is being answered."""

    def __init__(self, log: list[Request], request: Request) -> None:
        """Enter `request` into `log`."""
        self._log = log
        self._index = len(log)
        log.append(request)

    def answered(self, status: int) -> None:
        """Note the status that goes out."""
        self._log[self._index] = attrs.evolve(self._log[self._index], status=status)


class Traffic:
    """Counts and the log of requests; only the server's own thread writes to it."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self._log: list[Request] = []
        self.in_flight = 0
        self.peak_in_flight = 0
        self.connections = 0
        # Counted connections that have carried nothing yet; an id is used anew by a later one.
        self._fresh: set[int] = set()

    @property
    def requests(self) -> list[Request]:
        """A copy of the log, in order of arrival."""
        return list(self._log)

    def connected(self, connection: int) -> None:
        """Count a connection; `connection` is its identity while it is open."""
        self.connections += 1
        self._fresh.add(connection)

    def excuse(self, connection: int) -> None:
        """Take a connection out of the count if it has carried nothing that counts."""
        if connection in self._fresh:
            self._fresh.remove(connection)
            self.connections -= 1

    @contextmanager
    def exchange(self, request: Request, *, connection: int) -> Iterator[Exchange]:
        """Log the request and count it as in flight until the block ends."""
        self._fresh.discard(connection)
        self.in_flight += 1
        self.peak_in_flight = max(self.peak_in_flight, self.in_flight)
        try:
            yield Exchange(self._log, request)
        finally:
            self.in_flight -= 1

    def reset(self) -> None:
        """Forget the past; what is in flight stays counted."""
        # A new list, not an emptied one: an exchange under way keeps its index in the old one.
        self._log = []
        self.peak_in_flight = self.in_flight
        self.connections = 0
        self._fresh.clear()

    def stats(self) -> Stats:
        """Return the counts so far."""
        log = self.requests
        return Stats(
            requests=len(log),
            in_flight=self.in_flight,
            peak_in_flight=self.peak_in_flight,
            connections=self.connections,
            offsets=Counter(entry.offset for entry in log if entry.offset is not None),
            statuses=Counter(entry.status for entry in log),
        )
