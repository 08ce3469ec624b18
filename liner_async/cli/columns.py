"""The columns of a model: its fields by the vendor's names, or by ours in snake_case."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attrs import frozen

__all__ = ["Columns"]


@frozen
class Columns:
    """The documented fields of a model, in the documented order.

    Attributes:
        names: the vendor's names, such as `callSchedule`.
        in_snake_case: our names of the same fields, such as `call_schedule`.
        shown: the vendor's names of those that a table shows when none are chosen.
    """

    names: tuple[str, ...]
    in_snake_case: tuple[str, ...]
    shown: tuple[str, ...]

    @classmethod
    def of(cls, model: type[Any]) -> Columns:
        """Return the columns of a model."""
        from liner_async._codec.kinds import fields_of  # noqa: PLC0415 - slow to import

        fields = fields_of(model)
        return cls(
            names=tuple(each.wire_name for each in fields),
            in_snake_case=tuple(each.name for each in fields),
            shown=tuple(each.wire_name for each in fields if each.metadata.get("shown")),
        )

    def find(self, name: str) -> str | None:
        """Return the vendor's name of the column that goes by this name, or None."""
        for names in (self.names, self.in_snake_case):
            if name in names:
                return self.names[names.index(name)]
        return None

    def to_snake_case(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return our names of columns that are given by the vendor's."""
        return tuple(self.in_snake_case[self.names.index(name)] for name in names)
