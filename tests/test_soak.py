"""The reliability scripts and their page: they run, and they say the same."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.unmeasured, pytest.mark.usefixtures("unmeasured_programs")]

PROJECT = Path(__file__).resolve().parents[1]
BENCHMARKS = PROJECT / "benchmarks"
PAGE = PROJECT / "docs" / "reliability.md"
CATALOGUE = PROJECT / "tests" / "catalogue"
ROWS = [*range(1, 68), "67b", *range(68, 91), *range(92, 97)]

needs_linux = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="reads /proc")


@pytest.fixture
def lines(monkeypatch):
    """What `benchmarks/soak.py` measures."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("reliability.lines").LINES


@pytest.fixture
def mutations(monkeypatch):
    """What `benchmarks/fuzz.py` reads."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("reliability.mutations")


def table(heading: str) -> list[list[str]]:
    """Return the rows of the tables below a heading of the page, without their heads."""
    text = PAGE.read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [row for row in cells if row[0] not in {"Row", "Line"}]


def files_by_row() -> dict[str, set[str]]:
    """Return the files of the catalogue's tests, by the row in their names."""
    found: dict[str, set[str]] = {}
    for path in CATALOGUE.glob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                leading = re.match(r"test_((?:\d\d[a-z]?_)+)", node.name)
                for row in leading[1].split("_")[:-1] if leading else ():
                    found.setdefault(row.lstrip("0"), set()).add(path.name)
    return found


def script(*arguments: str) -> str:
    """Run a script of the benchmarks; return what it printed."""
    ended = subprocess.run(
        [sys.executable, *arguments],
        cwd=BENCHMARKS,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def test_the_page_names_every_row_of_the_catalogue_and_where_it_is_tested():
    """No row is left out, and the file is the one whose tests bear the row's number."""
    rows = table("The failure catalogue")
    assert [row[0] for row in rows] == [str(row) for row in ROWS]
    found = files_by_row()
    for number, _, promise, files in rows:
        assert promise
        assert {f"`{name}`" for name in found[number]} == set(files.split(", ")), number


def test_the_page_measures_every_line_of_the_soak(lines):
    """Each line's promise and command stand in the table, in the script's words."""
    rows = table("What was measured")
    assert [row[1] for row in rows if row[0] != "`fuzz`"] == [line.promise for line in lines]
    assert [row[0] for row in rows] == [*(f"`{line.name}`" for line in lines), "`fuzz`"]


def test_every_figure_that_was_promised_has_a_function(lines):
    """Those of the contract, killing and strict reading over moving lists, and those of writes."""
    assert [line.name for line in lines] == [
        *("faults", "memory", "ends", "bodies", "storm", "outage", "restart", "cancel"),
        *("lag", "loops"),
        *("kills", "moving"),
        *("bulk", "imports", "idle"),
    ]
    assert all(line.smoke <= line.short <= line.full for line in lines)


def test_mutations_are_repeatable_and_do_something(mutations):
    """The seed alone decides about a body, so that a finding can be shown again."""
    bodies = [mutations.mutated(seed) for seed in range(300)]
    assert bodies == [mutations.mutated(seed) for seed in range(300)]
    assert len(set(bodies)) > 250
    assert len(mutations.MUTATIONS) >= 10
    assert mutations.PAGE.startswith(b'{"success":true')


def test_the_fuzzer_runs():
    """A few hundred bodies, and the tally of what came of them."""
    printed = script("fuzz.py", "--count", "500")
    assert "500 bodies" in printed
    assert "ResponseError, shape" in printed
    assert "DecodeError, decode" in printed


@needs_linux
def test_the_soak_runs():
    """A tiny run of five lines, none of which judges time: a busy machine must not fail it."""
    printed = script("soak.py", "--scale", "smoke", "faults", "ends", "loops", "bulk", "imports")
    assert printed.count("0 <= 0") >= 10
    assert "all figures are met" in printed


def test_an_unknown_line_is_refused(lines, monkeypatch, capsys):
    """A typing error must not pass for a run in which nothing failed."""
    monkeypatch.setattr(sys, "argv", ["soak.py", "fault"])
    with pytest.raises(SystemExit, match="2"):
        importlib.import_module("soak").main()
    assert "no such line: fault" in capsys.readouterr().err
