"""The commands that install the package work as they are printed."""

from __future__ import annotations

import re
import tomllib

import pytest

from liner_async import __version__
from tests.support.fences import PROJECT, documents

PAGES = [*documents(), PROJECT / "CONTRIBUTING.md", *sorted((PROJECT / "examples").rglob("*.py"))]
LOCAL = r'"\.(?:\[(?P<extras>[a-z,]+)\])?"'
WHEEL = rf'"\./liner_async-{re.escape(__version__)}-py3-none-any\.whl\[(?P<extras>[a-z,]+)\]"'


def installed():
    """Return what each command that installs this package is given, with the page's name."""
    for page in PAGES:
        for command in re.findall(r"pip install ([^`\n&]+)", page.read_text(encoding="utf-8")):
            first, *_ = command.split()
            if first.strip("'\"").startswith((".", "liner")):
                yield page.name, first


def test_the_pages_say_how_to_install():
    """The search finds the commands: the README's, the quickstart's, and those of the extras."""
    assert {page for page, _ in installed()} >= {"README.md", "index.md", "quickstart.md"}
    assert len([*installed()]) >= 8


@pytest.mark.parametrize(("page", "package"), [*installed()])
def test_a_command_installs_from_a_checkout_or_a_wheel(page, package):
    """Nothing is published: the package's name alone finds nothing, or somebody else's package."""
    found = re.fullmatch(LOCAL, package) or re.fullmatch(WHEEL, package)
    assert found, f"{page}: {package}"
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = set((found["extras"] or "").split(",")) - {""}
    assert extras <= project["optional-dependencies"].keys()
