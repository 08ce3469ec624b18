"""The one cattrs converter: JSON values to models (pure).

A page is decoded fast; only when that fails are its items taken one by one, and the failing one is
decoded again by a converter that collects every problem. Both use the same strict hooks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Generic, Protocol, TypeVar, Union, get_args, get_origin

import attrs
from cattrs import ClassValidationError, Converter
from cattrs.gen import make_dict_structure_fn, override

from liner_async import readers
from liner_async.errors import DecodeError
from liner_async.models import CallHours
from liner_async.models.wire import camel_case
from liner_async.readers import MismatchError, Reader
from liner_async.results import ItemProblem, OnInvalid, Page

__all__ = ["PageDecoder"]

T = TypeVar("T")

# The key under which unknown fields reach the generated code. Should the vendor ever send a field
# of this name, it is an unknown field like any other.
_EXTRA = "(extra)"


class RawPage(Protocol):
    """A page whose items are plain JSON values."""

    @property
    def items(self) -> Sequence[Any]: ...
    @property
    def next(self) -> int | None: ...
    @property
    def total(self) -> int: ...
    @property
    def attempts(self) -> int: ...


class PageDecoder(Generic[T]):
    """Decodes the items of a page into models of one class."""

    def __init__(self, model: type[T]) -> None:
        fields = attrs.fields(model)  # type: ignore[arg-type]  # every model is an attrs class
        self._known = frozenset(camel_case(each.name) for each in fields if each.name != "extra")
        self._structure = _structure_function(model, detailed=False)
        self._explain = _structure_function(model, detailed=True)

    def __call__(
        self, raw: RawPage, *, offset: int, limit: int, on_invalid: OnInvalid = "raise"
    ) -> Page[T]:
        """Make a page of models of a raw one.

        Raises:
            DecodeError: an item does not fit and `on_invalid` is "raise".
        """
        items, problems = self._decode(raw.items, offset, every=on_invalid == "skip")
        if problems and on_invalid == "raise":
            first = problems[0]
            raise DecodeError(
                str(first),
                offset=offset,
                attempts=raw.attempts,
                index=first.index,
                item_id=first.item_id,
                problems=first.fields,
            )
        return Page(
            items=items,
            offset=offset,
            limit=limit,
            next=raw.next,
            total=raw.total,
            problems=problems,
        )

    def _decode(
        self, items: Sequence[Any], offset: int, *, every: bool
    ) -> tuple[tuple[T, ...], tuple[ItemProblem, ...]]:
        """Give the models and the problems; after the first problem stop, unless `every`."""
        try:
            return tuple([self._item(item) for item in items]), ()
        except (MismatchError, KeyError):
            pass
        models: list[T] = []
        problems: list[ItemProblem] = []
        for index, item in enumerate(items):
            fields = self._fields_that_fail(item)
            if not fields:
                models.append(self._item(item))
                continue
            problems.append(
                ItemProblem(offset=offset, index=index, item_id=_id_of(item), fields=fields)
            )
            if not every:
                break
        return tuple(models), tuple(problems)

    def _item(self, item: Any) -> T:
        return self._structure(self._with_extra(item), None)

    def _with_extra(self, item: Any) -> dict[str, Any]:
        if type(item) is not dict:
            raise MismatchError("an object")
        if item.keys() <= self._known:
            return item
        extra = {key: value for key, value in item.items() if key not in self._known}
        readers.check_depth(extra)
        return {**item, _EXTRA: extra}

    def _fields_that_fail(self, item: Any) -> tuple[str, ...]:
        try:
            self._explain(self._with_extra(item), None)
        except MismatchError as error:
            return (f"expected {error.expected}",)
        except ClassValidationError as error:
            return tuple(_describe(cause, note.name) for cause, note in error.group_exceptions()[0])
        return ()


def _describe(cause: Exception, attribute: str) -> str:
    name = camel_case(attribute)
    if isinstance(cause, MismatchError):
        return f"{name}{cause.path}: expected {cause.expected}"
    return f"{name}: required, but missing"


def _id_of(item: Any) -> int | None:
    try:
        return readers.read_identifier(item["id"])
    except (MismatchError, KeyError, TypeError):
        return None


def _structure_function(model: type[T], *, detailed: bool) -> Callable[[Any, Any], T]:
    converter = Converter(detailed_validation=detailed)
    for kind, reader in {
        int: readers.read_int,
        str: readers.read_str,
        bool: readers.read_bool,
        datetime: readers.read_datetime,
        date: readers.read_date,
        time: readers.read_time,
        CallHours: readers.read_call_hours,
    }.items():
        converter.register_structure_hook(kind, reader)
    converter.register_structure_hook_func(_is_custom_values, readers.read_custom_values)
    converter.register_structure_hook_factory(_is_tuple, _tuple_reader)
    converter.register_structure_hook_factory(_is_union, _union_reader)
    overrides = {
        each.name: override(
            rename=_EXTRA if each.name == "extra" else camel_case(each.name),
            struct_hook=_FIELD_READERS.get(each.name),
        )
        for each in attrs.fields(model)  # type: ignore[arg-type]  # an attrs class
    }
    return make_dict_structure_fn(model, converter, **overrides)  # type: ignore[arg-type]  # attrs


def _take(value: Any, _: Any) -> Any:
    return value


_FIELD_READERS: Mapping[str, Reader] = {"id": readers.read_identifier, "extra": _take}


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
    exact = {item_kind} if item_kind in (int, str) else set()

    def read(value: Any, _: Any) -> tuple[Any, ...]:
        if type(value) is list and (not value or set(map(type, value)) == exact):
            return tuple(value)
        items = readers.sequence_values(value)
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
