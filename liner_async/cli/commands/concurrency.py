"""The type of `--concurrency`: a number, or auto."""

from __future__ import annotations

from typing import Any, Literal

import click

__all__ = ["CONCURRENCY", "Concurrency"]

Concurrency = int | Literal["auto"]


class _ConcurrencyType(click.ParamType):  # type: ignore[type-arg]  # generic in newer stubs only
    """A number of at least 1, or "auto"."""

    name = "N|auto"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Concurrency:
        """Return what was given; click shows the error for anything else."""
        if value == "auto":
            return "auto"
        try:
            return int(click.IntRange(min=1).convert(value, param, ctx))
        except click.BadParameter:
            self.fail(f"{value!r} is neither auto nor an integer of at least 1", param, ctx)


CONCURRENCY = _ConcurrencyType()
