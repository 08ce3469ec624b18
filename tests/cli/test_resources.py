"""The table of resources, and the commands that are made from it."""

from __future__ import annotations

import attrs
import click
import pytest

from liner_async import Essence, LinerClient
from liner_async.cli import cli
from liner_async.cli.columns import Columns
from liner_async.cli.resources import RESOURCES, Noun

each_resource = pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: each.command)


def options(command):
    """Return the names of a command's options."""
    return {each.opts[-1] for each in command.params if isinstance(each, click.Option)}


@each_resource
def test_every_resource_has_its_commands(resource):
    """One row is enough for all of them."""
    group = cli.commands[resource.command]
    assert sorted(group.commands) == ["count", "export", "get", "list"]
    filters = {f"--{each.name}" for each in resource.filters}
    assert all(filters <= options(of) for name, of in group.commands.items() if name != "get")


@each_resource
def test_only_paged_resources_have_options_for_paging(resource):
    """A plain list comes whole: there is nothing to skip, to size, to compare or to resume."""
    paging = {"--offset", "--page-size", "--concurrency", "--consistency", "--resume"}
    group = cli.commands[resource.command]
    found = options(group.commands["list"]) | options(group.commands["export"])
    assert found & paging == (paging if resource.is_paged else set())


@each_resource
async def test_every_resource_exists(resource):
    """The client has the attribute, and the model has the columns."""
    async with LinerClient("https://liner.example", "key") as liner:
        assert callable(getattr(liner, resource.attribute).list)
    assert set(resource.table_columns) <= set(Columns.of(resource.model).names)


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


def test_the_values_of_essence_are_the_models():
    """They are written out so that `--help` need not import the models."""
    (essence,) = (each for resource in RESOURCES for each in resource.filters)
    assert essence.choices == tuple(map(str, Essence))
