"""FakeLiner: a real server on loopback that answers as LINER documents, or as a test says."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any, Self, TypeVar, Unpack

from liner_async.testing.background import BackgroundLoop
from liner_async.testing.collection import COLLECTIONS, Collection
from liner_async.testing.connection import ConnectionRules
from liner_async.testing.criteria import Reading
from liner_async.testing.endpoint import Endpoint, Paging
from liner_async.testing.history import History
from liner_async.testing.listener import Listener
from liner_async.testing.options import FakeLinerOptions, refuse_unknown
from liner_async.testing.schedule import FaultPlan, FaultSchedule
from liner_async.testing.service import Access, Service
from liner_async.testing.world import World
from liner_async.testing.writes import Write, WriteBook, Writing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from liner_async.testing.traffic import Request

__all__ = ["FakeLiner"]

T = TypeVar("T")


class _Listed:
    """The rows of a kind as they are now, as the vendor's JSON."""

    def __set_name__(self, owner: type[FakeLiner], name: str) -> None:
        self._name = name

    def __get__(
        self, server: FakeLiner | None, owner: type[FakeLiner] | None = None
    ) -> list[dict[str, Any]]:
        # Of the class, for those who look at what it has: nothing yet.
        return [] if server is None else server._rows[self._name].items()  # noqa: SLF001 - its own


class FakeLiner:
    """A fake LINER: `async with` in the running loop, `with` in a thread of its own.

    Args:
        total: How many orders there are, when `orders` gives none.
        orders, leads, lead_statuses, calls, call_statuses, call_records: What to serve, as the
            vendor's JSON, valid or not. The server's attributes of these names are what is there.
        call_attempts, users, agent_groups, sip_endpoints, custom_fields: The same.
        sizes: How many there are of what is not given, such as `{"leads": 10_000}`.
        start, end: When invented leads and calls were created; the year 2024.
        archived_orders: How many orders have leads and are not listed.
        null_fields: By resource, the fields that are null, or `"all"` that may be.
        paths: Serve the `"singular"` path, the `"plural"` one or `"both"`, where there are two.
        sort: List by creation, `"asc"` or `"desc"`, or by `"id"`; None leaves given rows alone.
        start_inclusive, end_inclusive, precision, zone_shift: How `createdAt` is compared.
        max_span: The longest period that is served.
        ignored: Query variables that the server ignores, such as `{"orderIds"}`.
        max_variables, max_url: Further ones are dropped (1000); a longer URL (8192) gets 414.
        refusal: Refuse by a `"status"`, or in the `"envelope"` of a 200.
        seed: Makes data, latency, shuffling and chance faults repeatable.
        api_key: The only key that is accepted.
        latency: Seconds before each response, or a function of a `Random` that draws them.
        cost_per_skipped_row, sleep_costs: Seconds per row before a page; False only counts them.
        rate_limit: Requests served in any second; others get 429 with Retry-After.
        faults: Faults by offset of the orders, or by `(resource, offset)`; see the guide.
        write_faults: Faults of writes, such as `{"leads.create": [Fault.disconnect(), None]}`.
        fault_rate, fault_kinds: The share (0 to 1) of the other requests that meet one of these.
        changes: How lists move while they are read.
        write_status, id_form: What a write is answered with: 200, 201 or 202, and for a create
            its id as an `"object"`, `"bare"`, as `"text"` or `"none"`.
        submit_delay, submit_loss: Seconds until a submitted lead is there, and the share lost.
        clock: Gives the aware time at which something is created or updated.
        max_limit, default_limit: The highest `limit` (100), and the one for none (50).
        host, port, prefix, ssl: Where to listen (127.0.0.1, a free port), and by TLS or not.
        keep_alive: False closes every connection after its response, and says so.
        requests_per_connection: After so many, the connection is closed without another answer.
        ignore_offset, ignore_limit: Send the first page, or `default_limit` rows, always.
        unstable_order: Shuffle the rows for each request, as without ORDER BY.
        total_override: What `total` claims, true or not.

    Raises:
        TypeError: An unknown option.
        ValueError: `sizes`, `faults` or `changes` name a resource that is not served.
    """

    orders = _Listed()
    leads = _Listed()
    lead_statuses = _Listed()
    calls = _Listed()
    call_statuses = _Listed()
    call_records = _Listed()
    call_attempts = _Listed()
    users = _Listed()
    agent_groups = _Listed()
    sip_endpoints = _Listed()
    custom_fields = _Listed()

    def __init__(self, total: int = 250, **options: Unpack[FakeLinerOptions]) -> None:
        """Prepare the server; nothing listens yet."""
        refuse_unknown(options)
        access = _settings(Access, options)
        self.api_key = access.api_key
        _refuse_unserved("changes", [change.resource for change in options.get("changes", ())])
        _refuse_unserved("null_fields", options.get("null_fields", ()))
        world = _world(total, options, seed=access.seed)
        schedule = FaultSchedule(_settings(FaultPlan, options))
        endpoints = [_endpoint(of, world, schedule, options) for of in COLLECTIONS.values()]
        self._rows = {each.collection.name: each.rows for each in endpoints}
        self._book = WriteBook(_settings(Writing, options), orders=self._rows["orders"])
        self._service = Service(endpoints, access, self._book)
        self._listener = Listener(self._service, _settings(ConnectionRules, options))
        self._background: BackgroundLoop | None = None

    def __repr__(self) -> str:
        address = self._listener.address
        if address is None:
            return "<FakeLiner, not started>"
        state = "" if self._listener.is_open else ", stopped"
        return f"<FakeLiner at {address}{self._service.prefix}{state}>"

    async def __aenter__(self) -> Self:
        """Start to listen, in the running loop."""
        await self._listener.open()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._listener.close()

    def __enter__(self) -> Self:
        """Start to listen, in a new thread with a loop of its own."""
        background = BackgroundLoop(name="fake-liner")
        try:
            background.run(self._listener.open())
        except BaseException:
            background.close()
            raise
        self._background = background
        return self

    def __exit__(self, *error: object) -> None:
        background, self._background = self._background, None
        if background is not None:
            try:
                background.run(self._listener.close())
            finally:
                background.close()

    async def serve_forever(self, *, on_ready: Callable[[FakeLiner], object] | None = None) -> None:
        """Listen until cancelled; `on_ready` is called once `url` is known."""
        async with self:
            if on_ready is not None:
                on_ready(self)
            await asyncio.get_running_loop().create_future()

    @property
    def url(self) -> str:
        """Where clients reach the server; RuntimeError before it is started."""
        return self._listener.origin + self._service.prefix

    @property
    def requests(self) -> list[Request]:
        """Every request so far, in order of arrival."""
        return list(self._service.traffic.log)

    @property
    def writes(self) -> list[Write]:
        """The writes so far, in the order in which they were decided on."""
        return list(self._book.log)

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
        return len(self._listener.connections)

    @property
    def server_seconds(self) -> float:
        """What latency and the cost of skipped rows came to, slept or not."""
        return self._service.traffic.server_seconds

    def requests_at(self, offset: int, resource: str = "orders") -> list[Request]:
        """Return the requests for the page at this offset, in order of arrival."""
        return [
            request
            for request in self.requests
            if request.offset == offset and request.resource == resource
        ]

    def reset_stats(self) -> None:
        """Forget requests, writes and counts; rows, faults and changes go on as they were."""
        self._service.reset()


