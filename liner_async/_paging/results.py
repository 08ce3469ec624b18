"""What paging returns: pages and whole results."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, cast, overload

from attrs import evolve, field, frozen

from liner_async._paging.report import PagingReport
from liner_async._tables.arrow import Frame, needed
from liner_async._tables.notebook import items_table
from liner_async.errors import ConfigError, ItemProblem
from liner_async.resume import ResumePoint

if TYPE_CHECKING:
    from collections.abc import Sequence as _Sequence

    import pandas as pd
    import polars as pl
    import pyarrow as pa
else:
    _Sequence = Generic  # polars takes every Sequence for a column of objects

__all__ = ["OnInvalid", "Page", "ResultList"]

T = TypeVar("T")

OnInvalid = Literal["raise", "skip"]
"""What to do with an item that does not fit its model."""


@frozen(kw_only=True, repr=False)
class Page(Sequence[T], Generic[T]):
    """One page of a list: a sequence of its items, and what the server said beside them.

    Attributes:
        items: the decoded items, in server order.
        offset: where the page starts in the list (orders).
        limit: the most items that were asked for.
        next: the server's `next`, as an int or None; the SDK never follows it.
        total: how many items the list held when this page was read.
        problems: items left out because they do not fit the model (`on_invalid="skip"` only).
        resume_point: where a later run continues after this page.
    """

    items: tuple[T, ...]
    offset: int
    limit: int
    next: int | None
    total: int
    problems: tuple[ItemProblem, ...] = ()
    resume_point: ResumePoint | None = None

    @property
    def received(self) -> int:
        """How many rows the server sent, those left out included."""
        return len(self.items) + len(self.problems)

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...
    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        return self.items[index]

    def __repr__(self) -> str:
        """Say how many items there are, not what they are."""
        return f"<Page: {len(self):,} of {self.total:,} items, from offset {self.offset:,}>"

    def _repr_html_(self) -> str:
        """Show the first items as a table, in a notebook."""
        left_out = [f"{len(self.problems):,} left out"] if self.problems else []
        remarks = [f"from offset {self.offset:,}", *left_out]
        return items_table(self.items, total=self.total, remarks=remarks)


@frozen(eq=False, repr=False)
class ResultList(_Sequence[T]):
    """Everything a run handed out, in order; a sequence that never changes.

    A slice is a ResultList of the same run. `==` compares item by item with another ResultList, a
    list or a tuple.

    It speaks the Arrow C stream protocol, so polars, pandas, pyarrow and DuckDB read it as a table.
    Type checkers take it for a `Sequence`, but `isinstance(orders, Sequence)` is False: polars asks
    that before it looks for Arrow, and would make a column of objects.

    Attributes:
        total: how many items the list held, as the server last reported.
        report: what the run saw.
    """

    _items: tuple[T, ...] = field(converter=tuple)
    total: int
    report: PagingReport
    _model: type[T] | None = field(default=None, kw_only=True)

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[T]:
        return iter(self._items)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> ResultList[T]: ...
    def __getitem__(self, index: int | slice) -> T | ResultList[T]:
        if isinstance(index, slice):
            return evolve(self, items=self._items[index])
        return self._items[index]

    def __contains__(self, item: object) -> bool:
        return item in self._items

    def __reversed__(self) -> Iterator[T]:
        return reversed(self._items)

    def index(self, value: Any, start: int = 0, stop: int = sys.maxsize) -> int:
        """Return the index of an item; raise ValueError where it is missing."""
        return self._items.index(value, start, stop)

    def count(self, value: Any) -> int:
        """Return how many times an item occurs."""
        return self._items.count(value)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, ResultList | list | tuple):
            return self._items == tuple(other)
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]  # a container of what may be unhashable

    def __repr__(self) -> str:
        """Say how many items there are, not what they are."""
        return f"<ResultList: {len(self):,} of {self.total:,} items>"

    def _repr_html_(self) -> str:
        """Show the first items as a table, in a notebook."""
        left_out = [f"{len(self.report.skipped):,} left out"] if self.report.skipped else []
        moved = ["the list moved while it was read"] if self.report.drifted else []
        return items_table(
            self._items, total=self.total, model=self._model, remarks=[*left_out, *moved]
        )

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the vendor's JSON of every item."""
        return [item.to_dict() for item in cast("tuple[Any, ...]", self._items)]

    def to_arrow(self, *, columns: Sequence[str] | None = None) -> pa.Table:
        """Return a pyarrow table, typed by the model even where it is empty (extra `arrow`).

        Args:
            columns: the fields to take, in this order; None for all.

        Raises:
            ConfigError: a column is unknown or named twice, or none is named.
            DecodeError: a value does not fit its column, such as an integer of more than 64 bits.
            ModuleNotFoundError: pyarrow is not installed.
        """
        model: type[Any] | None = self._model or next(map(type, self._items), None)
        if model is None:
            raise ConfigError("an empty ResultList made by hand needs model= for its columns")
        return Frame(model, columns).table(self._items)

    def to_polars(self, *, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """Return a polars frame of the same columns (extra `polars`); raises as `to_arrow` does."""
        frames = needed("polars", extra="polars")
        return cast("pl.DataFrame", frames.DataFrame(self.to_arrow(columns=columns)))

    def to_pandas(self, *, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return a pandas frame of the same columns (extra `pandas`); raises as `to_arrow` does.

        Its types are Arrow's, so that an integer column with gaps keeps its integers.
        """
        frames = needed("pandas", extra="pandas")
        table = self.to_arrow(columns=columns)
        return cast("pd.DataFrame", table.to_pandas(types_mapper=frames.ArrowDtype))

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return the stream of `to_arrow`'s table, for whatever reads Arrow streams."""
        return self.to_arrow().__arrow_c_stream__(requested_schema)
