"""What a bulk does with its items, and how; checked before anything is sent (pure)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import field, frozen

from liner_async._transport.request import Request
from liner_async.errors import ConfigError
from liner_async.events import is_plain_function
from liner_async.ledger import Ledger
from liner_async.resources.bulk_options import OnFailure
from liner_async.resources.bulk_report import WriteResult

__all__ = ["BulkJob", "BulkOptions"]


@frozen(kw_only=True)
class BulkJob:
    """What a bulk does with an item.

    Attributes:
        name: the method that was called, such as "leads.create_many".
        prepare: returns an item's request, or what is wrong with it.
        read: reads the answer.
        gives_ids: whether the answer is the identifier of what was created.
        creates: whether each request goes to the same path, so that a 404 concerns all of them.
    """

    name: str
    prepare: Callable[[Any], Request | ConfigError]
    read: Callable[..., Any]
    gives_ids: bool
    creates: bool


@frozen(kw_only=True)
class BulkOptions:
    """The options of one bulk, as `BulkWrite` documents them.

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
