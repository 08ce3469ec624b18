"""LinerClient: configuration, life cycle, and one attribute for each resource.

A resource, its models and their decoders are imported when its attribute is first used.
"""

from __future__ import annotations

import ssl as ssl_module
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, NoReturn, Self, TypeVar

from liner_async._transport.connections import check_session
from liner_async._transport.credentials import ApiKey
from liner_async._transport.retry import RetryPolicy
from liner_async._transport.sender import Sender
from liner_async._transport.session import HttpSession
from liner_async._transport.settings import check_concurrency, check_settings, given_or_variable
from liner_async._transport.url import base_url, proxy_url
from liner_async.errors import ClientClosedError, ConfigError
from liner_async.events import LinerEvent, guarded

if TYPE_CHECKING:
    import aiohttp

    from liner_async.resources.agent_groups import AgentGroups
    from liner_async.resources.call_attempts import CallAttempts
    from liner_async.resources.call_records import CallRecords
    from liner_async.resources.call_statuses import CallStatuses
    from liner_async.resources.calls import Calls
    from liner_async.resources.custom_fields import CustomFields
    from liner_async.resources.lead_statuses import LeadStatuses
    from liner_async.resources.leads import Leads
    from liner_async.resources.orders import Orders
    from liner_async.resources.sip_endpoints import SipEndpoints
    from liner_async.resources.users import Users

__all__ = ["LinerClient"]

R = TypeVar("R")

_DEFAULT_POLICY = RetryPolicy()


