"""What each request gets, and what is recorded about it; no sockets."""

from __future__ import annotations

import asyncio
import math
import random
import re
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import attrs
from attrs import frozen
from multidict import CIMultiDict

from liner_async.testing.bodies import refusal, render
from liner_async.testing.criteria import EVERYTHING, BadQueryError
from liner_async.testing.endpoint import Endpoint
from liner_async.testing.traffic import STATS_PATH, WRITES_PATH, Request, Traffic
from liner_async.testing.wire import Response

if TYPE_CHECKING:
    from liner_async.testing.collection import Paths, Verb
    from liner_async.testing.incoming import Incoming, Query
    from liner_async.testing.writes import WriteBook

__all__ = ["Access", "Latency", "Service", "Throttle"]

Latency = float | Callable[[random.Random], float]

_KEY_HEADER: Final = "X-Api-Key"
_MASK: Final = "***"
_DETAIL: Final = re.compile(r"(.*/)([0-9]{1,18})/")


@frozen(kw_only=True)
class Access:
    """What stands before every list: options of `FakeLiner`, which documents them."""

    api_key: str = "fake-liner-key"
    prefix: str = ""
    paths: Paths = "singular"
    ignored: Collection[str] = ()
    max_variables: int = 1000
    max_url: int = 8192
    sleep_costs: bool = True
    latency: Latency = 0.0
    rate_limit: float | None = None
    seed: int = 1


@frozen(kw_only=True)
class Target:
    """What a request asks for: a list, its item with this id, or a write."""

    endpoint: Endpoint
    item: int | None = None
    verb: Verb | None = None

    @property
    def is_page(self) -> bool:
        """Whether the request is for a page of a list."""
        return not self.item and not self.verb and self.endpoint.collection.is_paged


