"""Where a run over a list can be taken up again, and how to keep that on disk."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from attrs import asdict, frozen

from liner_async._files import replace_file

__all__ = ["Checkpoint", "FileCheckpoint", "ResumePoint"]


@frozen(kw_only=True)
class ResumePoint:
    """The place in a list from which on nothing has been handed out yet.

    A run that starts here hands out everything from `next_offset` on. What was handed out but not
    yet processed when the point was kept comes again: at least once, never not at all.

    Attributes:
        next_offset: the first offset (orders) not handed out.
        total: the server's `total` on the latest page; None if none had come.
        page_size: the orders asked for per request.
        last_id: the id of the last order handed out, read again as a seam; None without one.
        time: when the latest page was handed out, with its zone.
    """

    next_offset: int
    total: int | None
    page_size: int
    last_id: int | None
    time: datetime

    def to_json(self) -> str:
        """Give the point as one line of JSON."""
        return json.dumps(asdict(self) | {"time": self.time.isoformat()})

    @classmethod
    def from_json(cls, text: str | bytes) -> ResumePoint:
        """Read a point that `to_json` wrote.

        Raises:
            ValueError: it is not one.
        """
        try:
            fields: dict[str, Any] = json.loads(text)
            point = cls(**{**fields, "time": datetime.fromisoformat(fields["time"])})
        except (ValueError, TypeError, KeyError):
            raise ValueError("not a resume point") from None
        counts = (point.next_offset, point.page_size, point.total or 0, point.last_id or 0)
        if not all(type(count) is int and count >= 0 for count in counts):
            raise ValueError("not a resume point")
        return point


class Checkpoint(Protocol):
    """Keeps the resume point of one list, so that another process can go on."""

    def load(self) -> ResumePoint | None:
        """Give the point kept last, or None where there is none."""

    def save(self, point: ResumePoint) -> None:
        """Keep a point; once this returns, a crash does not lose it."""


class FileCheckpoint:
    """A checkpoint in a file: JSON, replaced as a whole, on the disk before `save` returns.

    Save a page's `resume_point` after the page has been processed: what a crash interrupts is
    handed out again by the next run.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)

    def __repr__(self) -> str:
        return f"FileCheckpoint({str(self.path)!r})"

    def load(self) -> ResumePoint | None:
        """Give the point in the file, or None where there is no file.

        Raises:
            ValueError: the file holds something else.
        """
        try:
            text = self.path.read_text("utf-8")
        except FileNotFoundError:
            return None
        return ResumePoint.from_json(text)

    def save(self, point: ResumePoint) -> None:
        """Replace the file; a crash leaves the old point or the new one, whole.

        It may also leave the draft beside it, which the next save writes over.
        """
        replace_file(self.path, point.to_json())

    def clear(self) -> None:
        """Forget the point, once the list has been read to its end."""
        self.path.unlink(missing_ok=True)
