"""Rows to be written, from JSON lines or CSV: read once to check them, and again to send them."""

from __future__ import annotations

import csv
import io
import json
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, TypeAlias

import click
from attrs import frozen

from liner_async.cli.console.exits import CommandExit, ExitCode

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from liner_async.cli.fields import Fields

__all__ = ["Row", "RowFormat", "Rows", "format_of", "open_rows"]

RowFormat: TypeAlias = Literal["jsonl", "csv"]

STDIN = "-"
_ENDINGS: dict[str, RowFormat] = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}


@frozen
class Row:
    """The fields of one item.

    Attributes:
        line: the line of the file where it begins, from 1.
        fields: its fields, by our names.
    """

    line: int
    fields: dict[str, Any]


@frozen(kw_only=True)
class Rows:
    """Rows in a file, which can be read again.

    Attributes:
        name: the file's name, for people.
        form: how they are written.
        fields: the fields that they may have.
        stream: the open file.
    """

    name: str
    form: RowFormat
    fields: Fields
    stream: BinaryIO

    def read(self) -> Generator[Row]:
        """Read the rows from the beginning; close it before the file.

        Raises:
            CommandExit: the file is not as it should be; the message names the line, and no value.
        """
        self.stream.seek(0)
        text = io.TextIOWrapper(self.stream, encoding="utf-8-sig", newline="")
        try:
            yield from self._lines(text) if self.form == "jsonl" else self._records(text)
        except UnicodeDecodeError:
            raise self._wrong("it is not UTF-8") from None
        finally:
            text.detach()

    def _lines(self, text: io.TextIOWrapper) -> Iterator[Row]:
        for number, line in enumerate(text, 1):
            if not line.strip():
                continue
            try:
                found = json.loads(line)
            except ValueError:
                found = None
            if not isinstance(found, dict):
                raise self._wrong("not a JSON object", line=number)
            yield Row(number, self.fields.from_object(found))

    def _records(self, text: io.TextIOWrapper) -> Iterator[Row]:
        head = text.readline()
        if not head.strip():
            raise self._wrong("it is empty, or does not begin with the names of its columns")
        delimiter = ";" if ";" in head and "," not in head else ","  # a spreadsheet's, in Russian
        names = self._columns(next(csv.reader([head], delimiter=delimiter)))
        records = csv.reader(text, delimiter=delimiter, strict=True)
        while True:
            line = records.line_num + 2  # from 1, after the header line
            try:
                cells = next(records, None)
            except csv.Error:
                raise self._wrong(
                    "a quoted cell has no end, or continues after it", line=line
                ) from None
            if cells is None:
                return
            if cells and len(cells) != len(names):
                raise self._wrong(f"{len(cells)} cells, not {len(names)}", line=line)
            if cells:
                yield Row(line, self.fields.from_cells(dict(zip(names, cells, strict=True))))

    def _columns(self, head: list[str]) -> list[str]:
        names = [self.fields.known(name.strip()) for name in head]
        for name in names:
            if name not in self.fields.names:
                raise self._wrong(f"no such field: {name!r}; known: {self.fields.listed}", line=1)
        if len(set(names)) < len(names):
            raise self._wrong("a column comes twice", line=1)
        return names

    def _wrong(self, what: str, *, line: int | None = None) -> CommandExit:
        where = self.name if line is None else f"{self.name}, line {line}"
        return CommandExit(f"{where}: {what}", ExitCode.USAGE)


def format_of(name: str, wanted: RowFormat | None) -> RowFormat:
    """Return the format that is wanted, else the one that a file's ending says, else JSON lines.

    Raises:
        click.UsageError: the two contradict each other.
    """
    said = _ENDINGS.get(PurePath(name).suffix.lower())
    if wanted is not None and said not in (None, wanted):
        raise click.UsageError(f"--format {wanted} contradicts the ending of {name}")
    return wanted or said or "jsonl"


@contextmanager
def open_rows(name: str, form: RowFormat, fields: Fields) -> Iterator[Rows]:
    """Open a file of rows, or stdin ("-"); anything but a regular file is read whole.

    Raises:
        CommandExit: it cannot be read.
    """
    stream: BinaryIO
    with ExitStack() as stack:
        try:
            if name == STDIN:
                stream = io.BytesIO(sys.stdin.buffer.read())
            else:
                stream = stack.enter_context(Path(name).open("rb"))
                if not stream.seekable():
                    stream = io.BytesIO(stream.read())
        except OSError as error:
            raise CommandExit(f"cannot read {name}: {error.strerror}", ExitCode.USAGE) from error
        yield Rows(name="stdin" if name == STDIN else name, form=form, fields=fields, stream=stream)
