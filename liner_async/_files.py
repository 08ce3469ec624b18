"""Replace files so that a crash leaves the old content or the new, never a mixture."""

from __future__ import annotations

import os
from contextlib import suppress
from io import FileIO
from pathlib import Path

__all__ = ["draft_of", "move_into_place", "replace_file", "sync_folder", "try_lock"]


def draft_of(path: Path) -> Path:
    """Return where `replace_file` writes the new content first: a hidden file beside `path`."""
    return path.with_name(f".{path.name}.draft")


def replace_file(path: Path, text: str) -> None:
    """Replace a file by UTF-8 text, on the disk before this returns.

    Whatever goes wrong, the file holds the old content or the new, never a mixture. A crash may
    leave the draft behind; the next call overwrites it.
    """
    draft = draft_of(path)
    try:
        with draft.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        move_into_place(draft, path)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise


def move_into_place(draft: Path, path: Path) -> None:
    """Rename a file that is complete and on disk, and sync its new name to disk too."""
    draft.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Put the names of a folder's files on the disk."""
    with suppress(PermissionError):  # Windows opens no folders
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def try_lock(stream: FileIO) -> bool:
    """Lock an open file for this process alone; return whether no other process has locked it.

    The lock ends with the process, however that ends. Windows has none: there it always succeeds.
    """
    with suppress(ImportError):
        import fcntl  # noqa: PLC0415 - not on Windows

        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
