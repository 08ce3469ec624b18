"""A list that any engine can read in partitions, in any process."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from inspect import signature
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import Factory, evolve, field, frozen

from liner_async._paging.consistency import Consistency
from liner_async._paging.options import OffsetListOptions
from liner_async._paging.report import PagingReport
from liner_async._paging.results import OnInvalid, ResultList
from liner_async._paging.windows import is_windowed, windows_of, within
from liner_async._partitions.key import check_variable, find_key
from liner_async._partitions.partition import Partition
from liner_async._partitions.portion import portion_of
from liner_async._partitions.rate import SharedRateLimiter
from liner_async._partitions.report import JobReport, OnError, PartitionRead
from liner_async._transport.retry import RetryPolicy
from liner_async._transport.settings import given_or_variable
from liner_async.client import LinerClient
from liner_async.errors import ConfigError, LinerError

if TYPE_CHECKING:
    import pyarrow as pa

    from liner_async._paging.pager import Pager

__all__ = ["ListSource"]

R = TypeVar("R")


def _host() -> str:
    return given_or_variable(None, "LINER_HOST", "host")


def _kept(query: Mapping[str, Any]) -> dict[str, Any]:
    """Return a query whose ids may be read more than once, and travel."""
    return {
        name: tuple(value) if isinstance(value, Iterable) and not isinstance(value, str) else value
        for name, value in query.items()
    }


def _name(source: ListSource) -> str:
    return f"{source.host} {source.key_file or source.key_variable}"


@frozen
class ListSource:
    """A list of one installation, read partition by partition in any process; it holds no key.

    Each reading has a client, a session and an event loop of its own. The arguments that are not
    named here are those of LinerClient and of every list.

    Attributes:
        host: such as `https://liner.example`; by default the variable LINER_HOST of the process
            that makes the source.
        key_variable: the name of the variable that holds the key, in every process that reads.
        key_file: the path of a file that holds the key, on every machine that reads; it is taken
            in place of the variable.
        name: what reports call it; by default the host and where the key is.
        resource: what to read: the name of an attribute of LinerClient.
        query: what narrows the list: arguments of its `list()`, such as `created_from` of leads,
            but none of those that every list takes.
        concurrency: requests in flight for one partition.
        rate: requests per second, evenly spaced, over all that this process reads with one key of
            one host; None for no limit. `share` splits the rate of a job among its processes.
    """

    host: str = field(factory=_host)
    key_variable: str = field(default="LINER_API_KEY", kw_only=True)
    key_file: str | None = field(default=None, kw_only=True)
    name: str = field(default=Factory(_name, takes_self=True), kw_only=True)
    resource: str = field(default="orders", kw_only=True)
    query: Mapping[str, Any] = field(factory=dict, converter=_kept, hash=False, kw_only=True)
    page_size: int = field(default=100, kw_only=True)
    concurrency: int = field(default=8, kw_only=True)
    rate: float | None = field(default=None, kw_only=True)
    consistency: Consistency = field(default="detect", kw_only=True)
    on_invalid: OnInvalid = field(default="raise", kw_only=True)
    timeout: float = field(default=30.0, kw_only=True)
    retry: RetryPolicy = field(factory=RetryPolicy, kw_only=True)
    allow_insecure_http: bool = field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        """Check all that can be checked without the key.

        Raises:
            ConfigError: an argument is wrong.
            TypeError: an argument of the list is missing or unknown.
        """
        check_variable(self.key_variable)
        is_rate = isinstance(self.rate, int | float) and math.isfinite(self.rate) and self.rate > 0
        if self.rate is not None and not is_rate:
            raise ConfigError("rate must be requests per second, more than 0")
        if options := OffsetListOptions.__annotations__.keys() & self.query:
            raise ConfigError(f"query narrows the list; {min(options)} does not")
        self._list(self._client("none"))

    def share(self, workers: int) -> ListSource:
        """Return a source for one of several processes, with its share of the rate."""
        if type(workers) is not int or workers < 1:
            raise ConfigError("workers must be an integer of at least 1")
        return evolve(self, rate=None if self.rate is None else self.rate / workers)

    def schema(self, columns: Sequence[str] | None = None) -> pa.Schema:
        """Return the Arrow schema of the rows; raise as `arrow_schema` does."""
        return self._list(self._client("none")).arrow_batches(columns=columns).schema

    def plan(self, *, rows_per_partition: int = 10_000) -> list[Partition]:
        """Return the partitions of the list; also from inside a running event loop.

        A list without a period takes one request. One with a period is cut into the windows that
        `list()` would read, with about one request for each; it ends now if no `created_to` is set.

        Args:
            rows_per_partition: rounded up to whole pages. The last partition has no end, so that
                rows that come meanwhile are read too. With a period, as `window_rows` of the list.

        Raises:
            LinerError: as `count()` of the list does.
        """
        return _run(self.aplan(rows_per_partition=rows_per_partition))

    async def aplan(self, *, rows_per_partition: int = 10_000) -> list[Partition]:
        """Do what `plan` does, on the running event loop."""
        if type(rows_per_partition) is not int or rows_per_partition < 1:
            raise ConfigError("rows_per_partition must be an integer of at least 1")
        async with self._client(self._key()) as client:
            pager = self._list(client)
            if is_windowed(pager):
                windows = await windows_of(pager, rows=rows_per_partition)
                return [Partition.of(each) for each in windows] or Partition.ranges(0, rows=1)
            total = await pager.count()
        rows = math.ceil(rows_per_partition / self.page_size) * self.page_size
        return Partition.ranges(total, rows=rows)

    def read(
        self, part: Partition, *, columns: Sequence[str] | None = None, on_error: OnError = "raise"
    ) -> PartitionRead:
        """Read a partition; also from inside a running event loop, which waits meanwhile.

        Args:
            part: one of the plan's.
            columns: read the rows as an Arrow table of these columns; None for objects.
            on_error: "raise" the error that keeps a partition from being read, or "report" it and
                return no rows.

        Raises:
            LinerError: as a pager does; the SDK has already retried what could be retried.
        """
        return _run(self.aread(part, columns=columns, on_error=on_error))

    async def aread(
        self, part: Partition, *, columns: Sequence[str] | None = None, on_error: OnError = "raise"
    ) -> PartitionRead:
        """Do what `read` does, on the running event loop."""
        # The row before the partition is read again: the partition before must have had it.
        lead = int(part.offset > 0 and self.consistency != "off")
        try:
            async with self._client(self._key()) as client:
                result = await self._part(client, part, lead=lead)
            portion = portion_of(result, part, lead=lead)
            ids = tuple(item.id for item in portion.result)
            report = self._report(
                part,
                part.compared(portion.result.report),
                ids=frozenset() if self.consistency == "off" else portion.ids,
                head_id=portion.head_id,
            )
            items: Any = evolve(portion.result, report=report.paging)
            if columns is not None:
                items = items.to_arrow(columns=columns)
        except LinerError as error:
            if on_error == "raise":
                raise
            paging = PagingReport(next_offset=part.offset)
            report, ids = self._report(part, paging, errors=(error,)), ()
            items = ResultList((), total=0, report=paging)
            if columns is not None:
                items = self.schema(columns).empty_table()
        return PartitionRead(items=items, ids=ids, report=report)

    def _part(self, client: LinerClient, part: Partition, *, lead: int) -> Pager[Any]:
        """Return the list that holds a partition, and so many rows before it."""
        pager = self._list(client)
        if part.window is not None:
            return within(pager, part.window)
        where = {} if part.rows is None else {"max_items": part.rows + lead}
        if part.offset:
            if is_windowed(pager):
                raise ConfigError(f"{self.resource} are read by period, not by offset")
            where["offset"] = part.offset - lead
        return self._list(client, **where)

    def _report(self, part: Partition, paging: PagingReport, **known: Any) -> JobReport:
        return JobReport(
            name=self.name,
            consistency=self.consistency,
            offset=part.offset,
            period=part.period,
            chunk=part.chunk,
            paging=paging,
            **known,
        )

    def _list(self, client: LinerClient, **where: int) -> Pager[Any]:
        resource: Any = getattr(client, self.resource, None)
        if not hasattr(resource, "list"):
            raise ConfigError(f"LINER has no list called {self.resource!r}")
        if "page_size" not in signature(resource.list).parameters:
            raise ConfigError(f"{self.resource} come in one piece, not in pages")
        options = {"consistency": self.consistency, "on_invalid": self.on_invalid, **where}
        pager: Pager[Any] = resource.list(page_size=self.page_size, **options, **self.query)
        return pager

    def _client(self, key: str) -> LinerClient:
        account = (self.host, self.key_file or self.key_variable)
        return LinerClient(
            self.host,
            key,
            timeout=self.timeout,
            retry=self.retry,
            concurrency=self.concurrency,
            limiter=None if self.rate is None else SharedRateLimiter(account, 1 / self.rate),
            allow_insecure_http=self.allow_insecure_http,
        )

    def _key(self) -> str:
        return find_key(self.key_variable, self.key_file)


def _run(reading: Coroutine[Any, Any, R]) -> R:
    """Run a coroutine here, or in another thread where this one has a running loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(reading)
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, reading).result()
