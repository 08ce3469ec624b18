"""Options that are typed once and still show by name in every signature (pure)."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ForwardRef, TypeVar

import attrs

from liner_async._paging.options import Options

__all__ = ["UNCHANGED", "spelled_out", "unexpected_argument"]

Method = TypeVar("Method", bound=Callable[..., Any])


class _Unchanged:
    """The shown default of a field that an update leaves alone."""

    def __repr__(self) -> str:
        return "<unchanged>"


UNCHANGED = _Unchanged()
"""The default that an update's fields show: neither None nor a value."""

_DEFAULTS = {each.name: each.default for each in attrs.fields(Options)}


def spelled_out(
    options: type[Any],
    *,
    default: object = None,
    defaults: Mapping[str, object] = _DEFAULTS,
) -> Callable[[Method], Method]:
    """Write what a method takes as `**options` into its signature.

    `help()`, a notebook's completion and everything else that asks `inspect` then sees each by its
    name, type and default; type checkers read the `Unpack` of the same TypedDict.

    Args:
        options: a TypedDict: the options of a list or of a bulk, or the fields of a body.
        default: the default to show for options that are not required and not in `defaults`.
        defaults: the defaults to show, by option; those of a list unless given.
    """
    types = options.__annotations__
    shown = {name: default for name in types if name not in options.__required_keys__}
    shown |= defaults
    spelled = [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=shown.get(name, inspect.Parameter.empty),
            annotation=_text(types[name]),
        )
        for name in dict.fromkeys((*filter(types.__contains__, defaults), *types))
    ]

    def spell(method: Method) -> Method:
        signature = inspect.signature(method)
        *named, _ = signature.parameters.values()
        method.__signature__ = signature.replace(  # type: ignore[attr-defined]  # inspect reads it
            parameters=[*named, *spelled]
        )
        return method

    return spell


def unexpected_argument(method: str, name: str, known: Iterable[str]) -> TypeError:
    """Return the error for an argument that a method does not have, worded as Python words it.

    Args:
        method: what to call the method, such as "leads.list".
        name: the argument.
        known: those that the method has; the nearest is suggested.
    """
    import difflib  # noqa: PLC0415 - only for a mistake

    nearest = difflib.get_close_matches(name, known, n=1)
    hint = f". Did you mean {nearest[0]!r}?" if nearest else ""
    if name == "limit":
        hint = ": `max_items` is the most items to hand out"
    return TypeError(f"{method}() got an unexpected keyword argument {name!r}{hint}")


def _text(annotation: Any) -> Any:
    return annotation.__forward_arg__ if isinstance(annotation, ForwardRef) else annotation
