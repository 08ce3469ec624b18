"""What may be written where: the bodies of every endpoint that creates or updates (pure)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from liner_async._codec.bodies import BodyType, encode
from liner_async._codec.unstructure import JsonValue
from liner_async.errors import ConfigError
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

__all__ = ["BODIES", "request_body"]

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


def request_body(endpoint: str, fields: Mapping[str, object]) -> dict[str, JsonValue]:
    """Return the JSON object that a create, a submission or an update would send.

    It needs no client and sends nothing: check the rows of a file before you import them, or a form
    before it goes into a queue.

    Args:
        endpoint: the method that would be called, such as "leads.create" or "orders.update".
        fields: its keyword arguments; those of an update without the identifier.

    Raises:
        ConfigError: there is no such method, or a field is wrong or missing; the text holds no
            value.
    """
    if endpoint not in BODIES:
        raise ConfigError(f"endpoint must be one of {', '.join(BODIES)}")
    body = encode(BODIES[endpoint], fields)
    del fields  # this frame is part of the error
    if isinstance(body, ConfigError):
        raise body
    wire: dict[str, JsonValue] = json.loads(body)
    return wire
