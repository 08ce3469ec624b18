"""msgspec's parser and cattrs' converter made for it."""

from __future__ import annotations

from cattrs.preconf.msgspec import make_converter
from msgspec.json import Decoder

from speed.decoders.attrs_model import PlainOrder, structurer

__all__ = ["decode"]

_parse = Decoder().decode
_structure = structurer(make_converter())


def decode(body: bytes) -> list[PlainOrder]:
    """Parse and structure."""
    return _structure(_parse(body)["data"]["list"])
