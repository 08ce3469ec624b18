"""What each request gets and what is noted of it, whatever carries it: no sockets."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final

from liner_async.testing.answers import JSON_HEADERS, Answer, refusal
from liner_async.testing.endpoint import OrderEndpoint, Reply
from liner_async.testing.incoming import Headers, Incoming
from liner_async.testing.traffic import STATS_PATH, Request, Traffic

__all__ = ["Latency", "Service"]

Latency = float | Callable[[random.Random], float]

_ORDER_PATH: Final = "/v2/order/"
_KEY_HEADER: Final = "X-Api-Key"
_MASK: Final = "***"


class Service:
    """Routes requests: the list of orders for those who have the key, the counts for everybody."""

    def __init__(
        self,
        endpoint: OrderEndpoint,
        *,
        api_key: str,
        prefix: str,
        latency: Latency,
        seed: int,
    ) -> None:
        """Join the endpoint with what stands before it; `seed` is for a `latency` that draws."""
        self._endpoint = endpoint
        self.traffic = Traffic()
        self._api_key = api_key
        self.prefix = prefix.rstrip("/")
        self._order_path = self.prefix + _ORDER_PATH
        self._stats_path = self.prefix + STATS_PATH
        self._latency = latency
        self._chance = random.Random(f"latency-{seed}")  # noqa: S311 - test data

    def stats(self, incoming: Incoming, *, connection: int) -> Answer | None:
        """Return the counts, or forget them on DELETE; None for a request of another path.

        Neither the request nor a connection that carries nothing else counts.
        """
        if incoming.path != self._stats_path:
            return None
        if incoming.method == "DELETE":
            self.traffic.reset()
        else:
            self.traffic.excuse(connection)
        return Answer(HTTPStatus.OK, self.traffic.stats().to_json(), JSON_HEADERS)

    def entry(self, incoming: Incoming) -> Request:
        """Return the log entry of a request that comes now, without the key."""
        key = self._api_key
        is_list = incoming.path == self._order_path
        query = incoming.query
        return Request(
            method=incoming.method,
            path_qs=incoming.target.replace(key, _MASK),
            offset=_asked(query, "offset", 0) if is_list else None,
            limit=_asked(query, "limit", self._endpoint.default_limit) if is_list else None,
            at=time.monotonic(),
            headers=Headers(
                [
                    (name, _MASK if name.lower() == "x-api-key" else value.replace(key, _MASK))
                    for name, value in incoming.headers.fields
                ]
            ),
            authorized=incoming.headers.all(_KEY_HEADER) == [key],
        )

    async def reply(self, incoming: Incoming, entry: Request) -> Reply:
        """Decide on the answer, after whatever latency."""
        if incoming.path != self._order_path:
            return Reply(refusal(404, "no such method"))
        if incoming.method != "GET":
            return Reply(refusal(405, "only GET is allowed"))
        if not entry.authorized:
            return Reply(refusal(401, "the API key is missing or wrong"))
        admitted = self._endpoint.admit(incoming.query, now=entry.at)
        if isinstance(admitted, Answer):
            return Reply(admitted)
        seconds = self._latency(self._chance) if callable(self._latency) else self._latency
        if seconds > 0:
            await asyncio.sleep(seconds)
        return self._endpoint.reply(admitted)


def _asked(query: Mapping[str, str], name: str, default: int) -> int | None:
    try:
        return int(query.get(name, default))
    except ValueError:
        return None
