"""The page on the command line names every command, option and exit code."""

from __future__ import annotations

import click
import pytest

from liner_async.cli import cli
from liner_async.cli.console.exits import ExitCode
from tests.support.fences import PROJECT, fences
from tests.support.markdown_tables import rows, section

PAGE = PROJECT / "docs" / "command-line.md"


def commands(command=cli, path=""):
    """Give every command that does something, by the words that call it."""
    if not isinstance(command, click.Group):
        return {path: command}
    found = {}
    for name, each in command.commands.items():
        found |= commands(each, f"{path} {name}".strip())
    return found


@pytest.mark.parametrize(("path", "command"), commands().items(), ids=commands())
def test_every_option_of_a_command_stands_in_its_section(path, command):
    """An option that the page does not tell of is a fault of the page."""
    text = section(PAGE, f"`{path}`")
    options = [each for each in command.params if isinstance(each, click.Option)]
    assert [each.opts[-1] for each in options if f"`{each.opts[-1]}" not in text] == []


def test_every_option_before_the_command_stands_in_its_table():
    """The options of the root are told once, for all commands."""
    text = section(PAGE, "Options before the command")
    options = [each for each in cli.params if isinstance(each, click.Option)]
    assert [each.opts[-1] for each in options if f"`{each.opts[-1]}" not in text] == []


def test_every_exit_code_stands_in_the_table():
    """Scripts rely on the codes."""
    assert {int(row[0]) for row in rows(PAGE, "Exit codes")} == {int(each) for each in ExitCode}


def test_the_readme_names_every_command():
    """The README's table of commands is complete."""
    table = rows(PROJECT / "README.md", "Command line")
    assert [row[0] for row in table] == [f"`liner-async {path}`" for path in sorted_as_shown()]


def sorted_as_shown():
    """Give the commands in the README's order: as people meet them."""
    order = ["demo", "doctor", "orders count", "orders list", "orders export"]
    order += ["fake-server", "completion"]
    assert sorted(order) == sorted(commands())
    return order


def test_the_commands_in_the_examples_parse():
    """Each `liner-async` line in a shell fence names commands and options that exist."""
    shown = [fence.code for fence in fences(PAGE) if fence.language == "sh"]
    lines = [line for code in shown for line in code.splitlines()]
    assert len(lines) >= 7
    for line in lines:
        words = line.split("|")[0].split(">")[0].split()
        assert words[0] == "liner-async"
        path = next(path for path in commands() if words[1 : 1 + len(path.split())] == path.split())
        rest = words[1 + len(path.split()) :]
        commands()[path].make_context(path, rest)
