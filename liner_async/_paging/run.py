"""One run over a list: takes answers from the prefetcher, checks them in, drives the plan."""

from __future__ import annotations

import asyncio
from typing import Generic, TypeVar

import attrs

from liner_async._paging.consistency import ConsistencyTracker
from liner_async._paging.continuity import ContinuityCheck
from liner_async._paging.ending import EndCheck
from liner_async._paging.in_flight import ConcurrencyRange, Limits
from liner_async._paging.notices import Notices
from liner_async._paging.options import Options
from liner_async._paging.page_source import PageSource, RawPage
from liner_async._paging.plan import PageRange
from liner_async._paging.prefetch import Arrival, Prefetcher
from liner_async._paging.report import Progress
from liner_async._paging.results import Page
from liner_async.errors import ClientClosedError, LinerError, PagingDriftError
from liner_async.resume import ResumePoint

__all__ = ["Run"]

T = TypeVar("T")


class Run(Generic[T]):
    """The pages of one run, one `next_page` at a time; opened on the running loop.

    Attributes:
        loop: the loop that it was opened on.
        max_items: the most items to hand out; None for all. It may be changed between pages.
    """

    def __init__(
        self,
        source: PageSource[T],
        options: Options,
        tracker: ConsistencyTracker[T],
        *,
        limits: Limits | None = None,
        warned: set[str] | None = None,
    ) -> None:
        self.loop = asyncio.get_running_loop()
        self._source = source
        self._options = options
        self.max_items = options.max_items
        self._tracker = tracker
        self._plan = options.plan()
        is_strict, is_whole = options.consistency == "strict", self._plan.offset == 0
        self._continuity = ContinuityCheck(is_whole=is_whole) if is_strict else None
        self._end = EndCheck()
        self._began = source.clock()
        self._notices = Notices(source.path, source.emit, set() if warned is None else warned)
        self._failure: BaseException | None = None
        limits = limits or source.limits_for(options)
        self._note_size = limits.note_size
        self._prefetcher: Prefetcher[RawPage] = Prefetcher(
            source.fetch,
            self._plan.next_range,
            in_flight=limits.in_flight,
            lookahead=limits.lookahead,
            ordered=options.ordered,
            clock=source.clock,
        )

    @property
    def requests(self) -> Prefetcher[RawPage]:
        """Return its requests."""
        return self._prefetcher

    @property
    def total(self) -> int:
        """Return the rows that the server announced last; 0 before the first answer."""
        return self._plan.total or 0

    def announce(self, arrival: Arrival[RawPage]) -> None:
        """Plan further requests by the first answer, before its turn comes."""
        raw = arrival.raw
        self._plan.announce(arrival.page_range, rows=len(raw.rows), total=raw.total)

    async def next_page(self) -> Page[T] | None:
        """Return the next page that has something new; None at the end.

        A cancelled call can be made again. After an error each further call raises it again.
        """
        if self._failure is not None:
            raise self._failure
        if self._tracker.ended:
            return None
        try:
            while True:
                page = self._check_in(await self._prefetcher.take())
                if page is not None or self._tracker.ended:
                    return page
        except asyncio.CancelledError:
            raise
        except LinerError as error:
            failure = error.with_traceback(None)  # its frames hold what the server sent
        except BaseException as error:
            await self._fail(error)
            raise
        await self._fail(failure)
        raise failure

    async def _fail(self, error: BaseException) -> None:
        self._failure = error
        if isinstance(error, LinerError):
            self._tracker.retries += max(0, (error.attempts or 1) - 1)
            self.locate(error)
        await self._prefetcher.aclose()

    def locate(self, error: LinerError) -> None:
        """Record in an error which list it is about, and where to continue."""
        error.method, error.path = error.method or "GET", error.path or self._source.path
        error.offset = self._tracker.next_offset if self._source.place is None else None
        error.resume_point = self.resume_point()

    def suspend(self, _: object = None) -> None:
        """Cancel what is in flight; the next step requests it again. May be a task's callback."""
        self._prefetcher.suspend()

    def cancel(self) -> None:
        """Cancel what is in flight, where nothing can be awaited."""
        self._prefetcher.cancel()

    async def aclose(self) -> None:
        """Cancel what is in flight and wait until it has ended."""
        if self._failure is None and not self._tracker.ended:
            self._failure = ClientClosedError("this iterator was closed before the list's end")
        await self._prefetcher.aclose()

    def _check_in(self, arrival: Arrival[RawPage] | None) -> Page[T] | None:
        """Decode and record a page; return None for one with nothing new, and at the end."""
        if arrival is None:
            self._confirm_end()
            return None
        tracker, options, plan, prefetcher = (
            self._tracker,
            self._options,
            self._plan,
            self._prefetcher,
        )
        page_range, raw = arrival.page_range, arrival.raw
        began = self._source.clock()
        page = self._source.decode(
            raw, offset=page_range.offset, limit=page_range.limit, on_invalid=options.on_invalid
        )
        seconds = self._source.clock() - began
        self._source.check_filters(page)
        if self._steps_back(page):
            self._notices.page(page, items=0, attempts=raw.attempts, seconds=seconds)
            return None
        tracker.retries += raw.attempts - 1
        limit = ConcurrencyRange.of(self._source.concurrency_for(options))
        tracker.concurrency = limit.following(tracker.concurrency)
        self._note_size(raw.size)
        hole = plan.accept(page_range, rows=page.received, total=page.total)
        if hole is not None:
            prefetcher.insert(hole)
        found = tracker.found
        fresh = tracker.record(page_range, page, most=self.max_items)
        self._check_progress(page_range, page, is_progress=tracker.found > found)
        if self.max_items is not None:
            plan.wanted = self.max_items + options.seam + tracker.dropped
        prefetcher.fill()
        pending = prefetcher.first_offset
        if pending is not None and self._continuity is None:
            tracker.note_pending(pending)
        self._notices.page(page, items=len(fresh), attempts=raw.attempts, seconds=seconds)
        self._notices.drift(self._tracker, page_range.offset)
        if not fresh and not fresh.problems:
            return None
        if options.on_progress is not None:
            options.on_progress(self._progress())
        return attrs.evolve(fresh, resume_point=self.resume_point())

    def _steps_back(self, page: Page[T]) -> bool:
        """Read again from further back where a page does not follow on what was handed out."""
        continuity, tracker, plan = self._continuity, self._tracker, self._plan
        if continuity is None or continuity.is_head(page.offset) or tracker.attaches(page):
            return False
        has_grown = tracker.has_grown
        tracker.record_repair(page)
        self._notices.drift(tracker, page.offset)
        offset = continuity.step_back(
            min(plan.last_row, max(0, page.total - 1)),
            stride=plan.stride,
            total=tracker.first_total or 0,
            has_grown=has_grown,
        )
        if page.received and not continuity.is_stalled:
            # It may attach to what is read now, and what was read ahead to it.
            self._prefetcher.put_back(plan.bridge(offset))
        else:
            plan.rewind(offset)
            self._prefetcher.reset()
        self._prefetcher.fill()
        return True

    def _check_progress(self, page_range: PageRange, page: Page[T], *, is_progress: bool) -> None:
        if self._continuity is not None:
            tracker = self._tracker
            self._continuity.accept(is_progress=is_progress)
            self._end.record(
                is_short=page.received < page_range.rows,
                found=tracker.found,
                announced=tracker.announced,
            )

    def _confirm_end(self) -> None:
        """Ask once more for the last row and what follows it, or close the run."""
        tracker = self._tracker
        has_enough = self.max_items is not None and tracker.handed_out >= self.max_items
        if self._continuity is None or has_enough:
            tracker.close(whole=not has_enough)
        elif self._end.ask_again():
            self._plan.rewind(self._plan.last_row)
            return
        elif self._end.is_confirmed:
            tracker.close(whole=False)
        else:
            tracker.close_unconfirmed()
        self._notices.drift(tracker, tracker.next_offset)
        if self._continuity is not None and tracker.doubt is not None:
            tracker.ended = False
            raise PagingDriftError(
                f"the list moved while it was read, and items may be missing: {tracker.doubt}",
                reason="range" if "range" in tracker.drift else "count",
            )

    def resume_point(self) -> ResumePoint:
        """Return where a later run continues."""
        tracker, options = self._tracker, self._options
        last_id = tracker.last_id
        point = ResumePoint(
            next_offset=tracker.next_offset,
            total=tracker.last_total,
            page_size=options.page_size,
            last_id=last_id if options.ordered and isinstance(last_id, int) else None,
            time=self._source.now(),
            host=self._source.host,
            path=self._source.path,
            filters=self._source.filters,
        )
        place = self._source.place
        return point if place is None else place.marked_in(point)

    def _progress(self) -> Progress:
        tracker, options = self._tracker, self._options
        expected = max(tracker.handed_out, (tracker.last_total or 0) - tracker.offset)
        return Progress(
            done=tracker.handed_out,
            total=expected if options.max_items is None else min(expected, options.max_items),
            pages=tracker.pages,
            elapsed=self._source.clock() - self._began,
        )
