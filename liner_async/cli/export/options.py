"""What an export reads, and how."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from attrs import evolve, frozen

from liner_async import ResumePoint

if TYPE_CHECKING:
    from liner_async import LinerClient, Pager, Progress
    from liner_async.cli.filters import Chosen
    from liner_async.cli.resource import Consistency, OnInvalid, Resource

__all__ = ["ExportOptions"]


@frozen(kw_only=True)
class ExportOptions:
    """What to read, and how; `LinerClient.orders.list` documents the rest.

    Attributes:
        resource: the resource to export.
        chosen: the filters that were given, by their options.
        window: the longest span of time to ask for at once; None for the SDK's own.
    """

    resource: Resource
    chosen: Chosen
    offset: int
    window: timedelta | None
    max_items: int | None
    page_size: int
    consistency: Consistency
    on_invalid: OnInvalid
    concurrency: int | Literal["auto"]

    def pager(
        self,
        liner: LinerClient,
        filters: Mapping[str, Any],
        on_progress: Callable[[Progress], None] | None,
        resume: ResumePoint | None = None,
    ) -> Pager[Any]:
        """Return the list to export, from a point on if there is one.

        Args:
            liner: the client.
            filters: keyword arguments, as `Resource.arguments` returns them.
            on_progress: what shows the progress.
            resume: where an earlier run has ended.
        """
        if resume is not None and self.consistency == "off":
            resume = evolve(resume, last_id=None)  # "off" does not compare the seam either
        return self.resource.list(
            liner,
            filters,
            offset=self.offset,
            window=self.window,
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
