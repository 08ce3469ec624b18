"""Users: `GET /v2/user/list/` (vendor pages `/devs/api/v2/user/...`)."""

from __future__ import annotations

from typing import Literal, TypeAlias, Unpack

from liner_async._codec.query import Query, choice_pairs, flag_pairs
from liner_async._paging.options import OffsetListOptions
from liner_async._paging.pager import Pager
from liner_async._paging.results import Page
from liner_async.models import AccessGroup, User
from liner_async.resources.detail import DetailResource
from liner_async.resources.matching import matches
from liner_async.resources.signature import spelled_out

__all__ = ["Users"]

AccessGroupName: TypeAlias = Literal[
    "client", "call-center", "call-center-senior", "arbitration", "moderator", "admin"
]


class Users(DetailResource[User]):
    """The users of an installation: agents, supervisors, administrators, clients."""

    name = "users"
    model = User
    identifier = "user_id"

    @spelled_out(OffsetListOptions)
    def list(
        self,
        *,
        access_group: AccessGroup | AccessGroupName | None = None,
        is_active: bool | None = None,
        **options: Unpack[OffsetListOptions],
    ) -> Pager[User]:
        """Return the list of users, to be iterated or awaited; no request is sent yet.

        Args:
            access_group: only users of this group, a documented one.
            is_active: only users who are active, or who are not.
            **options: see `Pager`.

        Raises:
            ConfigError: an argument is out of its range.
        """
        return self._list(
            options,
            filters=_filters(access_group, is_active),
            accepts=matches(access_group=access_group, is_active=is_active),
        )

    async def page(
        self,
        *,
        access_group: AccessGroup | AccessGroupName | None = None,
        is_active: bool | None = None,
        offset: int = 0,
        limit: int = 50,
    ) -> Page[User]:
        """Return one page, just as the endpoint sends it.

        Args:
            access_group: only users of this group, a documented one.
            is_active: only users who are active, or who are not.
            offset: the user to start at (users from the list's start).
            limit: the most users to ask for, 1 to 100.

        Raises:
            LinerError: see the errors page; the SDK has already retried what could be retried.
        """
        return await self._page(
            offset=offset, limit=limit, filters=_filters(access_group, is_active)
        )

    async def count(
        self,
        *,
        access_group: AccessGroup | AccessGroupName | None = None,
        is_active: bool | None = None,
    ) -> int:
        """Return the number of users that the server reports; one small request.

        Args:
            access_group: only users of this group, a documented one.
            is_active: only users who are active, or who are not.

        Raises:
            LinerError: see the errors page; the SDK has already retried what could be retried.
        """
        return await self._count(filters=_filters(access_group, is_active))


def _filters(access_group: str | None, is_active: bool | None) -> Query:
    return (
        *choice_pairs("access_group", access_group, AccessGroup),
        *flag_pairs("is_active", is_active),
    )
