"""Calls: `GET /v2/call/` (vendor pages `/devs/api/v2/call/...`)."""

from __future__ import annotations

from liner_async.models import Call
from liner_async.resources.detail import DetailResource

__all__ = ["Calls"]


class Calls(DetailResource[Call]):
    """The calls between the call centre and people."""

    name = "calls"
    model = Call
    identifier = "call_id"
