"""A model's twin: a struct that msgspec reads an item into, field by field (pure).

Only values that msgspec and cattrs read alike are left to msgspec; the others are read loosely, and
cattrs' own reader makes the model's value of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from enum import Enum, StrEnum
from functools import partial
from typing import Annotated, Any

import msgspec
from attrs import evolve, frozen

from liner_async._codec.json_text import parse
from liner_async._codec.kinds import Kind, ModelField, camel_case, fields_of, is_pair
from liner_async._codec.scalars import Reader
from liner_async._codec.structure import field_reader

__all__ = ["TwinField", "twin_field", "twin_of"]

_LONGEST_SHARED = 512  # bytes of JSON
_MOST_SHARED = 4096
_LARGEST_KEY = 2**63 - 1
_IMMUTABLE = (int, float, str, date, time, datetime)
_EITHER: Mapping[str | None, tuple[type, type]] = {"flag": (int, bool), "text": (str, int)}
"""What a field that asks for a reader may hold: its own class, or one that the reader converts."""

_SHALLOW = 5  # levels: more than vendors nest, and cheap to make a decoder for


@frozen(kw_only=True)
class TwinField:
    """How a field is read.

    Attributes:
        name: its name in the model, and in the twin.
        twin: its type in the twin.
        default: its value where an item lacks it.
        is_required: whether every item has it.
        expression: what the generated code makes of the twin's value, by the name of `VALUE`.
        hook: what the expression calls, by the name of `hook`.
    """

    name: str
    twin: Any
    default: Any = None
    is_required: bool = False
    expression: str = "VALUE"
    hook: Any = None

    @property
    def member(self) -> tuple[Any, ...]:
        """The field as `msgspec.defstruct` wants it."""
        return (self.name, self.twin) if self.is_required else (self.name, self.twin, self.default)


def twin_of(
    name: str, fields: Sequence[TwinField], unknown: Mapping[str, str], *, loose: frozenset[str]
) -> type[Any]:
    """Return the struct of these fields; `unknown` maps further names, the vendor's, to its own.

    Values under its own names are too shallow to need a depth check, unless `loose`.
    """
    wire_names = {ours: theirs for theirs, ours in unknown.items()}
    others = [(ours, Any if ours in loose else _shallow(), msgspec.UNSET) for ours in wire_names]
    return msgspec.defstruct(
        f"{name}Twin",
        [*(each.member for each in fields), *others],
        rename=lambda ours: wire_names.get(ours) or camel_case(ours),
        kw_only=True,
        forbid_unknown_fields=True,
        gc=False,
    )


def twin_field(each: ModelField, *, loose: bool) -> TwinField:
    """Choose how a field is read; a value not known to be read alike is left to its reader."""
    field = partial(TwinField, name=each.name, is_required=each.required)
    by_reader = field(twin=Any, expression="hook(VALUE, None)", hook=field_reader(each))
    kind = each.kind
    if loose:
        return by_reader
    if each.reads is not None:
        return _by_word(each, by_reader)
    if kind.is_enumeration and (members := _open_enumeration(kind.of)) is not None:
        return field(twin=_or_none(members, kind))
    if kind.of in (int, float, str, bool):
        return field(twin=_or_none(kind.of, kind))
    if kind.of is datetime:
        return field(twin=_or_none(Annotated[datetime, msgspec.Meta(tz=True)], kind))
    if kind.key is not None and (value := _value_type(kind)) is not None:
        key = Annotated[int, msgspec.Meta(gt=0, le=_LARGEST_KEY)] if kind.key is int else str
        as_php_writes_it = Annotated[list[Any], msgspec.Meta(max_length=0)]
        mapping: Any = dict[key, value]  # type: ignore[valid-type]  # chosen above
        return field(twin=mapping | as_php_writes_it | None, expression="VALUE or {}")
    if kind.of is tuple and kind.item in (Kind(of=int), Kind(of=str)):
        twin = tuple[int, ...] if kind.item == Kind(of=int) else tuple[str, ...]
        return field(twin=twin | None, expression="VALUE or ()")
    if kind.of is tuple and kind.item is not None and _is_immutable(kind.item):
        shared = _Shared(field_reader(each))
        null = msgspec.Raw(b"null")
        return field(twin=msgspec.Raw, default=null, expression="hook[bytes(VALUE)]", hook=shared)
    return by_reader


def _by_word(each: ModelField, by_reader: TwinField) -> TwinField:
    """Choose how to read a field that asks for a reader."""
    if each.reads == "identifier" and not each.kind.nullable:
        return evolve(by_reader, twin=Annotated[int, msgspec.Meta(gt=0)], expression="VALUE")
    if each.reads in _EITHER:
        usual, other = _EITHER[each.reads]
        expression = f"VALUE if VALUE.__class__ is not {other.__name__} else hook(VALUE, None)"
        return evolve(by_reader, twin=_or_none(usual | other, each.kind), expression=expression)
    return by_reader


def _or_none(twin: Any, kind: Kind) -> Any:
    return twin | None if kind.nullable else twin


def _open_enumeration(known: type[StrEnum]) -> Any:
    """Return an enumeration that msgspec reads as the members of this one; None if it does not.

    msgspec looks a text up in Enum's own table of values, before it makes a `str` of it, and hands
    a text that is not there to `_missing_`, which here returns it. Only the latter is documented.
    """
    members = {member.value: member for member in known}
    make: Any = Enum  # or mypy looks for the members of a class that is written out
    twin = make("Twin", {member.name: member.value for member in known})
    twin._missing_ = str
    twin._value2member_map_.clear()
    twin._value2member_map_.update(members)
    texts = [*members, "\n".join(members)]  # the last one is no member's
    listed: Any = list[twin]  # type: ignore[valid-type]  # made above
    try:
        found = msgspec.json.decode(msgspec.json.encode(texts), type=listed)
    except (msgspec.MsgspecError, TypeError):
        return None
    is_read = [*map(type, found)] == [known] * len(members) + [str] and found == texts
    return twin if is_read else None


def _value_type(kind: Kind) -> Any:
    """Return what msgspec may read as the values of a mapping; None where a reader must."""
    if kind.item == Kind(of=object):
        return _shallow()
    return kind.item.of if kind.item in (Kind(of=int), Kind(of=str), Kind(of=bool)) else None


def _shallow() -> Any:
    """Return the type of JSON that needs no depth check."""
    scalar = str | int | float | bool | None
    value: Any = scalar
    for _ in range(_SHALLOW):
        value = scalar | list[value] | dict[str, value]
    return value


def _is_immutable(kind: Kind) -> bool:
    if kind.is_model and is_pair(kind.of):
        return all(_is_immutable(each.kind) for each in fields_of(kind.of))
    return kind.of in _IMMUTABLE or kind.is_enumeration


class _Shared(dict[bytes, Any]):
    """Immutable values by their JSON: equal ones are read once, and are one object."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self._reader = reader

    def __missing__(self, text: bytes) -> Any:
        value = self._reader(parse(text), None)
        if len(text) <= _LONGEST_SHARED and len(self) < _MOST_SHARED:
            self[text] = value
        return value
