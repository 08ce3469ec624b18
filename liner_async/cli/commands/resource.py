"""`liner-async orders`: count and list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import click

from liner_async.cli.columns import columns_option
from liner_async.cli.commands.export import export
from liner_async.cli.console.exits import CommandGroup
from liner_async.cli.console.help_text import VARIABLES, epilog
from liner_async.cli.console.running import run
from liner_async.cli.console.text import say
from liner_async.cli.export.copying import copy
from liner_async.cli.export.formats import cell_text, format_named
from liner_async.cli.export.sinks import STDOUT

if TYPE_CHECKING:
    from liner_async import Order, Pager
    from liner_async.cli.console.settings import Settings

__all__ = ["orders"]

_DEFAULT_LIMIT = 20  # orders
_DEFAULT_COLUMNS = ("id", "code", "status", "title", "updatedAt")
_WIDEST_CELL = 40  # places


_EXAMPLES = """
Examples:
  liner-async orders count
  liner-async orders list --limit 5
  liner-async orders export -o orders.jsonl
"""

_COUNT_EXAMPLE = """
Example:
  LINER_HOST=https://liner.example LINER_API_KEY=... liner-async orders count
"""

_LIST_EXAMPLES = """
Examples:
  liner-async orders list --limit 5 --columns id,status,title
  liner-async orders list --all --format jsonl | jq .title
"""


@click.group(cls=CommandGroup, epilog=epilog(_EXAMPLES, VARIABLES))
def orders() -> None:
    """Count, list or export the installation's orders."""


orders.add_command(export)


@orders.command(epilog=epilog(_COUNT_EXAMPLE, VARIABLES))
@click.pass_obj
def count(settings: Settings) -> None:
    """Print the number of orders."""

    async def ask() -> int:
        async with settings.client() as liner:
            return await liner.orders.count()

    click.echo(run(ask()))


@orders.command("list", epilog=epilog(_LIST_EXAMPLES, VARIABLES))
@click.option(
    "--limit", type=click.IntRange(min=1), help=f"Orders to list.  [default: {_DEFAULT_LIMIT}]"
)
@click.option("--all", "everything", is_flag=True, help="List every order.")
@click.option(
    "--offset",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="The order to start at.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "jsonl", "csv"]),
    default="table",
    show_default=True,
    help="A table cuts long texts; jsonl and csv do not.",
)
@columns_option
@click.pass_obj
def list_(
    settings: Settings,
    *,
    limit: int | None,
    everything: bool,
    offset: int,
    form: Literal["table", "jsonl", "csv"],
    columns: tuple[str, ...] | None,
) -> None:
    """Print orders, 20 unless told otherwise."""
    if everything and limit is not None:
        raise click.UsageError("--limit and --all exclude each other")
    most = None if everything else limit or _DEFAULT_LIMIT

    async def work() -> None:
        async with settings.client() as liner:
            pager = liner.orders.list(offset=offset, max_items=most)
            if form == "table":
                await _print_table(pager, columns or _DEFAULT_COLUMNS)
            else:
                await copy(pager, format_named(form, columns), to=STDOUT)

    run(work())


async def _print_table(pager: Pager[Order], columns: tuple[str, ...]) -> None:
    from liner_async.cli.console.table import render_table  # noqa: PLC0415 - slow to import

    rows: list[list[str]] = []
    async with pager.pages() as pages:
        async for page in pages:
            wires = [order.to_dict() for order in page]
            rows += [[cell_text(wire[name]) for name in columns] for wire in wires]
    numbers = frozenset({columns.index("id")} if "id" in columns else ())
    say(render_table(rows, heads=columns, right=numbers, widest=_WIDEST_CELL))
    total = pager.report.last_total or 0
    click.echo(f"{len(rows):,} of {total:,} orders", err=True)