class LinerClient:
    """One LINER installation: its host, its key, and what they share.

    Open one per process and event loop, use it for everything, and close it:

        async with LinerClient() as liner:
            orders = await liner.orders.list()

    The aiohttp session is opened at the first request. Everything that goes through one client
    shares its slots, its pause after a 429 and its retry budget.
    """

    def __init__(
        self,
        host: str | None = None,
        api_key: str | None = None,
        *,
        session: aiohttp.ClientSession | None = None,
        timeout: float = 30.0,
        retry: RetryPolicy = _DEFAULT_POLICY,
        concurrency: int | Literal["auto"] = "auto",
        max_concurrency: int = 32,
        lookahead: int | None = None,
        limiter: AbstractAsyncContextManager[Any] | None = None,
        proxy: str | None = None,
        allow_insecure_http: bool = False,
        ssl: ssl_module.SSLContext | None = None,
        on_event: Callable[[LinerEvent], object] | None = None,
    ) -> None:
        """Check the configuration; no I/O.

        Args:
            host: such as `https://liner.example`; None for the variable LINER_HOST.
            api_key: the integration's token; None for the variable LINER_API_KEY.
            session: an aiohttp session to borrow; it is neither changed nor closed.
            timeout: seconds for one attempt, from the moment its slot is held.
            retry: how often and how patiently to try again.
            concurrency: the most requests in flight, over the whole client. "auto" starts with 8
                and finds how many the server can take; a number fixes it.
            max_concurrency: the most that "auto" may try, 1 to 128.
            lookahead: pages a list may read ahead of its consumer; None for a number that follows
                the concurrency (see `Pager`).
            limiter: entered around every attempt, such as an `aiolimiter.AsyncLimiter`.
            proxy: the URL of one proxy for every request; variables such as HTTPS_PROXY are not
                read. Over https the proxy sees the host alone; over plain http it would see the key
                too, which needs `allow_insecure_http`.
            allow_insecure_http: whether plain http may carry the key to another machine.
            ssl: the TLS configuration; None for aiohttp's default, which verifies certificates.
            on_event: called with every event (see the observability page), in the loop's thread, so
                it must be quick. Its exceptions never break a run; the first is logged.

        Raises:
            ConfigError: an argument or variable is missing or wrong.
        """
        self._host = base_url(
            given_or_variable(host, "LINER_HOST", "host"), allow_insecure_http=allow_insecure_http
        )
        self._name = f"LinerClient(host={self._host!r}, api_key='***')"
        key = ApiKey(given_or_variable(api_key, "LINER_API_KEY", "api_key"))
        check_settings(timeout, retry, ssl)
        check_concurrency(concurrency, max_concurrency, lookahead)
        check_session(session)
        if limiter is not None and not isinstance(limiter, AbstractAsyncContextManager):
            raise ConfigError("limiter must be an async context manager, for `async with limiter`")
        emit = guarded(on_event)
        self._sender = Sender(
            HttpSession(
                name=self._name,
                base=self._host,
                key=key,
                timeout=timeout,
                connections=max_concurrency if concurrency == "auto" else concurrency,
                borrowed=session,
                ssl=ssl,
                proxy=proxy_url(proxy, base=self._host, allow_insecure_http=allow_insecure_http),
            ),
            key=key,
            name=self._name,
            policy=retry,
            timeout=timeout,
            concurrency=concurrency,
            max_concurrency=max_concurrency,
            limiter=limiter,
            emit=emit,
        )
        fixed = None if concurrency == "auto" else concurrency
        self._shared = {"concurrency": fixed, "lookahead": lookahead, "emit": emit}

    @cached_property
    def orders(self) -> Orders:
        """The installation's orders."""
        from liner_async.resources.orders import Orders

        return self._resource(Orders)

    @cached_property
    def leads(self) -> Leads:
        """The people for the call centre to reach."""
        from liner_async.resources.leads import Leads

        return self._resource(Leads)

    @cached_property
    def lead_statuses(self) -> LeadStatuses:
        """The statuses that leads may have."""
        from liner_async.resources.lead_statuses import LeadStatuses

        return self._resource(LeadStatuses)

    @cached_property
    def calls(self) -> Calls:
        """The calls between the call centre and people."""
        from liner_async.resources.calls import Calls

        return self._resource(Calls)

    @cached_property
    def call_statuses(self) -> CallStatuses:
        """The statuses that calls may have."""
        from liner_async.resources.call_statuses import CallStatuses

        return self._resource(CallStatuses)

    @cached_property
    def call_records(self) -> CallRecords:
        """The recordings of calls."""
        from liner_async.resources.call_records import CallRecords

        return self._resource(CallRecords)

    @cached_property
    def call_attempts(self) -> CallAttempts:
        """The groups of intervals between attempts to call."""
        from liner_async.resources.call_attempts import CallAttempts

        return self._resource(CallAttempts)

    @cached_property
    def users(self) -> Users:
        """The users of the installation: agents, supervisors, administrators and clients."""
        from liner_async.resources.users import Users

        return self._resource(Users)

    @cached_property
    def agent_groups(self) -> AgentGroups:
        """The groups of agents."""
        from liner_async.resources.agent_groups import AgentGroups

        return self._resource(AgentGroups)

    @cached_property
    def sip_endpoints(self) -> SipEndpoints:
        """The virtual numbers."""
        from liner_async.resources.sip_endpoints import SipEndpoints

        return self._resource(SipEndpoints)

    @cached_property
    def custom_fields(self) -> CustomFields:
        """The fields that the installation adds to its leads and orders."""
        from liner_async.resources.custom_fields import CustomFields

        return self._resource(CustomFields)

    def _resource(self, kind: Callable[..., R]) -> R:
        return kind(self._sender, **self._shared)

    def __repr__(self) -> str:
        """Name the host, and say if the client is closed; the key is never shown."""
        return f"<closed {self._name}>" if self._sender.closed else self._name

    async def aclose(self) -> None:
        """Cancel what is under way, wait for it to end, close the session; may be repeated.

        Calls that still wait for this client raise ClientClosedError. A borrowed session stays
        open.
        """
        await self._sender.aclose()

    if not TYPE_CHECKING:  # a type checker refuses these by itself

        def __enter__(self) -> NoReturn:
            raise TypeError("write `async with LinerClient() as liner`: it is closed by awaiting")

        def __exit__(self, *error: object) -> None:
            """Exist, so that Python calls `__enter__`, which explains itself."""

    async def __aenter__(self) -> Self:
        if self._sender.closed:
            raise ClientClosedError(f"{self._name} is closed: open a new one")
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()
