"""Lists of invented rows as dicts, one function for each kind."""

from __future__ import annotations

import json
from typing import Any, Protocol

from liner_async.testing.world import World

__all__ = [
    "fake_agent_groups",
    "fake_call_attempts",
    "fake_call_records",
    "fake_call_statuses",
    "fake_calls",
    "fake_custom_fields",
    "fake_lead_statuses",
    "fake_leads",
    "fake_orders",
    "fake_sip_endpoints",
    "fake_users",
]


class Faker(Protocol):
    """Make invented rows of one kind."""

    def __call__(self, total: int, *, seed: int = 1) -> list[dict[str, Any]]:
        """Return `total` rows as the vendor's JSON."""
        ...


def _faker(kind: str) -> Faker:
    words = kind.replace("_", " ")

    def fake(total: int, *, seed: int = 1) -> list[dict[str, Any]]:
        source = World(sizes={kind: total}, seed=seed).source(kind)
        return [json.loads(source.row(number)) for number in range(total)]

    fake.__name__ = fake.__qualname__ = f"fake_{kind}"
    fake.__doc__ = f"""Return `total` {words} as the vendor's JSON.

    The first is the vendor's documented example. The same `seed` gives the same {words}. All
    documented values occur, and so do nulls in optional fields, empty lists, maps and texts.
    """
    return fake


fake_orders = _faker("orders")
fake_leads = _faker("leads")
fake_lead_statuses = _faker("lead_statuses")
fake_calls = _faker("calls")
fake_call_statuses = _faker("call_statuses")
fake_call_records = _faker("call_records")
fake_call_attempts = _faker("call_attempts")
fake_users = _faker("users")
fake_agent_groups = _faker("agent_groups")
fake_sip_endpoints = _faker("sip_endpoints")
fake_custom_fields = _faker("custom_fields")
