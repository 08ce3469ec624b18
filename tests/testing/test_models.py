"""Models, pages and results for tests without a server: what the client would return."""

from __future__ import annotations

from inspect import signature

import attrs
import pytest

import liner_async
from liner_async import Order, OrderStatus, PagingReport, testing
from liner_async.testing import FakeLiner, a_page, a_result, an_order
from tests.support.reading import client

FACTORIES = [
    (testing.an_order, liner_async.Order, testing.EXAMPLE_ORDER),
    (testing.a_lead, liner_async.Lead, testing.EXAMPLE_LEAD),
    (testing.a_lead_status, liner_async.LeadStatus, testing.EXAMPLE_LEAD_STATUS),
    (testing.a_call, liner_async.Call, testing.EXAMPLE_CALL),
    (testing.a_call_status, liner_async.CallStatus, testing.EXAMPLE_CALL_STATUS),
    (testing.a_call_record, liner_async.CallRecord, testing.EXAMPLE_CALL_RECORD),
    (
        testing.a_call_attempt_group,
        liner_async.CallAttemptGroup,
        testing.EXAMPLE_CALL_ATTEMPT_GROUP,
    ),
    (testing.a_user, liner_async.User, testing.EXAMPLE_USER),
    (testing.an_agent_group, liner_async.AgentGroup, testing.EXAMPLE_AGENT_GROUP),
    (testing.a_sip_endpoint, liner_async.SipEndpoint, testing.EXAMPLE_SIP_ENDPOINT),
    (testing.a_custom_field, liner_async.CustomField, testing.EXAMPLE_CUSTOM_FIELD),
]


@pytest.mark.parametrize(("make", "model", "example"), FACTORIES, ids=lambda each: None)
def test_a_model_is_the_vendors_example_with_some_fields_replaced(make, model, example):
    """By the model's names and values; each call makes one of its own."""
    assert make() == model.from_dict(example)
    assert make(id=7, extra={"x": 1}) == attrs.evolve(make(), id=7, extra={"x": 1})
    assert type(make()) is model
    assert getattr(testing, make.__name__) is make
    assert list(signature(make).parameters) == [each.name for each in attrs.fields(model)]
    assert model.__name__ in make.__doc__


@pytest.mark.parametrize(("make", "model", "example"), FACTORIES, ids=lambda each: None)
def test_a_name_that_is_no_field_is_a_type_error(make, model, example):
    """A misspelt one would test nothing."""
    with pytest.raises(TypeError, match="titel"):
        make(titel="mine")


def test_values_are_the_models_own():
    """An enumeration's member stays one."""
    assert an_order(status=OrderStatus.INFO).status is OrderStatus.INFO


async def test_a_page_is_what_the_client_returns():
    """For the same list, offset and limit."""
    with FakeLiner(total=7) as server:
        async with client(server) as liner:
            read = [
                await liner.orders.page(),
                await liner.orders.page(offset=2, limit=3),
                await liner.orders.page(offset=7),
            ]
    assert read == [
        a_page(*read[0]),
        a_page(*read[1], offset=2, limit=3, total=7),
        a_page(offset=7),
    ]


@pytest.mark.parametrize("total", [0, 1, 100, 250])
async def test_a_result_is_what_the_client_returns(total):
    """With the report of a run in which nothing happened."""
    with FakeLiner(total=total) as server:
        async with client(server) as liner:
            read = await liner.orders.list()
    made = a_result(*read)
    assert (made, made.total, made.report) == (read, read.total, read.report)


def test_a_result_takes_a_report_of_its_own():
    """For code that looks at it, and shows its total."""
    report = PagingReport(handed_out=1, last_total=5, drift=("total 4 became 5",))
    made = a_result(an_order(), report=report)
    assert (made.total, made.report) == (5, report)


def test_an_empty_result_has_the_columns_of_its_model():
    """If it is named."""
    assert a_result(model=Order).to_arrow().schema == a_result(an_order()).to_arrow().schema
