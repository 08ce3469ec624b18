"""Which rows of a page belong to the cell that it was asked for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liner_async import PagingError
from liner_async._paging.cells import Cell, Period, Root
from liner_async._paging.trimmer import HandedOut, Trimmer, check_root
from tests.support.dated_list import START, Dated

END = START + timedelta(seconds=100)


def cut_of(**known):
    """Return what cuts back to a hundred seconds."""
    return Trimmer(
        period=Period(START, END),
        root=Root(END),
        created_at=lambda row: row.created_at,
        key=lambda row: row.id,
        undated=set(),
        **known,
    )


def at(seconds, number=1):
    """Return a row that was created so many seconds after the start; None for no time."""
    return Dated(number, None if seconds is None else START + timedelta(seconds=seconds))


@given(
    seconds=st.lists(st.one_of(st.none(), st.floats(-5, 105)), max_size=30),
    earlier=st.sets(st.integers(0, 10)),
    again=st.sets(st.integers(0, 10)),
)
def test_rows_inside_and_new_are_kept(seconds, earlier, again):
    """Whichever way the page is looked at: all at once, or row by row."""
    rows = [at(second, number) for number, second in enumerate(seconds)]
    known = {"before": HandedOut(earlier, ()), "again": (HandedOut(again, ()),) if again else ()}
    cut = cut_of(**known)
    kept = cut.keep(rows)
    assert list(kept) == [
        row
        for row in rows
        if row.created_at is None
        or (START <= row.created_at < END and row.id not in {*earlier, *again})
    ]
    assert len(kept) + cut.left_out == len(rows)
    inside = [row for row in rows if row.created_at and START <= row.created_at < END]
    assert cut.root.inside == len(inside)


def test_both_ends_are_exact():
    """The first moment is included, the last is not."""
    rows = [at(0, 1), at(100, 2), at(-0.000001, 3), at(99.999999, 4)]
    assert [row.id for row in cut_of().keep(rows)] == [1, 4]


@pytest.mark.parametrize(
    ("seconds", "trimmed", "outside"), [(-2, 1, 0), (-2.1, 0, 1), (102, 1, 0), (102.1, 0, 1)]
)
def test_what_lies_within_the_margin_is_no_drift(seconds, trimmed, outside):
    """With a second more, since a server may compare whole seconds."""
    cut = cut_of()
    assert cut.keep([at(seconds)]) == ()
    assert (cut.trimmed, cut.outside, cut.root.outside) == (trimmed, outside, outside)
    assert list(cut.signs) == ["range"] * outside


def test_a_row_that_another_cell_trimmed_is_not_known():
    """It is this cell's."""
    assert len(cut_of(before=HandedOut({1}, {1})).keep([at(5)])) == 1
    cut = cut_of(before=HandedOut({1}, ()))
    assert (len(cut.keep([at(5)])), list(cut.signs)) == (0, ["duplicates"])


def test_the_first_page_of_a_cell_that_is_cut_tells_what_the_server_does():
    """Rows days away are of another list; some further out than the margin are told apart."""
    cut = cut_of()
    assert not cut.check_first([at(5), at(None)])
    assert cut.check_first([at(5), at(5_000)])
    assert cut.check_first([at(3_600)])
    with pytest.raises(PagingError, match="other times") as caught:
        cut.check_first([at(1_000_000), at(-1_000_000)])
    assert caught.value.reason == "range"


@pytest.mark.parametrize(("inside", "open_cells"), [(1, 0), (0, 1)])
def test_a_window_with_rows_inside_or_cells_to_come_is_no_error(inside, open_cells):
    """Only one that was read whole and left nothing is."""
    root = Root(END, open=open_cells, inside=inside, outside=5)
    cell = Cell(chunk=0, ids=(), period=Period(START, END), root=root)
    check_root(cell)
    root.inside = root.open = 0
    with pytest.raises(PagingError, match="2024-01-01T00:00:00"):
        check_root(cell)
