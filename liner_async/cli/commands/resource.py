"""The commands of one resource: `liner-async orders count`, `list` and `export`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

import click

from liner_async.cli.commands.export import export_command
from liner_async.cli.commands.get import get_command
from liner_async.cli.commands.options import chosen, columns_option, filter_options, offset_option
from liner_async.cli.console.exits import CommandGroup
from liner_async.cli.console.global_options import RemoteCommand
from liner_async.cli.console.help_text import VARIABLES, epilog
from liner_async.cli.console.running import run
from liner_async.cli.console.text import say, write_out
from liner_async.cli.export.copying import copy
from liner_async.cli.export.formats import cell_text, format_named
from liner_async.cli.export.sinks import STDOUT

if TYPE_CHECKING:
    from liner_async import Pager
    from liner_async.cli.console.settings import Settings
    from liner_async.cli.resources import Resource

__all__ = ["resource_group"]

_DEFAULT_MOST = 20  # items
_WIDEST_CELL = 40  # places


def resource_group(resource: Resource) -> click.Group:
    """Make the group of commands of a resource."""
    name, noun = resource.command, resource.noun
    examples = f"""
Examples:
  liner-async {name} count
  liner-async {name} list -n 5
  liner-async {name} export -o {name}.jsonl
"""
    return CommandGroup(
        name,
        commands=[
            _count_command(resource),
            get_command(resource),
            _list_command(resource),
            export_command(resource),
        ],
        help=f"Count, show, list or export {noun.plural}.",
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
        params=[*filter_options(resource), _json_option('Print {"count": N}.')],
        epilog=epilog(example, VARIABLES),
    )
    @click.pass_obj
    def count(settings: Settings, /, *, as_json: bool, **filters: str | None) -> None:
        async def ask() -> int:
            async with settings.connection() as liner:
                return await resource.count(liner, chosen(filters))

        number = run(ask())
        click.echo(json.dumps({"count": number}) if as_json else number)

    return count


def _list_command(resource: Resource) -> click.Command:
    name, plural = resource.command, resource.noun.plural
    examples = f"""
Examples:
  liner-async {name} list -n 5 --columns {",".join(resource.table_columns[:3])}
  liner-async {name} list --all --format jsonl | jq .id
"""

    @click.command(
        "list",
        cls=RemoteCommand,
        help=f"Print {plural}, the first {_DEFAULT_MOST} by default.",
        params=_list_options(resource),
        epilog=epilog(examples, VARIABLES),
    )
    @click.pass_obj
    def list_(
        settings: Settings,
        /,
        *,
        max_items: int | None,
        limit: int | None,
        everything: bool,
        form: Literal["table", "jsonl", "csv"] | None,
        as_json: bool,
        columns: tuple[str, ...] | None,
        offset: int = 0,
        **filters: str | None,
    ) -> None:
        most = _most(max_items, limit, everything=everything)
        if as_json and form is not None:
            raise click.UsageError("--json and --format exclude each other")

        async def work() -> None:
            async with settings.connection() as liner:
                pager = resource.list(liner, chosen(filters), offset=offset, max_items=most)
                if as_json:
                    await _print_json(pager, columns)
                elif form is None or form == "table":
                    await _print_table(pager, columns or resource.table_columns, resource)
                else:
                    chosen_form = format_named(form, resource.model, columns)
                    await copy(pager, chosen_form, resource, to=STDOUT)

        run(work())

    return list_


def _most(max_items: int | None, limit: int | None, *, everything: bool) -> int | None:
    if limit is not None and max_items is not None:
        raise click.UsageError("--limit is another name of --max-items: give one of them")
    max_items = max_items or limit
    if everything and max_items is not None:
        raise click.UsageError("--max-items and --all exclude each other")
    return None if everything else max_items or _DEFAULT_MOST


def _list_options(resource: Resource) -> list[click.Option]:
    plural = resource.noun.plural
    return [
        click.Option(
            ["-n", "--max-items"],
            type=click.IntRange(min=1),
            help=f"How many {plural} to list at most.  [default: {_DEFAULT_MOST}]",
        ),
        click.Option(["--limit"], type=click.IntRange(min=1), hidden=True),
        click.Option(["--all", "everything"], is_flag=True, help=f"List all {plural}."),
        *([offset_option(resource)] if resource.is_paged else []),
        *filter_options(resource),
        click.Option(
            ["--format", "form"],
            type=click.Choice(["table", "jsonl", "csv"]),
            help="A table cuts long texts; jsonl and csv do not.  [default: table]",
        ),
        _json_option("Print one JSON array."),
        columns_option(resource),
    ]


def _json_option(text: str) -> click.Option:
    return click.Option(["--json", "as_json"], is_flag=True, help=text)


async def _print_json(pager: Pager[Any], columns: tuple[str, ...] | None) -> None:
    wires = [item.to_dict() for item in await pager]
    if columns is not None:
        wires = [{name: wire[name] for name in columns} for wire in wires]
    write_out(json.dumps(wires, ensure_ascii=False, indent=2))


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
