"""The commands of one resource, such as `liner-async orders count`."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from liner_async.cli.commands.export import export_command
from liner_async.cli.commands.filter_options import chosen, filter_options
from liner_async.cli.commands.get import get_command
from liner_async.cli.commands.listing import list_command
from liner_async.cli.commands.options import json_option
from liner_async.cli.console.exits import CommandGroup
from liner_async.cli.console.global_options import RemoteCommand
from liner_async.cli.console.help_text import VARIABLES, epilog
from liner_async.cli.console.lazy import LazyCommands
from liner_async.cli.console.running import run

if TYPE_CHECKING:
    from collections.abc import Callable

    from liner_async.cli.commands.write import Verb
    from liner_async.cli.console.settings import Settings
    from liner_async.cli.resource import Resource

__all__ = ["resource_group"]


def resource_group(resource: Resource) -> click.Group:
    """Make the group of commands of a resource."""
    name, noun, words = resource.command, resource.noun, resource.example_words
    examples = f"""
Examples:
  liner-async {name} count{words}
  liner-async {name} list -n 5{words}
  liner-async {name} export -o {name}.jsonl{words}
"""
    return CommandGroup(
        name,
        commands=LazyCommands({**_reading(resource), **_writing(resource)}),
        help=f"Count, show, list{', export or write' if resource.new else ' or export'} "
        f"{noun.plural}.",
        short_help=resource.summary,
        epilog=epilog(examples, VARIABLES),
    )


def _reading(resource: Resource) -> dict[str, Callable[[], click.Command]]:
    return {
        "count": partial(_count_command, resource),
        "get": partial(get_command, resource),
        "list": partial(list_command, resource),
        "export": partial(export_command, resource),
    }


def _writing(resource: Resource) -> dict[str, Callable[[], click.Command]]:
    if not resource.new:
        return {}
    makers: dict[str, Callable[[], click.Command]] = {
        "create": partial(_write_command, resource, "create"),
        "update": partial(_write_command, resource, "update"),
    }
    if resource.has_bulk:
        makers["submit"] = partial(_write_command, resource, "submit")
        makers["create-many"] = partial(_create_many_command, resource)
    return makers


def _write_command(resource: Resource, verb: Verb) -> click.Command:
    from liner_async.cli.commands.write import write_command  # noqa: PLC0415 - most only read

    return write_command(resource, verb)


def _create_many_command(resource: Resource) -> click.Command:
    from liner_async.cli.commands.create_many import (  # noqa: PLC0415 - most only read
        create_many_command,
    )

    return create_many_command(resource)


def _count_command(resource: Resource) -> click.Command:
    example = f"""
Example:
  liner-async {resource.command} count{resource.example_words}
"""

    @click.command(
        cls=RemoteCommand,
        help=f"Print the number of {resource.noun.plural}.",
        params=[*filter_options(resource), json_option('Print {"count": N}.')],
        epilog=epilog(example, VARIABLES),
    )
    @click.pass_obj
    def count(settings: Settings, /, *, as_json: bool, **filters: Any) -> None:
        given = chosen(resource, filters)

        async def ask() -> int:
            async with settings.connection() as liner:
                return await resource.count(liner, await resource.arguments(liner, given))

        number = run(ask())
        click.echo(json.dumps({"count": number}) if as_json else number)

    return count
