"""Where a run over a list can continue later, and how to keep that place on disk."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from attrs import asdict, frozen

from liner_async._files import replace_file

__all__ = ["Checkpoint", "FileCheckpoint", "ResumePoint"]

_OLD = ("next_offset", "total", "page_size", "last_id", "time", "host", "path", "filters")


@frozen(kw_only=True)
class ResumePoint:
    """The place in a list up to which everything has been handed out.

    A run that resumes here hands out everything from `next_offset` on. What was handed out but not
    yet processed when the point was saved comes again: every item comes at least once.

    Attributes:
        next_offset: the first offset (items) not handed out.
        total: the server's `total` on the latest page; None before the first page.
        page_size: items per request.
        last_id: the id of the last item handed out, which the next run reads again to see whether
            the list moved; None without one.
        time: when the latest page was handed out, with its zone.
        host: the installation that the list belongs to, without the key; None in points of earlier
            versions, as are `path` and `filters`.
        path: the path of the list below the host.
        filters: a digest of what narrows the list; "" for nothing.
        period: start and end of the window that was being read, in which `next_offset` counts; None
            for a list without a period.
        until: where the period of the whole list ends; None without a period.
        chunk: the place of the ids that were being asked for, among chunks of 100; None for a list
            that is read as a whole.
        ids: the ids that the list is narrowed to, where the run had to look them up.
    """

    next_offset: int
    total: int | None
    page_size: int
    last_id: int | None
    time: datetime
    host: str | None = None
    path: str | None = None
    filters: str | None = None
    period: tuple[datetime, datetime] | None = None
    until: datetime | None = None
    chunk: int | None = None
    ids: tuple[int, ...] | None = None

    def to_json(self) -> str:
        """Return the point as one line of JSON."""
        fields = {name: of for name, of in asdict(self).items() if of is not None or name in _OLD}
        return json.dumps(fields, default=datetime.isoformat)

    @classmethod
    def from_json(cls, text: str | bytes) -> ResumePoint:
        """Read a point that `to_json` wrote.

        Raises:
            ValueError: the text is not a resume point.
        """
        try:
            point = _read(json.loads(text))
        except (ValueError, TypeError, KeyError, AttributeError):
            raise ValueError("not a resume point") from None
        counts = (point.next_offset, point.page_size, point.total, point.last_id, point.chunk)
        if not all(type(count or 0) is int and (count or 0) >= 0 for count in counts):
            raise ValueError("not a resume point")
        if not all(isinstance(of, str | None) for of in (point.host, point.path, point.filters)):
            raise ValueError("not a resume point")
        if any(type(each) is not int for each in point.ids or ()):
            raise ValueError("not a resume point")
        return point


def _read(fields: dict[str, Any]) -> ResumePoint:
    fields = dict(fields, time=datetime.fromisoformat(fields["time"]))
    if fields.get("period") is not None:
        start, end = map(datetime.fromisoformat, fields["period"])
        fields["period"] = (start, end)
    if fields.get("until") is not None:
        fields["until"] = datetime.fromisoformat(fields["until"])
    if fields.get("ids") is not None:
        fields["ids"] = tuple(fields["ids"])
    return ResumePoint(**fields)


class Checkpoint(Protocol):
    """Keeps the resume point of one list, so that another process can continue."""

    def load(self) -> ResumePoint | None:
        """Return the point saved last, or None if there is none."""

    def save(self, point: ResumePoint) -> None:
        """Save a point; once this returns, a crash does not lose it."""

    def clear(self) -> None:
        """Forget the point, once the list has been read to its end."""


class FileCheckpoint:
    """A checkpoint in a JSON file, which is replaced as a whole.

    Save a page's `resume_point` after the page has been processed: the next run hands out again
    what a crash interrupts.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)

    def __repr__(self) -> str:
        return f"FileCheckpoint({str(self.path)!r})"

    def load(self) -> ResumePoint | None:
        """Return the point in the file, or None if there is no file.

        Raises:
            ValueError: the file does not hold a resume point.
        """
        try:
            text = self.path.read_text("utf-8")
        except FileNotFoundError:
            return None
        return ResumePoint.from_json(text)

    def save(self, point: ResumePoint) -> None:
        """Replace the file, on the disk before this returns.

        A crash leaves the old point or the new, and perhaps a draft beside the file, which the next
        save overwrites.
        """
        replace_file(self.path, point.to_json())

    def clear(self) -> None:
        """Remove the file, once the list has been read to its end."""
        self.path.unlink(missing_ok=True)
