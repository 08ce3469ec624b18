"""The plan: which rows to request next, in a list that may be moving (pure)."""

from __future__ import annotations

import math

from attrs import define, field, frozen

from liner_async.errors import PagingError

__all__ = ["PageRange", "Plan"]

_MOST_ROUNDS = 2
_MOST_TINY_PAGES = 2


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
        _pending: ranges handed out whose pages have not come.
        _goal: the end that is still followed, once the run has reached the one that it saw; None
            before that, while the latest `total` is.
        _rounds: how often the goal was set.
        _has_pace: whether the first page has shown how many rows the server sends.
        _tiny_pages: pages so far that were too short to overlap, before it has.
        _first_end: the first `total`, where the server sends shorter pages than it was asked for;
            else infinite.
        _least_end: a row that the list reaches at least, since rows came from beyond `total`.
        _after: the row after the latest page that was not empty.
        _reached: the row after the last one that came.
        _announced: the first range, if its page was announced before its turn.
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
    _pending: int = field(init=False, default=0)
    _goal: int | None = field(init=False, default=None)
    _rounds: int = field(init=False, default=0)
    _has_pace: bool = field(init=False, default=False)
    _tiny_pages: int = field(init=False, default=0)
    _first_end: float = field(init=False, default=math.inf)
    _least_end: int = field(init=False, default=0)
    _after: int = field(init=False)
    _reached: int = field(init=False, default=0)
    _announced: PageRange | None = field(init=False, default=None)
    _empty: PageRange | None = field(init=False, default=None)

    def __attrs_post_init__(self) -> None:
        self._cursor = self._after = self.offset
        self._step = self.page_size

    @property
    def last_row(self) -> int:
        """Return the offset of the last row that came, to ask for it again."""
        return max(self.offset, self._after - self.overlap)

    @property
    def stride(self) -> int:
        """Return half a page, in rows."""
        return max(1, self._step // 2)

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
        self._pending += 1
        return page_range

    def _is_at_end(self) -> bool:
        if not self._is_pipelined:
            return False
        reached = self._cursor + self.overlap
        if self._empty is not None:
            # One range beyond it is enough to tell a hole from the end; seams tell without.
            beyond = self._empty.offset + (0 if self.overlap else self._empty.rows)
            if reached > beyond:
                return True
        return reached >= max(self._end, self._least_end)

    @property
    def _end(self) -> int:
        """Return the end of the list as far as it is followed."""
        total = self.total or 0
        return total if self._goal is None else min(total, self._goal)

    def rewind(self, offset: int) -> None:
        """Go back to an offset, which is requested alone; forget what lay beyond it."""
        self._cursor = offset
        self._alone = self._empty = None
        self._is_pipelined = False
        self._pending = self._least_end = 0
        self._reached = min(self._reached, offset)

    def bridge(self, offset: int) -> PageRange:
        """Return a whole page's range to be requested out of turn; what follows stays planned."""
        self._pending += 1
        return PageRange(offset, limit=min(self._step, self.page_size), rows=self._step)

    def announce(self, page_range: PageRange, *, rows: int, total: int) -> None:
        """Record the first page before its turn, so that further ranges can be planned.

        Raises:
            PagingError: as `accept` does.
        """
        self.accept(page_range, rows=rows, total=total)
        self._announced = page_range

    def accept(self, page_range: PageRange, *, rows: int, total: int) -> PageRange | None:
        """Record a page's rows; return the missing range, if any, to be requested next.

        Raises:
            PagingError: rows before the end of the list are missing, and asking again is no help.
        """
        if page_range is self._announced:
            self._announced = None
            return None
        self.total = total
        self._is_pipelined = True
        self._pending -= 1
        after = page_range.offset + rows
        if rows == 0:
            self._accept_empty(page_range, total)
            return None
        if self._empty is not None and page_range.offset > self._empty.offset:
            raise _missing(self._empty)
        self._after, self._reached = after, max(self._reached, after)
        if after > total:  # the total cannot be true: go on until a page comes empty
            self._least_end = max(self._least_end, after + 1)
        if not self._has_pace:
            self._set_pace(page_range, rows)
            return None
        self._follow_growth(total)
        return self._hole(page_range, rows)

    def _follow_growth(self, total: int) -> None:
        """Set the end to follow, once nothing is left to come before the one that was followed.

        Rows that came since need not be read, and a tail may grow faster than it is read.
        """
        is_at_end = self._pending == 0 and self._cursor + self.overlap >= self._end
        if self._goal is None and self._reached >= self._first_end:
            is_at_end = True  # short pages may never catch up with the latest total
        is_followed = self._goal is None or self._reached >= self._goal
        if is_at_end and is_followed and self._rounds < _MOST_ROUNDS:
            self._goal, self._rounds = total, self._rounds + 1

    def _hole(self, page_range: PageRange, rows: int) -> PageRange | None:
        after = page_range.offset + rows
        if rows >= page_range.rows or after >= self._end:
            return None
        if page_range.is_hole and rows <= self.overlap:
            return None  # nothing but the seam: it stays empty
        start = after - self.overlap
        missing = page_range.offset + page_range.rows - start
        self._pending += 1
        return PageRange(start, limit=min(missing, self.page_size), rows=missing, is_hole=True)

    def _accept_empty(self, page_range: PageRange, total: int) -> None:
        if page_range.offset >= total:
            return
        if page_range.offset < self._reached and not self.overlap:
            raise _missing(page_range)
        if self._empty is None or page_range.offset < self._empty.offset:
            self._empty = page_range

    def _set_pace(self, page_range: PageRange, rows: int) -> None:
        """Step by the length of the first page where the server has a limit of its own."""
        after, total = page_range.offset + rows, self.total or 0
        self._cursor = after - self.overlap
        if rows <= self.overlap and rows < page_range.limit and after < total:
            # Or one row came in after the server had read them, and before it counted them.
            self._tiny_pages += 1
            if self._tiny_pages > _MOST_TINY_PAGES:
                raise PagingError("pages of one row cannot overlap", reason="seam")
            self._alone, self._is_pipelined = None, False
            return
        self._has_pace = True
        if rows > page_range.limit or (rows < page_range.limit and after < total):
            self._step, self._first_end = rows, total


def _missing(page_range: PageRange) -> PagingError:
    last = page_range.offset + page_range.rows - 1
    return PagingError(
        f"the server sends nothing for offsets {page_range.offset} to {last}, "
        "though the list goes on",
        offset=page_range.offset,
        reason="hole",
    )
