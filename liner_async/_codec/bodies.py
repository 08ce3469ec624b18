"""Bodies of creates and updates: which fields they hold, and which must be there (pure).

A problem names a field and what was expected of it, never a value.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from attrs import field, frozen

from liner_async._codec.kinds import camel_case, fields_of, nullable_keys
from liner_async._codec.mismatch import MismatchError
from liner_async._codec.unstructure import JsonValue
from liner_async._codec.writers import Writer, write_at, write_json, writer_of
from liner_async.errors import ConfigError

__all__ = ["BodyType", "encode"]

_LARGEST_BODY = 2**20


@frozen(kw_only=True)
class _Field:
    """A field of a body: the vendor's name, its writer, and whether it may be cleared."""

    wire_name: str
    write: Writer
    nullable: bool


@frozen(kw_only=True)
class BodyType:
    """What the body of a create or of an update may hold.

    Attributes:
        fields: a TypedDict of the names that may be written; its `extra` takes all other fields by
            the vendor's names.
        model: the model whose annotations say what each value may be.
        is_new: whether it makes an object. Then what is required must be there, and None leaves a
            field out; in an update None clears it.
        defaults: what is sent where a name is not given.
        needs: of each of these groups, at least one name must be given.
    """

    fields: type[Any]
    model: type[Any]
    is_new: bool
    defaults: Mapping[str, Any] = field(factory=dict)
    needs: tuple[tuple[str, ...], ...] = ()

    def unknown(self, values: Mapping[Any, Any]) -> list[Any]:
        """Return the keys that are no names of fields."""
        return [name for name in values if name not in self.names]

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of the fields, `extra` among them."""
        return frozenset(self.fields.__annotations__)

    @cached_property
    def required(self) -> tuple[str, ...]:
        """The names that a new object must have, in their documented order."""
        needed = self.fields.__required_keys__ if self.is_new else ()
        return tuple(name for name in self.fields.__annotations__ if name in needed)

    @cached_property
    def written(self) -> dict[str, _Field]:
        """The fields by name, in their documented order, without `extra`."""
        known = {each.name: each for each in fields_of(self.model)}
        nullable = nullable_keys(self.fields)
        return {
            name: _Field(
                wire_name=known[name].wire_name,
                write=writer_of(known[name]),
                nullable=name in nullable,
            )
            for name in self.fields.__annotations__
            if name != "extra"
        }


def encode(body: BodyType, values: object) -> bytes | ConfigError:
    """Return the body that these values make, or the error that says what is wrong with them.

    The error is returned and not raised, so that no traceback leads from it to the values.
    """
    wire = _checked(body, values)
    if isinstance(wire, str):
        return ConfigError(wire)
    encoded = json.dumps(wire, ensure_ascii=False, allow_nan=False).encode()
    if len(encoded) > _LARGEST_BODY:
        return ConfigError(f"the body is larger than {_LARGEST_BODY >> 20} MiB")
    return encoded


def _checked(body: BodyType, values: object) -> dict[str, JsonValue] | str:
    """Return the body as JSON, or what is wrong."""
    if not isinstance(values, Mapping):
        return "expected a mapping of fields by name"
    if unknown := body.unknown(values):
        return f"{_quoted(unknown[0])} is not a field; send it in `extra`, by the vendor's name"
    given = dict(values)
    if body.is_new:
        given = {**body.defaults, **{name: of for name, of in given.items() if of is not None}}
        if missing := [name for name in body.required if name not in given]:
            return f"{', '.join(missing)}: required, but missing"
    for group in body.needs:
        if all(given.get(name) in (None, "") for name in group):
            return f"one of these is required: {', '.join(group)}"
    try:
        wire = _written(body, given)
    except MismatchError as mismatch:
        return str(mismatch)
    return wire or "nothing to change: no field is given"


def _written(body: BodyType, given: Mapping[str, Any]) -> dict[str, JsonValue]:
    """Return the given fields as JSON, in the documented order."""
    wire = {}
    for name, known in body.written.items():
        if name in given:
            value = given[name]
            clears = value is None and known.nullable
            wire[known.wire_name] = None if clears else write_at(name, known.write, value)
    extra = given.get("extra")
    return wire if extra is None else wire | _extra(body, extra)


def _extra(body: BodyType, extra: object) -> dict[str, JsonValue]:
    """Return fields that go out as they are."""
    if not isinstance(extra, Mapping) or not all(isinstance(name, str) for name in extra):
        raise MismatchError("a mapping of values by the vendor's names", "extra")
    ours = body.fields.__annotations__.keys()
    for name in extra:
        if name in ours or name in map(camel_case, ours):
            raise MismatchError("no field that has an argument of its own", f"extra.{name}")
    written: dict[str, JsonValue] = write_at("extra", write_json, extra)
    return written


def _quoted(name: object) -> str:
    """Return a key if it looks like a field's name: keys of a misread file may be personal data."""
    is_name = isinstance(name, str) and name.isidentifier() and name.isascii() and len(name) <= 40
    return repr(name) if is_name else "a key"
