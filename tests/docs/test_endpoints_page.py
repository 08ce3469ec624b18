"""The page on endpoints lists all of them, as the client has them."""

from __future__ import annotations

import re
import runpy

import pytest

from liner_async import LinerClient
from liner_async.resources.endpoints import ENDPOINTS
from tests.support.fences import PROJECT
from tests.support.markdown_tables import code, rows

PAGE = PROJECT / "docs" / "endpoints.md"
SCRIPT = PROJECT / "docs" / "tools" / "endpoints_table.py"
TABLE = rows(PAGE, "Endpoints")


def test_the_table_is_as_the_script_writes_it():
    """Run the script after a change of the endpoints."""
    page = PAGE.read_text(encoding="utf-8")
    assert runpy.run_path(str(SCRIPT))["written"](page) == page


def test_a_page_without_a_place_for_the_table_is_an_error():
    """Nothing is written where the table would be lost."""
    with pytest.raises(ValueError, match="no place"):
        runpy.run_path(str(SCRIPT))["written"]("# Endpoints\n")


def test_the_table_has_every_endpoint():
    """In the order in which the client knows them, with how sure we are of each half."""
    names = [re.fullmatch(r"\[`([a-z_.]+)\(\)`\]\(.*\)", row[0])[1] for row in TABLE]
    assert names == [*ENDPOINTS]
    assert {mark for row in TABLE for mark in row[3:]} == {"A", "B", "C"}
    assert runpy.run_path(str(SCRIPT))["SURE"].keys() == ENDPOINTS.keys()


@pytest.mark.parametrize("name", ENDPOINTS)
async def test_the_client_has_the_call(name):
    """What the table offers can be called."""
    resource, _, verb = name.partition(".")
    async with LinerClient("https://liner.example", "key") as liner:
        assert callable(getattr(getattr(liner, resource), verb))


@pytest.mark.parametrize(("name", "row"), [*zip(ENDPOINTS, TABLE, strict=True)])
def test_the_path_is_what_is_asked_for(name, row):
    """With its method, and the place of an id."""
    method, _, path = code(row[1]).partition(" ")
    verb = name.rpartition(".")[2]
    assert method == ("GET" if verb in {"list", "get"} else "POST")
    assert path.removesuffix("{id}/") == ENDPOINTS[name].path
    assert path.endswith("{id}/") == (verb in {"get", "update"})
