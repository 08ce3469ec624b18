"""Virtual numbers: `GET /v2/sip-endpoint/` (vendor page `/devs/api/v2/sip-endpoint/list/`)."""

from __future__ import annotations

from typing import Unpack

from liner_async._paging.options import PlainListOptions
from liner_async._paging.pager import Pager
from liner_async.models import SipEndpoint
from liner_async.resources.base import Resource
from liner_async.resources.signature import spelled_out

__all__ = ["SipEndpoints"]


class SipEndpoints(Resource[SipEndpoint]):
    """The virtual numbers of an installation; they come in one answer."""

    name = "sip_endpoints"
    model = SipEndpoint

    @spelled_out(PlainListOptions)
    def list(self, **options: Unpack[PlainListOptions]) -> Pager[SipEndpoint]:
        """Return the list of virtual numbers, to be iterated or awaited; no request is sent yet.

        The options are explained on `Pager`.

        Raises:
            ConfigError: an option is out of its range.
        """
        return self._list(options)
