"""Leads: `GET /v2/lead/` (vendor pages `/devs/api/v2/lead/...`)."""

from __future__ import annotations

from liner_async.models import Lead
from liner_async.resources.detail import DetailResource

__all__ = ["Leads"]


class Leads(DetailResource[Lead]):
    """The people whom the call centre is to reach."""

    name = "leads"
    model = Lead
    identifier = "lead_id"
