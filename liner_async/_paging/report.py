"""What a run says of itself: how far it has come, and what it saw (pure)."""

from __future__ import annotations

from attrs import frozen

from liner_async._paging.in_flight import ConcurrencyRange
from liner_async._tables.notebook import fields_table
from liner_async.errors import ItemProblem

__all__ = ["PagingReport", "Progress"]


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
        ended: whether the run came to the end of the list.
        complete: whether it came to the end and nothing says that items may be missing. With
            "detect" any sign that the list moved is such a reason; with "strict" a normal end is
            the proof that there is none.
        windows: the periods and chunks of ids that the list was read in; 0 for one read as a whole.
        trimmed: rows left out because they belong to a neighbouring window, which brings them.
        drift: why the list is thought to have moved while it was read, in the order noticed.
        concurrency: how many requests it was allowed to have in flight; None before the first page.
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
    ended: bool = False
    complete: bool = False
    windows: int = 0
    trimmed: int = 0
    drift: tuple[str, ...] = ()
    concurrency: ConcurrencyRange | None = None

    @property
    def drifted(self) -> bool:
        """Whether the list is thought to have moved while it was read."""
        return bool(self.drift)

    def _repr_html_(self) -> str:
        """Show what is known as a table, in a notebook."""
        return fields_table(self)
