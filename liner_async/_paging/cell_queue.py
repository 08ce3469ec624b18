"""The cells of a list in a queue: which are read now, within the limits of the whole list."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial
from typing import Generic, TypeVar

from attrs import evolve

from liner_async._paging.cells import Cell, remainder
from liner_async._paging.reading import Reader, Reading, Waiting
from liner_async._paging.run import Run
from liner_async._paging.splits import Grow, Read, Replace
from liner_async._paging.summary import Summary
from liner_async._paging.trimmer import HandedOut
from liner_async.resume import ResumePoint

__all__ = ["CellQueue"]

T = TypeVar("T")


class CellQueue(Generic[T]):
    """Opens the runs of the cells in their order, several at a time.

    All of them share one count of requests in flight and one look-ahead. Requests start in the
    order of the cells, and part of the look-ahead is kept for the first cell, so that it never
    starves.

    Attributes:
        slots: the cells that were not read to their end, as far as they are known.
        readings: those among them whose runs are open.
        is_filling: whether requests may be started; not after a cancelled step.
        changed: set whenever a request has ended.
        handed_out: what the cell that was read last has handed out.
        _later: the cells that are not in the queue yet.
        _dropped: runs that were cancelled and may have requests in flight.
    """

    def __init__(self, reader: Reader[T], summary: Summary[T], later: Iterator[Cell]) -> None:
        self._reader, self._summary, self._later = reader, summary, later
        self._options = reader.options
        limits = self._limits = reader.source.limits_for(reader.options)
        self._in_flight, self._lookahead = limits.in_flight, limits.lookahead
        self._in_flight.on_release = self._on_release
        self.slots: list[Waiting | Reading[T]] = []
        self.readings: list[Reading[T]] = []
        self.is_filling = False
        self.changed = asyncio.Event()
        self.handed_out: HandedOut | None = None
        self._dropped: list[Run[T]] = []

    @property
    def expected(self) -> int:
        """Return how many items are to be handed out in all, as far as that is known."""
        return self._summary.closed_total + sum(reading.expected for reading in self.readings)

    def _on_release(self) -> None:
        self.fill()
        self.changed.set()

    def fill(self) -> None:
        """Settle the cells whose first page has come, and start what the limits allow."""
        if not self.is_filling:
            return
        if self._dropped:
            self._dropped = [run for run in self._dropped if not run.requests.is_idle]
        for reading in [reading for reading in self.readings if not reading.is_settled]:
            if reading in self.readings:  # none before it has grown over it meanwhile
                self._settle(reading)
        failed = next((reading for reading in self.readings if reading.has_failed), None)
        for reading in self._before(failed):
            reading.run.requests.start()
        while (waiting := self._next_to_open(failed)) is not None:
            self._open(waiting)

    def _before(self, failed: Reading[T] | None) -> list[Reading[T]]:
        """Return the cells that are still read; cancel the requests that a failure makes useless.

        Those are the ones after it or, if pages are handed out as they arrive, all that have not
        arrived.
        """
        if failed is None:
            return self.readings
        place = self.readings.index(failed)
        before = self.readings[:place] if self._options.ordered else []
        for reading in self.readings:
            if reading is not failed and reading not in before:
                reading.run.suspend()
        return before

    def _next_to_open(self, failed: Reading[T] | None) -> Waiting | None:
        """Return the next cell to open, if one may be opened now."""
        if not self._in_flight.has_room or (failed and not self._options.ordered):
            return None
        if self.slots and isinstance(self.slots[0], Waiting):
            return self.slots[0]
        if self._room() < 1 or self._has_enough():
            return None
        for slot in self.slots:
            if isinstance(slot, Waiting):
                return slot
            if slot is failed or (slot.cell.grown_from and not slot.is_settled):
                return None  # what comes next is not needed, or may be covered by this cell
        cell = next(self._later, None)
        if cell is None:
            return None
        waiting = Waiting(cell)
        self.slots.append(waiting)
        return waiting

    def _room(self) -> int:
        """Return how many more pages may be asked for behind the first cell."""
        lookahead = self._lookahead()
        if not self.slots:
            return lookahead
        first, behind = self._entries()
        kept = max(first, min(self._in_flight.limit(), lookahead - lookahead // 2))
        return lookahead - kept - behind

    def _entries(self) -> tuple[int, int]:
        """Return how many pages the first cell has asked for, and how many those behind it."""
        first = behind = 0
        for reading in self.readings:
            if reading is self.slots[0]:
                first = reading.run.requests.entries
            else:
                behind += reading.run.requests.entries
        return first, behind

    def _has_enough(self) -> bool:
        """Return whether the cells that are open may bring all that is wanted."""
        most, readings = self._options.max_items, self.readings
        if most is None:
            return False
        waiting = sum(reading.expected - reading.tracker.handed_out for reading in readings)
        is_known = all(reading.is_settled for reading in readings)
        return not is_known or self._summary.handed_out + waiting >= most

    def _allowance(self, cell: Cell) -> int:
        """Return how many pages one cell may ask for before they are taken."""
        if not self.slots or self.slots[0].cell is cell:
            return self._lookahead() - (self._entries()[1] if self.slots else 0)
        own = (each.run.requests.entries for each in self.readings if each.cell is cell)
        return self._room() + next(own, 0)

    def _open(self, waiting: Waiting) -> None:
        most = self._options.max_items
        limits = evolve(self._limits, lookahead=partial(self._allowance, waiting.cell))
        reading = self._reader.open(
            waiting, limits, most=None if most is None else most - self._summary.handed_out
        )
        place = self.slots.index(waiting)
        self.slots[place] = reading
        before = sum(isinstance(slot, Reading) for slot in self.slots[:place])
        self.readings.insert(before, reading)
        self._summary.live.append(reading.tracker)
        reading.run.requests.start()

    def _settle(self, reading: Reading[T]) -> None:
        """Decide by its first page whether a cell is read, cut, or grows over its neighbours."""
        requests = reading.run.requests
        arrival = requests.peek()
        if arrival is None:
            reading.is_settled = requests.has_failed
            return
        try:
            self._reader.is_coarse |= any(each.trimmer.outside for each in self.readings)
            step = self._reader.decide(reading, arrival)
            if isinstance(step, Read):
                reading.run.announce(arrival)
            else:
                self._reader.judge(reading, arrival)
        except Exception as error:  # noqa: BLE001  # raised in its turn; nobody awaits a callback
            reading.failure, step = error, Read()
        reading.is_settled = isinstance(step, Read)
        if not isinstance(step, Read):
            self._summary.retries += arrival.raw.attempts - 1
            self._replace(reading, step)

    def _replace(self, reading: Reading[T], step: Replace | Grow) -> None:
        place = self.slots.index(reading)
        self._drop(reading)
        if isinstance(step, Replace):
            self.slots[place : place + 1] = [Waiting(cell) for cell in step.cells]
            return
        self.slots[place] = Waiting(step.cell)
        while place + 1 < len(self.slots):
            following = self.slots[place + 1]
            if following.cell.root is not step.cell.root:
                return
            rest = remainder(following.cell, step.cell.period.end)
            if rest is following.cell:
                return
            self._drop(following)
            self.slots[place + 1 : place + 2] = [] if rest is None else [Waiting(rest)]

    def resume_point(self, point: ResumePoint) -> ResumePoint:
        """Return where a later run continues: where the first cell does, whatever came after it."""
        first = self.slots[0] if self.slots else None
        if isinstance(first, Reading):
            return first.run.resume_point()
        if first is None:
            return point
        period = (first.cell.period.start, first.cell.period.end)
        chunk = first.cell.chunk
        return evolve(point, period=period, chunk=chunk, next_offset=0, last_id=None, total=None)

    def _drop(self, slot: Waiting | Reading[T]) -> None:
        """Cancel a run whose rows were not handed out."""
        if isinstance(slot, Reading):
            slot.run.cancel()
            self.readings.remove(slot)
            self._summary.live.remove(slot.tracker)
            self._dropped.append(slot.run)

    def close(self, reading: Reading[T]) -> None:
        """Take away a cell that was read to its end."""
        self.slots.remove(reading)
        self.readings.remove(reading)
        reading.cell.root.open -= 1
        self._reader.is_coarse |= reading.trimmer.outside > 0
        self._summary.close(reading.tracker)
        self.handed_out = reading.handed_out

    def read_again(self, reading: Reading[T]) -> None:
        """Read a cell once more from its start; what it has handed out does not come again."""
        self.readings.remove(reading)
        self._summary.close(reading.tracker, is_final=False)
        self.slots[self.slots.index(reading)] = reading.wait_again()

    def read_from_start(self, reading: Reading[T]) -> None:
        """Read a cell from its start, since the place where an earlier run stopped is gone."""
        self._drop(reading)
        self.slots[self.slots.index(reading)] = Waiting(reading.cell)

    def pause(self) -> None:
        """Start nothing new until the next step."""
        self.is_filling = False
        for reading in self.readings:
            reading.run.requests.pause()

    def suspend(self) -> None:
        """Cancel what is in flight; the next step requests it again."""
        self.is_filling = False
        for reading in self.readings:
            reading.run.suspend()

    def cancel(self) -> None:
        """Cancel what is in flight, where nothing can be awaited."""
        self.is_filling = False
        for reading in self.readings:
            reading.run.cancel()

    async def aclose(self) -> None:
        """Cancel what is in flight and wait until it has ended."""
        self.cancel()
        for run in [*(reading.run for reading in self.readings), *self._dropped]:
            await run.aclose()
