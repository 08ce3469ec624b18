"""Models, pages and results for tests that need no server."""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Any, Final, TypeVar

import attrs

from liner_async import (
    AgentGroup,
    Call,
    CallAttemptGroup,
    CallRecord,
    CallStatus,
    ConcurrencyRange,
    CustomField,
    Lead,
    LeadStatus,
    Order,
    Page,
    PagingReport,
    ResultList,
    SipEndpoint,
    User,
)
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

__all__ = [
    "a_call",
    "a_call_attempt_group",
    "a_call_record",
    "a_call_status",
    "a_custom_field",
    "a_lead",
    "a_lead_status",
    "a_page",
    "a_result",
    "a_sip_endpoint",
    "a_user",
    "an_agent_group",
    "an_order",
]

T = TypeVar("T")


def _factory(name: str, model: type[T], example: dict[str, Any]) -> Callable[..., T]:
    """Return a factory of one model, whose help and completion show the model's fields."""

    def make(**fields: Any) -> T:
        original: T = model.from_dict(example)  # type: ignore[attr-defined]  # models have it
        return attrs.evolve(original, **fields)  # type: ignore[misc]  # models are attrs classes

    make.__name__ = make.__qualname__ = name
    make.__doc__ = f"""Return the vendor's example {model.__name__}, with some fields replaced.

    Fields are those of the model, with its values. They are not checked; ``from_dict`` reads the
    vendor's JSON, such as that of ``make_order(...)``, as strictly as a page is read.

    Raises:
        TypeError: A name that is no field.
    """
    shown = attrs.fields(model)  # type: ignore[arg-type]  # as above
    parameters = [Parameter(each.name, Parameter.KEYWORD_ONLY, default=...) for each in shown]
    make.__signature__ = Signature(parameters, return_annotation=model)  # type: ignore[attr-defined]  # for help
    return make


an_order: Final = _factory("an_order", Order, EXAMPLE_ORDER)
a_lead: Final = _factory("a_lead", Lead, EXAMPLE_LEAD)
a_lead_status: Final = _factory("a_lead_status", LeadStatus, EXAMPLE_LEAD_STATUS)
a_call: Final = _factory("a_call", Call, EXAMPLE_CALL)
a_call_status: Final = _factory("a_call_status", CallStatus, EXAMPLE_CALL_STATUS)
a_call_record: Final = _factory("a_call_record", CallRecord, EXAMPLE_CALL_RECORD)
a_call_attempt_group: Final = _factory(
    "a_call_attempt_group", CallAttemptGroup, EXAMPLE_CALL_ATTEMPT_GROUP
)
a_user: Final = _factory("a_user", User, EXAMPLE_USER)
an_agent_group: Final = _factory("an_agent_group", AgentGroup, EXAMPLE_AGENT_GROUP)
a_sip_endpoint: Final = _factory("a_sip_endpoint", SipEndpoint, EXAMPLE_SIP_ENDPOINT)
a_custom_field: Final = _factory("a_custom_field", CustomField, EXAMPLE_CUSTOM_FIELD)


def a_page(*items: T, offset: int = 0, limit: int = 50, total: int | None = None) -> Page[T]:
    """Return a page of these items, as `page(offset=..., limit=...)` does.

    Args:
        items: At most `limit` of them.
        offset: Where the page starts in the list.
        limit: The most items that were asked for.
        total: How many the list holds; None for as many as up to the end of the page.
    """
    end = offset + len(items)
    return Page(
        items=items, offset=offset, limit=limit, next=end, total=end if total is None else total
    )


def a_result(
    *items: T, model: type[T] | None = None, report: PagingReport | None = None
) -> ResultList[T]:
    """Return a result of these items, as `await liner.orders.list()` does.

    Args:
        items: What was read.
        model: Their class; needed where there are none and columns are asked for.
        report: What the run saw; None for a complete one in which nothing happened.
    """
    if report is None:
        count = len(items)
        report = PagingReport(
            handed_out=count,
            pages=max(1, -(-count // 100)),
            first_total=count,
            last_total=count,
            next_offset=count,
            ended=True,
            complete=True,
            concurrency=ConcurrencyRange(least=8, most=8, last=8),
        )
    return ResultList(items, total=report.last_total or 0, report=report, model=model)
