"""Strict writers of single values: Python values, or their JSON forms, to JSON (pure).

A writer returns the JSON of a value, or raises MismatchError, which says what was expected and
where inside the value, never what was there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, TypeAlias

from liner_async._codec.kinds import Kind, ModelField, fields_of
from liner_async._codec.mismatch import MismatchError
from liner_async._codec.scalars import READERS, read_key
from liner_async._codec.unstructure import JsonValue, to_wire

__all__ = ["Writer", "write_at", "write_json", "writer_of"]

Writer: TypeAlias = Callable[[Any], JsonValue]

_DEEPEST = 64
_TOO_LARGE = 2**63
_OF_AN_IDENTIFIER = ("_id", "_ids")
_WORDS: Mapping[int | None, str] = {0: "an integer of at least 0", 1: "an integer greater than 0"}


def writer_of(field: ModelField) -> Writer:
    """Return the writer of a model's field; a field called `..._id` holds an identifier."""
    if field.reads == "text":
        return _write_text
    is_identifier = field.name.endswith(_OF_AN_IDENTIFIER)
    return _writer(field.kind, least=1 if is_identifier else field.metadata.get("least"))


def _writer(kind: Kind, *, least: int | None = None) -> Writer:
    """Return the writer of a kind of value; integers in it are at least so large."""
    if kind.of is tuple and kind.item is not None:
        return partial(_write_items, _writer(kind.item, least=least))
    if kind.of is Mapping and kind.item is not None:
        return partial(
            _write_map, _write_key if kind.key is int else _write_str, _writer(kind.item)
        )
    if kind.is_model:
        return partial(_write_row, kind.of, [writer_of(each) for each in fields_of(kind.of)])
    if kind.is_enumeration:
        return _write_str
    if kind.of is int:
        return partial(_write_int, least=least)
    return _WRITERS.get(kind.of) or partial(_write_stamp, kind.of)


def _write_int(value: Any, *, least: int | None = None) -> int:
    is_integer = isinstance(value, int) and not isinstance(value, bool)
    if is_integer and (-_TOO_LARGE if least is None else least) <= value < _TOO_LARGE:
        return int(value)
    raise MismatchError(_WORDS.get(least, "an integer"))


def _write_bool(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise MismatchError("True or False")


def _write_str(value: Any) -> str:
    if isinstance(value, str):
        text = str.__str__(value)  # a member of a str enumeration is its value
        try:
            text.encode()
        except UnicodeEncodeError:
            raise MismatchError("text without half characters") from None
        return text
    raise MismatchError("text")


def _write_text(value: Any) -> str:
    """Write text, and an integer as its digits: the vendor's samples mix the two."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return str(_write_int(value)) if is_number else _write_str(value)


def _write_stamp(kind: type, value: Any) -> JsonValue:
    """Write a day or a time of day, or its JSON form; no endpoint takes a date with a time."""
    is_zoned = isinstance(value, datetime) or getattr(value, "tzinfo", None) is not None
    if isinstance(value, kind) and not is_zoned:
        return to_wire(value)
    return to_wire(READERS[kind](value, kind))


def _write_items(write: Writer, value: Any) -> list[JsonValue]:
    if not isinstance(value, Sequence) or isinstance(value, str | bytes | bytearray):
        raise MismatchError("a sequence")
    return [write_at(f"[{place}]", write, item) for place, item in enumerate(value)]


def _write_row(model: type[Any], writers: list[Writer], value: Any) -> list[JsonValue]:
    """Write what the vendor writes as an array, such as CallHours."""
    if isinstance(value, model):
        value = [getattr(value, each.name) for each in fields_of(model)]
    is_row = isinstance(value, Sequence) and not isinstance(value, str | bytes)
    if not is_row or len(value) != len(writers):
        raise MismatchError(f"{model.__name__}, or {len(writers)} values")
    return [
        write_at(f"[{place}]", write, item)
        for place, (write, item) in enumerate(zip(writers, value, strict=True))
    ]


def _write_map(write_key: Writer, write: Writer, value: Any) -> dict[str, JsonValue]:
    if not isinstance(value, Mapping):
        raise MismatchError("a mapping")
    keyed = [(write_key(key), item) for key, item in value.items()]
    return {key: write_at(f"[{key}]", write, item) for key, item in keyed}


def _write_key(key: Any) -> str:
    """Write a key that is an identifier, as an integer or as its digits."""
    return str(_write_int(read_key(key) if isinstance(key, str) else key, least=1))


def write_json(value: Any, *, levels: int = _DEEPEST) -> JsonValue:
    """Write any JSON value; mappings and sequences as objects and arrays."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _write_str(value)
    if isinstance(value, int):
        return _write_int(value)
    if isinstance(value, float) and math.isfinite(value):
        return float(value)
    if not levels:
        raise MismatchError(f"values nested at most {_DEEPEST} levels deep")
    deeper = partial(write_json, levels=levels - 1)
    if isinstance(value, Mapping):
        return {_write_str(key): deeper(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [deeper(item) for item in value]
    raise MismatchError("a JSON value")


def write_at(place: str, write: Writer, value: Any) -> JsonValue:
    """Write a value that stands at a place, which a mismatch names."""
    try:
        return write(value)
    except MismatchError as mismatch:
        raise mismatch.at(place) from None


_WRITERS: Mapping[Any, Writer] = {
    bool: _write_bool,
    str: _write_str,
    object: write_json,
}
