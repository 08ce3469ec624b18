"""FakeLiner: a real HTTP server on loopback that answers as LINER documents."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Self

from aiohttp import web

from liner_async.testing.answers import JSON_HEADERS, Answer, refusal
from liner_async.testing.background import BackgroundLoop
from liner_async.testing.delivery import deliver
from liner_async.testing.endpoint import OrderEndpoint, Reply
from liner_async.testing.listener import Listener
from liner_async.testing.rows import Change, Rows
from liner_async.testing.schedule import PASSING_FAULTS, Faults, FaultSchedule
from liner_async.testing.throttle import Throttle
from liner_async.testing.traffic import STATS_PATH, Request, Traffic

if TYPE_CHECKING:
    from types import TracebackType

    from liner_async.testing.faults import Fault

__all__ = ["FakeLiner"]

Latency = float | Callable[[random.Random], float]

_ORDER_PATH: Final = "/v2/order/"
_KEY_HEADER: Final = "X-Api-Key"
_MASK: Final = "***"


class FakeLiner:
    """A server of `GET /v2/order/`: `async with` in the running loop, `with` in its own thread."""

    def __init__(  # noqa: PLR0913 - one keyword for each thing a test may set
        self,
        total: int = 250,
        *,
        orders: Sequence[dict[str, Any]] | None = None,
        seed: int = 1,
        api_key: str = "fake-liner-key",
        latency: Latency = 0.0,
        rate_limit: float | None = None,
        faults: Faults | None = None,
        fault_rate: float = 0.0,
        fault_kinds: Sequence[Fault] = PASSING_FAULTS,
        changes: Sequence[Change] = (),
        max_limit: int = 100,
        default_limit: int = 50,
        host: str = "127.0.0.1",
        port: int = 0,
        prefix: str = "",
        unstable_order: bool = False,
        total_override: int | None = None,
    ) -> None:
        """Prepare the server; nothing listens yet.

        Args:
            total: How many orders there are, when `orders` gives none.
            orders: The orders to serve, as the vendor's JSON, valid or not.
            seed: Makes data, latency, shuffling and chance faults repeatable.
            api_key: The only key that is accepted.
            latency: Seconds before each answer, or a function that draws them.
            rate_limit: Requests served in any second; others get 429 with Retry-After.
            faults: Faults by offset, see `Faults`.
            fault_rate: Share (0 to 1) of the other requests that meet one of `fault_kinds`.
            fault_kinds: What goes wrong by chance.
            changes: How the list moves while it is read.
            max_limit: A larger `limit` is lowered to it without a word.
            default_limit: `limit` when the client sends none.
            host: The address to listen on.
            port: The port to listen on, 0 for a free one.
            prefix: A path before every path, such as `/api`.
            unstable_order: Shuffle the rows for each request, as without ORDER BY.
            total_override: What `total` claims, true or not.
        """
        self.api_key = api_key
        self._default_limit = default_limit
        self._latency = latency
        self._latency_rng = random.Random(f"latency-{seed}")  # noqa: S311 - test data
        self._prefix = prefix.rstrip("/")
        self._rows = Rows(total, orders=orders, seed=seed)
        self._endpoint = OrderEndpoint(
            self._rows,
            schedule=FaultSchedule(faults, rate=fault_rate, kinds=fault_kinds, seed=seed),
            throttle=None if rate_limit is None else Throttle(rate_limit),
            changes=changes,
            default_limit=default_limit,
            max_limit=max_limit,
            shuffle=random.Random(f"shuffle-{seed}") if unstable_order else None,  # noqa: S311
            total_override=total_override,
        )
        self._traffic = Traffic()
        self._listener = Listener(self._handle, self._traffic, host=host, port=port)
        self._background: BackgroundLoop | None = None

    async def __aenter__(self) -> Self:
        """Start to listen, in the running loop."""
        await self._listener.open()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop at once: handlers are cancelled, connections closed."""
        await self._listener.close()

    def __enter__(self) -> Self:
        """Start to listen, in a new thread with a loop of its own."""
        background = BackgroundLoop(self, name="fake-liner")
        background.start()
        self._background = background
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop at once and wait for the thread to end."""
        background, self._background = self._background, None
        if background is not None:
            background.stop()

    async def serve_forever(self, *, on_ready: Callable[[FakeLiner], object] | None = None) -> None:
        """Listen until cancelled; `on_ready` is called once `url` is known."""
        async with self:
            if on_ready is not None:
                on_ready(self)
            await asyncio.get_running_loop().create_future()

    @property
    def url(self) -> str:
        """Where clients reach the server, such as `http://127.0.0.1:43210/api`.

        Raises:
            RuntimeError: It was not started yet.
        """
        return self._listener.origin + self._prefix

    @property
    def orders(self) -> list[dict[str, Any]]:
        """The rows as they are now, as the vendor's JSON."""
        return self._rows.orders()

    @property
    def requests(self) -> list[Request]:
        """Every request so far, in order of arrival."""
        return self._traffic.requests

    @property
    def in_flight(self) -> int:
        """Requests that are being answered now."""
        return self._traffic.in_flight

    @property
    def peak_in_flight(self) -> int:
        """The most requests that were ever in flight together."""
        return self._traffic.peak_in_flight

    @property
    def connections(self) -> int:
        """Connections accepted so far."""
        return self._traffic.connections

    @property
    def open_connections(self) -> int:
        """Connections that are open now."""
        return self._listener.open_connections

    def requests_at(self, offset: int) -> list[Request]:
        """Return the list requests that asked for this offset, in order of arrival."""
        return [request for request in self.requests if request.offset == offset]

    def reset_stats(self) -> None:
        """Forget requests, peak and connections; rows, faults and changes go on as they were."""
        self._traffic.reset()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path == self._prefix + STATS_PATH:
            return self._stats(request)
        entry = self._entry(request)
        with self._traffic.exchange(entry, connection=id(request.protocol)) as exchange:
            reply = await self._reply(request, entry)
            return await deliver(
                reply.answer, reply.delivery, to=request, on_status=exchange.answered
            )

    async def _reply(self, request: web.BaseRequest, entry: Request) -> Reply:
        if request.path != self._prefix + _ORDER_PATH:
            return Reply(refusal(404, "no such method"))
        if request.method != "GET":
            return Reply(refusal(405, "only GET is allowed"))
        if not entry.authorized:
            return Reply(refusal(401, "the API key is missing or wrong"))
        admitted = self._endpoint.admit(request.query, now=entry.at)
        if isinstance(admitted, Answer):
            return Reply(admitted)
        draw = self._latency
        seconds = draw(self._latency_rng) if callable(draw) else draw
        if seconds > 0:
            await asyncio.sleep(seconds)
        return self._endpoint.reply(admitted)

    def _entry(self, request: web.BaseRequest) -> Request:
        """Return the log entry of a request, without the key."""
        headers = request.headers.copy()
        for name, value in request.headers.items():
            headers[name] = value.replace(self.api_key, _MASK)
        keys = headers.popall(_KEY_HEADER, [])
        if keys:
            headers[_KEY_HEADER] = _MASK
        listing = request.path == self._prefix + _ORDER_PATH
        return Request(
            method=request.method,
            path_qs=request.path_qs.replace(self.api_key, _MASK),
            offset=_asked(request.query, "offset", 0) if listing else None,
            limit=_asked(request.query, "limit", self._default_limit) if listing else None,
            at=time.monotonic(),
            headers=headers,
            authorized=request.headers.getall(_KEY_HEADER, []) == [self.api_key],
        )

    def _stats(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer with the counts, or reset them on DELETE; neither is counted itself."""
        if request.method == "DELETE":
            self.reset_stats()
        else:
            self._traffic.excuse(id(request.protocol))
        response = web.Response(body=self._traffic.stats().to_json(), headers=JSON_HEADERS)
        response.force_close()
        return response


def _asked(query: Mapping[str, str], name: str, default: int) -> int | None:
    try:
        return int(query.get(name, default))
    except ValueError:
        return None
