"""Decoding by msgspec, where the extra `speed` is installed (pure).

msgspec reads a page into twins: structs made from a model's fields, so a new model costs nothing.
A function generated from the same fields turns twins into models. Only what msgspec and cattrs
read alike is left to msgspec; the rest goes through the converter's own hooks. A page that holds
anything else, unknown fields included, is declined, and decoded by cattrs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import partial
from types import NoneType, UnionType
from typing import Annotated, Any, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

import attrs
from attrs import frozen

from liner_async._codec.json_text import parse
from liner_async._codec.scalars import MismatchError, Reader
from liner_async._codec.unstructure import camel_case, vendor_fields
from liner_async.errors import ResponseError

msgspec: Any
try:
    import msgspec
except ImportError:  # the extra "speed" is not installed
    msgspec = None

__all__ = ["Accelerated", "accelerator"]

T = TypeVar("T")
Accelerated = Callable[[bytes], "tuple[T, ...] | None"]
"""Gives the models of a page's body; None where cattrs must decide."""

_LONGEST_SHARED = 512  # bytes of JSON
_MOST_SHARED = 4096
_LARGEST_KEY = 2**63 - 1
_Scalar: TypeAlias = str | int | float | bool | None
_Shallow: TypeAlias = _Scalar | list[_Scalar] | dict[str, _Scalar]
"""What needs no look at how deep it is nested."""


@frozen(kw_only=True)
class _Field:
    """How a field is read.

    Attributes:
        name: its name in the model, and in the twin.
        twin: its type in the twin.
        expression: what the generated code makes of the twin's value, `v`.
        hook: what the expression calls, by the name of `hook`.
    """

    name: str
    twin: Any
    default: Any = None
    is_required: bool = False
    expression: str = "v"
    hook: Any = None

    @property
    def member(self) -> tuple[Any, ...]:
        """The field as `msgspec.defstruct` takes it."""
        return (self.name, self.twin) if self.is_required else (self.name, self.twin, self.default)


def accelerator(
    model: type[T], draft: type[T], hook_of: Callable[[Any], Reader]
) -> Accelerated[T] | None:
    """Make a quick decoder for a model; None without msgspec, or where drafts do not work.

    `hook_of` gives cattrs' structure hook of a type.
    """
    if msgspec is None or draft is model:
        return None
    hints = get_type_hints(model)
    fields = [_field(each, hints[each.name], hook_of) for each in vendor_fields(model)]
    decode = _page_decoder(model.__name__, fields)
    build = _build_function(model, draft, fields)
    declined = (msgspec.MsgspecError, MismatchError, ResponseError, ValueError, RecursionError)

    def accelerated(body: bytes) -> tuple[T, ...] | None:
        try:
            return tuple(build(decode(body).data.list))
        except declined:
            return None

    return accelerated


def _field(attribute: attrs.Attribute[Any], kind: Any, hook_of: Callable[[Any], Reader]) -> _Field:
    """Choose how a field is read; what is not known to be read alike is left to its hook."""
    field = partial(_Field, name=attribute.name, is_required=attribute.default is attrs.NOTHING)
    if attribute.name == "id":
        return field(twin=Annotated[int, msgspec.Meta(gt=0)])
    members = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
    enumeration = next((each for each in members if _is_enumeration(each)), None)
    if enumeration is not None:
        known = {member.value: member for member in enumeration}
        twin = str | None if NoneType in members else str
        return field(twin=twin, expression="hook(v, v)", hook=known.get)
    if members[0] in (int, str, bool):
        return field(twin=kind)
    if members[0] is datetime:
        aware = Annotated[datetime, msgspec.Meta(tz=True)]
        return field(twin=aware | None if NoneType in members else aware)
    if get_origin(kind) is Mapping and get_args(kind)[0] is int:
        key = Annotated[int, msgspec.Meta(gt=0, le=_LARGEST_KEY)]
        as_php_writes_it = Annotated[list[Any], msgspec.Meta(max_length=0)]
        return field(twin=dict[key, _Shallow] | as_php_writes_it | None, expression="v or {}")
    hook = hook_of(kind)
    if kind in (tuple[int, ...], tuple[str, ...]):
        return field(twin=kind | None, expression="v or ()")
    if get_origin(kind) is tuple:
        absent = msgspec.Raw(b"null")
        shared = _Shared(hook, kind)
        return field(twin=msgspec.Raw, default=absent, expression="hook[bytes(v)]", hook=shared)
    return field(twin=Any, expression="hook(v, None)", hook=hook)


def _is_enumeration(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, StrEnum)


class _Shared(dict[bytes, Any]):
    """Immutable values by their JSON: equal ones are read once, and are one object."""

    def __init__(self, hook: Reader, kind: Any) -> None:
        super().__init__()
        self._hook = hook
        self._kind = kind

    def __missing__(self, text: bytes) -> Any:
        value = self._hook(parse(text), self._kind)
        if len(text) <= _LONGEST_SHARED and len(self) < _MOST_SHARED:
            self[text] = value
        return value


def _page_decoder(name: str, fields: Sequence[_Field]) -> Callable[[bytes], Any]:
    twin = msgspec.defstruct(
        f"{name}Twin",
        [each.member for each in fields],
        rename=camel_case,
        kw_only=True,
        forbid_unknown_fields=True,
        gc=False,
    )
    data = msgspec.defstruct("Data", [("list", list[twin])], gc=False)  # type: ignore[valid-type]  # made above
    body = msgspec.defstruct("Body", [("data", data)], gc=False)
    decode: Callable[[bytes], Any] = msgspec.json.Decoder(body).decode
    return decode


def _build_function(
    model: type[T], draft: type[T], fields: Sequence[_Field]
) -> Callable[[list[Any]], list[T]]:
    """Generate the loop that makes models of twins: one plain store for each field."""
    names: dict[str, Any] = {"new": object.__new__, "Draft": draft, "Model": model}
    lines = ["def build(twins):", "    models = []", "    twins.reverse()", "    while twins:"]
    lines += ["        twin = twins.pop()", "        draft = new(Draft)"]
    for each in fields:
        hook = f"hook_{each.name}"
        names[hook] = each.hook
        expression = each.expression.replace("hook", hook)
        lines += [f"        v = twin.{each.name}", f"        draft.{each.name} = {expression}"]
    lines += ["        draft.extra = {}", "        draft.__class__ = Model"]
    lines += ["        models.append(draft)", "    return models"]
    exec("\n".join(lines), names)  # noqa: S102 - made of the names of a model's fields
    build: Callable[[list[Any]], list[T]] = names["build"]
    return build
