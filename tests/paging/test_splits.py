"""What becomes of a cell once its first page says how many rows it has."""

from __future__ import annotations

import bisect
import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liner_async._paging.cells import Cell, Period, Root, remainder
from liner_async._paging.splits import Grow, Read, Replace, next_step

START = datetime(2024, 1, 1, tzinfo=UTC)
MONTH = 31 * 86_400
DAY = 86_400


def at(seconds):
    """Return a moment so many seconds after the start."""
    return START + timedelta(seconds=seconds)


def cell_of(seconds, **known):
    """Return a cell of so many seconds, a window of its own."""
    return Cell(chunk=0, ids=(), period=Period(START, at(seconds)), root=Root(at(seconds)), **known)


def seconds_of(cell):
    """Return where a cell begins and ends, in seconds."""
    return ((cell.period.start - START) // timedelta(seconds=1), seconds_to(cell))


def seconds_to(cell):
    """Return where a cell ends, in seconds."""
    return (cell.period.end - START) // timedelta(seconds=1)


class Server:
    """Counts the rows of a period, ends included; it may compare whole days, or nothing."""

    def __init__(self, times, *, unit=1):
        self.times = sorted(times)
        self.unit = unit

    def total(self, cell):
        """Return how many rows a request for a cell finds."""
        first, last = seconds_of(cell)
        if self.unit is None:
            return len(self.times)
        low = (first - 1) // self.unit * self.unit
        high = ((last + 1) // self.unit + 1) * self.unit - 1
        return bisect.bisect_right(self.times, high) - bisect.bisect_left(self.times, low)


def cut_up(server, *, length, window_rows, page_size=100, is_coarse=False):
    """Read a window as a series does; return the cells that are read, and the requests."""
    line, read, requests = [cell_of(length)], [], 0
    while line:
        cell = line.pop(0)
        rows = server.total(cell)
        step = next_step(
            cell, rows, window_rows=window_rows, page_size=page_size, is_coarse=is_coarse
        )
        if isinstance(step, Read):
            read.append((cell, rows))
            requests += max(1, -(-rows // page_size))
            continue
        requests += 1
        if isinstance(step, Replace):
            line = step.cells + line
            continue
        rest = [remainder(each, step.cell.period.end) for each in line]
        line = [step.cell, *(each for each in rest if each is not None)]
    return read, requests


def assert_covered(read, length):
    """Check that cells cover a window once."""
    spans = [seconds_of(cell) for cell, _ in read]
    assert (spans[0][0], spans[-1][1]) == (0, length)
    assert all(before[1] == after[0] for before, after in pairwise(spans))


def test_a_cell_of_few_rows_is_read():
    """Exactly as many as wanted are few."""
    assert next_step(cell_of(MONTH), 5_000, window_rows=5_000, page_size=100) == Read()


def test_a_cell_of_many_rows_is_cut_into_equal_slices():
    """So many that each would have no more rows than wanted if they were spread evenly."""
    step = next_step(cell_of(1_000), 5_001, window_rows=1_000, page_size=100)
    assert isinstance(step, Replace)
    assert [seconds_of(cell) for cell in step.cells][:2] == [(0, 166), (166, 333)]
    assert len(step.cells) == 6


def test_a_cell_that_is_to_be_read_as_it_is_is_not_cut():
    """A cell that is read again, say."""
    cell = cell_of(MONTH, is_whole=True)
    assert next_step(cell, 90_000, window_rows=5_000, page_size=100) == Read()


@pytest.mark.parametrize("seconds", [1, 15])
def test_a_cell_of_seconds_is_not_cut(seconds):
    """The margins would be read again and again; it is the whole window here."""
    assert next_step(cell_of(seconds), 30_000, window_rows=5_000, page_size=100) == Read()


def test_a_cell_that_grew_by_little_and_found_many_rows_shrinks_back():
    """To grow by less once more would cost more requests than it saves."""
    grown = cell_of(1_100, grown_from=at(1_000), base=6_000)
    step = next_step(grown, 9_000, window_rows=5_000, page_size=100)
    assert isinstance(step, Replace)
    assert [seconds_of(cell) for cell in step.cells] == [(0, 1_000), (1_000, 1_100)]
    assert [cell.is_whole for cell in step.cells] == [True, False]


@settings(max_examples=60)
@given(seed=st.integers(0, 10_000), rows=st.integers(1, 60_000), days=st.integers(1, 31))
def test_rows_that_are_spread_over_time_are_read_in_shallow_cells(seed, rows, days):
    """Few requests beyond those that the rows need."""
    rng = random.Random(seed)
    server = Server(rng.randrange(days * DAY) for _ in range(rows))
    read, requests = cut_up(server, length=days * DAY, window_rows=5_000)
    assert_covered(read, days * DAY)
    assert max(total for _, total in read) <= 5_000
    assert requests <= 1.06 * rows / 100 + 4


BURSTS = st.lists(
    st.tuples(st.integers(0, MONTH - 1), st.integers(1_000, 12_000)), min_size=1, max_size=3
)


@pytest.mark.unmeasured
@settings(max_examples=200)
@given(bursts=BURSTS, others=st.integers(0, 20_000), seed=st.integers(0, 100))
def test_thousands_of_rows_in_one_second_are_read_about_once(bursts, others, seed):
    """Also where they stand at the seam of two cells."""
    rng = random.Random(seed)
    times = [second for second, rows in bursts for _ in range(rows)]
    times += [rng.randrange(MONTH) for _ in range(others)]
    read, requests = cut_up(Server(times), length=MONTH, window_rows=5_000)
    assert_covered(read, MONTH)
    assert requests <= 1.5 * len(times) / 100 + 12


@pytest.mark.parametrize("seam", [MONTH // 2, MONTH // 3, MONTH // 4])
@pytest.mark.parametrize("beside", [-2, -1, 0, 1])
def test_a_burst_at_a_seam_is_not_read_from_both_sides(seam, beside):
    """The cell that cannot be cut grows over the seam."""
    times = [seam + beside] * 7_000 + list(range(0, MONTH, MONTH // 8_000))
    read, requests = cut_up(Server(times), length=MONTH, window_rows=5_000)
    assert_covered(read, MONTH)
    assert requests <= 1.3 * len(times) / 100


@pytest.mark.parametrize("is_coarse", [False, True])
def test_a_server_that_ignores_the_time_is_not_asked_for_ever(is_coarse):
    """Slices announce what the whole did: the window is read as a whole, once."""
    read, requests = cut_up(
        Server(range(0, MONTH, 134), unit=None),
        length=MONTH,
        window_rows=5_000,
        is_coarse=is_coarse,
    )
    assert_covered(read, MONTH)
    assert len(read) == 1
    assert requests - 200 <= 20


def test_a_server_that_compares_days_is_asked_for_days():
    """Once it is known; cells of hours would bring the same day again and again."""
    server = Server(range(0, MONTH, 20), unit=DAY)  # 4,320 a day
    read, requests = cut_up(server, length=MONTH, window_rows=5_000, is_coarse=True)
    assert_covered(read, MONTH)
    assert min(cell.period.seconds for cell, _ in read) >= 2 * DAY
    assert requests <= 1.7 * MONTH / 20 / 100


def test_a_cell_that_grew_too_far_goes_back():
    """It stops where what it covers costs more than the seam would."""
    times = [10 * DAY] * 30_000 + [12 * DAY + number for number in range(0, 8 * DAY, 10)]
    read, _ = cut_up(Server(times), length=MONTH, window_rows=5_000)
    assert_covered(read, MONTH)
    deep = [(seconds_of(cell), rows) for cell, rows in read if rows > 5_000]
    assert len(deep) == 1
    assert 30_000 <= deep[0][1] <= 1.25 * 30_000


def test_growing_is_a_longer_cell_from_the_same_start():
    """Four times as long, but no longer than the window."""
    cell = Cell(
        chunk=0, ids=(), period=Period(START, at(15)), root=Root(at(100)), rows=9_000, seconds=15
    )
    step = next_step(cell, 9_000, window_rows=5_000, page_size=100)
    assert isinstance(step, Grow)
    assert (seconds_of(step.cell), step.cell.base) == ((0, 60), 9_000)
    step = next_step(step.cell, 9_001, window_rows=5_000, page_size=100)
    assert seconds_of(step.cell) == (0, 100)
    assert next_step(step.cell, 9_002, window_rows=5_000, page_size=100) == Read()
