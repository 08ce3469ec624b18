"""Orders as JSONL or CSV, a page at a time."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any, Literal, Protocol

from attrs import frozen

from liner_async.cli.columns import COLUMNS
from liner_async.cli.export.parquet import Parquet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from liner_async import BatchIterator, Order, PageIterator, Pager

__all__ = ["Csv", "Format", "FormatName", "Jsonl", "cell_text", "format_named"]

FormatName = Literal["jsonl", "csv", "parquet"]

_FORMULA = re.compile(r"[=@\t\r]|[+-](?![0-9 ().-]*$)")
_UTF8_MARK = "\ufeff"


class Format(Protocol):
    """A file format: what comes first, the bytes of some orders, and what comes last."""

    @property
    def name(self) -> FormatName:
        """Give its name on the command line."""

    @property
    def columns(self) -> tuple[str, ...] | None:
        """Give the fields it shows, None for all there are."""

    @property
    def spreadsheet(self) -> bool:
        """Tell whether it is for a spreadsheet."""

    @property
    def head(self) -> bytes:
        """Give what comes before the first order, perhaps nothing."""

    def parts(self, pager: Pager[Order]) -> PageIterator[Order] | BatchIterator[Order]:
        """Start a run over what `body` takes."""

    def body(self, part: Any) -> bytes:
        """Give the bytes of the orders of one part."""

    def foot(self) -> bytes:
        """Give what comes after the last order, perhaps nothing."""


@frozen(kw_only=True)
class Jsonl:
    """One order a line, as the vendor's JSON; with `columns`, those fields alone."""

    columns: tuple[str, ...] | None = None
    head: bytes = b""
    name: FormatName = "jsonl"
    spreadsheet: bool = False

    def parts(self, pager: Pager[Order]) -> PageIterator[Order]:
        """Start a run over pages."""
        return pager.pages()

    def body(self, part: Iterable[Order]) -> bytes:
        """Give the orders as lines."""
        lines = (_json(self._chosen(order.to_dict())) + "\n" for order in part)
        return "".join(lines).encode()

    def foot(self) -> bytes:
        """Give nothing."""
        return b""

    def _chosen(self, wire: dict[str, Any]) -> dict[str, Any]:
        return wire if self.columns is None else {name: wire[name] for name in self.columns}


@frozen(kw_only=True)
class Csv:
    """Comma-separated values: a head line, then one order a row; a row may span lines.

    Lists and maps are JSON text, true and false as in JSON, None is empty. Nothing is changed
    unless `spreadsheet` is set: then text that Excel or Calc would take for a formula gets an
    apostrophe in front (numbers and phone numbers do not), and a mark says it is UTF-8.
    """

    columns: tuple[str, ...] = COLUMNS
    spreadsheet: bool = False
    name: FormatName = "csv"

    @property
    def head(self) -> bytes:
        """Give the head line."""
        return (_UTF8_MARK if self.spreadsheet else "").encode() + _rows([self.columns])

    def parts(self, pager: Pager[Order]) -> PageIterator[Order]:
        """Start a run over pages."""
        return pager.pages()

    def body(self, part: Iterable[Order]) -> bytes:
        """Give the orders as rows."""
        wires = (order.to_dict() for order in part)
        return _rows([self._cell(wire[name]) for name in self.columns] for wire in wires)

    def foot(self) -> bytes:
        """Give nothing."""
        return b""

    def _cell(self, value: object) -> str:
        if self.spreadsheet and isinstance(value, str) and _FORMULA.match(value):
            return "'" + value
        return cell_text(value)


def format_named(
    name: FormatName, columns: tuple[str, ...] | None, *, spreadsheet: bool = False
) -> Format:
    """Give a format by its name, with all columns where none are chosen; for one file.

    Raises:
        CommandExit: what the format needs is not installed.
    """
    formats: Mapping[FormatName, Callable[[], Format]] = {
        "jsonl": lambda: Jsonl(columns=columns),
        "csv": lambda: Csv(columns=columns or COLUMNS, spreadsheet=spreadsheet),
        "parquet": lambda: Parquet(columns),
    }
    return formats[name]()


def cell_text(value: object) -> str:
    """Give a JSON value as the text of a cell: None is empty, text is itself, the rest is JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else _json(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _rows(rows: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
