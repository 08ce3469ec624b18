"""What decoding is compared with: plain cattrs, which is strict about little, and dicts."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import Any, get_args, get_type_hints

import attrs
from cattrs import Converter
from cattrs.gen import make_dict_structure_fn, override

from liner_async import END_OF_DAY, CallHours, Order

__all__ = ["Decode", "orjson_dicts", "plain_cattrs"]

Decode = Callable[[bytes], Any]


def plain_cattrs() -> Decode:
    """Return a decoder of json and cattrs as they come, with hooks for what cattrs cannot read.

    Its class has the fields and types of `Order`, but closed enumerations and no `extra`.
    """
    kinds = {**get_type_hints(Order), "custom_values": Mapping[int, Any]}
    known = [each for each in attrs.fields(Order) if each.name != "extra"]
    fields = {
        each.name: attrs.field(default=each.default, type=_closed(kinds[each.name]))
        for each in known
    }
    plain = attrs.make_class("PlainOrder", fields, frozen=True, kw_only=True)
    converter = Converter()
    converter.register_structure_hook(datetime, lambda value, _: datetime.fromisoformat(value))
    converter.register_structure_hook(date, lambda value, _: date.fromisoformat(value))
    converter.register_structure_hook(CallHours, lambda pair, _: CallHours(*map(_clock, pair)))
    renames = {name: override(rename=_camel_case(name)) for name in fields}
    converter.register_structure_hook(plain, make_dict_structure_fn(plain, converter, **renames))
    return lambda body: converter.structure(json.loads(body)["data"]["list"], list[plain])


def orjson_dicts() -> Decode:
    """Return a decoder that stops at orjson's dicts; needs orjson."""
    from orjson import loads  # noqa: PLC0415 - not installed wherever the tests run

    return lambda body: loads(body)["data"]["list"]


def _closed(kind: Any) -> Any:
    """Return the type without `str` where an enumeration stands beside it."""
    options = get_args(kind)
    if not any(isinstance(each, type) and issubclass(each, StrEnum) for each in options):
        return kind
    return reduce(or_, [each for each in options if each is not str])


def _camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


def _clock(text: str) -> time:
    return END_OF_DAY if text == "24:00" else time.fromisoformat(text)
