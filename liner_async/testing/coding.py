"""Content codings, right and wrong."""

from __future__ import annotations

import gzip
import zlib
from functools import lru_cache
from typing import Final, Literal

import attrs

from liner_async.testing.answers import JSON_HEADERS, Answer

__all__ = ["Coding", "bomb", "coded"]

Coding = Literal["gzip", "cut gzip", "corrupt gzip"]
"""Gzip as it should be; its first half under a length that agrees; with a wrong byte inside."""

_GZIP_HEADER: Final = 10  # bytes
_MEGABYTE: Final = 2**20


def coded(answer: Answer, coding: Coding) -> Answer:
    """Return the answer with its body compressed, and broken if the coding says so."""
    body = gzip.compress(answer.body, compresslevel=1, mtime=0)
    if coding == "cut gzip":
        body = body[: len(body) // 2]
    elif coding == "corrupt gzip":
        # 0xff begins a block of a kind that deflate reserves.
        body = body[:_GZIP_HEADER] + b"\xff" * 4 + body[_GZIP_HEADER + 4 :]
    return attrs.evolve(answer, body=body, headers={**answer.headers, "Content-Encoding": "gzip"})


@lru_cache(maxsize=2)
def bomb(size: int) -> Answer:
    """Return a 200 whose body is a thousandth of the `size` bytes of spaces that it unpacks to."""
    packer = zlib.compressobj(level=9, wbits=31)
    spaces = b" " * _MEGABYTE
    pieces = [packer.compress(spaces) for _ in range(size // _MEGABYTE)]
    pieces.append(packer.compress(spaces[: size % _MEGABYTE]))
    body = b"".join((*pieces, packer.flush()))
    return Answer(200, body, {**JSON_HEADERS, "Content-Encoding": "gzip"})
