"""From the pages of a list to bytes: in one go, or so that a crash costs no more than a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from attrs import evolve

from liner_async import DecodeError, LinerError, PagingDriftError
from liner_async.cli.console.exits import CommandExit
from liner_async.cli.console.running import in_thread
from liner_async.cli.export.files import beside, is_pipe_or_device, real_path
from liner_async.cli.export.sinks import INCOMPLETE, STDOUT, open_sink
from liner_async.cli.export.summary import ExportSummary

if TYPE_CHECKING:
    from liner_async import Order, Pager, PagingReport, ResumePoint
    from liner_async.cli.export.formats import Format
    from liner_async.cli.export.part_file import PartFile

__all__ = ["ListFrom", "copy", "copy_on"]


class ListFrom(Protocol):
    """Gives the list from a point on."""

    def __call__(self, resume: ResumePoint, /) -> Pager[Order]:
        """Make a pager; no request is sent yet."""


async def copy(pager: Pager[Order], form: Format, *, to: str) -> None:
    """Write what a pager gives, part by part, "-" for stdout.

    Raises:
        CommandExit: the list could not be read to its end; it says where to continue.
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
                await write(form.foot())  # what was read may be kept, and is to be readable
                raise
            await write(form.foot())
    except LinerError as error:
        raise CommandExit.of(error, then=_next_step(error, pager.report, to)) from error


async def copy_on(
    list_from: ListFrom, form: Format, *, to: PartFile, consistency: str
) -> ExportSummary:
    """Append what is still missing to a part file, page by page, and let the file appear.

    Raises:
        CommandExit: the list could not be read to its end; the next run goes on from there.
        OSError: what was read could not be written.
    """
    point = to.checkpoint.point
    if point is not None:
        pager = list_from(point)
        try:
            tally = await _append_pages(pager, form, to)
            if to.was_resumed and consistency != "off":
                tally = _checked(tally, pager.report, strict=consistency == "strict")
        except PagingDriftError as error:
            to.give_up()
            raise CommandExit.of(error, then=_after_drift(str(to.target))) from error
        except LinerError as error:
            then = _SKIPPING if isinstance(error, DecodeError) else "run it again, and it goes on"
            raise CommandExit.of(error, then=then) from error
        await in_thread(to.append, b"", None, tally)
    to.finish()
    return to.checkpoint.tally


async def _append_pages(pager: Pager[Order], form: Format, part: PartFile) -> ExportSummary:
    before = part.checkpoint.tally
    async with pager.pages() as pages:
        async for page in pages:
            tally = before + ExportSummary.of(pager.report)
            await in_thread(part.append, form.body(page), page.resume_point, tally)
    return before + ExportSummary.of(pager.report)


def _checked(tally: ExportSummary, report: PagingReport, *, strict: bool) -> ExportSummary:
    """Count over all runs, of which none alone can tell that an earlier one read too few.

    Raises:
        PagingDriftError: the list moved and was to be read strictly; what earlier runs read is not
            compared again.
    """
    found, total = tally.orders + tally.skipped, report.last_total or 0
    if tally.drift is None and found != total:
        tally = evolve(tally, drift=f"{found} rows read, {total} announced")
    if strict and tally.drift is not None:
        raise PagingDriftError(
            f"the list moved while it was read, and items may be missing: {tally.drift}"
        )
    return tally


_SKIPPING = "orders export --on-invalid skip leaves such orders out"
_OTHERWISE = "leave the field out with --columns, or choose another format"


def _next_step(error: LinerError, report: PagingReport, output: str) -> str:
    """Say what to do after an error; nothing when no order had been read."""
    if isinstance(error, DecodeError):
        return _OTHERWISE if error.reason == "column" else _SKIPPING
    if isinstance(error, PagingDriftError):
        return _after_drift(output)
    if error.offset is None or not report.handed_out:
        return ""
    if output == STDOUT:
        return f"continue with --offset {error.offset}"
    return (
        f"nothing was kept in {output}: run it again, or get the rest with --offset {error.offset}"
    )


def _after_drift(output: str) -> str:
    if output == STDOUT or is_pipe_or_device(real_path(output)):
        return "what was read has been written; run it again for the whole list"
    return (
        f"what was read is in {beside(real_path(output), INCOMPLETE)}; run it again for the whole"
    )
