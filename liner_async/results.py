"""What paging hands back: pages, the complete result, and what is known about the run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Generic, Literal, TypeVar, cast, overload

from attrs import field, frozen

from liner_async.resume import ResumePoint

__all__ = ["ItemProblem", "OnInvalid", "Page", "PagingReport", "Progress", "ResultList"]

T = TypeVar("T")

OnInvalid = Literal["raise", "skip"]
"""What to do with an item that does not fit its model."""


@frozen(kw_only=True)
class ItemProblem:
    """An item that does not fit its model, told without any of its values.

    Attributes:
        offset: the offset of its page (orders).
        index: its place in that page, from 0.
        item_id: its `id`, where that could be read.
        fields: for each field that failed, its path in the vendor's JSON and what was expected.
    """

    offset: int
    index: int
    item_id: int | None
    fields: tuple[str, ...]

    def __str__(self) -> str:
        """Name the item and its fields in one line."""
        known = "" if self.item_id is None else f" (id {self.item_id})"
        return f"item {self.index}{known}: {'; '.join(self.fields)}"


@frozen(kw_only=True)
class Page(Sequence[T], Generic[T]):
    """One page of a list: a sequence of its items, and what the server said beside them.

    Attributes:
        items: the decoded items, in server order.
        offset: where the page starts in the list (orders).
        limit: the most items that were asked for.
        next: the server's `next`, as an int or None; the SDK never follows it.
        total: how many items the list held when this page was read.
        problems: items left out because they do not fit the model (`on_invalid="skip"` only).
        resume_point: where a later run goes on after this page.
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


@frozen(kw_only=True)
class Progress:
    """How far a run has come, given to `on_progress` once a page.

    Attributes:
        done: items handed out so far.
        total: items this run expects to hand out in all, by the latest `total` of the server.
        pages: pages handed out so far.
        elapsed: seconds since the run began.
    """

    done: int
    total: int
    pages: int
    elapsed: float


@frozen(kw_only=True)
class PagingReport:
    """What one run over a list saw; a snapshot, taken when `Pager.report` is read.

    Attributes:
        handed_out: items handed out.
        pages: pages read, those that filled holes included.
        first_total: the server's `total` on the first page; None before it came.
        last_total: the server's `total` on the latest page; None before the first came.
        duplicates: items dropped because their id had been handed out before.
        holes_filled: pages asked for because another came short before the end.
        repairs: pages read again because they did not follow on (`consistency="strict"` only).
        retries: attempts beyond the first, over all requests whose page was read.
        skipped: the items left out under `on_invalid="skip"`.
        next_offset: the first offset not handed out: `offset=` of a run that continues.
        complete: whether the run came to its end.
        drift: why the list is thought to have moved while it was read, in the order noticed.
    """

    handed_out: int = 0
    pages: int = 0
    first_total: int | None = None
    last_total: int | None = None
    duplicates: int = 0
    holes_filled: int = 0
    repairs: int = 0
    retries: int = 0
    skipped: tuple[ItemProblem, ...] = ()
    next_offset: int = 0
    complete: bool = False
    drift: tuple[str, ...] = ()

    @property
    def drifted(self) -> bool:
        """Whether the list is thought to have moved while it was read."""
        return bool(self.drift)


@frozen(eq=False, repr=False)
class ResultList(Sequence[T], Generic[T]):
    """Everything a run handed out, in order; a sequence that never changes.

    Attributes:
        total: how many items the list held by the server's latest word.
        report: what the run saw.
    """

    _items: tuple[T, ...] = field(converter=tuple)
    total: int
    report: PagingReport

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[T]:
        return iter(self._items)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...
    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        return self._items[index]

    def __eq__(self, other: object) -> bool:
        """Compare item by item with another result."""
        return self._items == other._items if isinstance(other, ResultList) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # a container of what may be unhashable

    def __repr__(self) -> str:
        """Say how many items there are, not what they are."""
        return f"<ResultList: {len(self):,} of {self.total:,} items>"

    def to_dicts(self) -> list[dict[str, Any]]:
        """Give the vendor's JSON of every item."""
        return [item.to_dict() for item in cast("tuple[Any, ...]", self._items)]
