"""What a part of the benchmark gives: tables, plots, and the figures that goals are judged by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import field, frozen

from speed.rounds import Ratio

__all__ = ["Chapter", "Plot", "Scale", "Table"]


@frozen(kw_only=True)
class Table:
    """A Markdown table; `note` stands below it."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    def __str__(self) -> str:
        """Give the table as Markdown."""
        lines = [self.head, ("---",) * len(self.head), *self.rows]
        text = "\n".join(f"| {' | '.join(line)} |" for line in lines)
        return f"{text}\n\n{self.note}\n" if self.note else f"{text}\n"


@frozen(kw_only=True)
class Plot:
    """A picture: the name of its file, and how it is drawn on matplotlib's axes."""

    name: str
    draw: Callable[[Any], None]


@frozen(kw_only=True)
class Chapter:
    """What a part measured; `measured` by the keys of `goals.GOALS`, `absent` what it could not."""

    tables: tuple[Table, ...]
    measured: Mapping[str, Ratio] = field(factory=dict)
    plots: tuple[Plot, ...] = ()
    absent: tuple[str, ...] = ()


@frozen
class Scale:
    """How much is measured: everything, or just enough to see that the scripts run."""

    is_quick: bool

    def pick(self, full: Any, quick: Any) -> Any:
        """Give the one or the other."""
        return quick if self.is_quick else full
