"""The supervisor's notebook runs, and shows what is stored in it."""

from __future__ import annotations

import json

import pytest

from tests.support.fences import PROJECT
from tests.support.kernel import notebook

CELLS = [
    cell
    for cell in json.loads((PROJECT / "docs" / "yesterday.ipynb").read_text("utf-8"))["cells"]
    if cell["cell_type"] == "code"
]


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """What each cell printed and displayed in a kernel of its own, none of them failing."""
    with notebook(tmp_path_factory.mktemp("nb")) as kernel:
        return [kernel.do("".join(cell["source"])) for cell in CELLS]


def stored(cell):
    """Return what a cell of the file printed, and what it displayed."""
    streams = [of for of in cell["outputs"] if of["output_type"] == "stream"]
    printed = "".join("".join(of["text"]) for of in streams)
    return printed, [of["data"] for of in cell["outputs"] if "data" in of]


@pytest.mark.parametrize("number", range(len(CELLS)))
def test_a_cell_shows_what_is_stored(number, shown):
    """`docs/tools/run_notebook.py` stores it again."""
    printed, displayed = stored(CELLS[number])
    assert printed == shown[number].printed
    assert ["".join(each["text/plain"]) for each in displayed] == [
        each["text/plain"] for each in shown[number].shown
    ]


def test_one_cell_draws_a_plot(shown):
    """A picture of some size, in the file and anew."""
    [(old, new)] = [
        (data["image/png"], each["image/png"])
        for cell, of in zip(CELLS, shown, strict=True)
        for data, each in zip(stored(cell)[1], of.shown, strict=True)
        if "image/png" in data
    ]
    assert min(len(old), len(new)) > 10_000


def test_no_phone_number_is_stored():
    """What is shown holds counts, titles and the names of invented agents."""
    assert "+7900" not in json.dumps([cell["outputs"] for cell in CELLS])
