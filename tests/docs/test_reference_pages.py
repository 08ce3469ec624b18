"""Docstrings become the pages of the API reference."""

from __future__ import annotations

import inspect
import runpy

from liner_async import LinerClient
from tests.support.fences import PROJECT


def rendered(documented):
    """Return a docstring as Sphinx gets it."""
    lines = inspect.getdoc(documented).splitlines()
    mark_code = runpy.run_path(str(PROJECT / "docs" / "conf.py"))["mark_code"]
    mark_code(None, "class", documented.__name__, documented, None, lines)
    return lines


def rendered_text(docstring):
    """Return a docstring of these words as Sphinx gets it."""

    def documented():
        pass

    documented.__doc__ = docstring
    return "\n".join(rendered(documented))


def test_an_example_in_a_docstring_is_marked_as_code():
    """An indented block would otherwise be a quotation."""
    lines = rendered(LinerClient)
    start = lines.index(
        "Open one per process and event loop, use it for everything, and close it::"
    )
    assert lines[start + 1 : start + 3] == ["", "    async with LinerClient() as liner:"]


def test_code_within_a_sentence_gets_the_markup_of_restructuredtext():
    """Single backticks would be emphasis."""
    assert "``host`` is given." in rendered_text("`host` is given.")


def test_a_section_of_a_docstring_stays_a_section():
    """Napoleon reads `Args:` and what is indented below it."""
    assert "Args:\n    host: a URL." in rendered_text("Do it.\n\nArgs:\n    host: a URL.")
