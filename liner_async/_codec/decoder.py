"""Items to models: one, or those of a page (pure).

Each item is read by the fast path where possible, and otherwise by cattrs, which alone decides
whether it fits. An item that does not fit is read again to find every problem.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Generic, TypeVar

from attrs import frozen
from msgspec import Raw

from liner_async._codec.fast import FastReader
from liner_async._codec.json_text import parse
from liner_async._codec.kinds import once_per_model
from liner_async._codec.mismatch import MismatchError
from liner_async._codec.scalars import read_identifier
from liner_async._codec.structure import mismatches, structure_function
from liner_async.errors import DecodeError, ItemProblem

__all__ = ["Decoded", "Decoder", "decoder_of"]

T = TypeVar("T")


@frozen
class Decoded(Generic[T]):
    """The models of a page's items, and what is wrong with the others."""

    items: tuple[T, ...]
    problems: tuple[ItemProblem, ...] = ()


class Decoder(Generic[T]):
    """Makes models of one class."""

    def __init__(self, model: type[T]) -> None:
        self._model = model
        self._structure = structure_function(model)
        self._fast = FastReader(model)

    def item(self, data: Any) -> T:
        """Return the model of one object, as `json.loads` returns it.

        Raises:
            DecodeError: it does not fit.
        """
        try:
            return self._structure(data)
        except MismatchError:
            fields, item_id = self._mismatches(data), _id_of(data)
        # Raised out here: a traceback must not lead to the data.
        name = self._model.__name__ if item_id is None else f"{self._model.__name__} {item_id}"
        raise DecodeError(f"{name}: {'; '.join(fields)}", item_id=item_id, problems=fields)

    def page(self, rows: Sequence[Any], *, offset: int, skip_invalid: bool = False) -> Decoded[T]:
        """Return the models of a page's items, which are raw JSON, or parsed already.

        After the first item that does not fit, the rest is left unread, unless `skip_invalid`.

        Raises:
            ResponseError: the JSON of an item holds what cannot be read.
        """
        items: list[T] = []
        problems: list[ItemProblem] = []
        declined: Iterable[tuple[Any, Exception | None]] = ((row, None) for row in rows)
        if rows and type(rows[0]) is Raw:
            declined = self._fast.declined(rows, items)
        for row, refusal in declined:
            data = parse(bytes(row)) if type(row) is Raw else row
            try:
                item = self._structure(data)
            except MismatchError:
                index = len(items) + len(problems)
                fields = self._mismatches(data)
                problems.append(
                    ItemProblem(offset=offset, index=index, item_id=_id_of(data), fields=fields)
                )
                if not skip_invalid:
                    break
                continue
            items.append(item)
            if refusal is not None:
                self._fast.learn(refusal, item)
        return Decoded(tuple(items), tuple(problems))

    def _mismatches(self, data: Any) -> tuple[str, ...]:
        return tuple(str(each) for each in mismatches(self._model, data))


@once_per_model
def decoder_of(model: type[T]) -> Decoder[T]:
    """Return the shared decoder of a model, which takes a few milliseconds to make."""
    return Decoder(model)


def _id_of(data: Any) -> int | None:
    try:
        return read_identifier(data["id"])
    except (MismatchError, KeyError, TypeError):
        return None
