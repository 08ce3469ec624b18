"""Orders as JSONL or CSV, a page at a time (pure)."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any, Literal, Protocol

from attrs import frozen

from liner_async.cli.columns import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from liner_async import Order

__all__ = ["Csv", "Format", "FormatName", "Jsonl", "cell_text", "format_named"]

FormatName = Literal["jsonl", "csv"]

_FORMULA = re.compile(r"[=@\t\r]|[+-](?![0-9 ().-]*$)")
_UTF8_MARK = "\ufeff"


class Format(Protocol):
    """A file format: what comes first, and the text of some orders."""

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
    def head(self) -> str:
        """Give what comes before the first order, perhaps nothing."""

    def body(self, orders: Iterable[Order]) -> str:
        """Give the text of the orders, every line ended."""


@frozen(kw_only=True)
class Jsonl:
    """One order a line, as the vendor's JSON; with `columns`, those fields alone."""

    columns: tuple[str, ...] | None = None
    head: str = ""
    name: FormatName = "jsonl"
    spreadsheet: bool = False

    def body(self, orders: Iterable[Order]) -> str:
        """Give the orders as lines."""
        return "".join(_json(self._chosen(order.to_dict())) + "\n" for order in orders)

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
    def head(self) -> str:
        """Give the head line."""
        return (_UTF8_MARK if self.spreadsheet else "") + _rows([self.columns])

    def body(self, orders: Iterable[Order]) -> str:
        """Give the orders as rows."""
        wires = (order.to_dict() for order in orders)
        return _rows([self._cell(wire[name]) for name in self.columns] for wire in wires)

    def _cell(self, value: object) -> str:
        if self.spreadsheet and isinstance(value, str) and _FORMULA.match(value):
            return "'" + value
        return cell_text(value)


def format_named(
    name: FormatName, columns: tuple[str, ...] | None, *, spreadsheet: bool = False
) -> Format:
    """Give a format by its name, with all columns where none are chosen."""
    formats: Mapping[FormatName, Callable[[], Format]] = {
        "jsonl": lambda: Jsonl(columns=columns),
        "csv": lambda: Csv(columns=columns or COLUMNS, spreadsheet=spreadsheet),
    }
    return formats[name]()


def cell_text(value: object) -> str:
    """Give a JSON value as the text of a cell: None is empty, text is itself, the rest is JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else _json(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _rows(rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
