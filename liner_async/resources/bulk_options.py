"""The options of a bulk, as methods take them (pure).

Kept light, since every program imports it; the code that runs a bulk is imported when needed.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, TypedDict

if TYPE_CHECKING:
    from liner_async.ledger import Ledger
    from liner_async.resources.bulk_report import WriteResult

__all__ = ["BULK_DEFAULTS", "BulkWriteOptions", "Items", "OnFailure"]

Items: TypeAlias = Iterable[Any] | AsyncIterable[Any]
"""What a bulk takes its items from."""

OnFailure: TypeAlias = Literal["raise", "report"]
"""Whether items that are not done raise BulkWriteError, or only show in the report."""


class BulkWriteOptions(TypedDict, total=False):
    """The options of a bulk; `BulkWrite` documents them."""

    concurrency: int
    key: Callable[[Any], str] | None
    ledger: Ledger | None
    on_failure: OnFailure
    max_unknown: int
    resend_unknown: bool
    on_progress: Callable[[WriteResult], object] | None


BULK_DEFAULTS: Final[Mapping[str, object]] = {
    "concurrency": 4,
    "key": None,
    "ledger": None,
    "on_failure": "raise",
    "max_unknown": 10,
    "resend_unknown": False,
    "on_progress": None,
}
"""The default of each option."""
