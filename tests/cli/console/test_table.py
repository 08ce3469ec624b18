"""Tables for people."""

from __future__ import annotations

import io

import pytest

from liner_async.cli.console.table import render_table


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        """Say yes."""
        return True


def use_terminal(monkeypatch):
    """Make stdout a terminal of 40 columns with colours."""
    monkeypatch.setattr("sys.stdout", Terminal())
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "40")


def test_columns_are_aligned():
    """Text is aligned to the left, chosen columns to the right; no line ends in blanks."""
    shown = render_table([("1", "a"), ("22", "bbb")], heads=("id", "x"), right=frozenset({0}))
    assert shown.split("\n") == ["id  x", "--  ---", " 1  a", "22  bbb"]


def test_a_table_needs_neither_heads_nor_rows():
    """Rows alone are a table; no rows are an empty text; empty cells are lines."""
    assert render_table([("a", "1"), ("bb", "2")]) == "a   1\nbb  2"
    assert render_table([]) == ""
    assert render_table([("",), ("",)], heads=("x",)) == "x\n-\n\n"


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
        ("x" * 11, "xxxxxxxxx…"),
        ("\u4e2d" * 6, "\u4e2d\u4e2d\u4e2d\u4e2d …"),
        ("a\tb\x9b\n", "a\\tb\\x9b\\n"),
        ("\u202eabc", "\\u202eabc"),
        ("[red]x[/]", "[red]x[/]"),
        (":smile:", ":smile:"),
    ],
    ids=["fits", "cut", "cut before a wide one", "controls", "direction mark", "markup", "emoji"],
)
def test_cells_are_cut_and_made_safe(text, shown):
    """Ten places are kept at most; nothing in a cell steers the terminal or is read as markup."""
    assert render_table([(text,)], heads=(text,), widest=10).split("\n")[0::2] == [shown, shown]


def test_a_pipe_gets_plain_text_of_any_width(monkeypatch):
    """Scripts see the same whatever the environment says of terminals and colours."""
    for name, value in (("COLUMNS", "20"), ("FORCE_COLOR", "1"), ("TTY_COMPATIBLE", "1")):
        monkeypatch.setenv(name, value)
    assert render_table([["x" * 80] * 9]) == "  ".join(["x" * 80] * 9)


def test_on_a_terminal_a_table_fits_and_numbers_stay_whole(monkeypatch):
    """The widest texts are cut further; the heads are bold and the rule is dim."""
    use_terminal(monkeypatch)
    rows = [("1234567", "short", "x" * 60)]
    shown = render_table(rows, heads=("id", "status", "title"), right=frozenset({0}))
    head, rule, row = shown.split("\n")
    assert head.startswith("\x1b[1m     id\x1b[0m")
    assert rule.startswith("\x1b[2m-------\x1b[0m")
    assert row == f"1234567  short   {'x' * 20}…"


def test_a_terminal_that_is_too_narrow_keeps_columns_readable(monkeypatch):
    """A table of many columns runs over the edge rather than cutting them to nothing."""
    use_terminal(monkeypatch)
    row = render_table([["0123456789"] * 9])
    assert row == "  ".join(["0123456…"] * 9)


def test_no_color_leaves_out_every_style(monkeypatch):
    """Bold and dim count as colours."""
    use_terminal(monkeypatch)
    monkeypatch.setenv("NO_COLOR", "1")
    assert render_table([("1",)], heads=("id",)) == "id\n--\n1"
