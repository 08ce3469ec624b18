"""What users hold: a list that reads itself, several pages at a time."""

from __future__ import annotations

from collections.abc import AsyncIterable, Generator, Sequence
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar

import attrs

from liner_async._paging.batches import BatchIterator
from liner_async._paging.iterators import ItemIterator, PageIterator
from liner_async._paging.options import Options
from liner_async._paging.page_source import PageSource
from liner_async._paging.report import PagingReport
from liner_async._paging.results import ResultList
from liner_async._tables.arrow import ROWS_PER_BATCH, Frame
from liner_async._tables.notebook import facts_table, fields_table
from liner_async.errors import ConfigError

__all__ = ["Pager"]

T = TypeVar("T")


class Pager(AsyncIterable[T], Generic[T]):
    """A list of the API that has not been read yet; making one does no I/O.

    - `async for item in pager` hands out every item in order, while further pages are on their way;
    - `async for page in pager.pages()` hands them out page by page;
    - `async for batch in pager.arrow_batches()` hands the rows out as Arrow record batches;
    - `await pager` reads everything into a ResultList;
    - `await pager.first()` and `await pager.count()` send one small request.

    Each of them starts a run of its own, so a pager can be used again. If the list does not change
    meanwhile, a run hands out every item exactly once, in server order. If it does, no item comes
    twice, but items may be missed: `report.drifted` and a warning in the log say so;
    `consistency="strict"` repairs what it can and raises for the rest.

    A list with a period is read in windows, several at once: by chunk of ids, then oldest window
    first, then in the server's order. All options apply to the windows together; "strict" reads a
    window again if it does not add up; `offset` does not apply.

    Options:
        offset: the row to start at (rows from the list's start).
        page_size: rows per request, 1 to 100.
        max_items: the most items to hand out; None for all. No request beyond them is sent.
        concurrency: requests in flight for this list at most; None for the client's.
        lookahead: pages requested and not yet handed out, kept raw in memory; None for the
            client's. By default that follows the concurrency: eight times as many pages, from 32 to
            256, or four times a fixed number, and in either case about 12 MiB at most.
        ordered: whether pages are handed out in list order, or as they arrive.
        consistency: "detect" drops items that come twice and notices a list that moves; "strict"
            also reads pages that overlap by one row, steps back where they do not connect, confirms
            the end by one more request, and raises PagingDriftError at the end if items may be
            missing; "off" does none of this and keeps no ids in memory.
        on_invalid: "raise" a DecodeError for an item that does not fit the model, or "skip" it and
            list it in the page's `problems` and in the report.
        resume: where an earlier run stopped: a page's or an error's `resume_point`. The item before
            it is read again to see whether the list moved; `offset` must be 0.
        on_progress: called with a Progress for every page, in the loop's thread.
    """

    def __init__(self, source: PageSource[T], options: Options) -> None:
        self._source = source
        self._options = options
        self._tracker = source.tracker_for(options)

    def __repr__(self) -> str:
        """Say what would be read, without reading it."""
        options, source = self._options, self._source
        most = "every item" if options.max_items is None else f"at most {options.max_items} items"
        if source.cells is None:
            where = f"from offset {self._tracker.offset}"
        else:
            where = f"of {source.cells.span}"
        return (
            f"<Pager of {source.name}: {most} {where}, "
            f"{options.page_size} a page, concurrency {_concurrency(source, options)}>"
        )

    def _repr_html_(self) -> str:
        """Show what would be read, and what the latest run saw, without reading anything."""
        options, source = self._options, self._source
        plan: dict[str, object] = {
            "offset": self._tracker.offset if source.cells is None else None,
            "period": None if source.cells is None else source.cells.span,
            "page_size": options.page_size,
            "max_items": options.max_items,
            "concurrency": _concurrency(source, options),
            "lookahead": source.lookahead_for(options)(),
            "ordered": options.ordered,
            "consistency": options.consistency,
        }
        caption = f"Pager of {source.name}: await it, or iterate over it, to read them"
        seen = fields_table(self.report) if self.report.pages else ""
        return facts_table(plan, caption=caption) + seen

    if not TYPE_CHECKING:  # a type checker refuses these by itself

        def __getitem__(self, _: object) -> NoReturn:
            """Say how to read a list; `__iter__` would make every pager an Iterable."""
            raise TypeError(
                "a Pager is read asynchronously: write `async for item in pager`, "
                "or `items = await pager` for a list of them"
            )

        def __len__(self) -> NoReturn:
            raise TypeError(
                "a Pager has no length before it is read: write `await pager.count()`, "
                "or `len(await pager)`"
            )

    def __bool__(self) -> bool:
        """Return True: whether there are items is not known before they are read."""
        return True

    @property
    def report(self) -> PagingReport:
        """What the latest run saw so far; all zeros before the first."""
        return self._tracker.report()

    def __aiter__(self) -> ItemIterator[T]:
        """Start a run over single items."""
        pages = self.pages()
        return ItemIterator(pages, self._tracker)

    def pages(self) -> PageIterator[T]:
        """Start a run over pages; a page without a new item is left out."""
        return self._start(self._options)

    def arrow_batches(
        self, *, columns: Sequence[str] | None = None, rows_per_batch: int = ROWS_PER_BATCH
    ) -> BatchIterator[T]:
        """Start a run over Arrow record batches of one schema, in flat memory; needs pyarrow.

        Args:
            columns: the fields to take, in this order; None for all.
            rows_per_batch: a batch ends with the page that brings it to this many rows.

        Raises:
            ConfigError: an argument is wrong.
            ModuleNotFoundError: pyarrow is not installed (extra `arrow`).
        """
        if type(rows_per_batch) is not int or rows_per_batch < 1:
            raise ConfigError("rows_per_batch must be an integer of at least 1")
        frame = Frame(self._source.model, columns)
        start = self._options.resume
        return BatchIterator(self.pages(), frame, rows=rows_per_batch, start=start)

    def __await__(self) -> Generator[Any, None, ResultList[T]]:
        """Read everything: every page, never just the first.

        Raises:
            LinerError: as when iterating; nothing of what was read is returned.
        """
        return self._collect().__await__()

    async def first(self) -> T | None:
        """Return the item at the pager's offset, or None if there is none; one small request."""
        async with self._start(attrs.evolve(self._options, max_items=1)) as pages:
            async for page in pages:
                for item in page:
                    return item
        return None

    async def count(self) -> int:
        """Return the server's `total`: the items of the whole list; one small request."""
        only = attrs.evolve(
            self._options,
            max_items=1,
            offset=0,
            resume=None,
            consistency="off",
            on_invalid="skip",
            on_progress=None,
        )
        total = 0
        for source in await self._source.counted(only):
            tracker = only.tracker(source.key)
            async with PageIterator(source, only, tracker) as pages:
                await anext(pages, None)
            total += tracker.last_total or 0
        return total

    def _start(self, options: Options) -> PageIterator[T]:
        self._tracker = self._source.tracker_for(options)
        return PageIterator(self._source, options, self._tracker)

    async def _collect(self) -> ResultList[T]:
        items: list[T] = []
        async with self.pages() as pages:
            async for page in pages:
                items += page.items
        report = self.report
        model = self._source.model
        return ResultList(items, total=report.last_total or 0, report=report, model=model)


def _concurrency(source: PageSource[T], options: Options) -> int | str:
    fixed = options.concurrency or source.concurrency
    return "auto" if fixed is None else source.concurrency_for(options)
