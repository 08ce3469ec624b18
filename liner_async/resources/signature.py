"""Options that are typed once, and still show by name wherever a method is looked at (pure)."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, ForwardRef, TypeVar

import attrs

from liner_async._paging.options import Options

__all__ = ["spelled_out"]

Method = TypeVar("Method", bound=Callable[..., Any])

_DEFAULTS = {each.name: each.default for each in attrs.fields(Options)}


def spelled_out(options: type[Any]) -> Callable[[Method], Method]:
    """Write the options that a method takes as `**options` into its signature.

    `help()`, a notebook's completion and everything else that asks `inspect` then sees each by its
    name, type and default; type checkers read the `Unpack` of the same TypedDict.
    """
    types = options.__annotations__
    spelled = [
        inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=_text(types[name])
        )
        for name, default in _DEFAULTS.items()
        if name in types
    ]

    def spell(method: Method) -> Method:
        signature = inspect.signature(method)
        *named, _ = signature.parameters.values()
        method.__signature__ = signature.replace(  # type: ignore[attr-defined]  # inspect reads it
            parameters=[*named, *spelled]
        )
        return method

    return spell


def _text(annotation: Any) -> Any:
    return annotation.__forward_arg__ if isinstance(annotation, ForwardRef) else annotation
