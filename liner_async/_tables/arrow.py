"""Models as Arrow tables: a column for each field, typed by its annotation (pure).

pyarrow is imported when the first frame is made, so the package works without it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from importlib import import_module
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import attrs

from liner_async._codec.kinds import Kind, camel_case, fields_of, has_extra
from liner_async._extras import needs_extra
from liner_async.errors import ConfigError, DecodeError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["ROWS_PER_BATCH", "Frame", "arrow_schema", "joined", "needed"]

T = TypeVar("T")

ROWS_PER_BATCH = 10_000
"""Rows that are converted or collected at once."""

_EXTRA = Kind(of=Mapping, key=str, item=Kind(of=object))
_json_text = json.JSONEncoder(ensure_ascii=False).encode


def arrow_schema(model: type[Any], *, columns: Sequence[str] | None = None) -> pa.Schema:
    """Return the Arrow schema of a model: the columns of every table made of its objects.

    Args:
        model: such as `Order`.
        columns: the fields to take, in this order; None for all.

    Raises:
        ConfigError: a column is unknown or named twice, or none is named.
        ModuleNotFoundError: pyarrow is not installed (extra `arrow`).
    """
    return Frame(model, columns).schema


def needed(module: str, *, extra: str) -> Any:
    """Import a module that comes with an extra.

    Raises:
        ModuleNotFoundError: it is not installed; the text names the extra.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        raise ModuleNotFoundError(needs_extra(f"a {module} table", extra), name=module) from error


def joined(batches: Sequence[pa.RecordBatch]) -> pa.RecordBatch:
    """Return one record batch of several that have the same schema."""
    if len(batches) == 1:
        return batches[0]
    table = needed("pyarrow", extra="arrow").Table.from_batches(batches)
    (batch,) = table.combine_chunks().to_batches()
    return batch


@attrs.frozen(kw_only=True)
class _Column:
    """One field of a model: its Arrow type, and how its values are written for pyarrow."""

    name: str
    type: Any
    write: Callable[[Any], Any] | None
    nullable: bool

    def values(self, items: Sequence[Any]) -> list[Any]:
        found = map(attrgetter(self.name), items)
        return list(found if self.write is None else map(self.write, found))


class Frame(Generic[T]):
    """The columns of a model, or some of them: their schema, and what makes rows of items."""

    def __init__(self, model: type[T], columns: Sequence[str] | None = None) -> None:
        self._pa = needed("pyarrow", extra="arrow")
        known = {each.name: each for each in _columns(model, self._pa)}
        self._columns = [known[name] for name in _chosen(tuple(known), columns)]
        self.schema: pa.Schema = self._pa.schema(
            [self._pa.field(each.name, each.type, nullable=each.nullable) for each in self._columns]
        )

    def batch(self, items: Sequence[T], *, first: int = 0) -> pa.RecordBatch:
        """Return a record batch of items; `first` is the number of the first, for errors.

        Raises:
            DecodeError: a value does not fit its column, such as an integer of more than 64 bits.
        """
        try:
            arrays = [self._pa.array(each.values(items), each.type) for each in self._columns]
        except (ValueError, OverflowError):
            failure = self._first_failure(items, first)
        else:
            return self._pa.RecordBatch.from_arrays(arrays, schema=self.schema)
        raise failure

    def table(self, items: Sequence[T]) -> pa.Table:
        """Return a table of items; raise as `batch` does."""
        return self._pa.Table.from_batches(self._batches(items), self.schema)

    def _batches(self, items: Sequence[T]) -> Iterator[pa.RecordBatch]:
        for first in range(0, len(items), ROWS_PER_BATCH):
            yield self.batch(items[first : first + ROWS_PER_BATCH], first=first)

    def _first_failure(self, items: Sequence[T], first: int) -> DecodeError:
        """Return the error that names the first item that does not fit, and its fields."""
        index, problems = next(filter(itemgetter(1), enumerate(map(self._problems, items))))
        item_id = getattr(items[index], "id", None)
        failure = DecodeError(
            f"item {first + index} (id {item_id}): {'; '.join(problems)}",
            index=first + index,
            item_id=item_id,
            problems=problems,
        )
        failure.reason = "column"
        return failure

    def _problems(self, item: T) -> tuple[str, ...]:
        return tuple(
            f"{camel_case(each.name)}: expected a value that the column type {each.type} holds"
            for each in self._columns
            if not self._fits(each, item)
        )

    def _fits(self, column: _Column, item: T) -> bool:
        try:
            self._pa.array(column.values([item]), column.type)
        except (ValueError, OverflowError):
            return False
        return True


def _chosen(known: tuple[str, ...], columns: Sequence[str] | None) -> Sequence[str]:
    if columns is None:
        return known
    if isinstance(columns, str) or not columns:
        raise ConfigError("columns must be names, at least one")
    unknown = [name for name in columns if name not in known]
    if unknown:
        raise ConfigError(
            f"no such column: {', '.join(map(repr, unknown))}; known: {', '.join(known)}"
        )
    if len(set(columns)) < len(columns):
        raise ConfigError("a column is named twice")
    return columns


def _columns(model: type[Any], pa: Any) -> Iterator[_Column]:
    for each in fields_of(model):
        yield _column(each.name, each.kind, pa)
    if has_extra(model):
        yield _column("extra", _EXTRA, pa)


def _column(name: str, kind: Kind, pa: Any) -> _Column:
    arrow, write = _arrow_type(kind, pa)
    if kind.nullable and write is not None:
        write = _unless_none(write)
    return _Column(name=name, type=arrow, write=write, nullable=kind.nullable)


def _unless_none(write: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else write(value)


def _arrow_type(kind: Kind, pa: Any) -> tuple[Any, Callable[[Any], Any] | None]:
    """Return the Arrow type of a kind, and how its values are written, None for as they are."""
    simple = {
        bool: pa.bool_(),
        int: pa.int64(),
        float: pa.float64(),
        str: pa.string(),
        datetime: pa.timestamp("us", tz="UTC"),
        date: pa.date32(),
        time: pa.time64("us"),
    }
    if kind.of in simple:
        return simple[kind.of], None
    if kind.is_enumeration:
        return pa.string(), None
    if kind.item is None and not kind.is_model:
        return pa.string(), _unless_none(_json_text)
    if kind.of is tuple and kind.item is not None:
        item, write = _arrow_type(kind.item, pa)
        return pa.list_(item), write and _each(write)
    if kind.item is not None:
        item, write = _arrow_type(kind.item, pa)
        key, _ = _arrow_type(Kind(of=kind.key), pa)
        return pa.map_(key, item), _pairs(write)
    fields = tuple(_columns(kind.of, pa))
    members = [pa.field(each.name, each.type, nullable=each.nullable) for each in fields]
    return pa.struct(members), _members(fields)


def _each(write: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda values: [write(value) for value in values]


def _pairs(write: Callable[[Any], Any] | None) -> Callable[[Any], Any]:
    if write is None:
        return lambda mapping: list(mapping.items())
    return lambda mapping: [(key, write(value)) for key, value in mapping.items()]


def _members(fields: tuple[_Column, ...]) -> Callable[[Any], Any]:
    writes = {each.name: each.write or _as_is for each in fields}
    return lambda model: {name: write(getattr(model, name)) for name, write in writes.items()}


def _as_is(value: Any) -> Any:
    return value
