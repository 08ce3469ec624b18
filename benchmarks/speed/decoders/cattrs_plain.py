"""json and a cattrs converter as it comes, with hooks for the two types it does not know."""

from __future__ import annotations

import json
from datetime import date, datetime

from cattrs import Converter

from speed.decoders.attrs_model import PlainOrder, structurer

__all__ = ["decode"]

_converter = Converter()
_converter.register_structure_hook(datetime, lambda value, _: datetime.fromisoformat(value))
_converter.register_structure_hook(date, lambda value, _: date.fromisoformat(value))
_structure = structurer(_converter)


def decode(body: bytes) -> list[PlainOrder]:
    """Parse and structure."""
    return _structure(json.loads(body)["data"]["list"])
