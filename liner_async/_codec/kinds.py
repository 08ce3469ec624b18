"""Annotations as kinds of values: the one place that takes a model's fields apart (pure).

The reader, the fast path, the writer, Arrow columns and the command line all ask here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import attrs
from attrs import field, frozen

__all__ = [
    "Kind",
    "ModelField",
    "camel_case",
    "fields_of",
    "has_extra",
    "is_pair",
    "nullable_keys",
    "once_per_model",
]

Function = TypeVar("Function", bound=Callable[..., Any])

once_per_model: Callable[[Function], Function] = cache  # type: ignore[assignment]  # of a class
"""Caches a function of a model; mypy doubts that classes are hashable."""

_SCALARS = (bool, int, float, str, datetime, date, time)


@frozen(kw_only=True)
class Kind:
    """What values a field may hold.

    Attributes:
        of: the class of its values: a scalar's, a StrEnum, an attrs class, `tuple` or `Mapping`;
            `object` for any JSON.
        nullable: whether it may be None as well.
        item: the kind of a tuple's items or a mapping's values.
        key: the class of a mapping's keys, int or str.
    """

    of: Any
    nullable: bool = False
    item: Kind | None = None
    key: type | None = None

    @property
    def is_enumeration(self) -> bool:
        """Whether its known values are the members of a StrEnum; unknown ones stay text."""
        return isinstance(self.of, type) and issubclass(self.of, StrEnum)

    @property
    def is_model(self) -> bool:
        """Whether its values are objects with fields of their own."""
        return attrs.has(self.of)


@frozen(kw_only=True)
class ModelField:
    """A field of a model that the vendor has too.

    Attributes:
        name: its name in the model, in snake_case.
        wire_name: the vendor's name, in camelCase.
        kind: what it may hold.
        required: whether the vendor always sends it.
        metadata: what its definition says beside that, such as `reads`.
    """

    name: str
    wire_name: str
    kind: Kind
    required: bool
    metadata: Mapping[Any, Any] = field(repr=False)

    @property
    def reads(self) -> str | None:
        """The word by which the field asks for a reader of its own, such as "flag"."""
        word: str | None = self.metadata.get("reads")
        return word


@once_per_model
def fields_of(model: type[Any]) -> tuple[ModelField, ...]:
    """Return a model's fields as the vendor has them, in order; `extra` is ours and left out.

    Raises:
        TypeError: an annotation is of no kind that the vendor uses.
    """
    hints = get_type_hints(model)
    return tuple(
        ModelField(
            name=each.name,
            wire_name=camel_case(each.name),
            kind=_kind(hints[each.name], where=f"{model.__name__}.{each.name}"),
            required=each.default is attrs.NOTHING,
            metadata=each.metadata,
        )
        for each in attrs.fields(model)
        if each.name != "extra"
    )


@once_per_model
def has_extra(model: type[Any]) -> bool:
    """Return whether a model keeps the fields it does not know."""
    return any(each.name == "extra" for each in attrs.fields(model))


def is_pair(model: type[Any]) -> bool:
    """Return whether the vendor writes a model as an array of its fields' values."""
    return bool(getattr(model, "written_as_array", False))


def camel_case(name: str) -> str:
    """Return the vendor's spelling of a field's name: `sip_endpoint_ids` is `sipEndpointIds`."""
    head, *tail = name.split("_")
    return head + "".join(word.capitalize() for word in tail)


def nullable_keys(typed: type[Any]) -> frozenset[str]:
    """Return the keys of a TypedDict whose values may be None."""
    hints = get_type_hints(typed)
    return frozenset(name for name, of in hints.items() if NoneType in get_args(of))


def _kind(annotation: Any, *, where: str) -> Kind:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        return _union(arguments, where=where)
    if annotation is Any:
        return Kind(of=object)
    if origin is tuple and arguments[1:] == (...,):
        return Kind(of=tuple, item=_kind(arguments[0], where=where))
    if origin is Mapping and arguments[0] in (int, str):
        return Kind(of=Mapping, key=arguments[0], item=_kind(arguments[1], where=where))
    kind = Kind(of=annotation)
    if annotation in _SCALARS or kind.is_enumeration or kind.is_model:
        return kind
    raise TypeError(f"{where} is annotated {annotation!r}, of which no JSON is known")


def _union(members: tuple[Any, ...], *, where: str) -> Kind:
    """Read `T | None` and an open enumeration, `E | str`, perhaps with None."""
    nullable = NoneType in members
    kinds = [_kind(each, where=where) for each in members if each is not NoneType]
    first, *others = kinds
    if others and not (first.is_enumeration and others == [Kind(of=str)]):
        raise TypeError(f"{where} is a union that no JSON value decides")
    return attrs.evolve(first, nullable=nullable)
