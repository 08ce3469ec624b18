"""`liner-async orders get ID`: one item; the list is searched if the API cannot return it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from liner_async.cli.console.exits import CommandExit
from liner_async.cli.console.global_options import RemoteCommand
from liner_async.cli.console.help_text import VARIABLES, epilog
from liner_async.cli.console.running import run
from liner_async.cli.console.text import write_out

if TYPE_CHECKING:
    from liner_async.cli.console.settings import Settings
    from liner_async.cli.resource import Resource

__all__ = ["get_command"]


def get_command(resource: Resource) -> click.Command:
    """Make the command that prints one item of a resource."""
    noun = resource.noun
    searching = (
        f"The API has no request for one {noun.singular}, so the list is read until it is found."
    )

    @click.command(
        "get",
        cls=RemoteCommand,
        help=f"Print one {noun.singular} as JSON."
        + ("" if resource.has_get else f"\n\n{searching}"),
        params=[click.Argument(["item_id"], type=click.IntRange(min=1), metavar="ID")],
        epilog=epilog(f"Example:\n  liner-async {resource.command} get 42", VARIABLES),
    )
    @click.pass_obj
    def get(settings: Settings, /, *, item_id: int) -> None:
        async def find() -> Any:
            async with settings.connection() as liner:
                return await resource.find(liner, item_id)

        if not resource.has_get:
            click.echo(searching, err=True)
        item = run(find())
        if item is None:
            raise CommandExit(f"there is no {noun.singular} with the id {item_id}")
        write_out(json.dumps(item.to_dict(), ensure_ascii=False, indent=2))

    return get
