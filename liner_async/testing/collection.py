"""What is served: one row of the table for each resource of the vendor's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from attrs import frozen

from liner_async.testing.criteria import Filter
from liner_async.testing.examples import (
    EXAMPLE_AGENT_GROUP,
    EXAMPLE_CALL,
    EXAMPLE_CALL_ATTEMPT_GROUP,
    EXAMPLE_CALL_RECORD,
    EXAMPLE_CALL_STATUS,
    EXAMPLE_CUSTOM_FIELD,
    EXAMPLE_LEAD,
    EXAMPLE_LEAD_STATUS,
    EXAMPLE_ORDER,
    EXAMPLE_SIP_ENDPOINT,
    EXAMPLE_USER,
)

__all__ = ["COLLECTIONS", "WRITES", "Collection", "Paths", "Verb"]

Paths = Literal["singular", "plural", "both"]
"""Which path answers where the vendor's headings and samples name two."""


Verb = Literal["create", "submit", "update"]
"""What writes do."""


@frozen(kw_only=True)
class Collection:
    """A resource that is listed.

    `plural` is the path that the vendor's samples name instead, `detail` what comes before the id
    in the path of a single item. A list that is not paged is a bare array; one `by_period` needs
    a period of creation; of the filters `one_of` at least one is needed. `verbs` are the writes
    that there are. A field is optional unless it is `required`.
    """

    name: str
    path: str
    plural: str | None = None
    detail: str | None = None
    is_paged: bool = True
    by_period: bool = False
    filters: tuple[Filter, ...] = ()
    one_of: tuple[str, ...] = ()
    verbs: tuple[Verb, ...] = ()
    example: Mapping[str, Any]
    required: frozenset[str] = frozenset({"id"})

    @property
    def optional(self) -> frozenset[str]:
        """The fields that may be null."""
        return frozenset(self.example) - self.required

    def write_path(self, verb: Verb) -> str:
        """Return the path of a write; of an update, what stands before the id."""
        return f"{self.path}{_SEGMENTS[verb]}/"

    def paths(self, which: Paths) -> set[str]:
        """Return the paths that list it."""
        if self.plural is None or which == "singular":
            return {self.path}
        return {self.plural} if which == "plural" else {self.path, self.plural}


_SEGMENTS: Final[Mapping[Verb, str]] = {
    "create": "create",
    "submit": "create-async",
    "update": "update",
}
_ORDER_IDS: Final = Filter(name="orderIds", field="orderId")

COLLECTIONS: Final[Mapping[str, Collection]] = {
    each.name: each
    for each in (
        Collection(
            name="orders",
            path="/v2/order/",
            verbs=("create", "update"),
            example=EXAMPLE_ORDER,
            required=frozenset({"id", "serviceTitle", "title", "status", "sipEndpointIds"}),
        ),
        Collection(
            name="leads",
            path="/v2/lead/",
            detail="/v2/lead/detail/",
            verbs=("create", "submit", "update"),
            by_period=True,
            filters=(_ORDER_IDS, Filter(name="statusIds", field="statusId")),
            example=EXAMPLE_LEAD,
        ),
        Collection(
            name="lead_statuses",
            path="/v2/lead-status/",
            plural="/v2/lead-statuses/",
            is_paged=False,
            example=EXAMPLE_LEAD_STATUS,
            required=frozenset({"id", "code"}),
        ),
        Collection(
            name="calls",
            path="/v2/call/",
            detail="/v2/call/detail/",
            by_period=True,
            filters=(
                Filter(name="leadIds", field="leadId"),
                _ORDER_IDS,
                Filter(name="userIds", field="userId"),
                Filter(name="statusIds", field="statusCode"),
            ),
            one_of=("leadIds", "orderIds"),
            example=EXAMPLE_CALL,
        ),
        Collection(
            name="call_statuses",
            path="/v2/call-status/",
            plural="/v2/call-statuses/",
            is_paged=False,
            example=EXAMPLE_CALL_STATUS,
            required=frozenset({"id", "code"}),
        ),
        Collection(
            name="call_records",
            path="/v2/call-record/",
            detail="/v2/call-record/detail/",
            filters=(
                Filter(name="callId", field="callId", kind="id"),
                Filter(name="isAmd", field="isAmd", kind="flag", only_on=True),
            ),
            example=EXAMPLE_CALL_RECORD,
        ),
        Collection(
            name="call_attempts",
            path="/v2/call-attempt/",
            detail="/v2/call-attempt/detail/",
            verbs=("create", "update"),
            example=EXAMPLE_CALL_ATTEMPT_GROUP,
        ),
        Collection(
            name="users",
            path="/v2/user/list/",
            detail="/v2/user/detail/",
            filters=(
                Filter(name="accessGroup", field="accessGroup", kind="text"),
                Filter(name="isActive", field="isActive", kind="flag"),
            ),
            example=EXAMPLE_USER,
        ),
        Collection(
            name="agent_groups",
            path="/v2/agent-group/",
            detail="/v2/agent-group/",
            verbs=("create", "update"),
            filters=(Filter(name="agentId", field="agentIds", kind="id", in_list=True),),
            example=EXAMPLE_AGENT_GROUP,
        ),
        Collection(
            name="sip_endpoints",
            path="/v2/sip-endpoint/",
            plural="/v2/sip-endpoints/",
            is_paged=False,
            example=EXAMPLE_SIP_ENDPOINT,
        ),
        Collection(
            name="custom_fields",
            path="/v2/custom-field/",
            plural="/v2/custom-fields/",
            is_paged=False,
            filters=(Filter(name="essence", field="essence", kind="text"),),
            example=EXAMPLE_CUSTOM_FIELD,
            required=frozenset({"id", "title"}),
        ),
    )
}
"""The collections by name."""

WRITES: Final = frozenset(
    f"{each.name}.{verb}" for each in COLLECTIONS.values() for verb in each.verbs
)
"""The names of the writes that are served."""
