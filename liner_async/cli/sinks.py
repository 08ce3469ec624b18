"""Where bytes go: stdout, a pipe or device, or a file that appears only when it is whole."""

from __future__ import annotations

import os
import secrets
import stat
import sys
from contextlib import asynccontextmanager, closing, suppress
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from liner_async.cli.endings import Ending, Exit
from liner_async.cli.running import in_thread

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

__all__ = ["STDOUT", "Write", "open_sink"]


class Write(Protocol):
    """Writes a text as UTF-8; returns once the system has it all."""

    async def __call__(self, text: str, /) -> None:
        """Write the whole text."""


STDOUT = "-"


@asynccontextmanager
async def open_sink(name: str) -> AsyncIterator[Write]:
    """Open what `name` names, "-" for stdout.

    A file is written next to its place under another name, and takes its place (over a file that
    is there already, whose permissions it keeps) when the block ends well; when the block raises,
    it is removed. A pipe or device that exists is written to directly.

    Raises:
        Ending: the place cannot be written to.
    """
    if name == STDOUT:
        # Not through the buffer: a thread that waits inside it would keep the program from ending.
        yield _writer(getattr(sys.stdout.buffer, "raw", sys.stdout.buffer), name="stdout")
        return
    path = _real(name)
    if _is_pipe_or_device(path):
        with closing(await in_thread(_open, path, "wb", shown=name)) as stream:
            yield _writer(stream, name=name)
        return
    async with _replacing(path, shown=name) as write:
        yield write


@asynccontextmanager
async def _replacing(path: Path, *, shown: str) -> AsyncIterator[Write]:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    stream = _open(draft, "xb", shown=shown)
    try:
        with closing(stream):
            _keep_permissions(of=path, on=draft)
            yield _writer(stream, name=shown)
            await in_thread(os.fsync, stream.fileno())
        draft.replace(path)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise


def _real(name: str) -> Path:
    """Follow links, so that what they lead to is replaced and not the link."""
    return Path(os.path.realpath(name))


def _is_pipe_or_device(path: Path) -> bool:
    return path.exists() and not path.is_file()


def _keep_permissions(*, of: Path, on: Path) -> None:
    with suppress(FileNotFoundError):
        on.chmod(stat.S_IMODE(of.stat().st_mode))


def _open(path: Path, mode: str, *, shown: str) -> FileIO:
    try:
        return FileIO(str(path), mode)
    except OSError as error:
        raise Ending(f"cannot write {shown}: {error.strerror}", Exit.USAGE) from error


def _writer(stream: FileIO | BinaryIO, *, name: str) -> Write:
    def write_all(content: bytes) -> None:
        rest = memoryview(content)
        try:
            while rest:
                rest = rest[stream.write(rest) :]
        except OSError as error:
            error.filename = name
            raise

    async def write(text: str) -> None:
        await in_thread(write_all, text.encode())

    return write
