"""Malformed bodies: a real page, broken in a way that a seed decides (pure)."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Any, Final

from liner_async.testing import fake_orders
from liner_async.testing.bodies import render

__all__ = ["MUTATIONS", "PAGE", "mutated"]

_ROWS = 3


PAGE: Final = render(
    {
        "success": True,
        "message": "",
        "data": {"list": fake_orders(_ROWS), "next": _ROWS, "total": 1000},
    }
)
"""Three orders in the documented envelope."""

_RAW = "@@raw@@"
_PLACE = json.dumps(_RAW).encode()

_VALUES: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, -1, 1, 1.5, -0.0, 10**18, 2**63, 1e308),
    *("", "x", "12", "true", "\x00", "\x1b[2J\r\n", "\u202e", "💥" * 50, "0" * 5000),
    "a" * 100_000,
    *([], {}, [None], [[]], [{}], {"0": 1, "2": 3}, {"a": []}, {"": None}, [1, "2", None]),
    *(
        "24:00",
        "25:99",
        "09:00:00",
        "\u0660\u0669:\u0660\u0660",
        "2024-02-30",
        "2024-13-45",
        "-001-01-01",
    ),
    *("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2024-01-01T00:00:00"),
    *("2024-01-01T00:00:00+99:99", "2024-01-01T24:00:00Z", "2024-01-01T00:00:60Z"),
    *("2024-01-01T00:00:00.1234567890123Z", "2024-W01-1T00:00Z", "20240101T000000Z", "now"),
)
_HOSTILE: Final = (
    *(b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-1e999", b"1E400", b"9" * 4301, b"-0"),
    *(b"9" * 400, b"0x10", b"01", b"1_000", b"+1", b".5", b"1.", b"1e", b"0.1e-400", b"--1"),
    *(b'"\\ud800"', b'"\\udc00\\ud800"', b'"\\u0000"', b'"\\x41"', b'"\xff"', b'"\xed\xa0\x80"'),
    *(b"", b",", b"'x'", b"undefined", b"[1,]", b'{"a":1,}', b"/**/1", b"\xef\xbb\xbf1"),
    b"0." + b"3" * 10_000,
)
_CODECS: Final = ("utf-16", "utf-16-le", "utf-32", "cp1251", "latin-1", "utf-7", "koi8-r")


def mutated(seed: int) -> bytes:
    """Return the page after one to three mutations; the same seed gives the same bytes."""
    chance = Random(seed)
    body = PAGE
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        body = chance.choice(MUTATIONS)(body, chance)
    return body


def _flip_bits(body: bytes, chance: Random) -> bytes:
    changed = bytearray(body)
    for _ in range(chance.choice((1, 1, 2, 8, 64))):
        if changed:
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _replace_bytes(body: bytes, chance: Random) -> bytes:
    changed = bytearray(body)
    for _ in range(chance.choice((1, 1, 3))):
        if changed:
            place = chance.randrange(len(changed))
            changed[place] = chance.choice(b'{}[]",:0-+.eE\\/tfn\x00\xff ')
    return bytes(changed)


def _cut(body: bytes, chance: Random) -> bytes:
    place = chance.randrange(len(body) + 1)
    return body[:place] if chance.random() < 0.8 else body[place:]


def _splice(body: bytes, chance: Random) -> bytes:
    start, place = chance.randrange(len(body) + 1), chance.randrange(len(body) + 1)
    piece = body[start : start + chance.choice((1, 10, 300, 5000))]
    return body[:place] + piece * chance.choice((1, 1, 2, 20)) + body[place + chance.randrange(9) :]


def _drop_piece(body: bytes, chance: Random) -> bytes:
    place = chance.randrange(len(body) + 1)
    return body[:place] + body[place + chance.choice((1, 2, 10, 300)) :]


def _wrap(body: bytes, chance: Random) -> bytes:
    before = chance.choice((b"", b"\xef\xbb\xbf", b" \r\n\t", b"[", b"\x00", b")]}',\n", b"<html>"))
    after = chance.choice((b"", b"\n", b"\x00", b"]", b"{}", body[:200], b"<!-- -->"))
    return before + body + after


def _encode(body: bytes, chance: Random) -> bytes:
    return body.decode("utf-8", "replace").encode(chance.choice(_CODECS), "replace")


def _change_tree(body: bytes, chance: Random) -> bytes:
    """Replace, remove, rename or exchange values of the JSON tree, where the body is JSON."""
    try:
        tree = json.loads(body)
        for _ in range(chance.choice((1, 1, 2, 5))):
            _change_a_place(tree, chance)
        return render(tree).replace(_PLACE, chance.choice(_HOSTILE))
    except (ValueError, RecursionError):
        return _flip_bits(body, chance)


def _change_a_place(tree: object, chance: Random) -> None:
    holder, key = _place(_start(tree, chance), chance)
    if holder is None:
        return
    match chance.randrange(12):
        case 0 if isinstance(holder, dict):
            del holder[key]
        case 1 if isinstance(holder, dict):
            holder[chance.choice((*holder, "", "(extra)", "__class__", "id"))] = holder[key]
        case 2:
            other, place = _place(tree, chance)
            if other is not None and not isinstance(other[place], dict | list):
                holder[key] = other[place]
        case 3:
            holder[key] = _RAW
        case _:
            holder[key] = deepcopy(chance.choice(_VALUES))


def _start(tree: Any, chance: Random) -> Any:
    """Return one of the orders, where they are still in place, or else the whole tree."""
    try:
        return chance.choice(tree["data"]["list"]) if chance.random() < 0.8 else tree
    except (KeyError, TypeError, IndexError):
        return tree


def _place(tree: object, chance: Random) -> tuple[Any, Any]:
    """Descend at random; return a container and a key of it, or nothing."""
    holder, key, node = None, None, tree
    while isinstance(node, dict | list) and node and (holder is None or chance.random() < 0.85):
        holder = node
        key = chance.choice(list(node)) if isinstance(node, dict) else chance.randrange(len(node))
        node = node[key]
    return holder, key


def _nest(body: bytes, chance: Random) -> bytes:
    """Put brackets around a value, a few or very many."""
    depth = chance.choice((2, 30, 300, 990, 1_100, 20_000))
    opening, closing = chance.choice(((b"[", b"]"), (b'{"a":', b"}")))
    place = body.find(b":", chance.randrange(len(body) + 1)) + 1
    end = body.find(b",", place)
    end = len(body) if end < 0 else end
    inner = body[place:end] or b"1"
    return body[:place] + opening * depth + inner + closing * depth + body[end:]


def _duplicate_key(body: bytes, chance: Random) -> bytes:
    place = body.find(b"{", chance.randrange(len(body) + 1)) + 1
    name = chance.choice((b'"id"', b'"data"', b'"list"', b'"total"', b'"success"', b'"status"'))
    return body[:place] + name + b":" + chance.choice(_HOSTILE) + b"," + body[place:]


MUTATIONS: Final[tuple[Callable[[bytes, Random], bytes], ...]] = (
    _flip_bits,
    _replace_bytes,
    _cut,
    _splice,
    _drop_piece,
    _wrap,
    _encode,
    *(_change_tree,) * 8,
    _nest,
    _duplicate_key,
)
"""Mutations of a body; changes to the tree, which reach deepest, come most often."""
