"""Items as JSONL or CSV, a page at a time."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Literal, Protocol

import click
from attrs import frozen

from liner_async.cli.columns import Columns
from liner_async.cli.export.parquet import Parquet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from liner_async import BatchIterator, PageIterator, Pager

__all__ = ["Csv", "Format", "FormatName", "Jsonl", "cell_text", "format_named", "format_of"]

FormatName = Literal["jsonl", "csv", "parquet"]

_ENDINGS: Mapping[str, FormatName] = {
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
}
_FORMULA = re.compile(r"[=@\t\r]|[+-](?![0-9 ().-]*$)")
_UTF8_MARK = "\ufeff"


class Format(Protocol):
    """A file format: what comes first, the bytes of some items, and what comes last."""

    @property
    def name(self) -> FormatName:
        """The name on the command line."""

    @property
    def columns(self) -> tuple[str, ...] | None:
        """The fields that are written, None for all."""

    @property
    def spreadsheet(self) -> bool:
        """Whether the file is for a spreadsheet."""

    @property
    def head(self) -> bytes:
        """What comes before the first item; may be empty."""

    def parts(self, pager: Pager[Any]) -> PageIterator[Any] | BatchIterator[Any]:
        """Start a run over what `body` takes."""

    def body(self, part: Any) -> bytes:
        """Return the bytes of the items of one part."""

    def foot(self) -> bytes:
        """Return what comes after the last item; may be empty."""


@frozen(kw_only=True)
class Jsonl:
    """One item per line, as the vendor's JSON; with `columns`, only those fields."""

    columns: tuple[str, ...] | None = None
    head: bytes = b""
    name: FormatName = "jsonl"
    spreadsheet: bool = False

    def parts(self, pager: Pager[Any]) -> PageIterator[Any]:
        """Start a run over pages."""
        return pager.pages()

    def body(self, part: Iterable[Any]) -> bytes:
        """Return the items as lines."""
        lines = (_json(self._choose(item.to_dict())) + "\n" for item in part)
        return "".join(lines).encode()

    def foot(self) -> bytes:
        """Return nothing."""
        return b""

    def _choose(self, wire: dict[str, Any]) -> dict[str, Any]:
        return wire if self.columns is None else {name: wire[name] for name in self.columns}


@frozen(kw_only=True)
class Csv:
    """Comma-separated values: a header line, then one row per item; a row may span lines.

    Lists and maps are JSON text, booleans are spelt as in JSON, None is empty. Values are not
    changed unless `spreadsheet` is set: then text that Excel or Calc would take for a formula gets
    an apostrophe in front (numbers and phone numbers do not), and a mark says the file is UTF-8.
    """

    columns: tuple[str, ...]
    spreadsheet: bool = False
    name: FormatName = "csv"

    @property
    def head(self) -> bytes:
        """The header line."""
        return (_UTF8_MARK if self.spreadsheet else "").encode() + _rows([self.columns])

    def parts(self, pager: Pager[Any]) -> PageIterator[Any]:
        """Start a run over pages."""
        return pager.pages()

    def body(self, part: Iterable[Any]) -> bytes:
        """Return the items as rows."""
        wires = (item.to_dict() for item in part)
        return _rows([self._cell(wire[name]) for name in self.columns] for wire in wires)

    def foot(self) -> bytes:
        """Return nothing."""
        return b""

    def _cell(self, value: object) -> str:
        if self.spreadsheet and isinstance(value, str) and _FORMULA.match(value):
            return "'" + value
        return cell_text(value)


def format_of(output: str, wanted: FormatName | None) -> FormatName:
    """Return the format that is wanted, else the one that a file's ending says, else JSONL.

    Raises:
        click.UsageError: the two contradict each other.
    """
    said = _ENDINGS.get(PurePath(output).suffix.lower())
    if wanted is not None and said not in (None, wanted):
        raise click.UsageError(f"--format {wanted} contradicts the ending of {output}")
    return wanted or said or "jsonl"


def format_named(
    name: FormatName,
    model: type[Any],
    columns: tuple[str, ...] | None,
    *,
    spreadsheet: bool = False,
) -> Format:
    """Return a format for one file, with all columns of the model where none are chosen.

    Raises:
        CommandExit: what the format needs is not installed.
    """
    if name == "parquet":
        return Parquet(model, columns)
    if name == "csv":
        return Csv(columns=columns or Columns.of(model).names, spreadsheet=spreadsheet)
    return Jsonl(columns=columns)


def cell_text(value: object) -> str:
    """Return the text of a cell: nothing for None, a text as it is, JSON for the rest."""
    if value is None:
        return ""
    return value if isinstance(value, str) else _json(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _rows(rows: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