def _world(total: int, options: FakeLinerOptions, *, seed: int) -> World:
    sizes = {"orders": total, **options.get("sizes", {})}
    _refuse_unserved("sizes", sizes)
    given: Mapping[str, Any] = options
    return World(
        given={name: given[name] for name in COLLECTIONS if given.get(name) is not None},
        sizes=sizes,
        seed=seed,
        history=_settings(History, options),
        archived_orders=options.get("archived_orders", 0),
        sort=options.get("sort"),
    )


def _endpoint(
    collection: Collection, world: World, schedule: FaultSchedule, options: FakeLinerOptions
) -> Endpoint:
    name = collection.name
    nulls = options.get("null_fields", {}).get(name, ())
    changes = options.get("changes", ())
    return Endpoint(
        collection,
        world.rows(collection, nulls=collection.optional if nulls == "all" else nulls),
        schedule=schedule,
        changes=[change for change in changes if change.resource == name],
        paging=_settings(Paging, options),
        reading=_settings(Reading, options),
        resolve=partial(world.resolved, name),
    )


def _settings(kind: type[T], options: Mapping[str, Any]) -> T:
    """Return the settings of this class as far as they are among the options."""
    return kind(**{name: value for name, value in options.items() if hasattr(kind, name)})


def _refuse_unserved(option: str, names: Iterable[str]) -> None:
    if unknown := sorted(set(names) - COLLECTIONS.keys()):
        msg = f"{option}: no such list: {', '.join(unknown)}; known: {', '.join(COLLECTIONS)}"
        raise ValueError(msg)
