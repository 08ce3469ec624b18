"""The SDK's decoder as the benchmarks call it: the only module here that looks below the API."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from liner_async import DecodeError, Order
from liner_async._codec.decoder import Decoder, decoder_of
from liner_async._codec.fast import FastReader
from liner_async._transport.credentials import ApiKey
from liner_async._transport.envelope import Response, read_page

__all__ = ["check", "decode", "decode_items", "forget", "fresh_decoder", "fresh_item_decoder"]

_KEY = ApiKey("benchmark-key")


def check(body: bytes) -> Sequence[Any]:
    """Check the envelope of a page's body; return its items, which are still to be decoded."""
    return read_page(Response(status=200, body=body), _KEY).rows


def decode_items(rows: Sequence[Any], decoder: Decoder[Any] | None = None) -> Sequence[Any]:
    """Decode the items of a page, by the shared decoder of orders unless another is given."""
    page = (decoder or decoder_of(Order)).page(rows, offset=0)
    if page.problems:
        raise DecodeError.of(page.problems[0], attempts=1)
    return page.items


def decode(body: bytes) -> Sequence[Any]:
    """Check and decode a page of orders, as a run does with every body."""
    return decode_items(check(body))


def forget() -> None:
    """Let the shared decoder of orders forget what untidy rows have taught it."""
    decoder_of(Order)._fast = FastReader(Order)  # noqa: SLF001 - no user needs this


def fresh_decoder(model: type[Any] = Order) -> Callable[[bytes], Sequence[Any]]:
    """Return the same with a decoder of its own, which learns only from what it reads itself."""
    decoder = Decoder(model)
    return lambda body: decode_items(check(body), decoder)


def fresh_item_decoder(model: type[Any]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """Return a decoder of its own for the items of pages whose envelope is checked already."""
    return partial(decode_items, decoder=Decoder(model))
