"""`liner-async demo`: fetch everything from a fake server, timed and checked."""

from __future__ import annotations

from contextlib import ExitStack
from time import perf_counter
from typing import TYPE_CHECKING, Final, cast

import click
from attrs import frozen

import liner_async
from liner_async.cli.commands.concurrency import CONCURRENCY, Concurrency
from liner_async.cli.console.exits import CommandExit
from liner_async.cli.console.help_text import epilog
from liner_async.cli.console.progress import progress_bar
from liner_async.cli.console.running import run
from liner_async.cli.console.text import say
from liner_async.cli.resource import PAGE

if TYPE_CHECKING:
    from liner_async import ConcurrencyRange, Order, ResultList
    from liner_async.testing import FakeLinerProcess

__all__ = ["course", "demo"]

_PAGE: Final = 100  # orders
_MOST_SAMPLED: Final = 20  # pages
_SAMPLING_TIME: Final = 2.0  # seconds, about
_SHOWN: Final = 3  # orders


@frozen(kw_only=True)
class _Run:
    """What was fetched, and how long it took.

    Attributes:
        orders: what arrived.
        seconds: the time of the concurrent run.
        at_once: the most requests in flight, as the server saw it.
        sampled: pages that were also fetched one at a time.
        sample_seconds: the time these took.
    """

    orders: ResultList[Order]
    seconds: float
    at_once: int
    sampled: int
    sample_seconds: float

    @property
    def one_by_one(self) -> float:
        """Seconds for all pages one at a time, extrapolated from the sample."""
        return self.sample_seconds * self.orders.report.pages / self.sampled


@click.command(
    epilog=epilog("""
Examples:
  liner-async demo
  liner-async demo --total 50000 --latency 0.1 --concurrency 16
""")
)
@click.option(
    "--total",
    type=click.IntRange(min=1),
    default=12_345,
    show_default=True,
    help="Orders to serve.",
)
@click.option(
    "--latency",
    type=click.FloatRange(min=0, max=10),
    default=0.05,
    show_default=True,
    help="Seconds the server takes per answer.",
)
@click.option(
    "--concurrency",
    type=CONCURRENCY,
    default="auto",
    show_default=True,
    help="Requests in flight at once; auto finds how many the server can take.",
)
def demo(total: int, latency: float, concurrency: Concurrency) -> None:
    """Fetch 12,345 orders from a fake server and show the speed.

    The server runs on this machine in a process of its own; you need no account, host or key. A
    sample of the pages is then fetched one at a time, and its time extrapolated to all pages.
    """
    from liner_async.testing import FakeLinerProcess, fake_orders  # noqa: PLC0415 - slow to import

    with ExitStack() as stack:
        try:
            server = stack.enter_context(FakeLinerProcess(total=total, latency=latency))
        except RuntimeError as error:
            raise CommandExit(str(error)) from error
        result = run(_measure(server, latency=latency, concurrency=concurrency))
    _show(result, total=total, latency=latency)
    if result.orders.to_dicts() != fake_orders(total):
        raise CommandExit("the orders that arrived are not the server's orders")
    say(
        "Checked: every order arrived exactly once, in the right order, equal to the server's JSON."
    )


async def _measure(server: FakeLinerProcess, *, latency: float, concurrency: Concurrency) -> _Run:
    async with liner_async.LinerClient(
        server.url, server.api_key, concurrency=concurrency
    ) as liner:
        await liner.orders.count()  # connect before the clock starts
        server.reset_stats()
        with progress_bar("orders") as on_progress:
            began = perf_counter()
            orders = await liner.orders.list(on_progress=on_progress)
            seconds = perf_counter() - began
        at_once = server.stats().peak_in_flight
        affordable = int(_SAMPLING_TIME / latency) if latency else _MOST_SAMPLED
        sample = _PAGE * max(1, min(affordable, _MOST_SAMPLED))
        began = perf_counter()
        one_by_one = liner.orders.list(max_items=sample, concurrency=1, lookahead=1)
        await one_by_one
        return _Run(
            orders=orders,
            seconds=seconds,
            at_once=at_once,
            sampled=one_by_one.report.pages,
            sample_seconds=perf_counter() - began,
        )


def course(seen: ConcurrencyRange) -> str:
    """Return the words beside the last number of requests that were allowed at once."""
    if seen.least == seen.most:
        return "all the time"
    return f"in the end, from {seen.least} to {seen.most}"


def _show(result: _Run, *, total: int, latency: float) -> None:
    from liner_async.cli.console.table import render_table  # noqa: PLC0415 - slow to import

    report = result.orders.report
    pages, seen = report.pages, cast("ConcurrencyRange", report.concurrency)
    measured = f"measured for {result.sampled:,} of {PAGE.count(pages)}"
    if result.sampled < pages:
        measured += ", extrapolated"
    say(f"A server with {total:,} orders that takes {latency * 1000:g} ms per answer:\n")
    say(
        render_table(
            [
                ("orders", f"{len(result.orders):,}", ""),
                ("pages", f"{pages:,}", ""),
                ("requests at once", f"{result.at_once:,}", "at most, counted by the server"),
                ("concurrency", f"{seen.last:,}", course(seen)),
                ("seconds", f"{result.seconds:.2f}", ""),
                ("orders/s", f"{len(result.orders) / result.seconds:,.0f}", ""),
                ("one page at a time", f"{result.one_by_one:.2f}", f"seconds, {measured}"),
                ("times faster", f"{result.one_by_one / result.seconds:.1f}", ""),
            ],
            right=frozenset({1}),
        )
    )
    say(f"\nThe first {min(_SHOWN, total)}:\n")
    first = [(str(each.id), each.status, each.title) for each in result.orders[:_SHOWN]]
    say(render_table(first, heads=("id", "status", "title"), right=frozenset({0})) + "\n")
