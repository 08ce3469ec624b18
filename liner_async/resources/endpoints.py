"""The endpoints that the vendor documents: the one place that knows their paths (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import frozen

__all__ = ["ENDPOINTS", "Endpoint"]


@frozen(kw_only=True)
class Endpoint:
    """One endpoint.

    Attributes:
        name: resource and verb, such as "orders.list".
        path: the path below the host; for a verb on one object, the part before its id.
        also: the path as the vendor's samples spell it, if its heading spells it otherwise.
        paged: whether a list comes in pages, and not as a bare array.
        repeatable: whether doing it twice does no more than doing it once.
    """

    name: str
    path: str
    also: str | None = None
    paged: bool = True
    repeatable: bool = True


def _plain(name: str, path: str, also: str) -> Endpoint:
    """Return a list that comes in one piece, at a path that the vendor spells in two ways."""
    return Endpoint(name=name, path=path, also=also, paged=False)


def _create(name: str, path: str) -> Endpoint:
    """Return an endpoint that makes one more object each time."""
    return Endpoint(name=name, path=path, repeatable=False)


ENDPOINTS: Final[Mapping[str, Endpoint]] = {
    each.name: each
    for each in (
        Endpoint(name="orders.list", path="/v2/order/"),
        _create("orders.create", "/v2/order/create/"),
        Endpoint(name="orders.update", path="/v2/order/update/"),
        Endpoint(name="leads.list", path="/v2/lead/"),
        Endpoint(name="leads.get", path="/v2/lead/detail/"),
        _create("leads.create", "/v2/lead/create/"),
        _create("leads.submit", "/v2/lead/create-async/"),
        Endpoint(name="leads.update", path="/v2/lead/update/"),
        _plain("lead_statuses.list", "/v2/lead-status/", also="/v2/lead-statuses/"),
        Endpoint(name="calls.list", path="/v2/call/"),
        Endpoint(name="calls.get", path="/v2/call/detail/"),
        _plain("call_statuses.list", "/v2/call-status/", also="/v2/call-statuses/"),
        Endpoint(name="call_records.list", path="/v2/call-record/"),
        Endpoint(name="call_records.get", path="/v2/call-record/detail/"),
        Endpoint(name="call_attempts.list", path="/v2/call-attempt/"),
        Endpoint(name="call_attempts.get", path="/v2/call-attempt/detail/"),
        _create("call_attempts.create", "/v2/call-attempt/create/"),
        Endpoint(name="call_attempts.update", path="/v2/call-attempt/update/"),
        Endpoint(name="users.list", path="/v2/user/list/"),
        Endpoint(name="users.get", path="/v2/user/detail/"),
        Endpoint(name="agent_groups.list", path="/v2/agent-group/"),
        Endpoint(name="agent_groups.get", path="/v2/agent-group/"),
        _create("agent_groups.create", "/v2/agent-group/create/"),
        Endpoint(name="agent_groups.update", path="/v2/agent-group/update/"),
        _plain("sip_endpoints.list", "/v2/sip-endpoint/", also="/v2/sip-endpoints/"),
        _plain("custom_fields.list", "/v2/custom-field/", also="/v2/custom-fields/"),
    )
}
