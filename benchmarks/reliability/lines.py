"""The lines: every promise of the reliability page, its function and its scales."""

from __future__ import annotations

from typing import Final

from reliability.bodies import malformed_bodies
from reliability.complete import memory_without_books, orders_through_faults
from reliability.endings import early_ends
from reliability.figures import Line
from reliability.kills import kills
from reliability.latency import cancellations, loop_lag
from reliability.loops import one_loop_after_another
from reliability.moving import strict_over_moving_lists
from reliability.restarts import restarts
from reliability.storms import outages, storm_of_429
from reliability.writing import (
    bulk_through_faults,
    killed_imports,
    posts_around_an_idle_limit,
)

__all__ = ["LINES"]

LINES: Final = (
    Line(
        name="faults",
        promise="orders through at least 12 kinds of fault on 5 % of the requests: 0 lost, "
        "0 twice, in order; requests <= 1.06 x pages; no task, socket or descriptor left; "
        "log clean",
        measure=orders_through_faults,
        full=1_000_000,
        short=200_000,
        smoke=2_000,
    ),
    Line(
        name="memory",
        promise='the same with `consistency="off"`: resident memory grows by <= 5 MB '
        "after the first tenth",
        measure=memory_without_books,
        full=1_000_000,
        short=200_000,
        smoke=2_000,
    ),
    Line(
        name="ends",
        promise="early ends on one client (break, aclose, cancel, timeout, at random moments): "
        "memory flat (<= 5 MB) after the first tenth, 0 tasks, 0 sockets",
        measure=early_ends,
        full=10_000,
        short=10_000,
        smoke=20,
    ),
    Line(
        name="bodies",
        promise="malformed bodies through the socket: only `LinerError` and its subclasses, "
        "memory bounded (<= 10 MB after the first tenth)",
        measure=malformed_bodies,
        full=50_000,
        short=5_000,
        smoke=100,
    ),
    Line(
        name="storm",
        promise="pages through a storm of 429s, eight in flight, `Retry-After: 1`: "
        "no request inside the pause",
        measure=storm_of_429,
        full=1_000,
        short=150,
        smoke=60,
    ),
    Line(
        name="outage",
        promise="outages in a list of 1,000 pages, `attempts=3`: <= 3 requests at each offset, "
        "<= 80 in all",
        measure=outages,
        full=20,
        short=2,
        smoke=1,
    ),
    Line(
        name="restart",
        promise="outages of 10 s (refused, reset, 502, 503, 504, a mixture) at each of 1, 8 and 32 "
        "in flight: 99 % survived; without end: <= 80 requests, told within 30 s",
        measure=restarts,
        full=100,
        short=12,
        smoke=1,
    ),
    Line(
        name="cancel",
        promise="cancellations at random moments while later pages stall: none lost, "
        "latency p99 <= 20 ms",
        measure=cancellations,
        full=600,
        short=200,
        smoke=20,
    ),
    Line(
        name="lag",
        promise="orders read and decoded: the event loop's lag, p99 <= 25 ms",
        measure=loop_lag,
        full=200_000,
        short=50_000,
        smoke=5_000,
    ),
    Line(
        name="loops",
        promise="times `asyncio.run` of a whole list in one process: descriptors flat, "
        "no warning under `-X dev -W error`",
        measure=one_loop_after_another,
        full=1_000,
        short=50,
        smoke=5,
        interpreter=("-X", "dev", "-W", "error"),
    ),
    Line(
        name="kills",
        promise="times SIGKILL at random moments, and resuming with a `FileCheckpoint`: "
        "no order lost, at most a page again for each kill",
        measure=kills,
        full=300,
        short=30,
        smoke=2,
    ),
    Line(
        name="moving",
        promise='lists that move while they are read with `consistency="strict"`: complete, '
        "or an exception",
        measure=strict_over_moving_lists,
        full=100,
        short=10,
        smoke=2,
    ),
    Line(
        name="bulk",
        promise="leads created through at least 12 kinds of fault on 5 % of the requests, before "
        "or after they were carried out: none twice; each row has its result, in order; nothing "
        "that is there is told refused or not sent",
        measure=bulk_through_faults,
        full=10_000,
        short=2_000,
        smoke=200,
    ),
    Line(
        name="imports",
        promise="times SIGKILL at random moments of an import with a `FileLedger`, which is then "
        "run again: no lead twice, every doubt is told",
        measure=killed_imports,
        full=200,
        short=20,
        smoke=2,
    ),
    Line(
        name="idle",
        promise="posts, each about when the server closes the idle connection: none is in doubt",
        measure=posts_around_an_idle_limit,
        full=1_000,
        short=200,
        smoke=20,
    ),
)
"""In the order of the reliability page; a promise is read with its count before it."""
