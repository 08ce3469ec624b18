"""Agent groups: what `GET /v2/agent-group/` lists (vendor pages `/devs/api/v2/agent-group/...`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypedDict

from attrs import field, frozen

from liner_async._codec.unstructure import JsonValue
from liner_async.models.model import IDENTIFIER, SHOWN, Model

__all__ = ["AgentGroup", "AgentGroupChanges", "NewAgentGroup"]


@frozen(kw_only=True)
class AgentGroup(Model):
    """A group of agents; an order names the groups that may work in it.

    Only `id` is required; `names` and `agent_ids` are never None. Other fields are None where the
    vendor sends null or nothing.
    """

    id: int = field(metadata=IDENTIFIER)
    """Identifier of the group, greater than 0."""
    names: Mapping[str, str] = field(factory=dict, hash=False, metadata=SHOWN)
    """Names of the group by language: `ru` and `gb`, which is English."""
    agent_ids: tuple[int, ...] = field(default=(), metadata=SHOWN)
    """Identifiers of the users in the group."""
    created_at: datetime | None = field(default=None, metadata=SHOWN)
    """When the group was created, with its zone."""
    updated_at: datetime | None = None
    """When the group was last changed, with its zone."""
    extra: Mapping[str, JsonValue] = field(factory=dict, hash=False)
    """Fields this version does not know, by the vendor's name."""


class AgentGroupChanges(TypedDict, total=False):
    """Fields for `agent_groups.update`; fields left out stay as they are.

    `extra` sends fields that this version does not know, by the vendor's names.
    """

    names: Mapping[str, str]
    agent_ids: Sequence[int]
    extra: Mapping[str, JsonValue]


class _RequiredOfAgentGroup(TypedDict):
    names: Mapping[str, str]
    agent_ids: Sequence[int]


class NewAgentGroup(_RequiredOfAgentGroup, total=False):
    """Fields for `agent_groups.create`.

    `extra` sends fields that this version does not know, by the vendor's names.
    """

    extra: Mapping[str, JsonValue]
