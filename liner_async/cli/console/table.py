"""Plain-text tables for people: columns in line, safe for a terminal."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["render_table"]

_GAP = "  "
_CUT = "..."


def render_table(
    rows: Iterable[Sequence[str]],
    *,
    heads: Sequence[str] = (),
    right: frozenset[int] = frozenset(),
    widest: int = 80,
) -> str:
    """Give the rows as lines, without a line break at the end.

    Cells are cut to `widest` places; control characters are shown as escapes, so that data cannot
    steer the terminal. The columns numbered in `right` are aligned to the right.
    """
    lines = [[_fit(cell, widest) for cell in row] for row in ([heads] if heads else []) + [*rows]]
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    if heads:
        lines.insert(1, ["-" * width for width in widths])
    return "\n".join(
        _GAP.join(
            _pad(cell, width, to_right=index in right)
            for index, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _fit(text: str, widest: int) -> str:
    shown = "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )
    if _width(shown) <= widest:
        return shown
    kept = list(accumulate(map(_places, shown)))
    return shown[: bisect_right(kept, widest - len(_CUT))] + _CUT


def _pad(cell: str, width: int, *, to_right: bool) -> str:
    blanks = " " * (width - _width(cell))
    return blanks + cell if to_right else cell + blanks


def _width(text: str) -> int:
    """Count the places that a text takes on a terminal."""
    return sum(map(_places, text))


def _places(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
