"""The options of `create-many`: the files, and how the rows are sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from liner_async.cli.commands.writing import dry_run_option
from liner_async.cli.export.sinks import STDOUT

if TYPE_CHECKING:
    from liner_async.cli.resource import Resource

__all__ = ["create_many_options"]


def create_many_options(resource: Resource) -> list[click.Parameter]:
    """Return the options of `create-many`."""
    return [*_files(resource.noun.plural), *_ways(resource.noun.plural)]


def _files(plural: str) -> list[click.Parameter]:
    return [
        click.Option(
            ["-i", "--input", "source"],
            required=True,
            type=click.Path(allow_dash=True, readable=False),
            metavar="FILE",
            help=f"The {plural} to create; - is stdin.",
        ),
        click.Option(
            ["--format", "form"],
            type=click.Choice(["jsonl", "csv"]),
            help="By default taken from the ending of FILE, else jsonl.",
        ),
        click.Option(
            ["-o", "--output"],
            default=STDOUT,
            show_default=True,
            type=click.Path(allow_dash=True, readable=False),
            metavar="FILE",
            help="Where the results go, as soon as they are known; - is stdout.",
        ),
        click.Option(
            ["--ledger"],
            type=click.Path(readable=False),
            metavar="FILE",
            help="Record in this file what was sent and what became of it, so that the same "
            "command can continue after a crash.",
        ),
    ]


def _ways(plural: str) -> list[click.Parameter]:
    return [
        click.Option(
            ["--key"],
            metavar="FIELD",
            help="The field that identifies a row in the ledger; by default its place in the file.",
        ),
        click.Option(
            ["--submit"],
            is_flag=True,
            help=f"Let LINER create the {plural} later; it returns no ids, and guarantees nothing.",
        ),
        dry_run_option(),
        click.Option(
            ["--concurrency"],
            type=click.IntRange(min=1),
            default=4,
            show_default=True,
            help="Writes in flight at once.",
        ),
        click.Option(
            ["--max-unknown"],
            type=click.IntRange(min=1),
            default=10,
            show_default=True,
            help="Stop sending after this many writes in doubt.",
        ),
        click.Option(
            ["--resend-unknown"],
            is_flag=True,
            help="Send again what an earlier run left in doubt; it may exist already.",
        ),
    ]
