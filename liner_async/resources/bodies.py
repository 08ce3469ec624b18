"""What may be written where: the bodies of every endpoint that creates or updates (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from liner_async._codec.bodies import BodyType
from liner_async.models import (
    AgentGroup,
    AgentGroupChanges,
    CallAttemptGroup,
    CallAttemptGroupChanges,
    Lead,
    LeadChanges,
    NewAgentGroup,
    NewCallAttemptGroup,
    NewLead,
    NewOrder,
    Order,
    OrderChanges,
)
from liner_async.models.lead import NEW_LEAD_DEFAULTS

__all__ = ["BODIES"]

_NEW_LEAD = BodyType(
    fields=NewLead,
    model=Lead,
    is_new=True,
    defaults=NEW_LEAD_DEFAULTS,
    needs=(
        ("order_id", "order_code"),
        ("phone", "telegram_user_name", "telegram_phone", "vk_id", "instagram_login"),
    ),
)

BODIES: Final[Mapping[str, BodyType]] = {
    "orders.create": BodyType(fields=NewOrder, model=Order, is_new=True),
    "orders.update": BodyType(fields=OrderChanges, model=Order, is_new=False),
    "leads.create": _NEW_LEAD,
    "leads.submit": _NEW_LEAD,
    "leads.update": BodyType(fields=LeadChanges, model=Lead, is_new=False),
    "call_attempts.create": BodyType(
        fields=NewCallAttemptGroup, model=CallAttemptGroup, is_new=True
    ),
    "call_attempts.update": BodyType(
        fields=CallAttemptGroupChanges, model=CallAttemptGroup, is_new=False
    ),
    "agent_groups.create": BodyType(fields=NewAgentGroup, model=AgentGroup, is_new=True),
    "agent_groups.update": BodyType(fields=AgentGroupChanges, model=AgentGroup, is_new=False),
}
