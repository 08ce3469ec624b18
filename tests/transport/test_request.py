"""One request: how logs show it."""

from __future__ import annotations

import attrs
import pytest

from liner_async._transport.request import Request

PAGE = Request(path="/v2/order/", query=(("offset", 100), ("limit", 50)))


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
