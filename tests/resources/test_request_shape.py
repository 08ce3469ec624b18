"""The exact shape of single requests, where a mock is the right size."""

from __future__ import annotations

from unittest.mock import Mock

import pytest
from aiohttp import ClientResponse, hdrs
from aioresponses import aioresponses
from yarl import URL

from liner_async import (
    CallAttemptGroup,
    LinerClient,
    NotFoundError,
    RetryPolicy,
    ServerError,
    __version__,
)
from liner_async.testing import make_order

HOST = "https://liner.example/api"
KEY = "the-key"


class MockedResponse(ClientResponse):
    """What aioresponses 0.7.9 needs with aiohttp >= 3.14: a stream writer."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, stream_writer=Mock(), **kwargs)


@pytest.fixture
def http():
    with aioresponses() as mocked:
        yield mocked


@pytest.fixture
async def liner():
    async with LinerClient(HOST, KEY, retry=RetryPolicy(attempts=2, wait_initial=0)) as client:
        yield client


def page(*orders, total=None):
    data = {"list": list(orders), "next": len(orders), "total": total or len(orders)}
    return {"success": True, "message": "", "data": data}


def url(offset, limit):
    """The URL of a page, its query sorted as aioresponses keeps it."""
    return f"{HOST}/v2/order/?limit={limit}&offset={offset}"


async def test_a_page_is_one_get_with_offset_limit_and_the_documented_headers(http, liner):
    """Path, query and headers are the vendor's; nothing else that could matter is sent."""
    http.get(url(20, 10), payload=page(make_order(id=7)), response_class=MockedResponse)
    (order,) = await liner.orders.page(offset=20, limit=10)
    assert order.id == 7
    (((method, target), [call]),) = http.requests.items()
    assert (method, target) == (hdrs.METH_GET, URL(url(20, 10)))
    assert call.kwargs["headers"] == {
        "X-Api-Key": KEY,
        "Content-Type": "application/json",
        "Accept": "application/json",
        "User-Agent": f"liner-async/{__version__}",
    }
    assert call.kwargs["allow_redirects"] is False


async def test_offset_and_limit_are_always_sent(http, liner):
    """The vendor's defaults are not relied on."""
    http.get(url(0, 50), payload=page(), response_class=MockedResponse)
    await liner.orders.page()
    http.get(url(0, 100), payload=page(), response_class=MockedResponse)
    await liner.orders.list()
    http.get(url(0, 1), payload=page(total=77), response_class=MockedResponse, repeat=True)
    assert await liner.orders.count() == 77
    assert [str(target) for _, target in http.requests] == [url(0, 50), url(0, 100), url(0, 1)]


async def test_a_retry_asks_for_the_same_page(http, liner):
    """A 503, then the answer: twice the same URL."""
    http.get(url(0, 50), status=503, response_class=MockedResponse)
    http.get(url(0, 50), payload=page(), response_class=MockedResponse)
    assert list(await liner.orders.page()) == []
    assert [len(calls) for calls in http.requests.values()] == [2]


@pytest.mark.parametrize(
    ("status", "kind", "sent"), [(404, NotFoundError, 1), (500, ServerError, 2)]
)
async def test_errors_are_the_same_under_a_mock(http, liner, status, kind, sent):
    """No feature depends on what a mock of aiohttp leaves out."""
    http.get(url(0, 50), status=status, response_class=MockedResponse, repeat=True)
    with pytest.raises(kind) as caught:
        await liner.orders.page()
    assert caught.value.attempts == sent


def answer(data):
    """An envelope around any data."""
    return {"success": True, "message": "", "data": data}


async def test_one_object_is_one_get_with_its_identifier_in_the_path(http, liner):
    """No query at all."""
    target = f"{HOST}/v2/call-attempt/detail/7/"
    http.get(target, payload=answer({"id": 7, "title": "A"}), response_class=MockedResponse)
    group = await liner.call_attempts.get(7)
    assert group == CallAttemptGroup(id=7, title="A")
    assert [str(url) for _, url in http.requests] == [target]


async def test_a_list_in_one_piece_is_asked_for_without_offset_and_limit(http, liner):
    """And with its filter, where there is one."""
    for target in (f"{HOST}/v2/custom-field/", f"{HOST}/v2/custom-field/?essence=leads"):
        http.get(target, payload=answer([]), response_class=MockedResponse)
    assert len(await liner.custom_fields.list()) == 0
    assert len(await liner.custom_fields.list(essence="leads")) == 0
    assert [str(url) for _, url in http.requests] == [
        f"{HOST}/v2/custom-field/",
        f"{HOST}/v2/custom-field/?essence=leads",
    ]
