"""`liner-async orders export`: every order to a file or a pipe, page by page."""

from __future__ import annotations

import sys
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Literal

import click
from attrs import evolve, frozen

from liner_async import ResumePoint
from liner_async.cli.columns import columns_option
from liner_async.cli.console.help_text import VARIABLES, epilog
from liner_async.cli.console.progress import progress_bar
from liner_async.cli.console.running import run
from liner_async.cli.export.checkpoint import ExportJob
from liner_async.cli.export.copying import copy, copy_on
from liner_async.cli.export.formats import format_named
from liner_async.cli.export.part_file import PartFile
from liner_async.cli.export.sinks import STDOUT
from liner_async.cli.export.summary import ExportSummary

if TYPE_CHECKING:
    from collections.abc import Callable

    from liner_async import LinerClient, Order, Pager, Progress
    from liner_async.cli.console.settings import Settings
    from liner_async.cli.export.formats import Format, FormatName

__all__ = ["export"]

_EXAMPLES = """
Examples:
  liner-async orders export -o orders.jsonl
  liner-async orders export --format csv --columns id,title,createdAt -o orders.csv
  liner-async orders export --format parquet -o orders.parquet
  liner-async orders export | gzip > orders.jsonl.gz
  liner-async orders export -o orders.jsonl --resume orders.checkpoint
"""


@frozen(kw_only=True)
class ExportOptions:
    """What to read, and how; `LinerClient.orders.list` documents the fields."""

    offset: int
    max_items: int | None
    concurrency: int
    page_size: int
    consistency: Literal["detect", "strict", "off"]
    on_invalid: Literal["raise", "skip"]

    def pager(
        self,
        liner: LinerClient,
        on_progress: Callable[[Progress], None] | None,
        resume: ResumePoint | None = None,
    ) -> Pager[Order]:
        """Give the list that is wished for."""
        if resume is not None and self.consistency == "off":
            resume = evolve(resume, last_id=None)  # "off" compares nothing, the seam neither
        return liner.orders.list(
            offset=self.offset,
            page_size=self.page_size,
            max_items=self.max_items,
            consistency=self.consistency,
            on_invalid=self.on_invalid,
            resume=resume,
            on_progress=on_progress,
        )

    @property
    def beginning(self) -> ResumePoint:
        """Give the point before the first order."""
        return ResumePoint(
            next_offset=0,
            total=None,
            page_size=self.page_size,
            last_id=None,
            time=datetime.now(UTC),
        )


@click.command(epilog=epilog(_EXAMPLES, VARIABLES))
@click.option(
    "-o",
    "--output",
    default=STDOUT,
    show_default=True,
    type=click.Path(allow_dash=True, readable=False),
    metavar="FILE",
    help="Where to; - is stdout. A file appears only when it is complete.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["jsonl", "csv", "parquet"]),
    default="jsonl",
    show_default=True,
    help="jsonl: the vendor's JSON, one order a line. csv: a head line and a row for each order; "
    "lists and maps are JSON text, null is empty. parquet: typed columns, by their names in "
    "snake_case; needs the extra arrow.",
)
@columns_option
@click.option(
    "--spreadsheet",
    is_flag=True,
    help="For csv that Excel opens: marks it as UTF-8 and puts an apostrophe before text that "
    "would be a formula. Without it, values are what LINER has.",
)
@click.option("--offset", type=click.IntRange(min=0), default=0, help="The order to start at.")
@click.option("--max-items", type=click.IntRange(min=1), help="The most orders to export.")
@click.option(
    "--concurrency",
    type=click.IntRange(min=1),
    default=8,
    show_default=True,
    help="Requests at once.",
)
@click.option(
    "--page-size",
    type=click.IntRange(min=1, max=100),
    default=100,
    show_default=True,
    help="Orders a request.",
)
@click.option(
    "--consistency",
    type=click.Choice(["detect", "strict", "off"]),
    default="detect",
    show_default=True,
    help="detect: drop orders that come twice, and tell when the list moves meanwhile. strict: "
    "also read again what may have been missed, and exit 5 if orders may still be missing; what "
    "was read is then in FILE.incomplete.",
)
@click.option(
    "--on-invalid",
    type=click.Choice(["raise", "skip"]),
    default="raise",
    show_default=True,
    help="What to do with an order that is not as documented.",
)
@click.option(
    "--resume",
    "checkpoint",
    type=click.Path(readable=False),
    metavar="CHECKPOINT",
    help="With -o FILE: note in this file after each page how far FILE.part has come. After a "
    "crash, the same command goes on from there.",
)
@click.pass_obj
def export(
    settings: Settings,
    *,
    output: str,
    form: FormatName,
    columns: tuple[str, ...] | None,
    spreadsheet: bool,
    offset: int,
    max_items: int | None,
    concurrency: int,
    page_size: int,
    consistency: Literal["detect", "strict", "off"],
    on_invalid: Literal["raise", "skip"],
    checkpoint: str | None,
) -> None:
    """Write every order to a file or to stdout.

    Memory stays flat however many there are. A summary goes to stderr.
    """
    if spreadsheet and form != "csv":
        raise click.UsageError("--spreadsheet needs --format csv")
    if checkpoint is not None and output == STDOUT:
        raise click.UsageError("--resume needs -o FILE")
    if form == "parquet" and output == STDOUT and sys.stdout.isatty():
        raise click.UsageError("--format parquet needs -o FILE: it is not for a terminal")
    if form == "parquet" and checkpoint is not None:
        raise click.UsageError("--resume does not go with --format parquet: nothing can be added")
    if checkpoint is not None and (offset or max_items):
        raise click.UsageError("--resume is for the whole list, without --offset and --max-items")
    wish = ExportOptions(
        offset=offset,
        max_items=max_items,
        concurrency=concurrency,
        page_size=page_size,
        consistency=consistency,
        on_invalid=on_invalid,
    )
    chosen = format_named(form, columns, spreadsheet=spreadsheet)
    run(_export(settings, wish, chosen, output, checkpoint))


async def _export(
    settings: Settings, wish: ExportOptions, form: Format, output: str, checkpoint: str | None
) -> None:
    # A line that redraws itself would cut through orders or log lines on the same terminal.
    alone = settings.verbosity == 0 and not (output == STDOUT and sys.stdout.isatty())
    async with settings.client(concurrency=wish.concurrency) as liner:
        began = perf_counter()
        with progress_bar("orders", wanted=alone) as on_progress:
            list_from = partial(wish.pager, liner, on_progress)
            if checkpoint is None:
                pager = list_from()
                await copy(pager, form, to=output)
                tally = ExportSummary.of(pager.report)
            else:
                job = ExportJob.of(form, output)
                part = PartFile.open(job, output, checkpoint, wish.beginning, form.head)
                with closing(part):
                    tally = await copy_on(list_from, form, to=part, consistency=wish.consistency)
        click.echo(tally.text(seconds=perf_counter() - began), err=True)
