"""Items as Parquet: a row group for every ten thousand or so, and the index at the end."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Literal

import liner_async
from liner_async.cli.columns import Columns
from liner_async.cli.console.exits import CommandExit, ExitCode

if TYPE_CHECKING:
    from liner_async import BatchIterator, Pager

__all__ = ["Parquet"]


class Parquet:
    """One Parquet file in the making; its columns have the names and types of `arrow_schema`.

    Raises:
        CommandExit: pyarrow is not installed.
    """

    name: Literal["parquet"] = "parquet"
    spreadsheet = False

    def __init__(self, model: type[Any], columns: tuple[str, ...] | None) -> None:
        self.columns = columns
        self._names = None if columns is None else Columns.of(model).to_snake_case(columns)
        try:
            schema = liner_async.arrow_schema(model, columns=self._names)
        except ModuleNotFoundError as error:
            raise CommandExit(f"--format parquet: {error}", ExitCode.USAGE) from error
        from pyarrow import parquet  # noqa: PLC0415 - comes with an extra

        self._tap = _Tap()
        self._writer = parquet.ParquetWriter(self._tap, schema, compression="zstd")

    @property
    def head(self) -> bytes:
        """The magic number at the start."""
        return self._tap.drain()

    def parts(self, pager: Pager[Any]) -> BatchIterator[Any]:
        """Start a run over record batches."""
        return pager.arrow_batches(columns=self._names)

    def body(self, part: Any) -> bytes:
        """Return a record batch as a row group."""
        self._writer.write_batch(part)
        return self._tap.drain()

    def foot(self) -> bytes:
        """Return the index of the row groups; without it the file cannot be read."""
        self._writer.close()
        return self._tap.drain()


class _Tap(io.RawIOBase):
    """A file that only grows; what was written is taken out again."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, content: Any, /) -> int:
        self._written.append(bytes(content))
        return len(content)

    def drain(self) -> bytes:
        content = b"".join(self._written)
        self._written.clear()
        return content
