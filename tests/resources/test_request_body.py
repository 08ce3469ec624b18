"""The body that a write would send, without a client."""

from __future__ import annotations

import json

import pytest

from liner_async import ConfigError, request_body
from liner_async.resources.bodies import BODIES
from tests.support.write_server import WriteServer

LEAD = {"phone": "+79001234567", "order_id": 100, "extra": {"newField": [1]}}


async def test_it_is_what_a_write_sends():
    """Defaults and `extra` included."""
    with WriteServer() as server:
        async with server.client() as liner:
            await liner.leads.create(**LEAD)
    [(_, sent)] = server.applied
    assert request_body("leads.create", LEAD) == sent
    assert sent == {
        "leadType": "straight",
        "phone": "+79001234567",
        "orderId": 100,
        "newField": [1],
    }


def test_an_update_clears_a_field_with_none():
    """As its method does."""
    body = request_body("leads.update", {"name": None})
    assert json.dumps(body) == '{"name": null}'


@pytest.mark.parametrize(
    ("endpoint", "fields", "said"),
    [
        ("leads.create", {"phone": "+79001234567"}, "one of these is required: order_id"),
        ("leads.create", {**LEAD, "priority": "secret"}, "priority: expected"),
        ("leads.create", {"fone": "secret"}, "'fone' is not a field"),
        ("leads.create", ["secret"], "expected a mapping"),
        ("leads.list", {}, f"endpoint must be one of {', '.join(BODIES)}"),
    ],
)
def test_what_is_wrong_is_told_as_by_the_method_and_without_a_value(endpoint, fields, said):
    """Nor does the error lead to one."""
    with pytest.raises(ConfigError) as caught:
        request_body(endpoint, fields)
    assert said in str(caught.value)
    frame = caught.value.__traceback__.tb_next.tb_frame
    assert "secret" not in str(caught.value) + repr(frame.f_locals)
