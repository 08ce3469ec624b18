"""Figures: what was measured, and what it must reach."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

__all__ = ["Figure", "Line"]


@frozen
class Figure:
    """A number and its limit: at most `limit`, or at least that if `is_least`."""

    name: str
    measured: float
    limit: float
    unit: str = ""
    is_least: bool = False

    @property
    def is_met(self) -> bool:
        """Whether the number keeps within its limit."""
        return self.measured >= self.limit if self.is_least else self.measured <= self.limit

    def __str__(self) -> str:
        """Return the figure as one line of a report."""
        sign = ">=" if self.is_least else "<="
        verdict = "ok" if self.is_met else "MISSED"
        measured, limit = (f"{number:,.5g}" for number in (self.measured, self.limit))
        if self.measured == int(self.measured):
            measured = f"{int(self.measured):,}"
        return f"  {self.name:<46} {measured:>12} {sign} {limit} {self.unit}".ljust(82) + verdict


@frozen(kw_only=True)
class Line:
    """A promise, and how it is measured.

    Attributes:
        name: what it is called on the command line.
        promise: the run and the figures to reach, as `docs/reliability.md` has them.
        measure: runs it `count` times (orders, bodies, kills...) and returns the figures.
        full, short, smoke: the counts of the three scales.
        interpreter: options of the Python that it must run under.
    """

    name: str
    promise: str
    measure: Callable[[int], list[Figure]]
    full: int
    short: int
    smoke: int
    interpreter: tuple[str, ...] = ()

    def count(self, scale: str) -> int:
        """Return the count of a scale."""
        return {"full": self.full, "short": self.short, "smoke": self.smoke}[scale]
