"""The SDK's inner layers, one by one: the only module here that knows more than public names."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from liner_async import LinerClient, Order
from liner_async._codec.decoder import PageDecoder
from liner_async._transport.envelope import RawPage, Reply, read_page
from liner_async._transport.request import ApiKey

__all__ = ["accelerated", "decode", "decode_raw", "fetch", "judge_and_decode"]

_KEY = ApiKey("benchmark-key")
_decode = PageDecoder(Order)


def accelerated(_: dict[str, Any]) -> dict[str, Any]:
    """Tell, as the answer of a worker, whether the extra `speed` is at work here."""
    return {"accelerated": _decode._accelerated is not None}  # noqa: SLF001 - nobody else knows


def decode(body: bytes) -> Sequence[Order]:
    """Decode a page, bytes to orders, without a look at what its envelope says."""
    return decode_raw(RawPage(body=body, next=None, total=0))


def judge_and_decode(body: bytes) -> Sequence[Order]:
    """Parse the envelope, then decode the page, as a run does with every body."""
    return decode_raw(read_page(Reply(status=200, body=body), _KEY))


def decode_raw(raw: Any) -> Sequence[Order]:
    """Decode a page whose envelope is judged."""
    return _decode(raw, offset=0, limit=100).items


def fetch(liner: LinerClient, offset: int, limit: int) -> asyncio.Task[Any]:
    """Start the request for a page: slots, gate, retries and envelope, but no decoding."""
    return liner.orders._fetch(offset, limit)  # noqa: SLF001 - this layer is what is measured
