"""The commands of one resource: `liner-async orders count`, `list` and `export`."""

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
        commands=LazyCommands(
            {
                "count": partial(_count_command, resource),
                "get": partial(get_command, resource),
                "list": partial(list_command, resource),
                "export": partial(export_command, resource),
            }
        ),
        help=f"Count, show, list or export {noun.plural}.",
        short_help=resource.summary,
        epilog=epilog(examples, VARIABLES),
    )


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
