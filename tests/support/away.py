"""A host that goes away and comes back, in time that only its requests move."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

from attrs import define, field

from liner_async import LinerClient, LinerError, RetryPolicy, ServerError, TransportError
from liner_async._transport.credentials import ApiKey
from liner_async._transport.envelope import Response
from liner_async._transport.request import Request
from liner_async._transport.sender import Sender
from liner_async.testing import make_order
from tests.support.timeline import Timeline

KEY = "key-that-must-not-leak"
MOMENT = 0.02  # seconds, an answer or a refusal


def refused() -> LinerError:
    """Nobody listens."""
    return TransportError("cannot connect: Connection refused", reason="connect")


def closed() -> LinerError:
    """The connection was closed or reset before an answer."""
    return TransportError("the server closed the connection", reason="closed")


def status(code: int) -> Callable[[], LinerError]:
    """Somebody answers who is not the application."""
    return lambda: ServerError(f"HTTP {code}", status=code)


AWAY = (refused, closed, status(502), status(503), status(504))


@define
class Sent:
    """A request, and when it was sent in seconds since the clock began."""

    offset: int | None
    at: float


@define(eq=False)
class Host:
    """Stands in for `HttpSession`: a list behind a host that is away for a while."""

    time: Timeline
    total: int
    begins: float
    ends: float
    kinds: tuple[Callable[[], LinerError], ...] = AWAY
    poisoned: dict[int, Callable[[], LinerError]] = field(factory=dict)
    dice: random.Random = field(factory=random.Random)
    base: str = "http://127.0.0.1"
    answered: bool = False
    sent: list[Sent] = field(factory=list)

    def now(self) -> float:
        """Tell the seconds since the clock began."""
        return self.time.now - 100.0

    async def exchange(
        self, request: Request, *, seconds: float, attempt: int, begin: object
    ) -> Response:
        """Answer, or fail as a host does that is away now."""
        offset = request.number("offset")
        self.sent.append(Sent(offset, self.now()))
        cut_off = self.now() < self.begins
        await self.time.sleep(MOMENT * (0.5 + self.dice.random()))
        if self.begins <= self.now() < self.ends:
            kind = closed if cut_off else self.dice.choice(self.kinds)
            raise kind()
        if (fault := self.poisoned.get(offset or 0)) is not None:
            raise fault()
        self.answered = True
        return Response(status=200, body=self._page(request), date=None, attempt=attempt)

    def _page(self, request: Request) -> bytes:
        start, limit = request.number("offset") or 0, request.number("limit") or 0
        ids = range(start + 1, min(start + limit, self.total) + 1)
        data = {
            "list": [make_order(id=number) for number in ids],
            "next": start + len(ids),
            "total": self.total,
        }
        return json.dumps({"success": True, "message": "", "data": data}).encode()

    async def aclose(self) -> None:
        """Have nothing to close."""


def client_of(
    host: Host, *, concurrency: int = 8, retry: RetryPolicy | None = None, **options: Any
) -> LinerClient:
    """A client whose time is the host's, and whose requests go there; options are the sender's."""
    liner = LinerClient(host.base, KEY, concurrency=concurrency)
    liner._sender = Sender(
        host,  # type: ignore[arg-type]  # all of HttpSession that a sender uses
        key=ApiKey(KEY),
        name="client",
        policy=retry or RetryPolicy(),
        timeout=30.0,
        concurrency=concurrency,
        clock=host.time.clock,
        sleep=host.time.sleep,
        jitter=host.dice.random,
        **options,
    )
    return liner
