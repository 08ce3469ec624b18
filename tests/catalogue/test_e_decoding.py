"""Part E of the failure catalogue: decoding, through the pager. The pure decoder has more."""

from __future__ import annotations

import pytest

from liner_async import DecodeError
from liner_async.testing import MISSING, FakeLiner, Fault
from tests.support.reading import client, failure

SECRET = "+79990001122"


async def first_order(**overrides):
    """The first order of a list, with these fields changed by the server."""
    with FakeLiner(total=3, faults={0: Fault.rows({0: overrides})}) as server:
        async with client(server) as liner:
            return await liner.orders.list().first()


async def refusal(**overrides) -> DecodeError:
    """The error of a list whose order 107 has these fields."""
    with FakeLiner(total=250, faults={100: Fault.rows({7: overrides})}) as server:
        error = await failure(server)
    assert type(error) is DecodeError
    assert (error.offset, error.index) == (100, 7)
    return error


async def test_57_an_unknown_field_is_kept():
    """In `extra`, and it comes back from `to_dict`."""
    order = await first_order(newField={"deep": [1]})
    assert order.extra == {"newField": {"deep": [1]}}
    assert order.to_dict()["newField"] == {"deep": [1]}


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("status", "status"),
        ("aiDefaultLanguage", "ai_default_language"),
        ("callRecordRule", "call_record_rule"),
        ("sipEndpointUsageScheme", "sip_endpoint_usage_scheme"),
    ],
)
async def test_58_a_new_value_of_an_enumeration_stays_text(theirs, ours):
    """The page is not lost for it."""
    assert getattr(await first_order(**{theirs: "brand-new"}), ours) == "brand-new"


async def test_59_custom_values_as_an_empty_array_are_empty():
    """PHP's way to write an empty map."""
    assert (await first_order(customValues=[])).custom_values == {}


async def test_60_a_list_that_php_sent_as_an_object_gives_its_values():
    """Never its keys."""
    assert (await first_order(agentUserIds={"0": 1, "2": 3})).agent_user_ids == (1, 3)


@pytest.mark.parametrize("field", ["serviceTitle", "title", "status"])
async def test_61_null_where_it_may_not_be_is_an_error(field):
    """The required texts."""
    assert (await refusal(**{field: None})).problems == (f"{field}: expected a string",)


async def test_61_null_where_it_may_be_is_none_or_empty():
    """Never 'None', never False."""
    order = await first_order(
        code=None, autoDialingEnabled=None, leadsPriority=None, agentUserIds=None, createdAt=None
    )
    assert order.code is None
    assert order.auto_dialing_enabled is None
    assert order.leads_priority is None
    assert order.agent_user_ids == ()
    assert order.created_at is None


@pytest.mark.parametrize("value", [True, 1.5, "12", MISSING, 0, -1, None], ids=repr)
async def test_62_an_id_that_is_none_is_an_error(value):
    """Without an identity there is no finding what comes twice."""
    (problem,) = (await refusal(id=value)).problems
    assert problem.startswith("id: ")


@pytest.mark.parametrize("value", ["2024-01-01", "2024-01-01T10:00:00", "yesterday", 5])
async def test_63_a_time_without_a_zone_is_an_error(value):
    """No zone is guessed."""
    (problem,) = (await refusal(createdAt=value)).problems
    assert problem.startswith("createdAt: ")


async def test_64_one_bad_order_is_named_without_its_values():
    """Offset, index, id and path; nothing of what it holds."""
    error = await refusal(callCenterPhone=[SECRET], additionalCallCenterPhones=["", [SECRET]])
    assert error.problems == (
        "callCenterPhone: expected a string",
        "additionalCallCenterPhones[1]: expected a string",
    )
    assert isinstance(error.item_id, int)
    assert str(error.item_id) in str(error)
    assert SECRET not in f"{error!r} {error} {error.__dict__} {error.__cause__} {error.__context__}"


async def test_64_a_bad_order_can_be_skipped_but_never_silently():
    """The page and the report list it, and the log has a line."""
    with FakeLiner(total=250, faults={100: Fault.rows({7: {"title": None}})}) as server:
        async with client(server) as liner:
            pager = liner.orders.list(on_invalid="skip")
            pages = [page async for page in pager.pages()]
    assert [len(page) for page in pages] == [100, 99, 50]
    (problem,) = pages[1].problems
    assert (problem.offset, problem.index) == (100, 7)
    assert pager.report.skipped == (problem,)
    assert not pager.report.drifted
