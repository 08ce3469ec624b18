"""Statuses of leads: `GET /v2/lead-status/` (vendor page `/devs/api/v2/lead-status/list/`)."""

from __future__ import annotations

from typing import Unpack

from liner_async._paging.options import PlainListOptions
from liner_async._paging.pager import Pager
from liner_async.models import LeadStatus
from liner_async.resources.base import Resource
from liner_async.resources.signature import spelled_out

__all__ = ["LeadStatuses"]


class LeadStatuses(Resource[LeadStatus]):
    """The statuses that leads may have; they come in one answer."""

    name = "lead_statuses"
    model = LeadStatus

    @spelled_out(PlainListOptions)
    def list(self, **options: Unpack[PlainListOptions]) -> Pager[LeadStatus]:
        """Return the list of statuses, to be iterated or awaited; no request is sent yet.

        The options are explained on `Pager`.

        Raises:
            ConfigError: an option is out of its range.
        """
        return self._list(options)
