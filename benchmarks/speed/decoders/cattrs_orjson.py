"""orjson and cattrs' converter made for it."""

from __future__ import annotations

import orjson
from cattrs.preconf.orjson import make_converter

from speed.decoders.attrs_model import PlainOrder, structurer

__all__ = ["decode"]

_structure = structurer(make_converter())


def decode(body: bytes) -> list[PlainOrder]:
    """Parse and structure."""
    return _structure(orjson.loads(body)["data"]["list"])
