"""Statuses of calls: `GET /v2/call-status/` (vendor page `/devs/api/v2/call-status/list/`)."""

from __future__ import annotations

from typing import Unpack

from liner_async._paging.options import PlainListOptions
from liner_async._paging.pager import Pager
from liner_async.models import CallStatus
from liner_async.resources.base import Resource
from liner_async.resources.signature import spelled_out

__all__ = ["CallStatuses"]


class CallStatuses(Resource[CallStatus]):
    """The statuses that calls may have; they come in one answer."""

    name = "call_statuses"
    model = CallStatus

    @spelled_out(PlainListOptions)
    def list(self, **options: Unpack[PlainListOptions]) -> Pager[CallStatus]:
        """Return the list of statuses, to be iterated or awaited; no request is sent yet.

        The options are explained on `Pager`.

        Raises:
            ConfigError: an option is out of its range.
        """
        return self._list(options)
