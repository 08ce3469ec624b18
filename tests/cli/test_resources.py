"""The table of resources, and the commands that are made from it."""

from __future__ import annotations

import attrs
import click
import pytest

from liner_async import AccessGroup, Essence, LinerClient
from liner_async.cli import cli
from liner_async.cli.columns import Columns
from liner_async.cli.console.lazy import LazyCommands
from liner_async.cli.resource import Noun
from liner_async.cli.resources import RESOURCES

each_resource = pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: each.command)


def names(command):
    """Return every name of a command's options, but those that mean the opposite."""
    return {name for each in command.params for name in each.opts}


@each_resource
def test_every_resource_has_its_commands(resource):
    """One row is enough for all of them."""
    group = cli.commands[resource.command]
    reading = {"count", "export", "get", "list"}
    writing = {"create", "update"} if resource.new else set()
    many = {"create-many", "submit"} if resource.has_bulk else set()
    assert set(group.commands) == reading | writing | many
    filters = {f"--{each.option}" for each in resource.filters}
    assert all(filters <= names(group.commands[name]) for name in ("count", "export", "list"))


@each_resource
def test_only_paged_resources_have_options_for_paging(resource):
    """A plain list comes whole: there is nothing to skip, to size, to compare or to resume."""
    paging = {"--page-size", "--concurrency", "--consistency", "--resume"}
    group = cli.commands[resource.command]
    found = names(group.commands["list"]) | names(group.commands["export"])
    assert found & paging == (paging if resource.is_paged else set())
    assert ("--offset" in found) == (resource.is_paged and not resource.has_period)
    assert ("--window" in found) == ("--zone" in found) == resource.has_period


@each_resource
async def test_every_resource_exists(resource):
    """The client has the attribute, and the model has the columns."""
    async with LinerClient("https://liner.example", "key") as liner:
        methods = getattr(liner, resource.attribute)
        assert callable(methods.list)
        assert hasattr(methods, "get") == resource.has_get
        assert hasattr(methods, "create") == bool(resource.new)
        assert hasattr(methods, "create_many") == resource.has_bulk
    columns = set(Columns.of(resource.model).names)
    assert set(resource.table_columns) <= columns
    assert set(resource.example_columns.split(",")) <= columns
    assert len(resource.table_columns) > 1


@each_resource
def test_columns_are_the_fields_of_the_model(resource):
    """All but `extra`, in their order, under either name."""
    columns = Columns.of(resource.model)
    ours = [each.name for each in attrs.fields(resource.model) if each.name != "extra"]
    assert list(columns.in_snake_case) == ours
    assert [columns.find(name) for name in ours] == list(columns.names)
    assert [columns.find(name) for name in columns.names] == list(columns.names)
    assert columns.find("extra") is None


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 pages"), (1, "1 page"), (2, "2 pages"), (1_000, "1,000 pages")]
)
def test_a_noun_is_singular_for_one_only(number, text):
    """Thousands are separated."""
    assert Noun("page", "pages").count(number) == text


@pytest.mark.parametrize(
    ("option", "values"), [("essence", Essence), ("access-group", AccessGroup)]
)
def test_the_values_of_a_choice_are_the_models(option, values):
    """They are written out so that `--help` need not import the models."""
    (found,) = (
        each for resource in RESOURCES for each in resource.filters if each.option == option
    )
    assert found.choices == tuple(map(str, values))


def test_secrets_are_in_no_table():
    """They are data: in exports, and where `--columns` names them."""
    (numbers,) = (each for each in RESOURCES if each.model_name == "SipEndpoint")
    assert "params" not in numbers.table_columns
    assert "params" in Columns.of(numbers.model).names


def test_a_command_is_made_when_it_is_used():
    """Once; and the table of commands can be changed as any other."""
    made = []

    def make():
        made.append(1)
        return click.Command("a")

    commands = LazyCommands({"a": make})
    assert (list(commands), len(commands), made) == (["a"], 1, [])
    assert commands["a"] is commands["a"]
    assert made == [1]
    commands["b"] = click.Command("b")
    assert commands["b"].name == "b"
    del commands["a"]
    assert list(commands) == ["b"]
    assert "a" not in commands
