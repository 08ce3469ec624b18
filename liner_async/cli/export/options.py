"""What an export reads, and how."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from liner_async import ResumePoint

if TYPE_CHECKING:
    from liner_async import LinerClient, Pager, Progress
    from liner_async.cli.resources import Consistency, OnInvalid, Resource

__all__ = ["ExportOptions"]


@frozen(kw_only=True)
class ExportOptions:
    """What to read, and how; `LinerClient.orders.list` documents the rest.

    Attributes:
        resource: the resource to export.
        filters: the values of the filters that were given.
    """

    resource: Resource
    filters: Mapping[str, str]
    offset: int
    max_items: int | None
    page_size: int
    consistency: Consistency
    on_invalid: OnInvalid
    concurrency: int

    def pager(
        self,
        liner: LinerClient,
        on_progress: Callable[[Progress], None] | None,
        resume: ResumePoint | None = None,
    ) -> Pager[Any]:
        """Return the list to export, from a point on if there is one."""
        if resume is not None and self.consistency == "off":
            resume = evolve(resume, last_id=None)  # "off" does not compare the seam either
        return self.resource.list(
            liner,
            self.filters,
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
        """The point before the first item."""
        return ResumePoint(
            next_offset=0,
            total=None,
            page_size=self.page_size,
            last_id=None,
            time=datetime.now(UTC),
        )
