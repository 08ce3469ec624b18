"""A part of a list that is read on its own (pure)."""

from __future__ import annotations

from datetime import datetime

from attrs import evolve, field, frozen

from liner_async._paging.cells import Period, Window
from liner_async._paging.report import PagingReport

__all__ = ["Partition"]


@frozen(kw_only=True)
class Partition:
    """A part of a list: a range of its rows, or what was created in a period.

    Attributes:
        offset: its first row; 0 in a period.
        rows: how many rows it has, in a period with the seconds around it; None for all up to the
            end of the list, wherever that is, or where a period has only just ended.
        period: its first moment, and the moment after its last; None for a range of rows.
        chunk: the place of its ids among chunks of 100; None for a range of rows.
        ids: its ids, where the plan had to look them up.
    """

    offset: int
    rows: int | None
    period: tuple[datetime, datetime] | None = None
    chunk: int | None = None
    ids: tuple[int, ...] | None = field(default=None, repr=False)

    @classmethod
    def of(cls, window: Window) -> Partition:
        """Return the partition that is this window."""
        period = (window.period.start, window.period.end)
        return cls(offset=0, rows=window.rows, period=period, chunk=window.chunk, ids=window.ids)

    @classmethod
    def ranges(cls, total: int, *, rows: int) -> list[Partition]:
        """Return the partitions of so many rows; the last has no end."""
        *offsets, last = range(0, max(total, 1), rows)
        return [*(cls(offset=offset, rows=rows) for offset in offsets), cls(offset=last, rows=None)]

    @property
    def window(self) -> Window | None:
        """Return the window that it is; None for a range of rows."""
        if self.period is None:
            return None
        period = Period(*self.period)
        return Window(period=period, chunk=self.chunk or 0, ids=self.ids, rows=self.rows)

    def compared(self, paging: PagingReport) -> PagingReport:
        """Return what a reading saw, and whether a period has other rows than were planned.

        Rows that come or go between the plan and the reading are no loss: they are sent or not.
        """
        if self.period is None or self.rows is None or paging.drift or paging.windows != 1:
            return paging
        found = (paging.first_total or 0) + paging.trimmed
        if found == self.rows:
            return paging
        reason = f"total {self.rows} became {found} between the plan and the reading"
        return evolve(paging, drift=(reason,), complete=False)
