"""One request: its URL, and how logs show it."""

from __future__ import annotations

import attrs
import pytest

from liner_async._transport.request import Request

PAGE = Request(path="/v2/order/", query=(("offset", 100), ("limit", 50)))


def test_the_url_is_base_path_and_query():
    """A path of the host's own stays in front."""
    assert PAGE.url("https://proxy.example/liner") == (
        "https://proxy.example/liner/v2/order/?offset=100&limit=50"
    )


def test_without_a_query_there_is_no_question_mark():
    """The path alone."""
    assert Request(path="/v2/order/").url("https://a.example") == "https://a.example/v2/order/"


def test_names_may_repeat_and_everything_is_encoded():
    """As the vendor's samples send lists and periods, in the order given."""
    query = (("createdAt[0]", "2024-01-01T00:00:00Z"), ("orderIds[]", 1), ("orderIds[]", 2))
    assert Request(path="/v2/lead/", query=query).url("https://a.example") == (
        "https://a.example/v2/lead/?createdAt%5B0%5D=2024-01-01T00%3A00%3A00Z"
        "&orderIds%5B%5D=1&orderIds%5B%5D=2"
    )


def test_the_log_shows_method_path_offset_and_limit():
    """And no host, no header, no filter, no body."""
    assert str(PAGE) == "GET /v2/order/ offset=100 limit=50"
    assert str(Request(path="/v2/order/")) == "GET /v2/order/"
    filtered = Request(method="POST", path="/", query=(("essence", "leads"),), body=b"secret")
    assert str(filtered) == "POST /"
    assert "secret" not in repr(filtered)


def test_a_number_is_found_by_its_name():
    """Text and other names are not numbers."""
    request = Request(path="/", query=(("offset", "5"), ("limit", 7)))
    assert (request.number("offset"), request.number("limit")) == (None, 7)


def test_a_request_is_frozen():
    """It is sent again as it was."""
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        PAGE.path = "/other"
