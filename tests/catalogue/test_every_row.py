"""The catalogue is complete: each of its rows has a test that is found by the row's number."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROWS = [*(f"{row:02}" for row in range(1, 91)), "67b", *map(str, range(92, 97))]


def numbers_in_names() -> set[str]:
    """Give the rows that the names of this folder's tests begin with."""
    found: set[str] = set()
    for path in Path(__file__).parent.glob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                leading = re.match(r"test_((?:\d\d[a-z]?_)+)", node.name)
                found |= set(leading[1].split("_")) if leading else set()
    return found - {""}


def test_every_row_has_a_test():
    """And no test names a row that does not exist."""
    assert numbers_in_names() == set(ROWS)
