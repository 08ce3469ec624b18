"""The SDK's decoder as the benchmarks call it: the only module here that looks below the API."""

from __future__ import annotations

from collections.abc import Sequence

from liner_async import Order
from liner_async._codec.decoder import PageDecoder
from liner_async._transport.envelope import RawPage, Reply, read_page
from liner_async._transport.request import ApiKey
from speed.catalogue import PAGE

__all__ = ["check_and_decode", "decode"]

_KEY = ApiKey("benchmark-key")
_decode = PageDecoder(Order)


def decode(body: bytes) -> Sequence[Order]:
    """Decode a page, bytes to orders, without checking what its envelope says."""
    return _decode(RawPage(body=body, next=None, total=0), offset=0, limit=PAGE).items


def check_and_decode(body: bytes) -> Sequence[Order]:
    """Check the envelope, then decode the page, as a run does with every body."""
    raw = read_page(Reply(status=200, body=body), _KEY)
    return _decode(raw, offset=0, limit=PAGE).items
