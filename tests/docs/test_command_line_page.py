"""The page on the command line names every command, resource, option and exit code."""

from __future__ import annotations

import click
import pytest

from liner_async.cli import cli
from liner_async.cli.console.exits import ExitCode
from liner_async.cli.console.global_options import RemoteCommand
from liner_async.cli.resources import RESOURCES
from tests.support.fences import PROJECT, fences
from tests.support.markdown_tables import code, rows, section

PAGE = PROJECT / "docs" / "command-line.md"
GROUPS = {resource.command for resource in RESOURCES}


def commands(command=cli, path=""):
    """Return every command that does something, by the words that call it."""
    if not isinstance(command, click.Group):
        return {path: command}
    found = {}
    for name, each in command.commands.items():
        found |= commands(each, f"{path} {name}".strip())
    return found


def as_documented(path):
    """Return the words that call a command with a placeholder for its resource."""
    group, _, name = path.partition(" ")
    return f"RESOURCE {name}" if group in GROUPS else path


def described(option):
    """Return a filter as its table shows it: with its opposite, or the values it takes."""
    shown = f"`--{option.option}`"
    if option.opposite:
        shown += f"/`--{option.opposite}`"
    if option.choices:
        shown += f" ({', '.join(f'`{choice}`' for choice in option.choices)})"
    return shown


def paged(resource):
    """Return how a list comes, as its table shows it."""
    if resource.has_period:
        return "by time"
    return "yes" if resource.is_paged else "no"


def options(command):
    """Return the options of a command, in their long form, without the hidden ones."""
    return {
        next(name for name in each.opts if name.startswith("--"))
        for each in command.params
        if isinstance(each, click.Option) and not each.hidden
    }


@pytest.mark.parametrize(("path", "command"), commands().items(), ids=commands())
def test_every_option_of_a_command_is_in_its_section(path, command):
    """An option that the page does not mention is a fault of the page."""
    text = section(PAGE, f"`{path.rpartition(' ')[2]}`")
    filters = {f"--{each.option}" for resource in RESOURCES for each in resource.filters}
    everywhere = options(cli) if isinstance(command, RemoteCommand) else set()
    missing = {each for each in options(command) if f"`{each}" not in text}
    assert missing <= filters | {"--zone"} | everywhere


def test_every_option_of_a_period_is_in_its_section():
    """Leads and calls have options that other lists have not."""
    text = section(PAGE, "Leads and calls: a period, and ids")
    filters = {option.option for each in RESOURCES if each.has_period for option in each.filters}
    assert {each for each in filters | {"zone", "window"} if f"`--{each}" not in text} == set()


def test_every_option_before_the_command_is_in_its_table():
    """The options of the root are documented once, for all commands."""
    text = section(PAGE, "Options before or after the command")
    assert {each for each in options(cli) if f"`{each}" not in text} == set()


def test_every_command_is_in_the_table():
    """The commands of a resource have one row for all resources."""
    expected = {f"`liner-async {as_documented(path)}`" for path in commands()}
    assert {row[0] for row in rows(PAGE, "Commands")} == expected


def test_every_resource_is_in_the_table():
    """With what its items are called, how they come, and its filters."""
    assert [
        (code(name), plural, pages, filters)
        for name, plural, pages, filters in rows(PAGE, "Resources")
    ] == [
        (
            resource.command,
            resource.noun.plural,
            paged(resource),
            ", ".join(map(described, resource.filters)) or "none",
        )
        for resource in RESOURCES
    ]


def test_every_exit_code_is_in_the_table():
    """Scripts rely on the codes."""
    assert {int(row[0]) for row in rows(PAGE, "Exit codes")} == {int(each) for each in ExitCode}


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
