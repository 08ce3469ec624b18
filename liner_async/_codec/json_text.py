"""Strict JSON: what counts as a JSON body, and what a page says of itself (pure).

`peek` checks a body without building its items, which can then wait as raw JSON. It leaves whatever
it is not sure of to `parse`, and only that refuses.
"""

from __future__ import annotations

import json
import math
import re
from codecs import utf_8_decode
from collections.abc import Sequence
from typing import Any, NoReturn

import msgspec
from attrs import field, frozen

from liner_async.errors import ResponseError

__all__ = ["Listing", "parse", "peek"]

_OK = 200
_BOM = b"\xef\xbb\xbf"
_PIECE = 32 * 2**10  # bytes; a whole page is more than allocators keep at hand
_DEEPEST = 500  # levels: less than any supported Python can parse
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")
_BACKSLASH = ord("\\")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")  # begins with a literal, which is searched for fast
_PAIR = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")


def parse(body: bytes) -> Any:
    """Return the value of a JSON text, read as UTF-8 whatever the headers say.

    Of duplicate keys the last one wins.

    Raises:
        ResponseError: it is not JSON (`reason` "json"), or it holds half characters, NaN, Infinity
            or an oversized integer ("shape"), or is nested too deeply ("nesting").
    """
    problem, reason = "the body is not JSON", "json"
    try:
        _check_nesting(body)
        value = _DECODER.decode(body.removeprefix(_BOM).decode("utf-8"))
        if not _has_half_a_character(body):
            return value
        problem, reason = "the body holds half a character (a lone surrogate)", "shape"
    except (json.JSONDecodeError, UnicodeDecodeError):
        pass
    except RecursionError:
        problem, reason = "the body is nested too deeply", "nesting"
    except ValueError:  # an integer of thousands of digits, NaN, Infinity
        problem, reason = "the body holds NaN, Infinity or an oversized integer", "shape"
    # Raised out here: a JSON error carries the whole body.
    raise ResponseError(problem, status=_OK, reason=reason)


def _check_nesting(body: bytes) -> None:
    """Raise RecursionError for JSON nested so deeply that some Python could not parse it."""
    if body.count(b"[") + body.count(b"{") <= _DEEPEST:
        return
    depth = 0
    for bracket in _BRACKET.finditer(_STRING.sub(b"", body)):
        depth += 1 if bracket[0] in b"[{" else -1
        if depth > _DEEPEST:
            raise RecursionError


def _has_half_a_character(body: bytes) -> bool:
    """Return whether sound JSON escapes a surrogate that is not one of a pair."""
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


@frozen(kw_only=True)
class Listing:
    """What a list's answer holds.

    Attributes:
        rows: its items: raw JSON, or parsed already.
        total: how many items the list has.
        next: where the server says that the list continues.
        is_page: whether it came as a page object; otherwise as a bare array.
    """

    rows: Sequence[Any] = field(repr=False)
    total: int
    next: int | None = None
    is_page: bool = True


class _Data(msgspec.Struct, gc=False, kw_only=True):
    rows: list[msgspec.Raw] = msgspec.field(name="list")
    total: int
    next: int | None = None


class _Envelope(msgspec.Struct, gc=False):
    success: bool
    data: _Data | list[msgspec.Raw]
    message: str | None = None


_envelope = msgspec.json.Decoder(_Envelope).decode
_UNSURE = (msgspec.MsgspecError, ValueError, RecursionError)


def peek(body: bytes) -> Listing | None:
    """Return what a body lists if its JSON is sound; None where only `parse` can tell."""
    try:
        if not body.isascii():
            _check_utf_8(body)  # msgspec does not look into the texts that it skips
        envelope = _envelope(body)
    except _UNSURE:
        return None
    data = envelope.data
    if envelope.success is not True:
        return None
    if isinstance(data, list):
        return Listing(rows=data, total=len(data), is_page=False)
    return None if data.total < 0 else Listing(rows=data.rows, total=data.total, next=data.next)


def _check_utf_8(body: bytes) -> None:
    """Raise UnicodeDecodeError for what is not UTF-8; in pieces, which is three times as fast."""
    view, start, size = memoryview(body), 0, len(body)
    while start < size:
        end = start + _PIECE
        start += utf_8_decode(view[start:end], "strict", end >= size)[1]
