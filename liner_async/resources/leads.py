"""Leads: `GET /v2/lead/` (vendor pages `/devs/api/v2/lead/...`)."""

from __future__ import annotations

from typing import Unpack

from liner_async._transport.written import read_written
from liner_async.models import Lead, LeadChanges, NewLead, Submission
from liner_async.resources.detail import DetailResource
from liner_async.resources.signature import UNCHANGED, spelled_out
from liner_async.resources.writes import write

__all__ = ["Leads"]


class Leads(DetailResource[Lead]):
    """The people whom the call centre is to reach."""

    name = "leads"
    model = Lead
    identifier = "lead_id"

    @spelled_out(NewLead)
    async def create(self, **fields: Unpack[NewLead]) -> int:
        """Create a lead, and return its identifier.

        The SDK sends it again only where it was certainly not handled.

        Raises:
            TypeError: there is no such field.
            ConfigError: a field is wrong, or the order or a contact is missing; nothing was sent.
            OutcomeUnknownError: no answer tells whether it was created: look before you repeat it.
            LinerError: it was refused, or not sent: see `outcome`, and the errors page.
        """
        return await self._create(fields)

    @spelled_out(LeadChanges, default=UNCHANGED)
    async def update(self, lead_id: int, /, **fields: Unpack[LeadChanges]) -> None:
        """Change the fields that are named; None clears one, where it may be empty.

        A retry sends the same values again: it overwrites what somebody else wrote meanwhile.

        Raises:
            TypeError: there is no such field.
            ConfigError: a field is wrong, or none is given; nothing was sent.
            OutcomeUnknownError: no answer tells whether it was changed: look before you repeat it.
            LinerError: it was refused, or not sent: see `outcome`, and the errors page.
        """
        await self._update("lead_id", lead_id, fields)

    @spelled_out(NewLead)
    async def submit(self, **fields: Unpack[NewLead]) -> Submission:
        """Let LINER create a lead later: faster than `create`, with less certainty.

        It says only that LINER took the job: no identifier, moment or order is promised, nor that a
        lead comes of it. Give it an external identifier, by which you find it. The SDK sends it
        again only where it was certainly not handled.

        Raises:
            TypeError: there is no such field.
            ConfigError: a field is wrong, or the order or a contact is missing; nothing was sent.
            OutcomeUnknownError: no answer tells whether it was taken: look before you repeat it.
            LinerError: it was refused, or not sent: see `outcome`, and the errors page.
        """
        data = await write(self._sender, "leads.submit", fields, read=read_written)
        return Submission(data=data)
