"""`liner-async orders export`: a whole list to a file or a pipe, page by page."""

from __future__ import annotations

import sys
from contextlib import closing
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any

import click
from attrs import evolve

from liner_async.cli.commands.concurrency import Concurrency
from liner_async.cli.commands.export_options import export_options
from liner_async.cli.commands.filter_options import chosen
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
    from collections.abc import Mapping
    from datetime import timedelta

    from liner_async import LinerClient
    from liner_async.cli.console.progress import Draw
    from liner_async.cli.console.settings import Settings
    from liner_async.cli.export.formats import Format, FormatName
    from liner_async.cli.resource import Consistency, OnInvalid, Resource

__all__ = ["export_command"]


def export_command(resource: Resource) -> click.Command:
    """Make the export command of a resource."""

    @click.command(
        cls=RemoteCommand,
        help=f"Write all {resource.noun.plural} to a file or to stdout.\n\n"
        + ("Memory stays flat however many there are. " if resource.is_paged else "")
        + "A summary goes to stderr.",
        params=export_options(resource),
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
        concurrency: Concurrency = 1,
        page_size: int = 100,
        consistency: Consistency = "detect",
        window: timedelta | None = None,
        checkpoint: str | None = None,
        **filters: Any,
    ) -> None:
        given = chosen(resource, filters)
        form = format_of(output, form)
        _refuse_contradictions(output, form, checkpoint, spreadsheet=spreadsheet)
        if checkpoint is not None and (offset or max_items):
            raise click.UsageError(
                "--resume exports the whole list, without --offset and --max-items"
            )
        options = ExportOptions(
            resource=resource,
            chosen=given,
            offset=offset,
            window=window,
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
    name, columns, words = resource.command, resource.example_columns, resource.example_words
    examples = f"""
Examples:
  liner-async {name} export -o {name}.jsonl{words}
  liner-async {name} export --columns {columns} -o {name}.csv{words}
  liner-async {name} export -o {name}.parquet{words}
  liner-async {name} export{words} | gzip > {name}.jsonl.gz
"""
    if resource.is_paged:
        file, checkpoint = f"{name}.jsonl", f"{name}.checkpoint"
        examples += f"  liner-async {name} export -o {file} --resume {checkpoint}{words}\n"
    return examples


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
        filters = await resource.arguments(liner, options.chosen)
        with progress_bar(resource.noun.plural, wanted=is_alone) as draw:
            if checkpoint is None:
                on_progress = await _with_total(draw, options, liner, filters)
                pager = options.pager(liner, filters, on_progress)
                await copy(pager, form, resource, to=output)
                summary = ExportSummary.of(pager.report)
            else:
                job = ExportJob.of(options, form, output)
                part = PartFile.open(job, output, checkpoint, options.beginning, form.head)
                with closing(part):
                    before = part.checkpoint.summary.items
                    on_progress = await _with_total(draw, options, liner, filters, before=before)
                    list_from = partial(options.pager, liner, filters, on_progress)
                    summary = await copy_on(list_from, form, options, to=part)
        click.echo(summary.text(resource, seconds=perf_counter() - began), err=True)


async def _with_total(
    draw: Draw | None,
    options: ExportOptions,
    liner: LinerClient,
    filters: Mapping[str, Any],
    *,
    before: int = 0,
) -> Draw | None:
    """Return what shows the progress; the pages of a window do not tell the total of the list.

    Args:
        draw: shows the progress, if anybody watches.
        options: what is read.
        liner: the client, which is asked for the total.
        filters: the keyword arguments of the list.
        before: the items that earlier runs have read.
    """
    if draw is None or not options.resource.has_period:
        return draw
    total = await options.resource.total(liner, filters)
    if total is None:
        return draw
    rest = min(total - before, options.max_items or total)
    return lambda progress: draw(evolve(progress, total=max(rest, progress.done)))
