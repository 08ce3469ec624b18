"""The README is short, and its two commands are those that people and CI run."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.support.fences import PROJECT, fences
from tests.support.markdown_tables import section

README = PROJECT / "README.md"
CI = PROJECT / ".ci" / "run"


def commands():
    """Return the shell fences under "Try it"."""
    text = section(README, "Try it")
    shown = [fence.code for fence in fences(README) if fence.language == "sh"]
    return [code for code in shown if code in text]


def test_the_readme_stays_short():
    """Tables and details belong to the pages that it links to."""
    text = README.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 150
    assert "\n|" not in text


def test_the_two_commands_are_lines_of_their_own():
    """The command that shows the main job, and the one that runs the tests, can be copied whole."""
    demo, tests = commands()
    assert demo.count("\n") == tests.count("\n") == 1
    assert demo.endswith("liner-async demo\n")
    assert tests.endswith("nox -s tests\n")


@pytest.mark.parametrize("number", [0, 1])
def test_a_command_makes_the_environment_it_installs_into(number):
    """Where pip refuses to install into the system's Python, both commands still work."""
    first, *others = commands()[number].split(" && ")
    assert first == "python3 -m venv .venv"
    assert all(each.startswith(".venv/bin/") for each in others)


@pytest.mark.parametrize("number", [0, 1])
def test_a_command_is_valid_for_any_shell(number):
    """`sh` parses it."""
    subprocess.run(["sh", "-n", "-c", commands()[number]], check=True)


def test_ci_runs_the_test_command_as_the_readme_prints_it():
    """The pattern that `.ci/run` searches for finds the command, whole, before any other line."""
    found = re.search(r"grep -m 1 -E '([^']+)' README\.md", CI.read_text(encoding="utf-8"))
    assert found
    lines = README.read_text(encoding="utf-8").splitlines()
    assert next(each for each in lines if re.search(found[1], each)) == commands()[1].strip()


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#]+)", README.read_text(encoding="utf-8")))
def test_a_link_leads_to_a_file(link):
    """A page that moves takes its links along."""
    assert (PROJECT / link).is_file()


@pytest.mark.parametrize("page", ["README.md", "docs/index.md", "docs/why.md"])
def test_a_page_that_promises_the_whole_list_says_what_happens_to_a_list_that_moves(page):
    """A list that moves while it is read may come back shorter: only "strict" raises then."""
    text = (PROJECT / page).read_text(encoding="utf-8")
    promise = "ou get the whole list or an exception. If the list changes while you read it, "
    assert text.count(promise) == 1
    assert 'consistency="strict"' in text.partition(promise)[2]
