"""Leads: `GET /v2/lead/` (vendor pages `/devs/api/v2/lead/...`)."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Unpack

from liner_async._paging.options import ListOptions
from liner_async._paging.pager import Pager
from liner_async._paging.results import Page
from liner_async._transport.written import read_written
from liner_async.models import Lead, LeadChanges, NewLead, Submission
from liner_async.models.lead import NEW_LEAD_DEFAULTS
from liner_async.resources.bulk_options import BULK_DEFAULTS, BulkWriteOptions, Items
from liner_async.resources.periods import WINDOW, WINDOW_ROWS, PeriodResource
from liner_async.resources.signature import UNCHANGED, spelled_out

if TYPE_CHECKING:
    from liner_async.resources.bulk import BulkWrite

__all__ = ["Leads"]


class Leads(PeriodResource[Lead]):
    """The people for the call centre to reach."""

    name = "leads"
    model = Lead
    identifier = "lead_id"
    shown: ClassVar = MappingProxyType({"order_ids": "order_id", "status_ids": "status_id"})

    @spelled_out(ListOptions)
    def list(
        self,
        *,
        created_from: datetime,
        created_to: datetime | None = None,
        order_ids: Iterable[int] | None = None,
        status_ids: Iterable[int] | None = None,
        window: timedelta = WINDOW,
        window_rows: int = WINDOW_ROWS,
        **options: Unpack[ListOptions],
    ) -> Pager[Lead]:
        """Return the list of leads created in a period; no request is sent yet.

        The period is read in windows, several at a time, oldest first. Within a window, rows come
        in the server's order, which is not documented. Times need a zone; fractions of a second are
        cut off.

        Args:
            created_from: the start of the period, included.
            created_to: the end of the period, excluded; None for the time at which the run starts.
            order_ids: only leads of these orders; more than 100 take several requests.
            status_ids: only leads with these statuses; only one list may have more than 100 ids.
            window: the longest span to ask for at once; pass less if the server refuses it.
            window_rows: a window with more rows is split, so that offsets stay small.
            **options: see `Pager`.

        Raises:
            ConfigError: an argument is out of its range.
        """
        return self._list_period(
            options,
            {"order_ids": order_ids, "status_ids": status_ids},
            created_from=created_from,
            created_to=created_to,
            window=window,
            window_rows=window_rows,
        )

    async def page(
        self,
        *,
        created_from: datetime,
        created_to: datetime,
        order_ids: Iterable[int] | None = None,
        status_ids: Iterable[int] | None = None,
        offset: int = 0,
        limit: int = 50,
    ) -> Page[Lead]:
        """Return one page, just as the endpoint sends it.

        Whether the server includes rows at the exact ends of the period is not documented.

        Args:
            created_from: the start of the period.
            created_to: its end.
            order_ids: only leads of these orders, 100 at most.
            status_ids: only leads with these statuses, 100 at most.
            offset: the lead to start at (leads from the list's start).
            limit: the most leads to ask for, 1 to 100.

        Raises:
            LinerError: see the errors page; the SDK has already retried what could be retried.
        """
        return await self._page_of(
            {"order_ids": order_ids, "status_ids": status_ids},
            created_from=created_from,
            created_to=created_to,
            offset=offset,
            limit=limit,
        )

    async def count(
        self,
        *,
        created_from: datetime,
        created_to: datetime | None = None,
        order_ids: Iterable[int] | None = None,
        status_ids: Iterable[int] | None = None,
    ) -> int:
        """Return the number of leads that the server reports; one small request per 100 ids.

        Leads created in the second at which the period ends may or may not be counted.

        Args:
            created_from: the start of the period.
            created_to: its end; None for now.
            order_ids: only leads of these orders.
            status_ids: only leads with these statuses; only one list may have more than 100 ids.

        Raises:
            LinerError: see the errors page; the SDK has already retried what could be retried.
        """
        return await self._list_period(
            {},
            {"order_ids": order_ids, "status_ids": status_ids},
            created_from=created_from,
            created_to=created_to,
        ).count()

    @spelled_out(NewLead, defaults=NEW_LEAD_DEFAULTS)
    async def create(self, **fields: Unpack[NewLead]) -> int:
        """Create a lead, and return its identifier.

        The SDK sends it again only if LINER certainly did not handle it.

        Raises:
            TypeError: there is no such field.
            ConfigError: a field is wrong, or the order or a contact is missing; nothing was sent.
            OutcomeUnknownError: no answer tells whether it was created: look before you repeat it.
            LinerError: it was refused or not sent; see `outcome` and the errors page.
        """
        return await self._create(fields)

    @spelled_out(LeadChanges, default=UNCHANGED)
    async def update(self, lead_id: int, /, **fields: Unpack[LeadChanges]) -> None:
        """Change the given fields; None clears a field that may be empty.

        A retry sends the same values again, and may overwrite what somebody else wrote meanwhile.

        Raises:
            TypeError: there is no such field.
            ConfigError: a field is wrong, or none is given; nothing was sent.
            OutcomeUnknownError: no answer tells whether it was changed: look before you repeat it.
            LinerError: it was refused or not sent; see `outcome` and the errors page.
        """
        await self._update("lead_id", lead_id, fields)

    @spelled_out(NewLead, defaults=NEW_LEAD_DEFAULTS)
    async def submit(self, **fields: Unpack[NewLead]) -> Submission:
        """Let LINER create a lead later: faster than `create`, with less certainty.

        LINER confirms only that it took the job. It promises no identifier, no time, no sequence,
        and not even that there will be a lead. Pass an external identifier to find the lead by. The
        SDK sends it again only if LINER certainly did not handle it.

        Raises:
            TypeError: there is no such field.
            ConfigError: a field is wrong, or the order or a contact is missing; nothing was sent.
            OutcomeUnknownError: no answer tells whether it was taken: look before you repeat it.
            LinerError: it was refused or not sent; see `outcome` and the errors page.
        """
        data = await self._write("submit", fields, read=read_written)
        return Submission(data=data)

    @spelled_out(BulkWriteOptions, defaults=BULK_DEFAULTS)
    def create_many(
        self,
        leads: Iterable[NewLead | Mapping[str, object]]
        | AsyncIterable[NewLead | Mapping[str, object]],
        **options: Unpack[BulkWriteOptions],
    ) -> BulkWrite:
        """Return a bulk that creates these leads, to be awaited or iterated; nothing is sent yet.

        Args:
            leads: the fields of each lead, as `create` takes them; checked just before it is sent.
            **options: see `BulkWrite`.

        Raises:
            ConfigError: an option is out of its range.
        """
        return self._many("create", leads, options)

    @spelled_out(BulkWriteOptions, defaults=BULK_DEFAULTS)
    def submit_many(
        self,
        leads: Iterable[NewLead | Mapping[str, object]]
        | AsyncIterable[NewLead | Mapping[str, object]],
        **options: Unpack[BulkWriteOptions],
    ) -> BulkWrite:
        """Return a bulk that submits these leads, to be awaited or iterated; nothing is sent yet.

        "done" means that LINER took the job: see `submit`.

        Args:
            leads: the fields of each lead, as `submit` takes them; checked just before it is sent.
            **options: see `BulkWrite`.

        Raises:
            ConfigError: an option is out of its range.
        """
        return self._many("submit", leads, options)

    @spelled_out(BulkWriteOptions, defaults=BULK_DEFAULTS)
    def update_many(
        self,
        changes: Iterable[tuple[int, LeadChanges | Mapping[str, object]]]
        | AsyncIterable[tuple[int, LeadChanges | Mapping[str, object]]],
        **options: Unpack[BulkWriteOptions],
    ) -> BulkWrite:
        """Return a bulk that updates leads, to be awaited or iterated; nothing is sent yet.

        Args:
            changes: pairs of a lead's identifier and what `update` takes.
            **options: see `BulkWrite`.

        Raises:
            ConfigError: an option is out of its range.
        """
        return self._many("update", changes, options)

    def _many(self, verb: str, items: Items, options: BulkWriteOptions) -> BulkWrite:
        # A program that only reads does not wait for what writing takes.
        from liner_async.resources.writes import bulk_write  # noqa: PLC0415 - slow to import

        return bulk_write(self._sender, f"leads.{verb}", items, options)
