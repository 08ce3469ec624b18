"""What a bulk sent and what became of it, recorded so that nothing is sent twice after a crash."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import threading
import weakref
from collections.abc import Callable, Mapping
from io import FileIO
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias

from attrs import define, field, frozen

from liner_async._files import sync_folder, try_lock
from liner_async.errors import ConfigError, Outcome

__all__ = ["FileLedger", "Ledger", "LedgerEntry", "LedgerState"]

LedgerState: TypeAlias = Literal["sending"] | Outcome
"""What is known of an item: it was about to be sent, or how it ended."""

_STATES: Mapping[str, LedgerState] = {
    "sending": "sending",
    "not_sent": "not_sent",
    "refused": "refused",
    "unknown": "unknown",
    "done": "done",
}


@frozen(kw_only=True)
class LedgerEntry:
    """What a ledger knows of one item.

    Attributes:
        digest: of what was sent, and to whom; it differs where they differ.
        state: "sending" if it was about to be sent and how it ended is not known.
        id: the identifier that a create was answered with.
    """

    digest: str
    state: LedgerState
    id: int | None = None


class Ledger(Protocol):
    """Records what a bulk sends, by key, for one bulk at a time."""

    async def open(self) -> Mapping[str, LedgerEntry]:
        """Keep others away from the ledger, and return the latest entry of each key."""

    async def begin(self, key: str, digest: str) -> None:
        """Record an item about to be sent; once this returns, a crash does not lose the record."""

    async def end(self, key: str, outcome: Outcome, id: int | None) -> None:  # noqa: A002 - its name everywhere
        """Record what became of an item."""

    async def aclose(self) -> None:
        """Finish writing, and let others use the ledger."""


class FileLedger:
    """An append-only ledger in a file of JSON lines; it holds keys, and no field of an item.

    Each item is recorded on disk before it is sent; items sent together share one wait for the
    disk. A last line that a crash cut short is ignored. One process at a time can use the file.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._file: FileIO | None = None
        self._close: Callable[[], object] | None = None  # also called if the ledger is collected
        self._size = 0
        self._lock = threading.Lock()
        self._group: _Group | None = None
        self._writing: asyncio.Task[None] | None = None

    def __repr__(self) -> str:
        """Name the file."""
        return f"FileLedger({str(self.path)!r})"

    async def open(self) -> Mapping[str, LedgerEntry]:
        """Lock the file, creating it if needed, and return the latest entry of each key.

        Raises:
            ConfigError: another process or bulk uses it, or it is not a ledger.
            OSError: it cannot be opened.
        """
        if self._file is not None:
            raise ConfigError(f"the ledger {self.path} is in use by another bulk")
        file = FileIO(self.path, "a+")
        try:
            entries, self._size = await asyncio.to_thread(_load, file, self.path)
        except BaseException:
            file.close()
            raise
        self._file, self._close = file, weakref.finalize(self, file.close)
        return entries

    async def begin(self, key: str, digest: str) -> None:
        """Record that an item is about to be sent, and wait until that is on disk.

        Raises:
            OSError: it cannot be written.
        """
        if self._group is None:
            self._group = _Group()
        group = self._group
        group.lines.append(_line({"key": key, "digest": digest, "state": "sending"}))
        if self._writing is None:
            self._writing = asyncio.get_running_loop().create_task(self._write_groups())
        cancelled: asyncio.CancelledError | None = None
        while not group.written.is_set():  # however often it is cancelled: its end comes behind it
            try:
                await group.written.wait()
            except asyncio.CancelledError as error:
                cancelled = error
        if cancelled is not None:
            raise cancelled
        if group.error is not None:
            raise group.error

    async def end(self, key: str, outcome: Outcome, id: int | None) -> None:  # noqa: A002 - the vendor's word
        """Record what became of an item; the file has it when this returns.

        Raises:
            OSError: it cannot be written.
        """
        self._append(_line({"key": key, "state": outcome} | ({} if id is None else {"id": id})))

    async def aclose(self) -> None:
        """Finish what is being written, and close the file; may be repeated."""
        if self._writing is not None:
            await asyncio.wait({self._writing})
        if self._close is not None:
            self._close()
            self._file = self._close = None

    async def _write_groups(self) -> None:
        """Write what has gathered, and what gathers meanwhile; each group takes one wait."""
        try:
            while (group := self._group) is not None:
                self._group = None
                try:
                    await asyncio.to_thread(self._append, b"".join(group.lines), lasting=True)
                except OSError as error:
                    group.error = error
                finally:
                    group.written.set()
        finally:
            self._writing = None

    def _append(self, lines: bytes, *, lasting: bool = False) -> None:
        """Add whole lines or nothing; `lasting`: return when they are on the disk."""
        if self._file is None:
            raise ConfigError(f"the ledger {self.path} is not open")
        with self._lock:
            try:
                _write_whole(self._file, lines)
            except OSError:
                self._file.truncate(self._size)
                raise
            self._size += len(lines)
        if lasting:
            os.fsync(self._file.fileno())


@define(eq=False)
class _Group:
    """Lines that go to the disk together."""

    lines: list[bytes] = field(factory=list)
    written: asyncio.Event = field(factory=asyncio.Event)
    error: OSError | None = None


def _write_whole(file: FileIO, lines: bytes) -> None:
    if file.write(lines) != len(lines):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), file.name)


def _load(file: FileIO, path: Path) -> tuple[Mapping[str, LedgerEntry], int]:
    """Lock a file; return what it holds and its size, without a last line that was cut short."""
    if not try_lock(file):
        raise ConfigError(f"the ledger {path} is in use by another process")
    file.seek(0)
    text = file.readall()
    size = text.rfind(b"\n") + 1
    entries = _read(text[:size], path)
    if size < len(text):
        file.truncate(size)
    sync_folder(path.absolute().parent)
    return entries, size


def _read(text: bytes, path: Path) -> dict[str, LedgerEntry]:
    """Return the latest entry of each key.

    Raises:
        ConfigError: a line does not belong in a ledger.
    """
    entries: dict[str, LedgerEntry] = {}
    for number, line in enumerate(text.splitlines(), 1):
        try:
            fields = json.loads(line)
            known = entries.get(fields["key"])
            if known is None and fields["state"] == "not_sent":
                continue  # the disk had no room for its beginning, but for this
            digest = fields["digest"] if known is None else fields.get("digest", known.digest)
            entries[fields["key"]] = LedgerEntry(
                digest=digest, state=_STATES[fields["state"]], id=fields.get("id")
            )
        except (ValueError, TypeError, KeyError):
            raise ConfigError(f"{path} is not a ledger: see line {number}") from None
    return entries


def _line(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields).encode() + b"\n"
