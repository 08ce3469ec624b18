"""How many requests at once the host can take, measured by reading for some seconds."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import TYPE_CHECKING, Final

from attrs import frozen

from liner_async import RequestEvent
from liner_async.cli.commands.diagnosis import Finding, Mark

if TYPE_CHECKING:
    from liner_async import LinerEvent
    from liner_async.cli.console.settings import Settings

__all__ = ["LoadProbe", "load", "probe_load"]

_SECONDS: Final = 5.0
_MOST: Final = 64
_DEFAULT_MOST: Final = 32  # what a client tries at most, unless `max_concurrency` allows more


@frozen(kw_only=True)
class LoadProbe:
    """How reading for some seconds went.

    Attributes:
        limits: how many requests were allowed in flight, each time one ended well, in order.
        seconds: how long was read.
        items: the orders that came.
        pauses: answers that asked for a pause.
    """

    limits: tuple[int, ...]
    seconds: float
    items: int
    pauses: int


def load(probe: LoadProbe) -> Finding:
    """Return what the host can take, judged by the second half of what was read."""
    settled = probe.limits[len(probe.limits) // 2 :]
    if not probe.items or not settled:
        return Finding("load", Mark.UNKNOWN, "there is nothing to read")
    settled_at = sorted(settled)[(len(settled) - 1) // 2]  # `statistics` is slow to import
    at_least = "at least " if settled_at == _MOST else ""
    rate = probe.items / probe.seconds
    text = f"{at_least}{settled_at} requests at once, {rate:,.0f} orders a second"
    if probe.pauses:
        return Finding(
            "load",
            Mark.WARNING,
            f"{text}, but the server asked for a pause: set concurrency={settled_at}",
        )
    if settled_at > _DEFAULT_MOST:
        advice = f"max_concurrency={_MOST} lets the client use them"
    else:
        advice = "the client finds this number by itself"
    return Finding("load", Mark.OK, f"{text}; {advice}")


async def probe_load(settings: Settings) -> Finding:
    """Read orders for some seconds, from the start again where there are few.

    Raises:
        LinerError: an order could not be read.
    """
    recorder, items, began = _Recorder(), 0, perf_counter()
    async with settings.client(max_concurrency=_MOST, on_event=recorder) as liner:
        try:
            async with asyncio.timeout(_SECONDS):
                before = -1
                while items > before:
                    before = items
                    async with liner.orders.list(on_invalid="skip").pages() as pages:
                        async for page in pages:
                            items += page.received
        except TimeoutError:
            pass
    return load(
        LoadProbe(
            limits=tuple(recorder.limits),
            seconds=perf_counter() - began,
            items=items,
            pauses=recorder.pauses,
        )
    )


class _Recorder:
    """Records how many requests were allowed in flight as each ended, and the pauses asked for."""

    def __init__(self) -> None:
        self.limits: list[int] = []
        self.pauses = 0

    def __call__(self, event: LinerEvent) -> None:
        if isinstance(event, RequestEvent):
            self.pauses += event.status == 429
            if event.error is None:
                self.limits.append(event.concurrency)
