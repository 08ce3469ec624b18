"""The options of FakeLiner, wherever it runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from ssl import SSLContext
from typing import Any, TypedDict

from liner_async.testing.collection import Paths
from liner_async.testing.faults import Fault
from liner_async.testing.rows import Change
from liner_async.testing.schedule import Faults
from liner_async.testing.service import Latency

__all__ = ["FakeLinerOptions", "refuse_unknown"]


class FakeLinerOptions(TypedDict, total=False):
    """The keyword arguments of `FakeLiner`, which documents them."""

    orders: Sequence[Any] | None
    call_attempts: Sequence[Any] | None
    custom_fields: Sequence[Any] | None
    sizes: Mapping[str, int]
    paths: Paths
    seed: int
    api_key: str
    latency: Latency
    rate_limit: float | None
    faults: Faults | None
    fault_rate: float
    fault_kinds: Sequence[Fault]
    changes: Sequence[Change]
    max_limit: int
    default_limit: int
    host: str
    port: int
    prefix: str
    ssl: SSLContext | None
    keep_alive: bool
    requests_per_connection: int | None
    ignore_offset: bool
    ignore_limit: bool
    unstable_order: bool
    total_override: int | None


def refuse_unknown(options: Iterable[str]) -> None:
    """Raise TypeError for names that are no options, with those that are."""
    known = FakeLinerOptions.__annotations__
    if unknown := sorted(set(options) - set(known)):
        msg = f"FakeLiner has no option {', '.join(unknown)}; it has total, {', '.join(known)}"
        raise TypeError(msg)
