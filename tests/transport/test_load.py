"""What the limit is told of each request on the wire."""

from __future__ import annotations

import pytest

from liner_async import (
    AuthError,
    NotFoundError,
    RateLimitError,
    ResponseError,
    ServerError,
    TransportError,
    TransportTimeoutError,
)
from liner_async._transport.limits import AutoLimit, FixedLimit, limit_of
from liner_async._transport.load import Load


class Told:
    """A limit that notes what it is told."""

    def __init__(self):
        self.heard = []

    def limit(self):
        """Return any number."""
        return 8

    def on_start(self):
        """Note it."""
        self.heard.append("start")

    def on_success(self, latency, in_flight):
        """Note it, with its figures."""
        self.heard.append(("success", latency, in_flight))

    def on_throttled(self):
        """Note it."""
        self.heard.append("throttled")

    def on_error(self):
        """Note it."""
        self.heard.append("error")

    def on_cancelled(self):
        """Note it."""
        self.heard.append("cancelled")

    def restart(self, in_flight):
        """Note it."""
        self.heard.append(("restart", in_flight))


@pytest.mark.parametrize(
    ("error", "heard"),
    [
        (None, ("success", 0.5, 1)),
        (NotFoundError("none", status=404), ("success", 0.5, 1)),
        (AuthError("no", status=401), ("success", 0.5, 1)),
        (ResponseError("not the envelope"), ("success", 0.5, 1)),
        (RateLimitError("slow down", status=429), "throttled"),
        (ServerError("busy", status=503, retry_after=1.0), "throttled"),
        (ServerError("busy", status=503), "error"),
        (ServerError("no worker", status=502), "error"),
        (ServerError("bug", status=500), "error"),
        (TransportTimeoutError("late", reason="timeout"), "error"),
        (TransportError("cut", reason="body"), "error"),
        (TransportError("reset", reason="closed"), "error"),
        (TransportError("refused", reason="connect"), "error"),
        (TransportError("no such name", reason="dns"), "cancelled"),
        (TransportError("a wrong certificate", reason="tls"), "cancelled"),
    ],
)
def test_each_end_is_told_by_what_it_says_of_the_load(error, heard):
    """Answers are successes, pauses pauses; what names, keys and certificates do says nothing."""
    limit = Told()
    load = Load(limit)
    load.start()
    load.end(error, seconds=0.5, is_away=False)
    assert limit.heard == ["start", heard]
    assert load.in_flight == 0


def test_errors_of_a_host_that_is_away_are_no_overload():
    """They would be the same for a single request."""
    limit = Told()
    load = Load(limit)
    load.start()
    load.end(ServerError("no worker", status=502), seconds=0.5, is_away=True)
    assert limit.heard == ["start", "cancelled"]


def test_in_flight_includes_the_request_that_ends_and_no_cancelled_one():
    """Three are sent, one is cancelled, two are there when the second ends."""
    limit = Told()
    load = Load(limit)
    for _ in range(3):
        load.start()
    load.drop()
    load.end(None, seconds=0.5, is_away=False)
    assert limit.heard[-2:] == ["cancelled", ("success", 0.5, 2)]
    assert load.in_flight == 1


def test_a_number_fixes_the_limit_and_auto_follows_the_server():
    """As the client's `concurrency` says."""
    fixed = limit_of(5, most=32, clock=lambda: 0.0)
    auto = limit_of("auto", most=4, clock=lambda: 0.0)
    assert (type(fixed), fixed.limit()) == (FixedLimit, 5)
    assert (type(auto), auto.limit()) == (AutoLimit, 4)
