"""Agent groups: `GET /v2/agent-group/` (vendor pages `/devs/api/v2/agent-group/...`)."""

from __future__ import annotations

from functools import partial
from typing import Unpack

from liner_async._codec.query import identifier_pairs
from liner_async._paging.options import OffsetListOptions
from liner_async._paging.pager import Pager
from liner_async._paging.results import Page
from liner_async.models import AgentGroup, AgentGroupChanges, NewAgentGroup
from liner_async.resources.detail import DetailResource
from liner_async.resources.signature import UNCHANGED, spelled_out

__all__ = ["AgentGroups"]


class AgentGroups(DetailResource[AgentGroup]):
    """The groups of agents that orders refer to."""

    name = "agent_groups"
    model = AgentGroup
    identifier = "group_id"

    @spelled_out(OffsetListOptions)
    def list(
        self,
        *,
        agent_id: int | None = None,
        **options: Unpack[OffsetListOptions],
    ) -> Pager[AgentGroup]:
        """Return the list of groups, to be iterated or awaited; no request is sent yet.

        Args:
            agent_id: only groups with this agent, by the user's identifier.
            **options: see `Pager`.

        Raises:
            ConfigError: an argument is out of its range.
        """
        return self._list(
            options,
            filters=identifier_pairs("agent_id", agent_id),
            accepts=None if agent_id is None else partial(_has_agent, agent_id),
        )

    async def page(
        self, *, agent_id: int | None = None, offset: int = 0, limit: int = 50
    ) -> Page[AgentGroup]:
        """Return one page, just as the endpoint sends it.

        Args:
            agent_id: only groups with this agent, by the user's identifier.
            offset: the group to start at (groups from the list's start).
            limit: the most groups to ask for, 1 to 100.

        Raises:
            LinerError: see the errors page; the SDK has already retried what could be retried.
        """
        return await self._page(
            offset=offset, limit=limit, filters=identifier_pairs("agent_id", agent_id)
        )

    async def count(self, *, agent_id: int | None = None) -> int:
        """Return the number of groups that the server reports; one small request.

        Args:
            agent_id: only groups with this agent, by the user's identifier.

        Raises:
            LinerError: see the errors page; the SDK has already retried what could be retried.
        """
        return await self._count(filters=identifier_pairs("agent_id", agent_id))

    @spelled_out(NewAgentGroup)
    async def create(self, **fields: Unpack[NewAgentGroup]) -> int:
        """Create a group, and return its identifier.

        The SDK sends it again only if LINER certainly did not handle it.

        Raises:
            TypeError: there is no such field.
            ConfigError: a field is missing or wrong; nothing was sent.
            OutcomeUnknownError: no answer tells whether it was created: look before you repeat it.
            LinerError: it was refused or not sent; see `outcome` and the errors page.
        """
        return await self._create(fields)

    @spelled_out(AgentGroupChanges, default=UNCHANGED)
    async def update(self, group_id: int, /, **fields: Unpack[AgentGroupChanges]) -> None:
        """Change the given fields; None clears a field that may be empty.

        A retry sends the same values again, and may overwrite what somebody else wrote meanwhile.

        Raises:
            TypeError: there is no such field.
            ConfigError: a field is wrong, or none is given; nothing was sent.
            OutcomeUnknownError: no answer tells whether it was changed: look before you repeat it.
            LinerError: it was refused or not sent; see `outcome` and the errors page.
        """
        await self._update("group_id", group_id, fields)


def _has_agent(agent_id: int, group: AgentGroup) -> bool:
    return (
        agent_id in group.agent_ids or not group.agent_ids
    )  # null is empty, and may come anywhere
