"""The page on performance shows a year of leads as it was measured."""

from __future__ import annotations

import runpy
import xml.etree.ElementTree as ET
from itertools import pairwise

from liner_async.resources.periods import WINDOW_ROWS
from tests.support.fences import PROJECT
from tests.support.markdown_tables import section

SCRIPT = runpy.run_path(str(PROJECT / "docs" / "tools" / "history_picture.py"))
WORKS = SCRIPT["works"]()
PAGE = PROJECT / "docs" / "performance.md"


def test_the_picture_is_as_the_script_draws_it():
    """Run the script after the benchmark."""
    assert SCRIPT["picture"]() == SCRIPT["PICTURE"].read_text(encoding="utf-8")


def test_the_picture_is_drawn_for_readers_who_cannot_see_it_too():
    """It parses, and gives every figure in words; so does the page."""
    picture = ET.parse(SCRIPT["PICTURE"]).getroot()
    texts = {child.tag.rpartition("}")[2]: child.text for child in picture if child.text}
    written = section(PAGE, "A year of leads")
    for line in WORKS.values():
        for leads, work in line.items():
            assert f"{work:,g} s for {leads:,} leads" in texts["desc"]
            assert f"{work:,g}" in written


def test_in_windows_the_work_grows_with_the_leads_alone():
    """A lead costs no more than half a window's offsets; as one list, it costs ever more."""
    most = WINDOW_ROWS / 2 / 100 * 1e-6  # seconds
    assert all(work / leads <= most for leads, work in WORKS["in windows"].items())
    costs = [work / leads for leads, work in WORKS["as one list"].items()]
    assert [round(later / earlier) for earlier, later in pairwise(costs)] == [10, 10]
    assert f"at most {most * 1e6:g} µs" in section(PAGE, "A year of leads")
