"""The resources that the command line counts, lists and exports: one row each."""

from __future__ import annotations

from liner_async.cli.filters import Filter, FilterKind
from liner_async.cli.resource import Noun, Resource

__all__ = ["RESOURCES"]

_PERIOD = (
    Filter(
        name="created_from",
        kind=FilterKind.MOMENT,
        help="The start of the period, included: a time such as 2024-01-31T09:00:00+03:00, or a "
        "date or a time without a zone together with --zone.",
        required=True,
    ),
    Filter(
        name="created_to",
        kind=FilterKind.MOMENT,
        help="The end of the period, excluded; by default now.",
    ),
)
_A_DAY = "--created-from 2024-01-01 --zone Europe/Moscow"


def _identifiers(name: str, spelling: str, help: str) -> Filter:  # noqa: A002 - as in Filter
    return Filter(
        name=name,
        spelling=spelling,
        kind=FilterKind.IDENTIFIERS,
        help=f"{help} May be repeated.",
    )


def _statuses(directory: str, help: str) -> Filter:  # noqa: A002 - as in Filter
    return Filter(
        name="status_ids",
        spelling="status",
        kind=FilterKind.STATUSES,
        statuses=directory,
        help=f"{help}, by its id, or by its code, which takes one more request. May be repeated.",
    )


RESOURCES = (
    Resource(
        attribute="orders",
        model_name="Order",
        noun=Noun("order", "orders"),
        summary="Orders: how leads are sorted and called.",
        columns=("id", "code", "status", "title", "updatedAt"),
        new="NewOrder",
        changes="OrderChanges",
        example_fields='service_title="Windows, Moscow" title=Windows status=success '
        'sip_endpoint_ids="[123]"',
        example_changes="title=Windows call_attempts_group_id=null",
    ),
    Resource(
        attribute="leads",
        model_name="Lead",
        noun=Noun("lead", "leads"),
        summary="People to call, by the time they came in.",
        example=_A_DAY,
        example_columns="id,phone,statusId",
        has_get=True,
        filters=(
            *_PERIOD,
            _identifiers("order_ids", "order-id", "Only leads of this order."),
            _statuses("lead_statuses", "Only leads with this status"),
        ),
        new="NewLead",
        changes="LeadChanges",
        has_bulk=True,
        example_fields="phone=+79001234567 order_id=123 name=John",
        example_changes="status_id=12 source_comment=null",
    ),
    Resource(
        attribute="lead_statuses",
        model_name="LeadStatus",
        noun=Noun("lead status", "lead statuses"),
        summary="The statuses that leads have.",
        is_paged=False,
    ),
    Resource(
        attribute="calls",
        model_name="Call",
        noun=Noun("call", "calls"),
        summary="Calls of leads or orders, by their time.",
        example=f"--all-orders {_A_DAY}",
        example_columns="id,clientPhone,statusCode",
        has_get=True,
        one_of=("order-id", "lead-id", "all-orders"),
        filters=(
            *_PERIOD,
            _identifiers("lead_ids", "lead-id", "Only calls with this lead."),
            _identifiers("order_ids", "order-id", "Only calls of this order."),
            Filter(
                name="order_ids",
                spelling="all-orders",
                kind=FilterKind.ALL,
                help="Calls of all orders; their list is read first.",
            ),
            _identifiers("user_ids", "user-id", "Only calls of this user."),
            _statuses("call_statuses", "Only calls with this status"),
        ),
    ),
    Resource(
        attribute="call_statuses",
        model_name="CallStatus",
        noun=Noun("call status", "call statuses"),
        summary="The statuses that calls end with.",
        is_paged=False,
    ),
    Resource(
        attribute="call_records",
        model_name="CallRecord",
        noun=Noun("call record", "call records"),
        summary="The recordings of calls.",
        example_columns="id,userId,fileUrl",
        has_get=True,
        filters=(
            Filter(
                name="call_id",
                kind=FilterKind.IDENTIFIER,
                help="Only records of this call; no record names its call.",
            ),
            Filter(
                name="is_amd",
                spelling="amd",
                opposite="no-amd",
                kind=FilterKind.FLAG,
                help="Only records where an answering machine was detected; "
                "what the opposite means is not documented.",
            ),
        ),
    ),
    Resource(
        attribute="call_attempts",
        model_name="CallAttemptGroup",
        noun=Noun("call attempt group", "call attempt groups"),
        summary="When to call a lead again that was not reached.",
        has_get=True,
        new="NewCallAttemptGroup",
        changes="CallAttemptGroupChanges",
        example_fields='title=Patient intervals="[5, 30, 120]"',
        example_changes="is_default=true",
    ),
    Resource(
        attribute="users",
        model_name="User",
        noun=Noun("user", "users"),
        summary="Agents, supervisors, administrators and clients.",
        example_columns="id,lastName,isActive",
        has_get=True,
        filters=(
            Filter(
                name="access_group",
                kind=FilterKind.CHOICE,
                choices=(
                    "client",
                    "call-center",
                    "call-center-senior",
                    "arbitration",
                    "moderator",
                    "admin",
                ),
                help="Only users of this group.",
            ),
            Filter(
                name="is_active",
                spelling="active",
                opposite="inactive",
                kind=FilterKind.FLAG,
                help="Only users who are active, or who are not.",
            ),
        ),
    ),
    Resource(
        attribute="agent_groups",
        model_name="AgentGroup",
        noun=Noun("agent group", "agent groups"),
        summary="The groups of agents that orders refer to.",
        example_columns="id,names",
        has_get=True,
        filters=(
            Filter(
                name="agent_id",
                kind=FilterKind.IDENTIFIER,
                help="Only groups with this agent, by the user's id.",
            ),
        ),
        new="NewAgentGroup",
        changes="AgentGroupChanges",
        example_fields="""names='{"ru": "Окна", "gb": "Windows"}' agent_ids="[101, 102]\"""",
        example_changes='agent_ids="[101]"',
    ),
    Resource(
        attribute="sip_endpoints",
        model_name="SipEndpoint",
        noun=Noun("virtual number", "virtual numbers"),
        summary="Virtual numbers for outgoing and incoming calls.",
        is_paged=False,
    ),
    Resource(
        attribute="custom_fields",
        model_name="CustomField",
        noun=Noun("custom field", "custom fields"),
        summary="The fields that were added to leads and orders.",
        columns=("id", "essence", "type", "title", "sort"),
        is_paged=False,
        filters=(
            Filter(
                name="essence",
                kind=FilterKind.CHOICE,
                choices=("leads", "orders"),
                help="Only the fields of leads, or of orders.",
            ),
        ),
    ),
)
