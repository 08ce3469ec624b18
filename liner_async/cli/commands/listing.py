"""`liner-async orders list`: the first items of a list, as a table or as data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

import click

from liner_async.cli.commands.filter_options import chosen, filter_options
from liner_async.cli.commands.options import (
    columns_option,
    json_option,
    offset_option,
    window_option,
)
from liner_async.cli.console.global_options import RemoteCommand
from liner_async.cli.console.help_text import VARIABLES, epilog
from liner_async.cli.console.running import run
from liner_async.cli.console.text import say, write_out
from liner_async.cli.export.copying import copy
from liner_async.cli.export.formats import cell_text, format_named
from liner_async.cli.export.sinks import STDOUT

if TYPE_CHECKING:
    from datetime import timedelta

    from liner_async import Pager
    from liner_async.cli.console.settings import Settings
    from liner_async.cli.resource import Noun, Resource

__all__ = ["list_command"]

_DEFAULT_MOST = 20  # items
_WIDEST_CELL = 40  # places


def list_command(resource: Resource) -> click.Command:
    """Make the command that prints the first items of a resource."""

    @click.command(
        "list",
        cls=RemoteCommand,
        help=f"Print {resource.noun.plural}, the first {_DEFAULT_MOST} by default.",
        params=_list_options(resource),
        epilog=epilog(_examples(resource), VARIABLES),
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
        window: timedelta | None = None,
        **filters: Any,
    ) -> None:
        given = chosen(resource, filters)
        most = _most(max_items, limit, everything=everything)
        _refuse_two_forms(form, as_json=as_json)

        async def work() -> None:
            async with settings.connection() as liner:
                arguments = await resource.arguments(liner, given)
                pager = resource.list(
                    liner, arguments, offset=offset, window=window, max_items=most
                )
                if as_json:
                    await _print_json(pager, columns)
                elif form is None or form == "table":
                    shown = await _print_table(pager, columns or resource.table_columns)
                    total: int | None = max(shown, pager.report.last_total or 0)
                    if resource.has_period and shown == most:  # each window has its own total
                        total = await resource.total(liner, arguments)
                    _say_how_many(shown, total, resource.noun)
                else:
                    chosen_form = format_named(form, resource.model, columns)
                    await copy(pager, chosen_form, resource, to=STDOUT)

        run(work())

    return list_


def _examples(resource: Resource) -> str:
    name, words = resource.command, resource.example_words
    return f"""
Examples:
  liner-async {name} list -n 5 --columns {resource.example_columns}{words}
  liner-async {name} list --all --format jsonl{words} | jq .id
"""


def _refuse_two_forms(form: str | None, *, as_json: bool) -> None:
    if as_json and form is not None:
        raise click.UsageError("--json and --format exclude each other")


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
        *([offset_option(resource)] if resource.has_offset else []),
        *filter_options(resource),
        *([window_option()] if resource.has_period else []),
        click.Option(
            ["--format", "form"],
            type=click.Choice(["table", "jsonl", "csv"]),
            help="A table cuts long texts; jsonl and csv do not.  [default: table]",
        ),
        json_option("Print one JSON array."),
        columns_option(resource),
    ]


async def _print_json(pager: Pager[Any], columns: tuple[str, ...] | None) -> None:
    wires = [item.to_dict() for item in await pager]
    if columns is not None:
        wires = [{name: wire[name] for name in columns} for wire in wires]
    write_out(json.dumps(wires, ensure_ascii=False, indent=2))


async def _print_table(pager: Pager[Any], columns: tuple[str, ...]) -> int:
    """Print a table; return the number of its rows."""
    from liner_async.cli.console.table import render_table  # noqa: PLC0415 - slow to import

    rows: list[list[str]] = []
    async with pager.pages() as pages:
        async for page in pages:
            wires = [item.to_dict() for item in page]
            rows += [[cell_text(wire[name]) for name in columns] for wire in wires]
    numbers = frozenset({columns.index("id")} if "id" in columns else ())
    say(render_table(rows, heads=columns, right=numbers, widest=_WIDEST_CELL))
    return len(rows)


def _say_how_many(shown: int, total: int | None, noun: Noun) -> None:
    text = (
        f"the first {noun.count(shown)}" if total is None else f"{shown:,} of {noun.count(total)}"
    )
    click.echo(text, err=True)
