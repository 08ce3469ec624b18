"""CONTRIBUTING describes this tree: its sessions, its arrows and its files."""

from __future__ import annotations

import re

import pytest

from tests.support.fences import PROJECT
from tests.support.markdown_tables import codes, rows, section
from tests.test_layers import ARROWS

PAGE = PROJECT / "CONTRIBUTING.md"
HEADINGS = ["Layout", "The walk of a page", "Where a change goes", "Add a resource"]


def drawn():
    """Return the arrows of the page: of each part, the parts that it imports."""
    [text] = re.findall(r"```text\n(.*?)```", section(PAGE, "Who imports whom"), re.DOTALL)
    lines = [line.partition("->") for line in text.splitlines()]
    return {part.strip(): set(filter(None, used.strip().split(", "))) for part, _, used in lines}


def named():
    """Return the files and folders that the page names, in their sections."""
    for heading in HEADINGS:
        for name in codes(section(PAGE, heading)):
            if re.fullmatch(r"[\w/.]+(/|\.py|\.md)", name):
                yield heading, name


def test_the_arrows_are_those_that_the_layers_hold():
    """The page draws what `tests/test_layers.py` compares with the imports."""
    assert drawn() == ARROWS


def test_a_part_stands_above_all_that_it_imports():
    """The drawing can be read from top to bottom."""
    order = [*drawn(), "the public names"]
    assert [
        (part, each)
        for part, used in drawn().items()
        for each in used
        if order.index(each) < order.index(part)
    ] == []


def test_the_layout_names_every_part_of_the_package():
    """A part without a row is a part that nobody can find."""
    listed = {name.removesuffix("/").removesuffix(".py") for _, name in named()}
    assert listed >= ARROWS.keys()


def test_the_walk_is_short():
    """A dozen steps from `list()` to the object."""
    assert 8 <= len(re.findall(r"^\d+\. ", section(PAGE, "The walk of a page"), re.MULTILINE)) <= 12


@pytest.mark.parametrize(("heading", "name"), [*named()])
def test_a_file_that_the_page_names_is_there(heading, name):
    """A module that moves takes its place in the page along."""
    folders = [PROJECT, PROJECT / "liner_async", PROJECT / "liner_async" / "_codec"]
    assert any((folder / name).exists() for folder in folders), heading


def test_the_table_of_sessions_names_every_session():
    """The table is compared with the noxfile."""
    text = (PROJECT / "noxfile.py").read_text(encoding="utf-8")
    sessions = re.findall(r"^@nox\.session.*\ndef (\w+)", text, re.MULTILINE)
    assert sorted(codes(row[0])[0] for row in rows(PAGE, "Set up")) == sorted(sessions)
