"""`liner-async orders export`: a whole list to a file or a pipe, page by page."""

from __future__ import annotations

import sys
from contextlib import closing
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

import click

from liner_async.cli.commands.options import chosen, columns_option, filter_options, offset_option
from liner_async.cli.console.global_options import RemoteCommand
from liner_async.cli.console.help_text import VARIABLES, epilog
from liner_async.cli.console.progress import progress_bar
from liner_async.cli.console.running import run
from liner_async.cli.export.checkpoint import ExportJob
from liner_async.cli.export.copying import copy, copy_on
from liner_async.cli.export.formats import format_named, format_of
from liner_async.cli.export.options import ExportOptions
from liner_async.cli.export.part_file import PartFile
from liner_async.cli.export.sinks import STDOUT
from liner_async.cli.export.summary import ExportSummary

if TYPE_CHECKING:
    from liner_async.cli.console.settings import Settings
    from liner_async.cli.export.formats import Format, FormatName
    from liner_async.cli.resources import Consistency, OnInvalid, Resource

__all__ = ["export_command"]


def export_command(resource: Resource) -> click.Command:
    """Make the export command of a resource."""

    @click.command(
        cls=RemoteCommand,
        help=f"Write all {resource.noun.plural} to a file or to stdout.\n\n"
        + ("Memory stays flat however many there are. " if resource.is_paged else "")
        + "A summary goes to stderr.",
        params=_options(resource),
        epilog=epilog(_examples(resource), VARIABLES),
    )
    @click.pass_obj
    def export(
        settings: Settings,
        /,
        *,
        output: str,
        form: FormatName | None,
        columns: tuple[str, ...] | None,
        spreadsheet: bool,
        max_items: int | None,
        on_invalid: OnInvalid,
        offset: int = 0,
        concurrency: int = 1,
        page_size: int = 100,
        consistency: Consistency = "detect",
        checkpoint: str | None = None,
        **filters: str | None,
    ) -> None:
        form = format_of(output, form)
        _refuse_contradictions(output, form, checkpoint, spreadsheet=spreadsheet)
        if checkpoint is not None and (offset or max_items):
            raise click.UsageError(
                "--resume exports the whole list, without --offset and --max-items"
            )
        options = ExportOptions(
            resource=resource,
            filters=chosen(filters),
            offset=offset,
            max_items=max_items,
            page_size=page_size,
            consistency=consistency,
            on_invalid=on_invalid,
            concurrency=concurrency,
        )
        chosen_form = format_named(form, resource.model, columns, spreadsheet=spreadsheet)
        run(_export(settings, options, chosen_form, output, checkpoint))

    return export


def _examples(resource: Resource) -> str:
    name, columns = resource.command, ",".join(resource.table_columns[:3])
    examples = f"""
Examples:
  liner-async {name} export -o {name}.jsonl
  liner-async {name} export --columns {columns} -o {name}.csv
  liner-async {name} export -o {name}.parquet
  liner-async {name} export | gzip > {name}.jsonl.gz
"""
    if resource.is_paged:
        examples += f"  liner-async {name} export -o {name}.jsonl --resume {name}.checkpoint\n"
    return examples


def _options(resource: Resource) -> list[click.Option]:
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
            help="By default what the ending of FILE says, else jsonl. "
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
        offset_option(resource),
        click.Option(
            ["--concurrency"],
            type=click.IntRange(min=1),
            default=8,
            show_default=True,
            help="Requests in flight at once.",
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


def _refuse_contradictions(
    output: str, form: FormatName, checkpoint: str | None, *, spreadsheet: bool
) -> None:
    if spreadsheet and form != "csv":
        raise click.UsageError("--spreadsheet needs --format csv")
    if checkpoint is not None and output == STDOUT:
        raise click.UsageError("--resume needs -o FILE")
    if form == "parquet" and output == STDOUT and sys.stdout.isatty():
        raise click.UsageError("--format parquet needs -o FILE: it is not for a terminal")
    if form == "parquet" and checkpoint is not None:
        raise click.UsageError(
            "--resume does not go with --format parquet: a Parquet file cannot be continued"
        )


async def _export(
    settings: Settings,
    options: ExportOptions,
    form: Format,
    output: str,
    checkpoint: str | None,
) -> None:
    resource = options.resource
    # A line that redraws itself would cut through data or log lines on the same terminal.
    is_alone = settings.verbosity == 0 and not (output == STDOUT and sys.stdout.isatty())
    async with settings.connection(concurrency=options.concurrency) as liner:
        began = perf_counter()
        with progress_bar(resource.noun.plural, wanted=is_alone) as on_progress:
            list_from = partial(options.pager, liner, on_progress)
            if checkpoint is None:
                pager = list_from()
                await copy(pager, form, resource, to=output)
                summary = ExportSummary.of(pager.report)
            else:
                job = ExportJob.of(options, form, output)
                part = PartFile.open(job, output, checkpoint, options.beginning, form.head)
                with closing(part):
                    summary = await copy_on(list_from, form, options, to=part)
        click.echo(summary.text(resource, seconds=perf_counter() - began), err=True)
