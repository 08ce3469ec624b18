"""FakeLiner: a real server on loopback that answers as LINER documents, or as a test orders."""

from __future__ import annotations

import asyncio
from random import Random
from typing import TYPE_CHECKING, Any, Self

from liner_async.testing.background import BackgroundLoop
from liner_async.testing.connection import ConnectionRules
from liner_async.testing.endpoint import OrderEndpoint
from liner_async.testing.listener import Listener
from liner_async.testing.rows import Change, Rows
from liner_async.testing.schedule import PASSING_FAULTS, Faults, FaultSchedule
from liner_async.testing.service import Latency, Service
from liner_async.testing.throttle import Throttle

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from ssl import SSLContext
    from types import TracebackType

    from liner_async.testing.faults import Fault
    from liner_async.testing.traffic import Request

__all__ = ["FakeLiner"]


class FakeLiner:
    """A server of `GET /v2/order/`: `async with` in the running loop, `with` in its own thread."""

    def __init__(
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
        ssl: SSLContext | None = None,
        keep_alive: bool = True,
        requests_per_connection: int | None = None,
        ignore_offset: bool = False,
        ignore_limit: bool = False,
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
            ssl: Speak TLS with this context's certificate; `url` then begins with `https:`.
            keep_alive: False closes every connection after its answer, and says so.
            requests_per_connection: Close a connection, without a word, at the request after
                these many: a kept-alive connection that was given up at the moment of use.
            ignore_offset: Send the first page whatever `offset` says.
            ignore_limit: Send `default_limit` rows whatever `limit` says.
            unstable_order: Shuffle the rows for each request, as without ORDER BY.
            total_override: What `total` claims, true or not.
        """
        self.api_key = api_key
        self._rows = Rows(total, orders=orders, seed=seed)
        self._endpoint = OrderEndpoint(
            self._rows,
            schedule=FaultSchedule(faults, rate=fault_rate, kinds=fault_kinds, seed=seed),
            throttle=None if rate_limit is None else Throttle(rate_limit),
            changes=changes,
            default_limit=default_limit,
            max_limit=max_limit,
            ignore_offset=ignore_offset,
            ignore_limit=ignore_limit,
            shuffle=Random(f"shuffle-{seed}") if unstable_order else None,  # noqa: S311 - data
            total_override=total_override,
        )
        self._service = Service(
            self._endpoint, api_key=api_key, prefix=prefix, latency=latency, seed=seed
        )
        rules = ConnectionRules(keep_alive=keep_alive, requests=requests_per_connection, tls=ssl)
        self._listener = Listener(self._service, rules, host=host, port=port)
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
        return self._listener.origin + self._service.prefix

    @property
    def orders(self) -> list[dict[str, Any]]:
        """The rows as they are now, as the vendor's JSON."""
        return self._rows.orders()

    @property
    def requests(self) -> list[Request]:
        """Every request so far, in order of arrival."""
        return self._service.traffic.requests

    @property
    def in_flight(self) -> int:
        """Requests that are being answered now."""
        return self._service.traffic.in_flight

    @property
    def peak_in_flight(self) -> int:
        """The most requests that were ever in flight together."""
        return self._service.traffic.peak_in_flight

    @property
    def connections(self) -> int:
        """Connections accepted so far."""
        return self._service.traffic.connections

    @property
    def open_connections(self) -> int:
        """Connections that are open now."""
        return self._listener.open_connections

    def requests_at(self, offset: int) -> list[Request]:
        """Return the list requests that asked for this offset, in order of arrival."""
        return [request for request in self.requests if request.offset == offset]

    def reset_stats(self) -> None:
        """Forget requests, peak and connections; rows, faults and changes go on as they were."""
        self._service.traffic.reset()
