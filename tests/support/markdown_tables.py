"""The tables of the documentation, as rows of cells."""

from __future__ import annotations

import re
from itertools import dropwhile, takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_BETWEEN_CELLS = re.compile(r"(?<!\\)\|")


def section(path: Path, heading: str) -> str:
    """Return the text below a heading, up to the next heading of any level."""
    text = path.read_text(encoding="utf-8")
    found = re.search(
        rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", text, re.MULTILINE | re.DOTALL
    )
    assert found, f"{path.name} has no heading {heading!r}"
    return found[1]


def rows(path: Path, heading: str) -> list[list[str]]:
    """Return the rows of the first table below a heading, without its header."""
    lines = section(path, heading).splitlines()
    table = takewhile(_is_row, dropwhile(lambda line: not _is_row(line), lines))
    cells = [[cell.strip() for cell in _BETWEEN_CELLS.split(line.strip("| "))] for line in table]
    return cells[2:]


def _is_row(line: str) -> bool:
    return line.startswith("|")


def code(cell: str) -> str:
    """Return the code that a cell starts with, without its backticks."""
    found = re.match(r"`([^`]+)`", cell)
    assert found, f"no code in {cell!r}"
    return found[1]


def codes(cell: str) -> list[str]:
    """Return every piece of code in a cell, without its backticks."""
    return re.findall(r"`([^`]+)`", cell)
