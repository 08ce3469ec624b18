"""The one cattrs converter: how a JSON value becomes a model (pure).

`kinds` says what a field is, the strict readers decide which values it may have, and cattrs
generates the function that applies them to a model's fields. A second converter with the same
readers finds every problem of an item. Where two ways of reading differ, this one is right.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from cattrs import ClassValidationError, Converter
from cattrs.gen import make_dict_structure_fn, override

from liner_async._codec.kinds import (
    Kind,
    ModelField,
    fields_of,
    has_extra,
    is_pair,
    once_per_model,
)
from liner_async._codec.mismatch import MismatchError, MissingError
from liner_async._codec.scalars import (
    READERS,
    READERS_BY_WORD,
    Reader,
    array_items,
    check_depth,
    read_key,
)

__all__ = ["field_reader", "mismatches", "structure_function"]

T = TypeVar("T")

_QUICK = Converter(detailed_validation=False)
_DETAILED = Converter(detailed_validation=True)
_COMPARED_EXACTLY = (bool, int, str)
_EXACT = (int, str)


@once_per_model
def structure_function(model: type[T]) -> Callable[[Any], T]:
    """Return the function that makes a model of a JSON object; it raises MismatchError."""
    make, complete = _generate(model, _QUICK), _completed(model)

    def structure(item: Any) -> T:
        whole, extra = complete(item)
        try:
            instance = make(whole, None)
        except KeyError as error:
            raise MissingError(f".{error.args[0]}") from None
        if extra:
            object.__setattr__(instance, "extra", extra)
        return instance

    return structure


def mismatches(model: type[Any], item: Any) -> list[MismatchError]:
    """Return a MismatchError for every field of an item that does not fit."""
    found: list[MismatchError] = []
    try:
        whole, _ = _completed(model)(item)
        _explaining(model)(whole, None)
    except MismatchError as error:
        found = [error]
    except ClassValidationError as error:
        names = {each.name: each.wire_name for each in fields_of(model)}
        found = [
            cause.at(f".{names[note.name]}")
            if isinstance(cause, MismatchError)
            else MissingError(f".{names[note.name]}")
            for cause, note in error.group_exceptions()[0]
        ]
    return found


@once_per_model
def _explaining(model: type[Any]) -> Callable[[Any, Any], Any]:
    return _generate(model, _DETAILED)


def _generate(model: type[T], converter: Converter) -> Callable[[Any, Any], T]:
    overrides: dict[str, Any] = {
        each.name: override(rename=each.wire_name, struct_hook=field_reader(each))
        for each in fields_of(model)
    }
    return make_dict_structure_fn(model, converter, extra=override(omit=True), **overrides)


@once_per_model
def _completed(model: type[Any]) -> Callable[[Any], tuple[dict[str, Any], dict[str, Any]]]:
    """Return the function that adds the optional fields an item lacks and finds the unknown ones.

    cattrs reads a field faster than it looks whether there is one.
    """
    nulls = {each.wire_name: None for each in fields_of(model) if not each.required}
    known = frozenset(each.wire_name for each in fields_of(model))
    keeps_extra = has_extra(model)

    def complete(item: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        if type(item) is not dict:
            raise MismatchError("an object")
        extra: dict[str, Any] = {}
        if keeps_extra and not item.keys() <= known:
            extra = {key: value for key, value in item.items() if key not in known}
            check_depth(extra)
        return {**nulls, **item}, extra

    return complete


def field_reader(field: ModelField) -> Reader:
    """Return the reader of a field: its own, where it asks for one, or that of its kind."""
    if field.reads is None:
        return _reader(field.kind)
    reader = READERS_BY_WORD[field.reads]
    return _or_none(reader) if field.kind.nullable else reader


def _reader(kind: Kind) -> Reader:
    reader = _reader_of_value(kind)
    if not kind.nullable:
        return reader
    # The vendor clears a date-time with null or "".
    return _or_none(
        reader,
        exact=kind.of if kind.of in _COMPARED_EXACTLY else None,
        empty="" if kind.of is datetime else None,
    )


def _reader_of_value(kind: Kind) -> Reader:
    if kind.is_enumeration:
        return _enumeration_reader(kind)
    if kind.of is tuple:
        return _tuple_reader(kind)
    if kind.key is not None:
        return _mapping_reader(kind)
    if kind.of is object:
        return _read_json
    if kind.is_model:
        return _pair_reader(kind.of) if is_pair(kind.of) else _model_reader(kind.of)
    return READERS[kind.of]


def _or_none(reader: Reader, *, exact: type | None = None, empty: str | None = None) -> Reader:
    """Return a reader that takes null as well; values of the class `exact` need no check."""

    def read(value: Any, _: Any = None) -> Any:
        if value is None or type(value) is exact:
            return value
        return None if value == empty else reader(value, _)

    return read


def _enumeration_reader(kind: Kind) -> Reader:
    known: dict[str, str] = {member.value: member for member in kind.of}

    def read(value: Any, _: Any = None) -> str:
        if type(value) is str:
            return known.get(value, value)
        raise MismatchError("a string")

    return read


def _tuple_reader(kind: Kind) -> Reader:
    """Read an array of one kind of item; null is an empty one."""
    assert kind.item is not None  # noqa: S101 - a tuple's kind has one
    read_item = _reader(kind.item)
    exact = kind.item.of if kind.item.of in _EXACT else None

    def read(value: Any, _: Any = None) -> tuple[Any, ...]:
        items = array_items(value)
        for item in items:
            if type(item) is not exact:
                break
        else:
            return tuple(items)
        return tuple([_read_at(read_item, item, f"[{at}]") for at, item in enumerate(items)])

    return read


def _mapping_reader(kind: Kind) -> Reader:
    """Read an object as a mapping; null and PHP's `[]` are empty ones."""
    assert kind.item is not None  # noqa: S101 - a mapping's kind has one
    spelt = read_key if kind.key is int else str
    is_json = kind.item.of is object
    read_item = _reader(kind.item)

    def read(value: Any, _: Any = None) -> dict[Any, Any]:
        if not value and (value is None or type(value) in (list, dict)):
            return {}
        if type(value) is not dict:
            raise MismatchError("an object")
        if is_json:
            check_depth(value)
            return {spelt(key): item for key, item in value.items()}
        # A key is the vendor's data, which no error shows.
        return {spelt(key): _read_at(read_item, item, "[...]") for key, item in value.items()}

    return read


def _pair_reader(model: type[Any]) -> Reader:
    """Read an array that holds the values of a model's fields, in their order."""
    readers = [field_reader(each) for each in fields_of(model)]

    def read(value: Any, _: Any = None) -> Any:
        if type(value) is not list or len(value) != len(readers):
            raise MismatchError(f"an array of {len(readers)} values")
        return model(*[_read_at(reader, value[at], f"[{at}]") for at, reader in enumerate(readers)])

    return read


def _model_reader(model: type[Any]) -> Reader:
    structure = structure_function(model)

    def read(value: Any, _: Any = None) -> Any:
        try:
            return structure(value)
        except MismatchError:
            raise mismatches(model, value)[0] from None  # this one knows its path

    return read


def _read_at(reader: Reader, value: Any, place: str) -> Any:
    try:
        return reader(value, None)
    except MismatchError as error:
        raise error.at(place) from None


def _read_json(value: Any, _: Any = None) -> Any:
    check_depth(value)
    return value
