"""A list that any engine can read in partitions, in any process."""

from __future__ import annotations

import asyncio
import math
import os
import re
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import Factory, evolve, field, frozen

from liner_async._paging.consistency import Consistency
from liner_async._paging.results import OnInvalid, PagingReport, ResultList
from liner_async._partitions.rate import SharedRateLimiter
from liner_async._partitions.report import JobReport, OnError, Partition, PartitionRead
from liner_async._transport.retry import RetryPolicy
from liner_async.client import LinerClient
from liner_async.errors import ConfigError, LinerError

if TYPE_CHECKING:
    import pyarrow as pa

    from liner_async._paging.pager import Pager

__all__ = ["ListSource"]

R = TypeVar("R")


def _host() -> str:
    host = os.environ.get("LINER_HOST")
    if host is None:
        raise ConfigError("no host: pass host or set the variable LINER_HOST")
    return host


def _name(source: ListSource) -> str:
    return f"{source.host} {source.key_file or source.key_variable}"


@frozen
class ListSource:
    """A list of one installation, read partition by partition in any process; it holds no key.

    Each reading has a client, a session and an event loop of its own. The arguments that are not
    named here are those of LinerClient and of `liner.orders.list()`.

    Attributes:
        host: such as `https://liner.example`; the variable LINER_HOST of the process that makes
            the source, unless given.
        key_variable: the name of the variable that holds the key, in every process that reads.
        key_file: the path of a file that holds the key, on every machine that reads; it is taken
            in place of the variable.
        name: what reports call it; the host and where the key is, unless given.
        resource: what is read: the name of an attribute of LinerClient.
        concurrency: requests in flight for one partition.
        rate: requests per second, evenly spaced, of all that this process reads with one key of
            one host; None for no limit. `share` splits the rate of a job among its processes.
    """

    host: str = field(factory=_host)
    key_variable: str = field(default="LINER_API_KEY", kw_only=True)
    key_file: str | None = field(default=None, kw_only=True)
    name: str = field(default=Factory(_name, takes_self=True), kw_only=True)
    resource: str = field(default="orders", kw_only=True)
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
        """
        if not re.fullmatch(r"[A-Z_][A-Z0-9_]*", self.key_variable):  # what is not is not quoted:
            raise ConfigError(  # it may be the key itself
                "key_variable must be the name of a variable: capital letters, digits and _"
            )
        is_rate = isinstance(self.rate, int | float) and math.isfinite(self.rate) and self.rate > 0
        if self.rate is not None and not is_rate:
            raise ConfigError("rate must be requests per second, more than 0")
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
        """Return the partitions of the list; one request, also from inside a running event loop.

        Args:
            rows_per_partition: rounded up to whole pages. The last partition has no end, so that
                rows that come meanwhile are read too.

        Raises:
            LinerError: as `liner.orders.count()` does.
        """
        return _run(self.aplan(rows_per_partition=rows_per_partition))

    async def aplan(self, *, rows_per_partition: int = 10_000) -> list[Partition]:
        """Do what `plan` does, on the running event loop."""
        if type(rows_per_partition) is not int or rows_per_partition < 1:
            raise ConfigError("rows_per_partition must be an integer of at least 1")
        rows = math.ceil(rows_per_partition / self.page_size) * self.page_size
        async with self._client(self._key()) as client:
            total = await self._list(client).count()
        *offsets, last = range(0, max(total, 1), rows)
        bounded = [Partition(offset=offset, rows=rows) for offset in offsets]
        return [*bounded, Partition(offset=last, rows=None)]

    def read(
        self, part: Partition, *, columns: Sequence[str] | None = None, on_error: OnError = "raise"
    ) -> PartitionRead:
        """Read a partition; also from inside a running event loop, which waits meanwhile.

        Args:
            part: one of the plan's.
            columns: read the rows as an Arrow table of these columns; None for objects.
            on_error: "raise" what keeps the partition from being read, or "report" it and give no
                rows.

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
        most = None if part.rows is None else part.rows + lead
        try:
            async with self._client(self._key()) as client:
                result = await self._list(client, offset=part.offset - lead, max_items=most)
            read = self._cut(result, part, lead)
            if columns is None:
                return read
            return evolve(read, items=read.items.to_arrow(columns=columns))
        except LinerError as error:
            if on_error == "raise":
                raise
            paging = PagingReport(next_offset=part.offset)
            report = self._report(part, paging, errors=(error,))
            items: Any = ResultList((), total=0, report=paging)
            if columns is not None:
                items = self.schema(columns).empty_table()
            return PartitionRead(items=items, ids=(), report=report)

    def _cut(self, result: ResultList[Any], part: Partition, lead: int) -> PartitionRead:
        """Return the rows of the partition alone, without the one read before it.

        A row that came twice makes the places of those after it too low; none of them is lost.
        """
        end = math.inf if part.rows is None else part.offset + part.rows
        left_out = {each.offset + each.index: each for each in result.report.skipped}
        places = (place for place in count(part.offset - lead) if place not in left_out)
        placed = list(zip(places, result, strict=False))
        items = [item for place, item in placed if part.offset <= place < end]
        heads = [item.id for place, item in placed if place < part.offset]
        heads += [each.item_id for place, each in left_out.items() if place < part.offset]
        skipped = tuple(each for place, each in left_out.items() if part.offset <= place < end)
        paging = evolve(result.report, handed_out=len(items), skipped=skipped)
        ids = tuple(item.id for item in items)
        known = frozenset((*ids, *(each.item_id for each in skipped if each.item_id is not None)))
        if self.consistency == "off":
            known = frozenset()
        report = self._report(part, paging, ids=known, head_id=next(iter(heads), None))
        return PartitionRead(
            items=evolve(result, items=items, report=paging), ids=ids, report=report
        )

    def _report(self, part: Partition, paging: PagingReport, **known: Any) -> JobReport:
        name, consistency, offset = self.name, self.consistency, part.offset
        return JobReport(name=name, consistency=consistency, offset=offset, paging=paging, **known)

    def _list(self, client: LinerClient, **part: Any) -> Pager[Any]:
        resource: Any = getattr(client, self.resource, None)
        if not hasattr(resource, "list"):
            raise ConfigError(f"LINER has no list called {self.resource!r}")
        options = {"consistency": self.consistency, "on_invalid": self.on_invalid}
        try:
            pager: Pager[Any] = resource.list(page_size=self.page_size, **options, **part)
        except TypeError:  # it takes no options of paging
            raise ConfigError(f"{self.resource} come in one piece, not in pages") from None
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
        if self.key_file is None:
            key = os.environ.get(self.key_variable)
            if key is None:
                raise ConfigError(f"no key: this process has no variable {self.key_variable}")
            return key
        try:
            return Path(self.key_file).read_text("utf-8").strip()
        except (OSError, ValueError):  # ValueError: its text would quote what is no UTF-8
            raise ConfigError(f"no key: the file {self.key_file!r} cannot be read") from None


def _run(reading: Coroutine[Any, Any, R]) -> R:
    """Run a coroutine here, or in another thread where this one has a running loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(reading)
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, reading).result()