class Service:
    """Routes requests: the collections for those who have the key, the counts for everybody."""

    def __init__(self, endpoints: Iterable[Endpoint], access: Access, book: WriteBook) -> None:
        """Join the endpoints with what stands before them, and with who carries writes out."""
        self._book = book
        self.traffic = Traffic()
        self.prefix = access.prefix.rstrip("/")
        self._access = access
        self._api_key = access.api_key
        self._chance = random.Random(f"latency-{access.seed}")  # noqa: S311 - test data
        self._throttle = None if access.rate_limit is None else Throttle(access.rate_limit)
        self._lists: dict[str, Target] = {}
        self._details: dict[str, Target] = {}
        for endpoint in endpoints:
            for path in endpoint.collection.paths(access.paths):
                self._lists[self.prefix + path] = Target(endpoint=endpoint)
            if endpoint.collection.detail is not None:
                self._details[self.prefix + endpoint.collection.detail] = Target(endpoint=endpoint)
            for verb in endpoint.collection.verbs:
                places = self._details if verb == "update" else self._lists
                path = self.prefix + endpoint.collection.write_path(verb)
                places[path] = Target(endpoint=endpoint, verb=verb)

    def stats(self, incoming: Incoming, *, connection: int) -> Response | None:
        """Return the counts, or forget them on DELETE, or the writes; None for another path.

        Neither the request nor a connection that carries nothing else counts.
        """
        if incoming.path == self.prefix + WRITES_PATH:
            self.traffic.excuse(connection)
            return Response(HTTPStatus.OK, render([attrs.asdict(of) for of in self._book.log]))
        if incoming.path != self.prefix + STATS_PATH:
            return None
        if incoming.method == "DELETE":
            self.reset()
        else:
            self.traffic.excuse(connection)
        return Response(HTTPStatus.OK, self.traffic.stats().to_json())

    def reset(self) -> None:
        """Forget what came in; what is there stays."""
        self.traffic.reset()
        self._book.reset()

    def target(self, path: str) -> Target | None:
        """Return what is served at a path, or None."""
        if (target := self._lists.get(path)) is not None:
            return target
        detail = _DETAIL.fullmatch(path)
        if detail is None or detail[1] not in self._details:
            return None
        return attrs.evolve(self._details[detail[1]], item=int(detail[2]))

    def entry(self, incoming: Incoming, target: Target | None) -> Request:
        """Return the log entry of a request that comes now, without the key."""
        key = self._api_key
        query = incoming.query
        page = target.endpoint.paging if target is not None and target.is_page else None
        return Request(
            method=incoming.method,
            path_qs=incoming.target.replace(key, _MASK),
            resource=None if target is None else target.endpoint.collection.name,
            offset=None if page is None else _asked(query, "offset", 0),
            limit=None if page is None else _asked(query, "limit", page.default_limit),
            at=time.monotonic(),
            headers=CIMultiDict(
                [
                    (name, _MASK if name.lower() == "x-api-key" else value.replace(key, _MASK))
                    for name, value in incoming.headers.items()
                ]
            ),
            authorized=incoming.headers.getall(_KEY_HEADER, []) == [key],
        )

    async def respond(self, incoming: Incoming, entry: Request, target: Target | None) -> Response:
        """Decide on the response, after the latency."""
        if len(incoming.target) > self._access.max_url:
            return Response(HTTPStatus.REQUEST_URI_TOO_LONG, b"", {"Content-Type": "text/html"})
        if target is None:
            return refusal(404, "no such method")
        allowed = "GET" if target.verb is None else "POST"
        if incoming.method != allowed:
            return refusal(405, f"only {allowed} is allowed")
        if not entry.authorized:
            return refusal(401, "the API key is missing or wrong")
        if self._throttle is not None and (wait := self._throttle.refused_for(entry.at)):
            return refusal(429, "too many requests", {"Retry-After": str(wait)})
        if target.verb is not None:
            return await self._write(target.endpoint, target.verb, target.item, incoming)
        return await self._read(target, incoming)

    async def _write(
        self, endpoint: Endpoint, verb: Verb, item: int | None, incoming: Incoming
    ) -> Response:
        if "transfer-encoding" in incoming.headers:
            return refusal(411, "a body needs its length")
        await self._take_time(0.0)
        return self._book.answer(endpoint, verb, item, incoming.body)

    async def _read(self, target: Target, incoming: Incoming) -> Response:
        access, endpoint = self._access, target.endpoint
        query = incoming.query.limited(access.max_variables, without=access.ignored)
        try:
            criteria = EVERYTHING if target.item is not None else endpoint.criteria(query)
            page = endpoint.paging.read(query, criteria) if target.is_page else None
        except BadQueryError as error:
            return endpoint.refused(400, str(error))
        await self._take_time(0.0 if page is None else endpoint.cost(page))
        if page is not None:
            return endpoint.page(page)
        if target.item is not None:
            return endpoint.item(target.item)
        return endpoint.array(criteria)

    async def _take_time(self, cost: float) -> None:
        latency = self._access.latency
        seconds = latency(self._chance) if callable(latency) else latency
        self.traffic.server_seconds += seconds + cost
        if self._access.sleep_costs:
            seconds += cost
        if seconds > 0:
            await asyncio.sleep(seconds)


class Throttle:
    """Serves at most `rate` requests in any second; refused requests do not count.

    A rate below 1 means one request in each `1 / rate` seconds, a broken one such as 2.5 two
    requests in each 0.8 seconds.
    """

    def __init__(self, rate: float) -> None:
        """Take the rate in requests per second, above 0."""
        self._most = max(math.floor(rate), 1)
        self._window = self._most / rate
        self._served: deque[float] = deque()

    def refused_for(self, now: float) -> int:
        """Return 0 and count the request as served, or the whole seconds (>= 1) to wait."""
        while self._served and self._served[0] <= now - self._window:
            self._served.popleft()
        if len(self._served) < self._most:
            self._served.append(now)
            return 0
        return max(math.ceil(self._served[0] + self._window - now), 1)


def _asked(query: Query, name: str, default: int) -> int | None:
    try:
        return int(next(iter(query.scalar(name)), default))
    except ValueError:
        return None
