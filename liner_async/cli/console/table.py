"""Tables for people, drawn by rich: aligned, cut to fit, safe for a terminal."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Sequence

from rich.rule import Rule
from rich.table import Column, Table
from rich.text import Text

from liner_async.cli.console.screen import console_like
from liner_async.cli.console.text import printable

__all__ = ["render_table"]

_GAP = 2  # places between two columns
_NARROWEST = 8  # places that a column keeps on a narrow terminal, if it has as many


def render_table(
    rows: Iterable[Sequence[str]],
    *,
    heads: Sequence[str] = (),
    right: frozenset[int] = frozenset(),
    widest: int = 80,
) -> str:
    """Return the rows as lines for stdout, without a line break at the end.

    Cells are cut to `widest` places, and further where a terminal is narrow; nothing in a cell
    steers the terminal or is read as markup. The columns numbered in `right` hold numbers: they
    are aligned to the right and cut last.
    """
    lines = [[_cell(text) for text in row] for row in ([heads] if heads else []) + [*rows]]
    table = Table(
        *(
            _column(cells, widest, is_number=index in right)
            for index, cells in enumerate(zip(*lines, strict=True))
        ),
        box=None,
        padding=(0, _GAP, 0, 0),
        show_header=bool(heads),
        header_style="bold",
    )
    if heads:
        table.add_row(*(Rule(characters="-", style="dim") for _ in heads))
    for line in lines[1:] if heads else lines:
        table.add_row(*line)
    drawn = io.StringIO()
    console_like(sys.stdout, file=drawn).print(table, crop=False)
    return "\n".join(line.rstrip() for line in drawn.getvalue().removesuffix("\n").split("\n"))


def _cell(text: str) -> Text:
    return Text(printable(text), no_wrap=True, overflow="ellipsis")


def _column(cells: Sequence[Text], widest: int, *, is_number: bool) -> Column:
    longest = max(cell.cell_len for cell in cells)
    return Column(
        cells[0],  # shown as the head, where there are heads
        justify="right" if is_number else "left",
        max_width=widest,
        min_width=min(longest, widest if is_number else _NARROWEST),
    )
