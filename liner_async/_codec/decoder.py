"""A page's body to a page of models (pure).

A page is decoded fast; only when that fails are its items taken one by one, and those that do not
fit are looked at again for every problem they have.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, Protocol, TypeVar

import attrs

from liner_async._codec import scalars
from liner_async._codec.drafts import draft_of
from liner_async._codec.fast import accelerator
from liner_async._codec.json_text import parse
from liner_async._codec.scalars import MismatchError
from liner_async._codec.structure import explain_function, hook_of, structure_function
from liner_async._codec.unstructure import camel_case, vendor_fields
from liner_async._paging.results import ItemProblem, OnInvalid, Page
from liner_async.errors import DecodeError

__all__ = ["PageDecoder"]

T = TypeVar("T")


class RawPage(Protocol):
    """A page as it came: its envelope is sound, its items are not looked at."""

    @property
    def body(self) -> bytes: ...
    @property
    def next(self) -> int | None: ...
    @property
    def total(self) -> int: ...
    @property
    def attempts(self) -> int: ...


class PageDecoder(Generic[T]):
    """Decodes pages into models of one class.

    With the extra `speed` a page is first tried by the accelerator; what it does not take is
    decoded by cattrs, which decides what an item means. `accelerate=False` does without.
    """

    def __init__(self, model: type[T], *, accelerate: bool = True) -> None:
        draft = draft_of(model)
        self._accelerated = accelerator(model, draft, hook_of) if accelerate else None
        self._structure = structure_function(draft)
        self._explain = explain_function(model)
        fields = vendor_fields(model)
        self._known = frozenset(camel_case(each.name) for each in fields)
        optional = [each for each in fields if each.default is not attrs.NOTHING]
        self._nulls = dict.fromkeys(camel_case(each.name) for each in optional)

    def __call__(
        self, raw: RawPage, *, offset: int, limit: int, on_invalid: OnInvalid = "raise"
    ) -> Page[T]:
        """Make a page of models of a raw one.

        Raises:
            DecodeError: an item does not fit and `on_invalid` is "raise".
            ResponseError: the JSON of an item holds what cannot be read.
        """
        items, problems = self._decode(raw.body, offset, every=on_invalid == "skip")
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
        self, body: bytes, offset: int, *, every: bool
    ) -> tuple[tuple[T, ...], tuple[ItemProblem, ...]]:
        """Give the models and the problems; after the first problem stop, unless `every`."""
        models = self._accelerated(body) if self._accelerated is not None else None
        if models is not None:
            return models, ()
        listed = parse(body)["data"]["list"]
        items = listed if type(listed) is list else []  # PHP writes an empty array as an object
        try:
            return tuple([self._item(item) for item in items]), ()
        except (MismatchError, KeyError):
            return self._decode_one_by_one(items, offset, every=every)

    def _decode_one_by_one(
        self, items: Sequence[Any], offset: int, *, every: bool
    ) -> tuple[tuple[T, ...], tuple[ItemProblem, ...]]:
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
        if type(item) is not dict:
            raise MismatchError("an object")
        if len(item) == len(self._known):
            try:  # not by `suppress`, which costs as much as ten fields
                return self._structure(item, None)
            except KeyError:  # as many fields, but not the same
                pass
        extra = self._extra(item)
        model = self._structure({**self._nulls, **item}, None)
        object.__setattr__(model, "extra", extra)
        return model

    def _extra(self, item: dict[str, Any]) -> dict[str, Any]:
        extra = {key: value for key, value in item.items() if key not in self._known}
        scalars.check_depth(extra)
        return extra

    def _fields_that_fail(self, item: Any) -> tuple[str, ...]:
        if type(item) is not dict:
            return ("expected an object",)
        try:
            self._extra(item)
        except MismatchError as error:
            return (f"expected {error.expected}",)
        return self._explain(item)


def _id_of(item: Any) -> int | None:
    try:
        return scalars.read_identifier(item["id"])
    except (MismatchError, KeyError, TypeError):
        return None
