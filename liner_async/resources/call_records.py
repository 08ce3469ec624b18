"""Records of calls: `GET /v2/call-record/` (vendor pages `/devs/api/v2/call-record/...`)."""

from __future__ import annotations

from typing import Unpack

from liner_async._codec.query import Query, flag_pairs, identifier_pairs
from liner_async._paging.options import OffsetListOptions
from liner_async._paging.pager import Pager
from liner_async._paging.results import Page
from liner_async.models import CallRecord
from liner_async.resources.detail import DetailResource
from liner_async.resources.signature import spelled_out

__all__ = ["CallRecords"]


class CallRecords(DetailResource[CallRecord]):
    """The recordings of calls, which come without the identifiers of their calls."""

    name = "call_records"
    model = CallRecord
    identifier = "record_id"

    @spelled_out(OffsetListOptions)
    def list(
        self,
        *,
        call_id: int | None = None,
        is_amd: bool | None = None,
        **options: Unpack[OffsetListOptions],
    ) -> Pager[CallRecord]:
        """Return the list of records, to be iterated or awaited; no request is sent yet.

        Args:
            call_id: only records of this call; no row names its call.
            is_amd: True for records where an answering machine was detected; what False means is
                not documented. Rows do not show it, so the SDK cannot check this filter.
            **options: see `Pager`.

        Raises:
            ConfigError: an argument is out of its range.
        """
        return self._list(options, filters=_filters(call_id, is_amd))

    async def page(
        self,
        *,
        call_id: int | None = None,
        is_amd: bool | None = None,
        offset: int = 0,
        limit: int = 50,
    ) -> Page[CallRecord]:
        """Return one page, just as the endpoint sends it.

        Args:
            call_id: only records of this call; no row names its call.
            is_amd: True for records where an answering machine was detected; what False means is
                not documented. Rows do not show it, so the SDK cannot check this filter.
            offset: the record to start at (records from the list's start).
            limit: the most records to ask for, 1 to 100.

        Raises:
            LinerError: see the errors page; the SDK has already retried what could be retried.
        """
        return await self._page(offset=offset, limit=limit, filters=_filters(call_id, is_amd))

    async def count(self, *, call_id: int | None = None, is_amd: bool | None = None) -> int:
        """Return the number of records that the server reports; one small request.

        Args:
            call_id: only records of this call; no row names its call.
            is_amd: True for records where an answering machine was detected; what False means is
                not documented. Rows do not show it, so the SDK cannot check this filter.

        Raises:
            LinerError: see the errors page; the SDK has already retried what could be retried.
        """
        return await self._count(filters=_filters(call_id, is_amd))


def _filters(call_id: int | None, is_amd: bool | None) -> Query:
    return (*identifier_pairs("call_id", call_id), *flag_pairs("is_amd", is_amd))
