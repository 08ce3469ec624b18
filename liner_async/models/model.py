"""What every object of LINER can do."""

from __future__ import annotations

from typing import Any, Final, Self

from liner_async._codec.decoder import decoder_of
from liner_async._codec.unstructure import JsonValue, to_wire
from liner_async._tables.notebook import fields_table

__all__ = ["FLAG", "IDENTIFIER", "SECRET", "SHOWN", "TEXT", "Model"]

SHOWN: Final = {"shown": True}
"""Metadata of a field that is a column of its model's table in a notebook."""

IDENTIFIER: Final = {"reads": "identifier", **SHOWN}
"""Metadata of a field that holds the object's own identifier."""

FLAG: Final = {"reads": "flag"}
"""Metadata of an integer that the vendor may send as true or false."""

TEXT: Final = {"reads": "text"}
"""Metadata of a text that the vendor may send as an integer."""

SECRET: Final = {"secret": True}
"""Metadata of a field that may hold credentials: included in `to_dict()`, and shown nowhere."""


class Model:
    """An object of LINER: frozen, compared by its fields, made from the vendor's JSON and back."""

    __slots__ = ()

    @classmethod
    def from_dict(cls, data: dict[str, JsonValue]) -> Self:
        """Return the object that the vendor's JSON describes, read as strictly as a page's items.

        Args:
            data: the JSON object as `json.loads` returns it, such as `to_dict` made.

        Raises:
            DecodeError: it does not fit the model; `problems` lists the fields, never a value.
        """
        return decoder_of(cls).item(data)

    def to_dict(self) -> dict[str, JsonValue]:
        """Return the vendor's JSON of this object: camelCase names, times as text."""
        wire: dict[str, Any] = to_wire(self)
        return wire

    def _repr_html_(self) -> str:
        """Show the fields that are set, in a notebook."""
        return fields_table(self)
