"""Models, pages and results for tests that need no server."""

from __future__ import annotations

from typing import Any, TypeVar

import attrs

from liner_async import CallAttemptGroup, CustomField, Order, Page, PagingReport, ResultList
from liner_async.testing.examples import (
    EXAMPLE_CALL_ATTEMPT_GROUP,
    EXAMPLE_CUSTOM_FIELD,
    EXAMPLE_ORDER,
)

__all__ = ["a_call_attempt_group", "a_custom_field", "a_page", "a_result", "an_order"]

T = TypeVar("T")


def an_order(**fields: Any) -> Order:
    """Return the vendor's example order, with some fields replaced.

    Fields are those of `Order`, with its values: `an_order(id=7, status=OrderStatus.INFO)`. Values
    are not checked; `Order.from_dict(make_order(...))` reads the vendor's JSON as strictly as a
    page is read.

    Raises:
        TypeError: A name that is no field.
    """
    return attrs.evolve(Order.from_dict(EXAMPLE_ORDER), **fields)


def a_call_attempt_group(**fields: Any) -> CallAttemptGroup:
    """Return the vendor's example group of call attempts, changed as by `an_order`."""
    return attrs.evolve(CallAttemptGroup.from_dict(EXAMPLE_CALL_ATTEMPT_GROUP), **fields)


def a_custom_field(**fields: Any) -> CustomField:
    """Return the vendor's example custom field, changed as by `an_order`."""
    return attrs.evolve(CustomField.from_dict(EXAMPLE_CUSTOM_FIELD), **fields)


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
        )
    return ResultList(items, total=report.last_total or 0, report=report, model=model)
