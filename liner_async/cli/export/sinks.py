"""Where bytes go: stdout, a pipe or device, or a file that appears only when it is complete."""

from __future__ import annotations

import os
import secrets
import sys
from contextlib import asynccontextmanager, closing, suppress
from glob import escape
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from liner_async._files import move_into_place, try_lock
from liner_async.cli.console.running import in_thread
from liner_async.cli.export.files import (
    beside,
    is_pipe_or_device,
    keep_permissions,
    open_for_writing,
    real_path,
    write_all,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

__all__ = ["INCOMPLETE", "STDOUT", "Write", "open_sink"]


class Write(Protocol):
    """A function that writes bytes and returns once the system has them all."""

    async def __call__(self, content: bytes, /) -> None:
        """Write the whole content."""


STDOUT = "-"
INCOMPLETE = ".incomplete"
"""The suffix of a file that is kept although it is not complete."""
_DIGITS = 8
"""The random digits in a draft's name."""


@asynccontextmanager
async def open_sink(
    name: str, *, keep_after: type[Exception] | tuple[()] = ()
) -> AsyncIterator[Write]:
    """Open a file, pipe or device by its name, or stdout ("-"), for writing.

    A file is written beside its place under another name, and moved into place when the block ends
    well; it replaces a file that is already there and keeps its permissions. When the block raises,
    the new file is removed, or kept as `NAME.incomplete` after an error of `keep_after`. An
    existing pipe or device is written to directly.

    Raises:
        CommandExit: the file cannot be written.
    """
    if name == STDOUT:
        # Not through the buffer: a thread that waits inside it would keep the program from ending.
        yield _writer(getattr(sys.stdout.buffer, "raw", sys.stdout.buffer), name="stdout")
        return
    path = real_path(name)
    if is_pipe_or_device(path):
        with closing(await in_thread(open_for_writing, path, "wb", shown=name)) as stream:
            yield _writer(stream, name=name)
        return
    async with _replacing(path, keep_after, shown=name) as write:
        yield write


@asynccontextmanager
async def _replacing(
    path: Path, keep_after: type[Exception] | tuple[()], *, shown: str
) -> AsyncIterator[Write]:
    _remove_abandoned_drafts(path)
    with closing(_open_draft(path, shown=shown)) as draft:
        try:
            keep_permissions(of=path, on=Path(draft.name))
            yield _writer(draft, name=shown)
            await in_thread(os.fsync, draft.fileno())
            _move(draft, path)
        except keep_after:
            _move(draft, beside(path, INCOMPLETE))
            raise
        except BaseException:
            _discard(draft)
            raise


def _move(draft: FileIO, path: Path) -> None:
    """Rename a draft while its lock holds: nobody must take it for abandoned."""
    try:
        move_into_place(Path(draft.name), path)
    except PermissionError:  # Windows renames no open file, and has no locks
        draft.close()
        move_into_place(Path(draft.name), path)


def _discard(draft: FileIO) -> None:
    draft.close()
    with suppress(OSError):
        Path(draft.name).unlink()


def _open_draft(path: Path, *, shown: str) -> FileIO:
    """Open a new hidden file beside a path; its lock says that it is in use."""
    while True:
        draft = path.with_name(f".{path.name}.{secrets.token_hex(_DIGITS // 2)}.tmp")
        stream = open_for_writing(draft, "xb", shown=shown)
        with suppress(OSError):  # a file system without locks
            if not (try_lock(stream) and draft.exists()):
                stream.close()  # another run has just taken it for abandoned
                continue
        return stream


def _remove_abandoned_drafts(path: Path) -> None:
    """Remove what runs that were killed left beside a path: the drafts that nobody holds."""
    for draft in path.parent.glob(f".{escape(path.name)}.{'[0-9a-f]' * _DIGITS}.tmp"):
        with suppress(OSError), FileIO(draft, "ab") as stream:
            if try_lock(stream):
                draft.unlink()


def _writer(stream: FileIO | BinaryIO, *, name: str) -> Write:
    async def write(content: bytes) -> None:
        await in_thread(write_all, stream, content, name=name)

    return write
