"""`liner-async orders export`: every order to a file or a pipe, page by page."""

from __future__ import annotations

import sys
from time import perf_counter
from typing import TYPE_CHECKING, Literal

import click
from attrs import frozen

from liner_async import DecodeError, LinerError
from liner_async.cli.columns import columns_option
from liner_async.cli.endings import Ending
from liner_async.cli.formats import format_named
from liner_async.cli.progress import progress_line
from liner_async.cli.running import run
from liner_async.cli.sinks import STDOUT, open_sink
from liner_async.cli.teaching import VARIABLES, lesson

if TYPE_CHECKING:
    from liner_async import Order, Pager, PagingReport
    from liner_async.cli.formats import Format, FormatName
    from liner_async.cli.settings import Settings

__all__ = ["copy", "export"]

_EXAMPLES = """
Examples:
  liner-async orders export -o orders.jsonl
  liner-async orders export --format csv --columns id,title,createdAt -o orders.csv
  liner-async orders export | gzip > orders.jsonl.gz
"""

_MOST_NAMED = 5  # skipped orders whose ids the summary names


@frozen(kw_only=True)
class _Wish:
    """What to read, and how; `LinerClient.orders.list` documents the fields."""

    offset: int
    max_items: int | None
    concurrency: int
    page_size: int
    consistency: Literal["detect", "off"]
    on_invalid: Literal["raise", "skip"]


async def copy(pager: Pager[Order], form: Format, *, to: str) -> None:
    """Write what a pager gives, page by page, "-" for stdout.

    Raises:
        Ending: the list could not be read to its end; it says where to continue.
        OSError: what was read could not be written.
    """
    try:
        async with open_sink(to) as write:
            await write(form.head)
            async with pager.pages() as pages:
                async for page in pages:
                    await write(form.body(page))
    except LinerError as error:
        raise Ending.of(error, then=_next_step(error, pager.report, to)) from error


@click.command(epilog=lesson(_EXAMPLES, VARIABLES))
@click.option(
    "-o",
    "--output",
    default=STDOUT,
    show_default=True,
    metavar="FILE",
    help="Where to; - is stdout. A file appears only when it is complete.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["jsonl", "csv"]),
    default="jsonl",
    show_default=True,
    help="jsonl: the vendor's JSON, one order a line. csv: a head line and a row for each order; "
    "lists and maps are JSON text, null is empty.",
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
    type=click.Choice(["detect", "off"]),
    default="detect",
    show_default=True,
    help="detect: drop orders that come twice, and tell when the list moves meanwhile.",
)
@click.option(
    "--on-invalid",
    type=click.Choice(["raise", "skip"]),
    default="raise",
    show_default=True,
    help="What to do with an order that is not as documented.",
)
@click.pass_obj
def export(  # noqa: PLR0913 - one parameter for each option
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
    consistency: Literal["detect", "off"],
    on_invalid: Literal["raise", "skip"],
) -> None:
    """Write every order to a file or to stdout.

    Memory stays flat however many there are. A summary goes to stderr.
    """
    if spreadsheet and form != "csv":
        raise click.UsageError("--spreadsheet needs --format csv")
    wish = _Wish(
        offset=offset,
        max_items=max_items,
        concurrency=concurrency,
        page_size=page_size,
        consistency=consistency,
        on_invalid=on_invalid,
    )
    run(_export(settings, wish, format_named(form, columns, spreadsheet=spreadsheet), output))


async def _export(settings: Settings, wish: _Wish, form: Format, output: str) -> None:
    # A line that redraws itself would cut through orders or log lines on the same terminal.
    alone = settings.verbosity == 0 and not (output == STDOUT and sys.stdout.isatty())
    async with settings.client(concurrency=wish.concurrency) as liner:
        began = perf_counter()
        with progress_line(wanted=alone) as on_progress:
            pager = liner.orders.list(
                offset=wish.offset,
                page_size=wish.page_size,
                max_items=wish.max_items,
                consistency=wish.consistency,
                on_invalid=wish.on_invalid,
                on_progress=on_progress,
            )
            await copy(pager, form, to=output)
        click.echo(_summary(pager.report, seconds=perf_counter() - began), err=True)


def _summary(report: PagingReport, *, seconds: float) -> str:
    parts = [f"{report.handed_out:,} orders, {report.pages:,} pages, {seconds:.1f} s"]
    if report.skipped:
        ids = [str(each.item_id or "unknown") for each in report.skipped[:_MOST_NAMED]]
        more = ", ..." if len(report.skipped) > _MOST_NAMED else ""
        parts.append(
            f"{len(report.skipped):,} not as documented, skipped: id {', '.join(ids)}{more}"
        )
    if report.drifted:
        parts.append(
            f"warning: the list moved while it was read ({report.drift[0]}), orders may be missing"
        )
    return "; ".join(parts)


def _next_step(error: LinerError, report: PagingReport, output: str) -> str:
    """Say what to do after an error; nothing when no order had been read."""
    if isinstance(error, DecodeError):
        return "orders export --on-invalid skip leaves such orders out"
    if error.offset is None or not report.handed_out:
        return ""
    if output == STDOUT:
        return f"continue with --offset {error.offset}"
    return (
        f"nothing was kept in {output}: run it again, or get the rest with --offset {error.offset}"
    )
