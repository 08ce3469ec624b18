"""How a bulk is carried out: its options, checked before anything is sent (pure)."""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Iterable
from typing import Any, Literal, TypeAlias, TypedDict

import attrs
from attrs import field, frozen

from liner_async.errors import ConfigError
from liner_async.events import is_plain_function
from liner_async.ledger import Ledger
from liner_async.resources.bulk_report import WriteResult

__all__ = ["BULK_DEFAULTS", "BulkOptions", "BulkWriteOptions", "Items", "OnFailure"]

Items: TypeAlias = Iterable[Any] | AsyncIterable[Any]
"""What a bulk takes its items from."""

OnFailure: TypeAlias = Literal["raise", "report"]
"""Whether items that are not done raise BulkWriteError, or show in the report alone."""


class BulkWriteOptions(TypedDict, total=False):
    """The options of a bulk; `BulkWrite` documents them."""

    concurrency: int
    key: Callable[[Any], str] | None
    ledger: Ledger | None
    on_failure: OnFailure
    max_unknown: int
    resend_unknown: bool
    on_progress: Callable[[WriteResult], object] | None


@frozen(kw_only=True)
class BulkOptions:
    """The options of one bulk.

    Raises:
        ConfigError: one is out of its range.
    """

    concurrency: int = field(default=4)
    key: Callable[[Any], str] | None = None
    ledger: Ledger | None = None
    on_failure: OnFailure = field(default="raise")
    max_unknown: int = field(default=10)
    resend_unknown: bool = False
    on_progress: Callable[[WriteResult], object] | None = None

    def __attrs_post_init__(self) -> None:
        for name in ("concurrency", "max_unknown"):
            value = getattr(self, name)
            if type(value) is not int or value < 1:
                raise ConfigError(f"{name} must be an integer of at least 1")
        if self.on_failure not in ("raise", "report"):
            raise ConfigError("on_failure must be one of 'raise', 'report'")
        for name in ("key", "on_progress"):
            value = getattr(self, name)
            if value is not None and not is_plain_function(value):
                raise ConfigError(f"{name} must be a plain function of one argument")
        if self.resend_unknown and self.ledger is None:
            raise ConfigError("resend_unknown needs the ledger that knows of them")


BULK_DEFAULTS = {each.name: each.default for each in attrs.fields(BulkOptions)}
"""What each option is where it is not given."""
