"""What users hold: a list that reads itself, several pages at a time."""

from __future__ import annotations

from collections.abc import AsyncIterable, Generator
from typing import Any, Generic, TypeVar

import attrs

from liner_async.errors import ConfigError
from liner_async.paging.audit import Audit
from liner_async.paging.run import ItemIterator, Options, PageIterator
from liner_async.results import PagingReport, ResultList

__all__ = ["Pager"]

T = TypeVar("T")

LARGEST_PAGE = 100


class Pager(AsyncIterable[T], Generic[T]):
    """A list of the API that has not been read yet; making one does no I/O.

    - `async for item in pager` gives every item in order, while further pages are on their way;
    - `async for page in pager.pages()` gives them page by page;
    - `await pager` reads everything into a ResultList;
    - `await pager.first()` and `await pager.count()` send one small request.

    Each of them starts a run of its own, so a pager can be used again. If the list does not change
    meanwhile, a run gives every item exactly once, in server order. If it does, no item comes
    twice, one may be missed, and `report.drifted` and a warning in the log tell.
    """

    def __init__(self, options: Options[T], *, name: str) -> None:
        _check(options)
        self._options = options
        self._name = name
        self._audit = self._new_audit()

    def __repr__(self) -> str:
        """Say what would be read; nothing is."""
        options = self._options
        most = "every item" if options.max_items is None else f"at most {options.max_items} items"
        return (
            f"<Pager of {self._name}: {most} from offset {options.offset}, "
            f"{options.page_size} a page, {options.concurrency} requests at once>"
        )

    @property
    def report(self) -> PagingReport:
        """What the latest run saw so far; all zeros before the first."""
        return self._audit.report()

    def __aiter__(self) -> ItemIterator[T]:
        """Start a run over single items."""
        pages = self.pages()
        return ItemIterator(pages, self._audit)

    def pages(self) -> PageIterator[T]:
        """Start a run over pages; one without a single new item is left out."""
        self._audit = self._new_audit()
        return PageIterator(self._options, self._audit)

    def __await__(self) -> Generator[Any, None, ResultList[T]]:
        """Read everything: every page, never just the first.

        Raises:
            LinerError: as when iterating; nothing of what was read is returned.
        """
        return self._collect().__await__()

    async def first(self) -> T | None:
        """Give the item at the pager's offset, or None where there is none; one small request."""
        only = attrs.evolve(self._options, max_items=1)
        self._audit = self._new_audit()
        async with PageIterator(only, self._audit) as pages:
            async for page in pages:
                return page[0]
        return None

    async def count(self) -> int:
        """Give the server's `total`: the items of the whole list; one small request."""
        only = attrs.evolve(
            self._options, max_items=1, offset=0, consistency="off", on_invalid="skip", on_progress=None
        )
        audit = Audit(0, only.consistency, only.key)
        async with PageIterator(only, audit) as pages:
            await anext(pages, None)
        return audit.last_total or 0

    async def _collect(self) -> ResultList[T]:
        items: list[T] = []
        async with self.pages() as pages:
            async for page in pages:
                items += page.items
        report = self.report
        return ResultList(items, total=report.last_total or 0, report=report)

    def _new_audit(self) -> Audit[T]:
        options = self._options
        return Audit(options.offset, options.consistency, options.key)


def _check(options: Options[Any]) -> None:
    for name, least in (
        ("offset", 0),
        ("page_size", 1),
        ("concurrency", 1),
        ("lookahead", 1),
        ("max_items", 1),
    ):
        value = getattr(options, name)
        if name == "max_items" and value is None:
            continue
        if type(value) is not int or value < least:
            raise ConfigError(f"{name} must be an integer of at least {least}")
    if options.page_size > LARGEST_PAGE:
        raise ConfigError(f"page_size must be at most {LARGEST_PAGE}, the vendor's limit")
    for name, known in (("consistency", ("detect", "off")), ("on_invalid", ("raise", "skip"))):
        if getattr(options, name) not in known:
            raise ConfigError(f"{name} must be one of {', '.join(map(repr, known))}")
