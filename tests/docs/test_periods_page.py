"""The page on periods shows the picture and the figures of the code."""

from __future__ import annotations

import runpy
import xml.etree.ElementTree as ET
from datetime import UTC, datetime

import pytest

from liner_async import LinerClient
from liner_async._paging.cells import MARGIN
from liner_async.resources.leads import Leads
from liner_async.resources.periods import WINDOW, WINDOW_ROWS
from liner_async.testing import FakeLiner
from tests.docs.test_reference_tables import documented, parameters
from tests.support.fences import PROJECT
from tests.support.markdown_tables import rows

pytestmark = pytest.mark.unmeasured

PAGE = PROJECT / "docs" / "periods.md"
SCRIPT = PROJECT / "docs" / "tools" / "periods_picture.py"
COSTS = [[int(cell.replace(",", "")) for cell in row] for row in rows(PAGE, "What it costs")]


def test_the_picture_is_as_the_script_draws_it():
    """Run the script after a change."""
    script = runpy.run_path(str(SCRIPT))
    assert script["picture"]() == script["PICTURE"].read_text(encoding="utf-8")


def test_the_picture_shows_the_limits_of_the_code():
    """31 days, 5,000 rows, and a second on both sides."""
    script = runpy.run_path(str(SCRIPT))
    assert (WINDOW.days, WINDOW_ROWS, MARGIN.total_seconds()) == (31, script["FULL"], 1)


def test_the_picture_is_drawn_for_readers_who_cannot_see_it_too():
    """It parses, and describes itself."""
    picture = ET.parse(PROJECT / "docs" / "_static" / "periods.svg").getroot()
    texts = {child.tag.rpartition("}")[2]: child.text for child in picture}
    assert texts["title"] == "A period in windows"
    assert "12,400 rows" in texts["desc"]


def test_the_table_of_arguments_gives_the_defaults():
    """The table is compared with the signature."""
    own = {name: of for name, of in parameters(Leads.list).items() if name.startswith("window")}
    assert documented("periods.md", "Two arguments") == own


@pytest.mark.parametrize(("leads", "pages", "requests", "deepest"), COSTS[:3])
async def test_the_table_of_costs_gives_what_the_server_counts(leads, pages, requests, deepest):
    """The last row would take half a minute."""
    year = {
        "created_from": datetime(2024, 1, 1, tzinfo=UTC),
        "created_to": datetime(2025, 1, 1, tzinfo=UTC),
    }
    async with (
        FakeLiner(sizes={"leads": leads}) as server,
        LinerClient(server.url, server.api_key) as liner,
    ):
        read = [len(page) async for page in liner.leads.list(**year).pages()]
        offsets = [request.offset for request in server.requests]
    assert sum(read) == leads == 100 * pages
    assert (len(offsets), max(offsets)) == (requests, deepest)
