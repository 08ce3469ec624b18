"""What a part of the benchmark brings: tables, and the figures that goals are judged by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from attrs import field, frozen

from speed.catalogue import TIDY, Data
from speed.rounds import Ratio

__all__ = ["Chapter", "Figures", "Scale", "Table", "by_goal"]

Figures: TypeAlias = Mapping[str, Mapping[str, Ratio]]
"""What was measured for the goals: by the key of the goal, then by the name of the data."""


def by_goal(found: Mapping[Data, Mapping[str, Ratio | None]]) -> Figures:
    """Return what was found on each data, as figures; None is not measured."""
    figures: dict[str, dict[str, Ratio]] = {}
    for data, ratios in found.items():
        for key, ratio in ratios.items():
            if ratio is not None:
                figures.setdefault(key, {})[data.name] = ratio
    return figures


@frozen(kw_only=True)
class Table:
    """A Markdown table; `note` stands below it."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    def __str__(self) -> str:
        """Return the table as Markdown."""
        lines = [self.head, ("---",) * len(self.head), *self.rows]
        text = "\n".join(f"| {' | '.join(line)} |" for line in lines)
        return f"{text}\n\n{self.note}\n" if self.note else f"{text}\n"


@frozen(kw_only=True)
class Chapter:
    """What a part measured.

    Attributes:
        tables: what it shows.
        measured: its figures, for the goals in `goals.GOALS`.
        absent: what could not be measured here, and why.
    """

    tables: tuple[Table, ...]
    measured: Figures = field(factory=dict)
    absent: tuple[str, ...] = ()

    def text(self, *, command: str, machine: str) -> str:
        """Return the chapter as Markdown, with the command that measures it again."""
        parts = [str(table) for table in self.tables]
        if self.absent:
            parts.append(f"Not measured here: {'; '.join(self.absent)}.\n")
        return "\n".join([*parts, f"`{command}`; {machine}.\n"])


@frozen
class Scale:
    """How much is measured: everything, or just enough to see that the scripts run."""

    is_quick: bool

    def pick(self, full: Any, quick: Any) -> Any:
        """Return the one or the other."""
        return quick if self.is_quick else full

    def rounds(self, full: int, data: Data) -> int:
        """Return how many rounds are measured: half as many where the data is not tidy."""
        if self.is_quick:
            return 1
        return full if data is TIDY else (full + 1) // 2
