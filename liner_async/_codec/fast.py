"""The fast path: items read by msgspec, several times as fast as by cattrs (pure).

msgspec reads an item into a twin of its model; a generated function makes models of twins. cattrs
decides about items that the twin rejects, and the twin learns from them where it can: it gains the
unknown field, or reads that field loosely from then on. So a field that the vendor adds is slow
only once.

Frozen models are built as drafts: objects of a subclass that stores plainly and at the end takes
the model's class. That relies on CPython, so it is tested before it is used.
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import length_hint
from typing import Any, Generic, NoReturn, TypeVar

import attrs
import msgspec
from attrs import frozen

from liner_async._codec.kinds import fields_of, has_extra
from liner_async._codec.mismatch import MismatchError
from liner_async._codec.scalars import check_depth
from liner_async._codec.twin import TwinField, twin_field, twin_of
from liner_async.errors import ResponseError

__all__ = ["FastReader"]

T = TypeVar("T")

_MOST_LEARNED = 32  # unknown names
_DECLINED = (msgspec.MsgspecError, MismatchError, ResponseError, ValueError, RecursionError)
_FIELD_IN_ERROR = re.compile(r"`\$\.([^.`\[]+)")


@frozen
class _Steps:
    """The two steps of reading: raw item to twin, and an iterator of twins to models.

    All twins of a page are made before the first model: that keeps the caches warm, and takes 4 %
    less time than one after the other.
    """

    decode: Callable[[msgspec.Raw], Any]
    build: Callable[[Iterator[Any], list[Any]], None]


class FastReader(Generic[T]):
    """Reads the raw items of pages into models of one class.

    Attributes:
        learned: the vendor's names of fields that the model does not know and the twin does, 32 at
            most, with their names in the twin.
        loose: the twin's names of fields whose values are left to cattrs' readers.
        _steps: how items are read now.
    """

    def __init__(self, model: type[T]) -> None:
        self._model = model
        self._draft = _draft_of(model)
        self._names = {each.wire_name: each.name for each in fields_of(model)}
        self.learned: dict[str, str] = {}
        self.loose: frozenset[str] = frozenset()
        self._steps = self._generate()

    def declined(
        self, rows: Sequence[msgspec.Raw], models: list[T]
    ) -> Iterator[tuple[msgspec.Raw, Exception]]:
        """Append the models of rows, and yield each row that cattrs must read, with the reason.

        The caller appends the row's model, if there is one, before it takes the next row.
        """
        pending = iter(rows)
        while length_hint(pending):
            first, steps = len(rows) - length_hint(pending), self._steps
            twins: list[Any] = []
            refusal: Exception | None = None
            try:
                twins.extend(map(steps.decode, pending))
            except _DECLINED as error:
                refusal = error.with_traceback(None)  # which would keep the page alive
            unbuilt = iter(twins)
            while True:
                try:
                    steps.build(unbuilt, models)
                except _DECLINED as error:
                    refused = error.with_traceback(None)
                else:
                    break
                yield rows[first + len(twins) - length_hint(unbuilt) - 1], refused
            if refusal is not None:
                yield rows[first + len(twins)], refusal

    def learn(self, refusal: Exception, model: T) -> None:
        """Note what an item had that cattrs reads and the twin did not."""
        extra: Mapping[str, Any] = getattr(model, "extra", {})
        names = [name for name in extra if name not in self.learned and _can_be_learned(name)]
        names = names[: _MOST_LEARNED - len(self.learned)]
        found = _FIELD_IN_ERROR.search(str(refusal))
        known = self.learned | self._names
        loose = {known[found[1]]} if found and found[1] in known else set()
        if not names and loose <= self.loose:
            return
        # Replaced, not changed: a thread that reads meanwhile goes on with what it has.
        fields = [f"unknown_{number}" for number in range(len(self.learned), _MOST_LEARNED)]
        self.learned = {**self.learned, **dict(zip(names, fields, strict=False))}
        self.loose |= loose
        self._steps = self._generate()

    def _generate(self) -> _Steps:
        if self._draft is None:
            return _Steps(_decline, _build_none)
        learned, loose = self.learned, self.loose
        fields = [twin_field(each, loose=each.name in loose) for each in fields_of(self._model)]
        twin = twin_of(self._model.__name__, fields, learned, loose=loose)
        build = _build_function(self._model, self._draft, fields, learned, loose=loose)
        return _Steps(msgspec.json.Decoder(twin).decode, build)


def _build_function(
    model: type[Any],
    draft: type[Any],
    fields: Sequence[TwinField],
    learned: Mapping[str, str],
    *,
    loose: frozenset[str],
) -> Callable[[Iterator[Any], list[Any]], None]:
    """Generate the loop that makes models of twins: one plain store for each field."""
    names: dict[str, Any] = {"new": object.__new__, "Draft": draft, "Model": model}
    names |= {"UNSET": msgspec.UNSET, "checked": _checked}
    lines = ["def build(twins, models):", "    append = models.append"]
    lines += ["    for twin in twins:", "        draft = new(Draft)"]
    for each in fields:
        names[f"hook_{each.name}"] = each.hook
        value = each.expression.replace("hook", f"hook_{each.name}")
        lines += [f"        draft.{each.name} = {value.replace('VALUE', f'twin.{each.name}')}"]
    if has_extra(model):
        lines += ["        draft.extra = extra = {}"]
    for wire_name, name in learned.items():
        lines += [f"        v = twin.{name}", "        if v is not UNSET:"]
        kept = "checked(v)" if name in loose else "v"
        lines += [f"            extra[{wire_name!r}] = {kept}"]
    lines += ["        draft.__class__ = Model", "        append(draft)"]
    exec("\n".join(lines), names)  # noqa: S102 - made of the names of fields; others are quoted
    build: Callable[[Iterator[Any], list[Any]], None] = names["build"]
    return build


def _can_be_learned(name: str) -> bool:
    """Return whether msgspec takes this for the name of a field."""
    return name.isprintable() and '"' not in name and "\\" not in name


def _checked(value: Any) -> Any:
    check_depth(value, depth=1)  # inside `extra`
    return value


def _decline(_: msgspec.Raw) -> NoReturn:
    raise MismatchError("a Python on which drafts work")


def _build_none(_: Iterator[Any], __: list[Any]) -> None:
    """Build nothing: where every item is declined, there are no twins."""


def _draft_of(model: type[T]) -> type[T] | None:
    """Return a subclass that stores plainly and whose objects can become the model's, if it can."""
    # Both methods, or CPython takes the slow way for each store.
    plainly = {"__setattr__": object.__setattr__, "__delattr__": object.__delattr__}
    try:
        draft = type(f"{model.__name__}Draft", (model,), {"__slots__": (), **plainly})
        return draft if _works(draft, model) else None
    except (TypeError, AttributeError, ValueError, pickle.PicklingError):
        return None


def _works(draft: type[Any], model: type[Any]) -> bool:
    """Return whether a finished draft is indistinguishable from an object that the model makes."""
    values = {each.name: each.name for each in attrs.fields(model)}
    ours, theirs = object.__new__(draft), model(**values)
    for name, value in values.items():
        setattr(ours, name, value)
    ours.__class__ = model
    return (
        type(ours) is model
        and ours == theirs
        and repr(ours) == repr(theirs)
        and pickle.loads(pickle.dumps(ours)) == theirs  # noqa: S301 - pickled in this line
        and _is_frozen(ours)
    )


def _is_frozen(value: Any) -> bool:
    name = attrs.fields(type(value))[0].name
    try:
        setattr(value, name, None)
    except attrs.exceptions.FrozenInstanceError:
        return True
    return False
