"""The options of FakeLiner, wherever it runs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from ssl import SSLContext
from typing import Any, Literal, TypedDict

from liner_async.testing.collection import Paths
from liner_async.testing.criteria import Precision
from liner_async.testing.endpoint import Refusal
from liner_async.testing.faults import Fault
from liner_async.testing.rows import Change
from liner_async.testing.schedule import Faults, WriteFaults
from liner_async.testing.selection import Sort
from liner_async.testing.service import Latency
from liner_async.testing.writes import IdForm

__all__ = ["FakeLinerOptions", "refuse_unknown"]


class FakeLinerOptions(TypedDict, total=False):
    """The keyword arguments of `FakeLiner`, which documents them."""

    orders: Sequence[Any] | None
    leads: Sequence[Any] | None
    lead_statuses: Sequence[Any] | None
    calls: Sequence[Any] | None
    call_statuses: Sequence[Any] | None
    call_records: Sequence[Any] | None
    call_attempts: Sequence[Any] | None
    users: Sequence[Any] | None
    agent_groups: Sequence[Any] | None
    sip_endpoints: Sequence[Any] | None
    custom_fields: Sequence[Any] | None
    sizes: Mapping[str, int]
    start: datetime
    end: datetime
    archived_orders: int
    null_fields: Mapping[str, Collection[str] | Literal["all"]]
    paths: Paths
    sort: Sort | None
    start_inclusive: bool
    end_inclusive: bool
    precision: Precision
    zone_shift: timedelta
    max_span: timedelta | None
    ignored: Collection[str]
    max_variables: int
    max_url: int
    refusal: Refusal
    seed: int
    api_key: str
    latency: Latency
    cost_per_skipped_row: float
    sleep_costs: bool
    rate_limit: float | None
    faults: Faults | None
    write_faults: WriteFaults | None
    fault_rate: float
    fault_kinds: Sequence[Fault]
    changes: Sequence[Change]
    write_status: Literal[200, 201, 202]
    id_form: IdForm
    submit_delay: float
    submit_loss: float
    clock: Callable[[], datetime]
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
