"""What an export has read so far, added up over its runs, and the line that reports it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen
from attrs.validators import ge, instance_of

from liner_async.cli.resource import PAGE

if TYPE_CHECKING:
    from liner_async import PagingReport
    from liner_async.cli.resource import Resource

__all__ = ["ExportSummary"]

_MOST_NAMED = 5  # skipped items whose ids the summary names

_count = field(default=0, validator=[instance_of(int), ge(0)])


@frozen(kw_only=True)
class ExportSummary:
    """What one run or several have read together.

    Attributes:
        items: items written.
        pages: pages read.
        skipped: items left out because they are not as documented.
        named: the ids of the first of these, as far as they could be read.
        drift: why the list is thought to have moved; None if it is not.
        at_once: the most requests that were allowed in flight; 0 where it is not known.
    """

    items: int = _count
    pages: int = _count
    skipped: int = _count
    named: tuple[int | None, ...] = ()
    drift: str | None = None
    at_once: int = _count

    @classmethod
    def of(cls, report: PagingReport) -> ExportSummary:
        """Return what the report of one run says."""
        return cls(
            items=report.handed_out,
            pages=report.pages,
            skipped=len(report.skipped),
            named=tuple(each.item_id for each in report.skipped[:_MOST_NAMED]),
            drift=next(iter(report.drift), None),
            at_once=0 if report.concurrency is None else report.concurrency.most,
        )

    def __add__(self, later: ExportSummary) -> ExportSummary:
        return ExportSummary(
            items=self.items + later.items,
            pages=self.pages + later.pages,
            skipped=self.skipped + later.skipped,
            named=(self.named + later.named)[:_MOST_NAMED],
            drift=self.drift or later.drift,
            at_once=max(self.at_once, later.at_once),
        )

    def text(self, resource: Resource, *, seconds: float) -> str:
        """Return the summary as one line."""
        counts = [resource.noun.count(self.items)]
        if resource.is_paged:
            counts.append(PAGE.count(self.pages))
        at_once = [f"up to {self.at_once:,} requests at once"] if self.at_once > 1 else []
        parts = [", ".join([*counts, f"{seconds:.1f} s", *at_once])]
        if self.skipped:
            ids = ", ".join(str(each or "unknown") for each in self.named)
            more = ", ..." if self.skipped > _MOST_NAMED else ""
            parts.append(f"{self.skipped:,} not as documented, skipped: id {ids}{more}")
        if self.drift:
            parts.append(
                f"warning: the list moved while it was read ({self.drift}), "
                f"{resource.noun.plural} may be missing"
            )
        return "; ".join(parts)
