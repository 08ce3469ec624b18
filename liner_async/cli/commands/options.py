"""The options of the commands that list and export a resource."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from liner_async.cli.columns import Columns

if TYPE_CHECKING:
    from liner_async.cli.resource import Resource

__all__ = ["columns_option", "json_option", "offset_option", "window_option"]


def json_option(text: str) -> click.Option:
    """Return the option for JSON."""
    return click.Option(["--json", "as_json"], is_flag=True, help=text)


def offset_option(resource: Resource) -> click.Option:
    """Return the option for where to start."""
    return click.Option(
        ["--offset"],
        type=click.IntRange(min=0),
        default=0,
        show_default=True,
        help=f"The {resource.noun.singular} to start at.",
    )


def window_option() -> click.Option:
    """Return the option for the longest span of time that one request asks for."""

    def parse(_: click.Context, __: click.Parameter, days: float | None) -> timedelta | None:
        return None if days is None else timedelta(days=days)

    return click.Option(
        ["--window"],
        type=click.FloatRange(min=0.001, max=366),
        callback=parse,
        metavar="DAYS",
        help="The longest span to ask for at once, for a server that refuses 31 days.",
    )


def columns_option(resource: Resource) -> click.Option:
    """Return the option that chooses columns; its value is None when it is not used."""

    def parse(_: click.Context, __: click.Parameter, given: str | None) -> Any:
        return None if given is None else _parse(given, Columns.of(resource.model))

    def complete(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
        return _complete(incomplete, Columns.of(resource.model))

    return click.Option(
        ["--columns"],
        callback=parse,
        shell_complete=complete,
        metavar="NAME,...",
        help="Fields to include, by the vendor's names or in snake_case.",
    )


def _parse(given: str, columns: Columns) -> tuple[str, ...]:
    """Return the vendor's names of `id,status,sip_endpoint_ids`.

    Raises:
        click.BadParameter: a column is unknown (the text names the known ones) or comes twice.
    """
    names = [name.strip() for name in given.split(",")]
    found = {name: columns.find(name) for name in names}
    unknown = [repr(name) for name, column in found.items() if column is None]
    if unknown:
        known = ", ".join(columns.names)
        raise click.BadParameter(f"no such column: {', '.join(unknown)}; known: {known}")
    parsed = tuple(column for name in names if (column := found[name]) is not None)
    if len(set(parsed)) < len(parsed):
        raise click.BadParameter("a column is named twice")
    return parsed


def _complete(incomplete: str, columns: Columns) -> list[str]:
    """Return what `id,ti` may become: the columns so far, and one more in the same spelling."""
    named, comma, beginning = incomplete.rpartition(",")
    taken = {columns.find(each) for each in named.split(",")}
    spelt = columns.in_snake_case if "_" in beginning else columns.names
    left = [
        each for each in spelt if each.startswith(beginning) and columns.find(each) not in taken
    ]
    return [f"{named}{comma}{column}" for column in left]
