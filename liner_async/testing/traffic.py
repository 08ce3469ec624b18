"""What happened on the wire: which requests came, when, and how many at once."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import attrs
from attrs import frozen

from liner_async.testing.bodies import render

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["STATS_PATH", "WRITES_PATH", "Request", "Stats", "Traffic"]

STATS_PATH: Final = "/fake-liner/stats"
"""Below the prefix, without a key: GET gives the server's `Stats`, DELETE forgets them."""


WRITES_PATH: Final = "/fake-liner/writes"
"""The same for the writes since then: GET gives them as a JSON array."""


@frozen(kw_only=True)
class Request:
    """One request as it came in.

    `resource` is what was asked for, `"orders"` for example, and None for a path that is not
    served. `offset` and `limit` are as asked, before any cap, with the documented default where
    the client left one out; they are None where they are no number, and for everything but a page.
    `at` is in seconds of `time.monotonic`. `status` is 0 until a status line is sent, and stays 0
    when none ever is. The key's place in `headers` and `path_qs` holds `***`.
    """

    method: str
    path_qs: str
    resource: str | None
    offset: int | None
    limit: int | None
    at: float
    headers: Mapping[str, str]
    authorized: bool
    status: int = 0


@frozen(kw_only=True)
class Stats:
    """Counts of requests and connections.

    `offsets`, of the list of orders alone, and `statuses` map each to its number of requests.
    `server_seconds` is the time that answers took by `latency` and `cost_per_skipped_row`.
    """

    requests: int
    in_flight: int
    peak_in_flight: int
    connections: int
    offsets: Mapping[int, int]
    statuses: Mapping[int, int]
    server_seconds: float = 0.0

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


class Traffic:
    """Counts and the log of requests; only the server's own thread writes to it.

    Attributes:
        log: The requests since the last reset, in order of arrival.
        in_flight: Requests that are being answered now.
        peak_in_flight: The most that ever were together since the last reset.
        connections: Connections accepted since the last reset.
        server_seconds: What latency and the cost of skipped rows came to since the last reset.
    """

    def __init__(self) -> None:
        """Start with nothing seen."""
        self.log: list[Request] = []
        self.in_flight = 0
        self.peak_in_flight = 0
        self.connections = 0
        self.server_seconds = 0.0
        # Counted connections that have carried nothing yet; an id is used anew by a later one.
        self._fresh: set[int] = set()

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
    def exchange(self, request: Request, *, connection: int) -> Iterator[Callable[[int], None]]:
        """Log the request, count it as in flight in the block, and give what notes its status."""
        log, index = self.log, len(self.log)
        log.append(request)
        self._fresh.discard(connection)
        self.in_flight += 1
        self.peak_in_flight = max(self.peak_in_flight, self.in_flight)

        def answered(status: int) -> None:
            log[index] = attrs.evolve(request, status=status)

        try:
            yield answered
        finally:
            self.in_flight -= 1

    def reset(self) -> None:
        """Forget the past; what is in flight stays counted."""
        # A new list, not an emptied one: an exchange under way keeps its index in the old one.
        self.log = []
        self.peak_in_flight = self.in_flight
        self.connections = 0
        self.server_seconds = 0.0
        self._fresh.clear()

    def stats(self) -> Stats:
        """Return the counts so far."""
        pages = [each.offset for each in self.log if each.resource == "orders"]
        return Stats(
            requests=len(self.log),
            in_flight=self.in_flight,
            peak_in_flight=self.peak_in_flight,
            connections=self.connections,
            offsets=Counter(offset for offset in pages if offset is not None),
            statuses=Counter(entry.status for entry in self.log),
            server_seconds=self.server_seconds,
        )
