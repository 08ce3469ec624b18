"""Copy a list to a file or pipe: in one go, or so that a crash loses at most a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from attrs import evolve

from liner_async import DecodeError, LinerError, PagingDriftError
from liner_async.cli.console.exits import CommandExit
from liner_async.cli.console.running import in_thread
from liner_async.cli.export.files import beside, is_pipe_or_device, real_path
from liner_async.cli.export.sinks import INCOMPLETE, STDOUT, open_sink
from liner_async.cli.export.summary import ExportSummary

if TYPE_CHECKING:
    from liner_async import Pager, PagingReport, ResumePoint
    from liner_async.cli.export.formats import Format
    from liner_async.cli.export.options import ExportOptions
    from liner_async.cli.export.part_file import PartFile
    from liner_async.cli.resource import Resource

__all__ = ["ListFrom", "copy", "copy_on"]


class ListFrom(Protocol):
    """Makes the list from a point on."""

    def __call__(self, resume: ResumePoint | None, /) -> Pager[Any]:
        """Return a pager; no request is sent yet."""


async def copy(pager: Pager[Any], form: Format, resource: Resource, *, to: str) -> None:
    """Write what a pager hands out, part by part, to a file or to stdout ("-").

    Raises:
        CommandExit: the list could not be read to its end; the message says how to continue.
        OSError: what was read could not be written.
    """
    try:
        async with open_sink(to, keep_after=PagingDriftError) as write:
            await write(form.head)
            try:
                async with form.parts(pager) as parts:
                    async for part in parts:
                        await write(form.body(part))
            except LinerError:
                await write(form.foot())  # what was read may be kept, and must be readable
                raise
            await write(form.foot())
    except LinerError as error:
        advice = _advice(error, pager.report, resource, output=to)
        raise CommandExit.of(error, advice=advice) from error


async def copy_on(
    list_from: ListFrom, form: Format, options: ExportOptions, *, to: PartFile
) -> ExportSummary:
    """Append what is still missing to a part file, page by page, then rename it.

    Raises:
        CommandExit: the list could not be read to its end; the next run continues there.
        OSError: what was read could not be written.
    """
    point = to.checkpoint.point
    if point is not None:
        # The point at the beginning does not know which list it belongs to.
        pager = list_from(point if to.was_resumed else None)
        try:
            summary = await _append_pages(pager, form, to)
            if to.was_resumed and options.consistency != "off":
                strict = options.consistency == "strict"
                # A list in windows checks each of them; its total is that of the rest.
                total = None if options.resource.has_period else pager.report.last_total or 0
                summary = _check_total(summary, total, strict=strict)
        except PagingDriftError as error:
            to.give_up()
            raise CommandExit.of(error, advice=_after_drift(str(to.target))) from error
        except LinerError as error:
            is_invalid = isinstance(error, DecodeError)
            advice = _skipping(options.resource) if is_invalid else _AGAIN
            raise CommandExit.of(error, advice=advice) from error
        await in_thread(to.append, b"", None, summary)
    to.finish()
    return to.checkpoint.summary


async def _append_pages(pager: Pager[Any], form: Format, part: PartFile) -> ExportSummary:
    before = part.checkpoint.summary
    async with pager.pages() as pages:
        async for page in pages:
            summary = before + ExportSummary.of(pager.report)
            await in_thread(part.append, form.body(page), page.resume_point, summary)
    return before + ExportSummary.of(pager.report)


def _check_total(summary: ExportSummary, total: int | None, *, strict: bool) -> ExportSummary:
    """Compare the rows of all runs with the total: no single run can see that another lost some.

    Args:
        summary: what all runs have read.
        total: the rows that the server announced; None where that is not known.
        strict: whether the list was to be read strictly.

    Raises:
        PagingDriftError: rows are missing or too many, and the list was to be read strictly.
    """
    found = summary.items + summary.skipped
    if summary.drift is None and total is not None and found != total:
        summary = evolve(summary, drift=f"{found} rows read, {total} announced")
    if strict and summary.drift is not None:
        raise PagingDriftError(
            f"the list moved while it was read, and items may be missing: {summary.drift}"
        )
    return summary


def _advice(error: LinerError, report: PagingReport, resource: Resource, *, output: str) -> str:
    """Say what to do after an error; nothing when no item had been read."""
    if isinstance(error, DecodeError) and error.reason == "column":
        return "leave the field out with --columns, or choose another format"
    if isinstance(error, DecodeError):
        return _skipping(resource)
    if isinstance(error, PagingDriftError):
        return _after_drift(output)
    if resource.has_period and report.handed_out and output != STDOUT:
        return f"nothing was kept in {output}; with --resume, the next run continues"
    if error.offset is None or not report.handed_out:
        return ""
    if output == STDOUT:
        return f"continue with --offset {error.offset}"
    return (
        f"nothing was kept in {output}: run the command again, "
        f"or get the rest with --offset {error.offset}"
    )


_AGAIN = "run the same command again to continue"


def _skipping(resource: Resource) -> str:
    return f"to leave such {resource.noun.plural} out: {resource.command} export --on-invalid skip"


def _after_drift(output: str) -> str:
    if output == STDOUT or is_pipe_or_device(real_path(output)):
        return "what was read has been written; run the command again for the whole list"
    incomplete = beside(real_path(output), INCOMPLETE)
    return f"what was read is in {incomplete}; run the command again for the whole list"
