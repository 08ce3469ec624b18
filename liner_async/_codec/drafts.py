"""Frozen models built quickly (pure).

The `__init__` of a frozen class stores each field through `object.__setattr__`, which takes as long
as reading the JSON. A draft is a subclass that stores plainly and at the end becomes the model by
giving itself the model's class. That leans on CPython, so it is tried out first; where it does not
hold, the model itself is used.
"""

from __future__ import annotations

import pickle
from typing import Any, TypeVar, get_type_hints

import attrs

__all__ = ["draft_of"]

T = TypeVar("T")


def draft_of(model: type[T]) -> type[T]:
    """Give a class that takes every field of the model but `extra`, and makes the model's objects.

    A model's field `extra` is an empty dict until somebody stores another there.
    """
    try:
        draft = _make(model)
        return draft if _works(draft, model) else model
    except (TypeError, AttributeError, ValueError, pickle.PicklingError):
        return model


def _make(model: type[T]) -> type[T]:
    def become_model(self: Any) -> None:
        self.__class__ = model

    methods = {
        # Both, or CPython takes the slow way for each store.
        "__setattr__": object.__setattr__,
        "__delattr__": object.__delattr__,
        "__attrs_post_init__": become_model,
    }
    kinds = get_type_hints(model)
    fields = {
        each.name: attrs.field(type=kinds[each.name])
        for each in _fields(model)
        if each.name != "extra"
    }
    fields["extra"] = attrs.field(type=kinds["extra"], factory=dict, init=False)
    return attrs.make_class(
        f"{model.__name__}Draft",
        fields,
        bases=(model,),
        class_body=methods,
        slots=True,
        frozen=False,
        eq=False,
        repr=False,
    )


def _works(draft: type[T], model: type[T]) -> bool:
    """Whether what a draft makes cannot be told from what the model makes."""
    values: dict[str, Any] = {
        each.name: each.name for each in _fields(model) if each.name != "extra"
    }
    ours, theirs = draft(**values), model(**values)
    return (
        type(ours) is model
        and ours == theirs
        and repr(ours) == repr(theirs)
        and pickle.loads(pickle.dumps(ours)) == theirs  # noqa: S301 - pickled in this line
        and _is_frozen(ours)
    )


def _is_frozen(value: object) -> bool:
    name = _fields(type(value))[0].name
    try:
        setattr(value, name, None)
    except attrs.exceptions.FrozenInstanceError:
        return True
    return False


def _fields(model: type[Any]) -> tuple[attrs.Attribute[Any], ...]:
    return attrs.fields(model)  # type: ignore[no-any-return]  # every model is an attrs class
