"""Paths and raw files: where a name leads, and how bytes get there."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import BinaryIO

from liner_async.cli.console.exits import CommandExit, ExitCode

__all__ = [
    "beside",
    "is_pipe_or_device",
    "keep_permissions",
    "open_for_writing",
    "real_path",
    "write_all",
]


def real_path(name: str) -> Path:
    """Follow links, so that their target is replaced and not the link."""
    return Path(os.path.realpath(name))


def beside(path: Path, suffix: str) -> Path:
    """Return the file in the same folder with a suffix: `orders.csv.part`."""
    return path.with_name(path.name + suffix)


def is_pipe_or_device(path: Path) -> bool:
    """Return whether the path exists and is not a regular file."""
    return path.exists() and not path.is_file()


def keep_permissions(*, of: Path, on: Path) -> None:
    """Give a file the permissions of the one it is to replace, if there is one."""
    with suppress(FileNotFoundError):
        on.chmod(stat.S_IMODE(of.stat().st_mode))


def open_for_writing(path: Path, mode: str, *, shown: str) -> FileIO:
    """Open a file without a buffer; `shown` is its name in the error.

    Raises:
        CommandExit: the file cannot be written.
    """
    try:
        return FileIO(str(path), mode)
    except OSError as error:
        raise CommandExit(f"cannot write {shown}: {error.strerror}", ExitCode.USAGE) from error


def write_all(stream: FileIO | BinaryIO, content: bytes, *, name: str) -> None:
    """Write every byte, however many the system takes at once; an error carries the name."""
    rest = memoryview(content)
    try:
        while rest:
            rest = rest[stream.write(rest) :]
    except OSError as error:
        error.filename = name
        raise
