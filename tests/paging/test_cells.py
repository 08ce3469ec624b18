"""A long list as a row of periods and chunks of ids: nothing is left out, nothing comes twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liner_async import ConfigError
from liner_async._paging.cells import (
    IDS_PER_CHUNK,
    Cell,
    Period,
    Root,
    chunks_of,
    floored,
    longest,
    periods_of,
    remainder,
    sliced,
)

START = datetime(2024, 1, 1, tzinfo=UTC)
SECONDS = st.integers(1, 40_000_000)


def at(seconds):
    """Return a moment so many seconds after the start."""
    return START + timedelta(seconds=seconds)


def cell_of(seconds):
    """Return a cell of so many seconds, a window of its own."""
    return Cell(chunk=0, ids=(), period=Period(START, at(seconds)), root=Root(at(seconds)))


def edges(periods):
    """Return where periods begin and end."""
    return [(period.start, period.end) for period in periods]


@given(ids=st.lists(st.integers(1, 400), max_size=700))
def test_chunks_hold_each_id_once_in_the_order_given(ids):
    """At most a hundred in each; no ids are one chunk of none, which narrows nothing."""
    chunks = chunks_of(ids)
    assert [number for chunk in chunks for number in chunk] == list(dict.fromkeys(ids))
    assert all(len(chunk) == IDS_PER_CHUNK for chunk in chunks[:-1])
    assert len(chunks[-1]) <= IDS_PER_CHUNK
    assert chunks_of([]) == ((),)


@given(length=SECONDS, window=st.integers(3, 4_000_000))
def test_periods_cover_the_whole_span_once(length, window):
    """Each asks for no more than the window, margins included; all are about equally long."""
    window = max(window, length // 500)
    periods = list(periods_of(START, at(length), window=timedelta(seconds=window + 3)))
    assert (periods[0].start, periods[-1].end) == (START, at(length))
    assert all(before.end == after.start for before, after in pairwise(periods))
    asked = [period.asked.seconds for period in periods]
    assert max(asked) <= window + 3
    assert max(asked) - min(asked) <= 1


def test_an_empty_span_has_no_periods():
    """A list that begins in the second in which it is read has no rows yet."""
    assert list(periods_of(START, START, window=timedelta(days=1))) == []


def test_a_period_is_asked_for_one_second_wider_on_both_sides():
    """So the server's ends do not matter."""
    assert Period(at(10), at(20)).asked == Period(at(9), at(21))


@pytest.mark.parametrize("seconds", [-5, 0, 2, 2.9])
def test_a_window_of_nothing_but_margins_is_refused(seconds):
    """A window of three seconds reads one."""
    with pytest.raises(ConfigError, match="at least 3 seconds"):
        longest(timedelta(seconds=seconds))
    assert longest(timedelta(seconds=3)) == 1


def test_fractions_of_a_second_are_cut_off():
    """Bounds are whole seconds."""
    assert floored(at(1.999)) == at(1)


@given(length=st.integers(2, 100_000), into=st.integers(2, 60))
def test_slices_cover_their_cell_once(length, into):
    """Their root knows how many cells it consists of."""
    cell = cell_of(length)
    slices = sliced(cell, into=into)
    assert (slices[0].period.start, slices[-1].period.end) == (START, at(length))
    assert all(before.period.end == after.period.start for before, after in pairwise(slices))
    assert len(slices) <= into
    assert cell.root.open == len(slices)
    assert all(each.root is cell.root for each in slices)


def test_what_another_cell_covers_is_taken_from_the_one_behind_it():
    """Nothing is left of a cell that is covered whole; one that is not touched stays the same."""
    cell = cell_of(100)
    rest = remainder(cell, at(40))
    assert edges([rest.period]) == [(at(40), at(100))]
    assert (remainder(cell, START), cell.root.open) == (cell, 1)
    assert remainder(cell, at(100)) is None
    assert cell.root.open == 0


def test_cells_are_told_apart_by_identity():
    """Two cells of one period are two."""
    assert cell_of(5) != cell_of(5)
    assert attrs.evolve(cell_of(5), spent=3).spent == 3
