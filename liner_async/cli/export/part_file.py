"""`FILE.part` and its checkpoint: what a crash leaves of an export, for the next run."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from attrs import define, evolve

from liner_async._files import draft_of, move_into_place, try_lock
from liner_async.cli.console.exits import CommandExit, ExitCode
from liner_async.cli.export.checkpoint import ExportCheckpoint
from liner_async.cli.export.files import (
    beside,
    is_pipe_or_device,
    keep_permissions,
    open_for_writing,
    real_path,
    write_all,
)
from liner_async.cli.export.sinks import INCOMPLETE
from liner_async.cli.export.summary import ExportSummary

if TYPE_CHECKING:
    from io import FileIO
    from pathlib import Path

    from liner_async import ResumePoint
    from liner_async.cli.export.checkpoint import ExportJob

__all__ = ["PartFile"]


@define(kw_only=True)
class PartFile:
    """A file that grows page by page; on the disk it is never behind its checkpoint.

    Attributes:
        target: the file it becomes.
        path: where it is until then.
        kept_in: the checkpoint's file.
        checkpoint: how far it has come; changes with every `append`.
        was_resumed: whether an earlier run has read some of it.
    """

    target: Path
    path: Path
    kept_in: Path
    checkpoint: ExportCheckpoint
    was_resumed: bool
    _stream: FileIO | None = None

    @classmethod
    def open(
        cls, job: ExportJob, output: str, checkpoint: str, start: ResumePoint, head: bytes
    ) -> PartFile:
        """Continue the export that the checkpoint describes, or start one.

        Raises:
            CommandExit: the checkpoint is another export's, or its part file has changed.
        """
        target, kept_in = real_path(output), real_path(checkpoint)
        if is_pipe_or_device(target):
            raise CommandExit("--resume needs -o FILE, a regular file", ExitCode.USAGE)
        path = beside(target, ".part")
        ours = {target, path, beside(target, INCOMPLETE)}
        if is_pipe_or_device(kept_in) or not ours.isdisjoint({kept_in, draft_of(kept_in)}):
            raise CommandExit("--resume needs a file of its own", ExitCode.USAGE)
        found = ExportCheckpoint.load(kept_in)
        new = ExportCheckpoint(job=job, length=0, point=start, summary=ExportSummary())
        part = cls(
            target=target,
            path=path,
            kept_in=kept_in,
            checkpoint=found or new,
            was_resumed=found is not None and found.summary.pages > 0,
        )
        if found is None:
            part._start(head)
        elif found.job != job:
            raise part._refusal(f"was made with another {', '.join(found.job.differences(job))}")
        else:
            part._continue()
        return part

    def append(self, content: bytes, point: ResumePoint | None, summary: ExportSummary) -> None:
        """Write content and put it on the disk, then save a checkpoint that includes it."""
        assert self._stream is not None  # noqa: S101 - for the type checker
        write_all(self._stream, content, name=str(self.path))
        os.fsync(self._stream.fileno())
        length = self.checkpoint.length + len(content)
        self.checkpoint = evolve(self.checkpoint, length=length, point=point, summary=summary)
        self.checkpoint.save(self.kept_in)

    def finish(self) -> None:
        """Rename the part file to its target and remove the checkpoint."""
        self.close()
        if self.path.exists():
            keep_permissions(of=self.target, on=self.path)
            move_into_place(self.path, self.target)
        self.kept_in.unlink(missing_ok=True)

    def give_up(self) -> None:
        """Keep what was written as `FILE.incomplete`; the next run starts from the beginning."""
        self.close()
        self.kept_in.unlink(missing_ok=True)
        self.path.replace(beside(self.target, INCOMPLETE))

    def close(self) -> None:
        """Close the file; it and the checkpoint stay where they are."""
        if self._stream is not None:
            self._stream.close()

    def _start(self, head: bytes) -> None:
        stream = self._claim()
        stream.truncate(0)
        try:
            self.append(head, self.checkpoint.point, self.checkpoint.summary)
        except OSError as error:
            self.close()
            where = error.filename or self.kept_in
            raise CommandExit(f"cannot write {where}: {error.strerror}", ExitCode.USAGE) from error

    def _continue(self) -> None:
        length = self.checkpoint.length
        if self.checkpoint.point is None and not self.path.exists():
            # The crash came after the file had appeared: only the checkpoint is left over.
            if not self.target.exists() or self.target.stat().st_size != length:
                raise self._refusal(f"belongs to {self.target}, which has changed")
            return
        if not self.path.exists():
            raise self._refusal(f"belongs to {self.path}, which does not exist")
        if self.path.stat().st_size < length:
            raise self._refusal(f"belongs to {self.path}, which has become shorter")
        self._claim().truncate(length)

    def _claim(self) -> FileIO:
        """Open the part file for this process alone, as far as the platform can."""
        stream = self._stream = open_for_writing(self.path, "ab", shown=str(self.path))
        if not try_lock(stream):
            stream.close()
            raise CommandExit(f"another export is writing {self.path}", ExitCode.USAGE)
        return stream

    def _refusal(self, reason: str) -> CommandExit:
        advice = f"remove {self.kept_in} to start over"
        return CommandExit(f"{self.kept_in} {reason}; {advice}", ExitCode.USAGE)
