"""What every resource can do, once for all of them."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from inspect import signature
from operator import attrgetter
from time import perf_counter
from typing import Any, ClassVar, Generic, TypeVar
from urllib.parse import urlencode

from liner_async._codec.decoder import decoder_of
from liner_async._codec.query import Query
from liner_async._paging.cell_source import CellSource
from liner_async._paging.options import (
    LARGEST_PAGE,
    ListOptions,
    OffsetListOptions,
    Options,
    PlainListOptions,
)
from liner_async._paging.page_source import PageSource
from liner_async._paging.pager import Pager
from liner_async._paging.results import OnInvalid, Page
from liner_async._transport.envelope import RawPage, read_list, read_page
from liner_async._transport.request import Request
from liner_async._transport.sender import Sender
from liner_async._transport.tasks import outcome
from liner_async._transport.written import read_identifier, read_updated
from liner_async.errors import ConfigError, DecodeError
from liner_async.events import Emit, PageEvent
from liner_async.resources.endpoints import ENDPOINTS, Endpoint
from liner_async.resources.signature import unexpected_argument
from liner_async.resources.spelling import EitherPath

__all__ = ["Resource"]

T = TypeVar("T")
R = TypeVar("R")

_identity = attrgetter("id")


def _digest(filters: Query) -> str:
    """Return a short digest of the filters; lists of ids may be long."""
    return hashlib.sha256(urlencode(filters).encode()).hexdigest()[:16] if filters else ""


def _now() -> datetime:
    return datetime.now(UTC)


class Resource(Generic[T]):
    """The verbs of one resource; a subclass gives them signatures and documentation.

    Attributes:
        name: the client's attribute, and what its endpoints are called after.
        model: the class of its objects.
    """

    name: ClassVar[str]
    model: ClassVar[type[Any]]

    def __init__(
        self,
        sender: Sender,
        *,
        concurrency: int | None,
        lookahead: int | None,
        emit: Emit | None = None,
    ) -> None:
        self._sender = sender
        self._concurrency = concurrency
        self._lookahead = lookahead
        self._emit = emit
        self._endpoint = self._named("list")
        self._either = EitherPath(sender, self._endpoint)

    def __repr__(self) -> str:
        """Name the host."""
        return f"<{type(self).__name__} of {self._sender.host}>"

    def _list(
        self,
        options: Mapping[str, Any],
        *,
        filters: Query = (),
        accepts: Callable[[T], bool] | None = None,
        cells: CellSource[T] | None = None,
    ) -> Pager[T]:
        """Return the list of the objects that pass the filters; no request is sent yet.

        Raises:
            ConfigError: an option is out of its range.
            TypeError: there is no such option.
        """
        known = OffsetListOptions if self._endpoint.paged else PlainListOptions
        if cells is not None:
            known = ListOptions
        for name in options.keys() - known.__annotations__.keys():
            raise unexpected_argument(
                f"{self.name}.list", name, signature(vars(type(self))["list"]).parameters
            )
        fetch = self._fetch_page if self._endpoint.paged else self._fetch_list
        source = PageSource(
            name=self.name.replace("_", " "),
            host=self._sender.host,
            filters=_digest(filters),
            path=self._endpoint.path,
            model=self.model,
            key=_identity,
            fetch=partial(fetch, filters),
            decode=self._decode,
            accepts=accepts,
            cells=cells,
            limit=self._sender.concurrency,
            concurrency=self._concurrency,
            lookahead=self._lookahead,
            emit=self._emit,
            clock=perf_counter,
            now=_now,
        )
        chosen = Options(**options)
        source.check_resume(chosen.resume)
        return Pager(source, chosen)

    async def _page(self, *, offset: int, limit: int, filters: Query = ()) -> Page[T]:
        """Return one page, just as the endpoint sends it."""
        if type(offset) is not int or offset < 0:
            raise ConfigError("offset must be an integer of at least 0")
        if type(limit) is not int or not 1 <= limit <= LARGEST_PAGE:
            raise ConfigError(f"limit must be an integer from 1 to {LARGEST_PAGE}")
        raw = await outcome(self._fetch_page(filters, offset, limit))
        began = perf_counter()
        page = self._decode(raw, offset=offset, limit=limit)
        if self._emit is not None:
            self._emit(
                PageEvent(
                    path=self._endpoint.path,
                    offset=offset,
                    limit=limit,
                    received=page.received,
                    items=len(page),
                    total=page.total,
                    attempts=raw.attempts,
                    seconds=perf_counter() - began,
                )
            )
        return page

    async def _count(self, *, filters: Query = ()) -> int:
        """Return the server's `total`; one small request."""
        return await self._list({}, filters=filters).count()

    async def _create(self, fields: Any) -> int:
        """Create an object of these fields, which are emptied; return its identifier."""
        return await self._write("create", fields, read=read_identifier)

    async def _update(self, argument: str, object_id: int, fields: Any) -> None:
        """Change these fields of an object; they are emptied."""
        await self._write(
            "update", fields, read=read_updated, object_id=object_id, argument=argument
        )

    async def _write(
        self,
        verb: str,
        fields: Any,
        *,
        read: Callable[..., R],
        object_id: int | None = None,
        argument: str = "",
    ) -> R:
        """Send one write: see `write`, which this passes its arguments to."""
        # A program that only reads does not wait for what writing takes.
        from liner_async.resources.writes import write  # noqa: PLC0415 - see above

        name = f"{self.name}.{verb}"
        return await write(
            self._sender, name, fields, read=read, object_id=object_id, argument=argument
        )

    def _named(self, verb: str) -> Endpoint:
        return ENDPOINTS[f"{self.name}.{verb}"]

    def _fetch_page(self, filters: Query, offset: int, limit: int) -> asyncio.Task[RawPage]:
        request = Request(
            path=self._endpoint.path, query=(*filters, ("offset", offset), ("limit", limit))
        )
        return self._sender.start(request, partial(read_page, key=self._sender.key))

    def _fetch_list(self, filters: Query, offset: int, limit: int) -> asyncio.Task[RawPage]:
        """Ask for a whole list, or for the rest by offset and limit if it comes in pages."""
        paging: Query = (("offset", offset), ("limit", limit)) if offset else ()
        return self._either.start((*filters, *paging), partial(read_list, key=self._sender.key))

    def _decode(
        self, raw: RawPage, *, offset: int, limit: int, on_invalid: OnInvalid = "raise"
    ) -> Page[T]:
        """Return the page of models that a raw page holds.

        Raises:
            DecodeError: an item does not fit and `on_invalid` is "raise".
        """
        skips = on_invalid == "skip"
        decoded = decoder_of(self.model).page(raw.rows, offset=offset, skip_invalid=skips)
        if decoded.problems and not skips:
            raise DecodeError.of(decoded.problems[0], attempts=raw.attempts)
        return Page(
            items=decoded.items,
            offset=offset,
            limit=limit,
            next=raw.next,
            total=raw.total,
            problems=decoded.problems,
        )
