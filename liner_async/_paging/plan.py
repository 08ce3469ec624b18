"""The plan: which rows to request next, in a list that may be moving (pure)."""

from __future__ import annotations

from attrs import define, field, frozen

from liner_async.errors import PagingError

__all__ = ["PageRange", "Plan"]


@frozen
class PageRange:
    """The rows that one request asks for.

    Attributes:
        offset: its first row.
        limit: the most rows to ask for.
        rows: the rows it must bring before the next range begins; more than `limit` where the
            server sends longer pages than asked for.
        is_hole: whether it asks for what another page should have brought.
    """

    offset: int
    limit: int
    rows: int
    is_hole: bool = False


@define
class Plan:
    """Plans the page ranges of one run lazily: the first alone, the others by the latest `total`.

    Attributes:
        offset: the row at which the run starts.
        page_size: the most rows to request at once.
        wanted: the rows the run needs, dropped ones included; None for all there are.
        overlap: the rows that each range shares with the one before.
        total: the server's `total` on the latest page; None before the first came.
        _cursor: the first row of the next range.
        _step: the rows of a full range: `page_size`, or what the first page showed the server to
            send.
        _alone: the range that was requested alone, until its page comes; then it stays set, and
            `_is_pipelined` says that others may follow.
        _is_pipelined: whether ranges may be requested before earlier ones have come: from the first
            page on, and again from the first page after a `rewind`.
        _least_end: a row that the list reaches at least, since rows came from beyond `total`.
        _reached: the row after the last one that came.
        _empty: the lowest range below `total` that came empty: the list's end, or a hole.
    """

    offset: int
    page_size: int
    wanted: int | None = None
    overlap: int = 0
    total: int | None = field(init=False, default=None)
    _cursor: int = field(init=False)
    _step: int = field(init=False)
    _alone: PageRange | None = field(init=False, default=None)
    _is_pipelined: bool = field(init=False, default=False)
    _least_end: int = field(init=False, default=0)
    _reached: int = field(init=False, default=0)
    _empty: PageRange | None = field(init=False, default=None)

    def __attrs_post_init__(self) -> None:
        self._cursor = self.offset
        self._step = self.page_size

    def next_range(self) -> PageRange | None:
        """Return the next page range; None at the end, and while it waits for a page."""
        if not self._is_pipelined and self._alone is not None:
            return None
        if self._is_at_end():
            return None
        rows = self._step
        if self.wanted is not None:
            rows = min(rows, self.offset + self.wanted - self._cursor)
        if rows <= (self.overlap if self._is_pipelined else 0):
            return None
        page_range = PageRange(self._cursor, limit=min(rows, self.page_size), rows=rows)
        self._cursor += max(1, rows - self.overlap)
        if not self._is_pipelined:
            self._alone = page_range
        return page_range

    def _is_at_end(self) -> bool:
        if not self._is_pipelined:
            return False
        reached = self._cursor + self.overlap
        if self._empty is not None and reached > self._empty.offset + self._empty.rows:
            return True  # one range beyond it is enough to tell a hole from the end
        return reached >= max(self.total or 0, self._least_end)

    def rewind(self, offset: int) -> None:
        """Go back to an offset, which is requested alone; forget what lay beyond it."""
        self._cursor = offset
        self._alone = self._empty = None
        self._is_pipelined = False
        self._reached = min(self._reached, offset)

    def accept(self, page_range: PageRange, *, rows: int, total: int) -> PageRange | None:
        """Record a page's rows; return the missing range, if any, to be requested next.

        Raises:
            PagingError: rows before the end of the list are missing, and asking again is no help.
        """
        is_first, self.total = self.total is None, total
        self._is_pipelined = True
        after = page_range.offset + rows
        if rows == 0:
            self._accept_empty(page_range, total)
            return None
        if self._empty is not None and page_range.offset > self._empty.offset:
            raise _missing(self._empty)
        self._reached = max(self._reached, after)
        if after > total:  # the total cannot be true: go on until a page comes empty
            self._least_end = max(self._least_end, after + 1)
        if is_first:
            self._set_pace(page_range, rows)
        elif rows < page_range.rows and after < total:
            start = after - self.overlap
            missing = page_range.offset + page_range.rows - start
            return PageRange(start, limit=min(missing, self.page_size), rows=missing, is_hole=True)
        return None

    def _accept_empty(self, page_range: PageRange, total: int) -> None:
        if page_range.offset >= total:
            return
        if page_range.offset < self._reached:
            raise _missing(page_range)
        if self._empty is None or page_range.offset < self._empty.offset:
            self._empty = page_range

    def _set_pace(self, page_range: PageRange, rows: int) -> None:
        """Step by the length of the first page where the server has a limit of its own."""
        after = page_range.offset + rows
        if rows > page_range.limit or (rows < page_range.limit and after < (self.total or 0)):
            self._step = rows
            if rows <= self.overlap:
                raise PagingError("pages of one row cannot overlap", reason="seam")
        self._cursor = after - self.overlap


def _missing(page_range: PageRange) -> PagingError:
    last = page_range.offset + page_range.rows - 1
    return PagingError(
        f"the server sends nothing for offsets {page_range.offset} to {last}, "
        "though the list goes on",
        offset=page_range.offset,
        reason="hole",
    )
