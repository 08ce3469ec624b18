"""The commands of one resource: `liner-async orders count`, `list` and `export`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import click

from liner_async.cli.commands.export import export_command
from liner_async.cli.commands.options import chosen, columns_option, filter_options, offset_option
from liner_async.cli.console.exits import CommandGroup
from liner_async.cli.console.global_options import RemoteCommand
from liner_async.cli.console.help_text import VARIABLES, epilog
from liner_async.cli.console.running import run
from liner_async.cli.console.text import say
from liner_async.cli.export.copying import copy
from liner_async.cli.export.formats import cell_text, format_named
from liner_async.cli.export.sinks import STDOUT

if TYPE_CHECKING:
    from liner_async import Pager
    from liner_async.cli.console.settings import Settings
    from liner_async.cli.resources import Resource

__all__ = ["resource_group"]

_DEFAULT_LIMIT = 20  # items
_WIDEST_CELL = 40  # places


def resource_group(resource: Resource) -> click.Group:
    """Make the group of commands of a resource."""
    name, noun = resource.command, resource.noun
    examples = f"""
Examples:
  liner-async {name} count
  liner-async {name} list --limit 5
  liner-async {name} export -o {name}.jsonl
"""
    return CommandGroup(
        name,
        commands=[_count_command(resource), _list_command(resource), export_command(resource)],
        help=f"Count, list or export {noun.plural}.",
        epilog=epilog(examples, VARIABLES),
    )


def _count_command(resource: Resource) -> click.Command:
    example = f"""
Example:
  LINER_HOST=https://liner.example LINER_API_KEY=... liner-async {resource.command} count
"""

    @click.command(
        cls=RemoteCommand,
        help=f"Print the number of {resource.noun.plural}.",
        params=[*filter_options(resource)],
        epilog=epilog(example, VARIABLES),
    )
    @click.pass_obj
    def count(settings: Settings, /, **filters: str | None) -> None:
        async def ask() -> int:
            async with settings.client() as liner:
                return await resource.count(liner, chosen(filters))

        click.echo(run(ask()))

    return count


def _list_command(resource: Resource) -> click.Command:
    name, plural = resource.command, resource.noun.plural
    examples = f"""
Examples:
  liner-async {name} list --limit 5 --columns {",".join(resource.table_columns[:3])}
  liner-async {name} list --all --format jsonl | jq .id
"""

    @click.command(
        "list",
        cls=RemoteCommand,
        help=f"Print {plural}, the first {_DEFAULT_LIMIT} by default.",
        params=_list_options(resource),
        epilog=epilog(examples, VARIABLES),
    )
    @click.pass_obj
    def list_(
        settings: Settings,
        /,
        *,
        limit: int | None,
        everything: bool,
        form: Literal["table", "jsonl", "csv"],
        columns: tuple[str, ...] | None,
        offset: int = 0,
        **filters: str | None,
    ) -> None:
        if everything and limit is not None:
            raise click.UsageError("--limit and --all exclude each other")
        most = None if everything else limit or _DEFAULT_LIMIT

        async def work() -> None:
            async with settings.client() as liner:
                pager = resource.list(liner, chosen(filters), offset=offset, max_items=most)
                if form == "table":
                    await _print_table(pager, columns or resource.table_columns, resource)
                else:
                    chosen_form = format_named(form, resource.model, columns)
                    await copy(pager, chosen_form, resource, to=STDOUT)

        run(work())

    return list_


def _list_options(resource: Resource) -> list[click.Option]:
    plural = resource.noun.plural
    return [
        click.Option(
            ["--limit"],
            type=click.IntRange(min=1),
            help=f"How many {plural} to list.  [default: {_DEFAULT_LIMIT}]",
        ),
        click.Option(["--all", "everything"], is_flag=True, help=f"List all {plural}."),
        *([offset_option(resource)] if resource.is_paged else []),
        *filter_options(resource),
        click.Option(
            ["--format", "form"],
            type=click.Choice(["table", "jsonl", "csv"]),
            default="table",
            show_default=True,
            help="A table cuts long texts; jsonl and csv do not.",
        ),
        columns_option(resource),
    ]


async def _print_table(pager: Pager[Any], columns: tuple[str, ...], resource: Resource) -> None:
    from liner_async.cli.console.table import render_table  # noqa: PLC0415 - slow to import

    rows: list[list[str]] = []
    async with pager.pages() as pages:
        async for page in pages:
            wires = [item.to_dict() for item in page]
            rows += [[cell_text(wire[name]) for name in columns] for wire in wires]
    numbers = frozenset({columns.index("id")} if "id" in columns else ())
    say(render_table(rows, heads=columns, right=numbers, widest=_WIDEST_CELL))
    total = pager.report.last_total or len(rows)
    click.echo(f"{len(rows):,} of {resource.noun.count(total)}", err=True)
