"""The SDK's decoder as the benchmarks call it: the only module here that looks below the API."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from liner_async import DecodeError, Order
from liner_async._codec.decoder import Decoder, decoder_of
from liner_async._transport.credentials import ApiKey
from liner_async._transport.envelope import Response, read_page

__all__ = ["check", "decode", "decode_items", "fresh_decoder"]

_KEY = ApiKey("benchmark-key")


def check(body: bytes) -> Sequence[Any]:
    """Check the envelope of a page's body; return its items, which are still to be decoded."""
    return read_page(Response(status=200, body=body), _KEY).rows


def decode_items(rows: Sequence[Any], decoder: Decoder[Order] | None = None) -> Sequence[Order]:
    """Decode the items of a page, by the shared decoder unless another is given."""
    page = (decoder or decoder_of(Order)).page(rows, offset=0)
    if page.problems:
        raise DecodeError.of(page.problems[0], attempts=1)
    return page.items


def decode(body: bytes) -> Sequence[Order]:
    """Check and decode a page, as a run does with every body."""
    return decode_items(check(body))


def fresh_decoder() -> Callable[[bytes], Sequence[Order]]:
    """Return the same with a decoder of its own, which learns only from what it reads itself."""
    decoder = Decoder(Order)
    return lambda body: decode_items(check(body), decoder)
