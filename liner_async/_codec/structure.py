"""The one cattrs converter: how a JSON value becomes a model's field (pure).

What a value may be is decided by the strict readers; cattrs generates the function that applies
them to a model's fields. A second function of the same hooks collects every problem of an item.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from cattrs import ClassValidationError, Converter
from cattrs.gen import make_dict_structure_fn, override

from liner_async._codec import scalars
from liner_async._codec.scalars import MismatchError, Reader
from liner_async._codec.unstructure import camel_case, vendor_fields
from liner_async.models import CallHours

__all__ = ["explain_function", "hook_of", "structure_function"]

T = TypeVar("T")


def _converter(*, detailed: bool) -> Converter:
    converter = Converter(detailed_validation=detailed)
    for kind, reader in {
        int: scalars.read_int,
        str: scalars.read_str,
        bool: scalars.read_bool,
        datetime: scalars.read_datetime,
        date: scalars.read_date,
        time: scalars.read_time,
        CallHours: scalars.read_call_hours,
    }.items():
        converter.register_structure_hook(kind, reader)
    converter.register_structure_hook_func(_is_custom_values, scalars.read_custom_values)
    converter.register_structure_hook_factory(_is_tuple, _tuple_reader)
    converter.register_structure_hook_factory(_is_union, _union_reader)
    return converter


def structure_function(model: type[T]) -> Callable[[Any, Any], T]:
    """Generate the function that makes a model of a JSON object that has all its fields.

    It raises MismatchError, or KeyError for a field that is missing.
    """
    return _generate(model, _QUICK)


def explain_function(model: type[T]) -> Callable[[Any], tuple[str, ...]]:
    """Generate the function that tells every field that does not fit, never its value."""
    structure = _generate(model, _DETAILED)

    def explain(item: Any) -> tuple[str, ...]:
        try:
            structure(item, None)
        except ClassValidationError as error:
            return tuple(_describe(cause, note.name) for cause, note in error.group_exceptions()[0])
        return ()

    return explain


def _generate(model: type[T], converter: Converter) -> Callable[[Any, Any], T]:
    renames: dict[str, Any] = {
        each.name: override(rename=camel_case(each.name), struct_hook=_FIELD_READERS.get(each.name))
        for each in vendor_fields(model)
    }
    return make_dict_structure_fn(model, converter, extra=override(omit=True), **renames)


def _describe(cause: Exception, attribute: str) -> str:
    name = camel_case(attribute)
    if isinstance(cause, MismatchError):
        return f"{name}{cause.path}: expected {cause.expected}"
    return f"{name}: required, but missing"


_FIELD_READERS: Mapping[str, Reader] = {"id": scalars.read_identifier}


def _is_custom_values(kind: Any) -> bool:
    return get_origin(kind) is Mapping and get_args(kind)[0] is int


def _is_tuple(kind: Any) -> bool:
    return get_origin(kind) is tuple


def _is_union(kind: Any) -> bool:
    return get_origin(kind) in (Union, UnionType)


def _tuple_reader(kind: Any, converter: Converter) -> Reader:
    """Read a JSON array of one kind of item; null is an empty one."""
    item_kind = get_args(kind)[0]
    read_item = converter.get_structure_hook(item_kind)
    exact = item_kind if item_kind in (int, str) else None

    def read(value: Any, _: Any) -> tuple[Any, ...]:
        items = value if type(value) is list else scalars.sequence_values(value)
        for item in items:
            if type(item) is not exact:
                break
        else:
            return tuple(items)
        try:
            return tuple([read_item(item, None) for item in items])
        except MismatchError:
            raise _first_mismatch(read_item, items) from None

    return read


def _first_mismatch(read_item: Reader, items: list[Any]) -> MismatchError:
    for index, item in enumerate(items):
        try:
            read_item(item, None)
        except MismatchError as error:
            return MismatchError(error.expected, f"[{index}]{error.path}")
    raise AssertionError  # pragma: no cover - called only after one of them failed


def _union_reader(kind: Any, converter: Converter) -> Reader:
    """Read `T | None`, an open enumeration (`E | str`), or an open enumeration or None."""
    kinds = [each for each in get_args(kind) if each is not NoneType]
    enumeration = next((each for each in kinds if issubclass(each, StrEnum)), None)
    if enumeration is not None:
        return _enum_reader(enumeration, optional=NoneType in get_args(kind))
    read_value = converter.get_structure_hook(kinds[0])
    exact = kinds[0] if kinds[0] in (int, str, bool) else None
    empty = "" if kinds[0] is datetime else None  # a date and time is cleared with null or ""

    def read(value: Any, _: Any) -> Any:
        if value is None or type(value) is exact:
            return value
        return None if value == empty else read_value(value, _)

    return read


def _enum_reader(enumeration: type[StrEnum], *, optional: bool) -> Reader:
    known: dict[str, StrEnum] = {member.value: member for member in enumeration}

    def read(value: Any, _: Any) -> str | None:
        if type(value) is str:
            return known.get(value, value)
        if value is None and optional:
            return None
        raise MismatchError("a string")

    return read


_QUICK = _converter(detailed=False)
_DETAILED = _converter(detailed=True)
hook_of: Callable[[Any], Reader] = _QUICK.get_structure_hook
"""Gives the reader of a type."""
