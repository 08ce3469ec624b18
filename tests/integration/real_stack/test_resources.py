"""Lists other than orders, with their filters, against the same tables in both databases."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from liner_async import ConfigError, NotFoundError
from liner_async.testing import fake_calls, fake_lead_statuses, fake_leads, fake_users
from tests.integration.real_stack.stack import Stack
from tests.integration.real_stack.tables import CALLS, LEAD_STATUSES, LEADS, USERS, Table

SECOND = timedelta(seconds=1)
DATABASES = {"plain": "sqlite", "mariadb": "mariadb"}


@pytest.fixture(params=DATABASES)
def server(request: pytest.FixtureRequest) -> str:
    """Name a server of each database."""
    return request.param


def filled(stack: Stack, server: str, table: Table, items: list[Any]) -> list[dict[str, Any]]:
    """Put items into a table; return what the models' fields must hold, by id."""
    with table.open(stack.databases[DATABASES[server]]) as rows:
        rows.fill(items)
        return rows.as_fields()


def fields(table: Table, models: Iterable[Any]) -> list[dict[str, Any]]:
    """Return the fields of models, in the order of their ids."""
    found = [{name: getattr(each, name) for name in table.columns} for each in models]
    return sorted(found, key=lambda each: each["id"])


async def test_leads_of_a_period_and_of_orders_are_those_of_the_table(
    stack: Stack, server: str
) -> None:
    """The start belongs to the period and its end does not, whatever SQL's BETWEEN would say."""
    leads = filled(stack, server, LEADS, fake_leads(1_500))
    times = sorted(lead["created_at"] for lead in leads)
    start, end = times[200], times[1_100]
    order_ids = sorted({lead["order_id"] for lead in leads})[::2]
    async with stack.client(server) as liner:
        whole = await liner.leads.list(created_from=times[0], created_to=times[-1] + SECOND)
        some = await liner.leads.list(created_from=start, created_to=end, order_ids=order_ids)
    assert fields(LEADS, whole) == leads
    assert fields(LEADS, some) == [
        lead
        for lead in leads
        if start <= lead["created_at"] < end and lead["order_id"] in order_ids
    ]
    assert len({lead.order_id for lead in some}) > 1


async def test_one_lead_is_read_or_missed(stack: Stack, server: str) -> None:
    """A number that no lead has is told from a wrong path."""
    leads = filled(stack, server, LEADS, fake_leads(10))
    async with stack.client(server) as liner:
        assert fields(LEADS, [await liner.leads.get(leads[3]["id"])]) == [leads[3]]
        with pytest.raises(NotFoundError, match="Lead not found"):
            await liner.leads.get(10**9)


async def test_calls_of_orders_in_a_period_are_those_of_the_table(
    stack: Stack, server: str
) -> None:
    """PHP insists on leads or orders; the client does so before it sends anything."""
    calls = filled(stack, server, CALLS, fake_calls(1_500))
    times = sorted(call["created_at"] for call in calls)
    order_ids = sorted({call["order_id"] for call in calls})
    async with stack.client(server) as liner:
        found = await liner.calls.list(
            created_from=times[0], created_to=times[1_200], order_ids=order_ids
        )
        with pytest.raises(ConfigError):
            await liner.calls.list(created_from=times[0])
    assert fields(CALLS, found) == [call for call in calls if call["created_at"] < times[1_200]]


async def test_users_of_a_group_are_those_of_the_table(stack: Stack, server: str) -> None:
    """A flag travels as 1 or 0, which PHP hands to SQL as text."""
    users = filled(stack, server, USERS, fake_users(250))
    async with stack.client(server) as liner:
        everybody = await liner.users.list()
        some = await liner.users.list(access_group="admin", is_active=False)
    assert fields(USERS, everybody) == users
    assert fields(USERS, some) == [
        user for user in users if user["access_group"] == "admin" and user["is_active"] is False
    ]
    assert some


async def test_a_bare_array_is_a_whole_list(stack: Stack, server: str) -> None:
    """Statuses come in one answer, without `total`."""
    statuses = filled(stack, server, LEAD_STATUSES, fake_lead_statuses(30))
    async with stack.client(server) as liner:
        assert fields(LEAD_STATUSES, await liner.lead_statuses.list()) == statuses
