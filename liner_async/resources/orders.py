"""Orders: `GET /v2/order/` (vendor page `/devs/api/v2/order/list/`)."""

from __future__ import annotations

from typing import Unpack

from liner_async._paging.options import OffsetListOptions
from liner_async._paging.pager import Pager
from liner_async._paging.results import Page
from liner_async.models import NewOrder, Order, OrderChanges
from liner_async.resources.base import Resource
from liner_async.resources.signature import UNCHANGED, spelled_out

__all__ = ["Orders"]


class Orders(Resource[Order]):
    """The orders of an installation; the vendor documents no filter."""

    name = "orders"
    model = Order

    @spelled_out(OffsetListOptions)
    def list(self, **options: Unpack[OffsetListOptions]) -> Pager[Order]:
        """Return the list of orders, to be iterated or awaited; no request is sent yet.

        The options are those of every list: see `Pager`.

        Raises:
            ConfigError: an option is out of its range.
        """
        return self._list(options)

    async def page(self, *, offset: int = 0, limit: int = 50) -> Page[Order]:
        """Return one page, just as the endpoint sends it.

        Args:
            offset: the order to start at (orders from the list's start).
            limit: the most orders to ask for, 1 to 100.

        Raises:
            LinerError: see the errors page; the SDK has already retried what could be retried.
        """
        return await self._page(offset=offset, limit=limit)

    async def count(self) -> int:
        """Return the number of orders that the installation has; one small request."""
        return await self._count()

    @spelled_out(NewOrder)
    async def create(self, **fields: Unpack[NewOrder]) -> int:
        """Create an order, and return its identifier.

        The SDK sends it again only if LINER certainly did not handle it.

        Raises:
            TypeError: there is no such field.
            ConfigError: a field is missing or wrong; nothing was sent.
            OutcomeUnknownError: no answer tells whether it was created: look before you repeat it.
            LinerError: it was refused or not sent; see `outcome` and the errors page.
        """
        return await self._create(fields)

    @spelled_out(OrderChanges, default=UNCHANGED)
    async def update(self, order_id: int, /, **fields: Unpack[OrderChanges]) -> None:
        """Change the given fields; None clears a field that may be empty.

        A retry sends the same values again, and may overwrite what somebody else wrote meanwhile.

        Raises:
            TypeError: there is no such field.
            ConfigError: a field is wrong, or none is given; nothing was sent.
            OutcomeUnknownError: no answer tells whether it was changed: look before you repeat it.
            LinerError: it was refused or not sent; see `outcome` and the errors page.
        """
        await self._update("order_id", order_id, fields)
