"""Tables for people."""

from __future__ import annotations

import pytest

from liner_async.cli.console.table import render_table


def test_columns_are_in_line():
    """Text is aligned to the left, chosen columns to the right; no blanks end a line."""
    shown = render_table([("1", "a"), ("22", "bbb")], heads=("id", "x"), right=frozenset({0}))
    assert shown.split("\n") == ["id  x", "--  ---", " 1  a", "22  bbb"]


def test_a_table_needs_no_heads():
    """Rows alone are a table, and no rows are none."""
    assert render_table([("a", "1"), ("bb", "2")]) == "a   1\nbb  2"
    assert render_table([]) == ""


@pytest.mark.parametrize(
    ("text", "places"),
    [("abc", 3), ("\u4e2d\u6587", 4), ("e\u0301", 1), ("\U0001f3e0", 2)],
    ids=["letters", "wide", "combining", "emoji"],
)
def test_width_is_counted_in_places_on_the_terminal(text, places):
    """The rule under a head is as long as the text is wide."""
    assert render_table([], heads=(text,)).split("\n")[1] == "-" * places


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x" * 10, "x" * 10),
        ("x" * 11, "xxxxxxx..."),
        ("\u4e2d" * 6, "\u4e2d\u4e2d\u4e2d..."),
        ("a\tb\x9b\n", "a\\tb\\x9b\\n"),
        ("\u202eabc", "\\u202eabc"),
    ],
    ids=["fits", "cut", "cut before a wide one", "control characters", "direction mark"],
)
def test_cells_are_cut_and_made_safe(text, shown):
    """Ten places are kept at most, and nothing in a cell steers the terminal."""
    assert render_table([(text,)], widest=10) == shown
