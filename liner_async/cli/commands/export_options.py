"""The options of an export: where it goes, what it holds, and how the list is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from liner_async.cli.commands.concurrency import CONCURRENCY
from liner_async.cli.commands.filter_options import filter_options
from liner_async.cli.commands.options import columns_option, offset_option, window_option
from liner_async.cli.export.sinks import STDOUT

if TYPE_CHECKING:
    from liner_async.cli.resource import Resource

__all__ = ["export_options"]


def export_options(resource: Resource) -> list[click.Option]:
    """Return the options of the export of a resource."""
    return [
        *_output_options(resource),
        columns_option(resource),
        *filter_options(resource),
        *(_paging_options(resource) if resource.is_paged else []),
        click.Option(
            ["-n", "--max-items"],
            type=click.IntRange(min=1),
            help=f"How many {resource.noun.plural} to export at most.",
        ),
        click.Option(
            ["--on-invalid"],
            type=click.Choice(["raise", "skip"]),
            default="raise",
            show_default=True,
            help=f"What to do with {resource.noun.plural} that are not as documented.",
        ),
    ]


def _output_options(resource: Resource) -> list[click.Option]:
    noun = resource.noun
    return [
        click.Option(
            ["-o", "--output"],
            default=STDOUT,
            show_default=True,
            type=click.Path(allow_dash=True, readable=False),
            metavar="FILE",
            help="Where to write; - is stdout. A file appears only when it is complete.",
        ),
        click.Option(
            ["--format", "form"],
            type=click.Choice(["jsonl", "csv", "parquet"]),
            help="By default taken from the ending of FILE, else jsonl. "
            f"jsonl: the vendor's JSON, one {noun.singular} per line. csv: a header line, "
            f"then one row per {noun.singular}; lists and maps are JSON text, null is empty. "
            "parquet: typed columns with snake_case names; needs the extra arrow.",
        ),
        click.Option(
            ["--spreadsheet"],
            is_flag=True,
            help="For csv that Excel opens: mark the file as UTF-8 and put an apostrophe before "
            "text that would be a formula. Without it, values are exactly what LINER has.",
        ),
    ]


def _paging_options(resource: Resource) -> list[click.Option]:
    noun = resource.noun
    return [
        offset_option(resource) if resource.has_offset else window_option(),
        click.Option(
            ["--concurrency"],
            type=CONCURRENCY,
            default="auto",
            show_default=True,
            help="Requests in flight at once; auto finds how many the server can take.",
        ),
        click.Option(
            ["--page-size"],
            type=click.IntRange(min=1, max=100),
            default=100,
            show_default=True,
            help=f"{noun.plural.capitalize()} per request.",
        ),
        click.Option(
            ["--consistency"],
            type=click.Choice(["detect", "strict", "off"]),
            default="detect",
            show_default=True,
            help=f"detect: drop {noun.plural} that come twice, and warn when the list moves while "
            "it is read. strict: also read again what may have been missed, and exit 5 if "
            f"{noun.plural} may still be missing; what was read is then in FILE.incomplete.",
        ),
        click.Option(
            ["--resume", "checkpoint"],
            type=click.Path(readable=False),
            metavar="CHECKPOINT",
            help="With -o FILE: save the progress of the export in this file after each page. "
            "After a crash, run the same command again to continue.",
        ),
    ]
