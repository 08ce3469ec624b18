"""Strict JSON: what counts as a JSON body, and what a page says of itself (pure).

With the extra `speed`, `peek` checks a page without building its items, which can then wait as
bytes. Whatever it is not sure of it leaves to `parse`, which alone refuses.
"""

from __future__ import annotations

import json
import math
import re
from codecs import utf_8_decode
from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

from attrs import frozen

from liner_async.errors import ResponseError

msgspec: Any
try:
    import msgspec
except ImportError:  # the extra "speed" is not installed
    msgspec = None

__all__ = ["Summary", "can_peek", "parse", "peek"]

_OK = 200
_BOM = b"\xef\xbb\xbf"
_PIECE = 32 * 2**10  # bytes; a whole page is more than allocators keep at hand
_BACKSLASH = ord("\\")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")  # begins with a literal, which is searched for fast
_PAIR = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")


def parse(body: bytes) -> Any:
    """Parse JSON as UTF-8, whatever the headers claim. Of duplicate keys the last one wins.

    Raises:
        ResponseError: it is not JSON (`reason` "json"), or JSON with half characters or with
            numbers that are none ("shape"), or nested too deeply ("nesting").
    """
    problem, reason = "the body is not JSON", "json"
    try:
        value = _DECODER.decode(body.removeprefix(_BOM).decode("utf-8"))
        if not _has_half_a_character(body):
            return value
        problem, reason = "the body holds half a character (a lone surrogate)", "shape"
    except (json.JSONDecodeError, UnicodeDecodeError):
        pass
    except RecursionError:
        problem, reason = "the body is nested too deeply", "nesting"
    except ValueError:  # an integer of thousands of digits, NaN, Infinity
        problem, reason = "the body holds a number that is none", "shape"
    # Raised out here: a JSON error carries the whole body.
    raise ResponseError(problem, status=_OK, reason=reason)


def _has_half_a_character(body: bytes) -> bool:
    """Whether sound JSON escapes a surrogate that is not one of a pair."""
    place = 0
    while found := _SURROGATE.search(body, place):
        start = first = found.start()
        while first > place and body[first - 1] == _BACKSLASH:
            first -= 1
        if (start - first) % 2:  # the second half of an escaped backslash, and a `u` after it
            place = found.end()
        elif pair := _PAIR.match(body, start):
            place = pair.end()
        else:
            return True
    return False


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_finite)


@frozen
class Summary:
    """What a sound page says of itself, its items aside."""

    total: int
    next: int | None


def can_peek() -> bool:
    """Whether `peek` can tell anything, which takes a fifth of the time of `parse`."""
    return _peek is not None


def peek(body: bytes) -> Summary | None:
    """Give the summary of a page whose JSON is sound; None where only `parse` can tell."""
    return _peek(body) if _peek is not None else None


def _peek_function() -> Callable[[bytes], Summary | None] | None:
    if msgspec is None:
        return None
    struct = partial(msgspec.defstruct, forbid_unknown_fields=True, gc=False)
    data = struct("Data", [("list", msgspec.Raw), ("total", int), ("next", int | None, None)])
    envelope = struct(
        "Envelope", [("success", bool), ("data", data), ("message", str | None, None)]
    )
    decode: Callable[[bytes], Any] = msgspec.json.Decoder(envelope).decode
    unsure = (msgspec.MsgspecError, ValueError, RecursionError)

    def peek_by_msgspec(body: bytes) -> Summary | None:
        try:
            if not body.isascii():
                _check_utf_8(body)  # msgspec does not look into the texts that it skips
            page = decode(body)
        except unsure:
            return None
        data = page.data
        if page.success is not True or data.total < 0 or bytes(data.list)[:1] != b"[":
            return None
        return Summary(data.total, data.next)

    return peek_by_msgspec


def _check_utf_8(body: bytes) -> None:
    """Raise UnicodeDecodeError if need be; by pieces, which take a third of the time of a whole."""
    view, start, size = memoryview(body), 0, len(body)
    while start < size:
        end = start + _PIECE
        start += utf_8_decode(view[start:end], "strict", end >= size)[1]


_peek = _peek_function()
