"""Memory and sockets of a process, and what a run leaves behind. Reads /proc, so for Linux."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median
from typing import Any

from attrs import define, field

from reliability.figures import Figure

__all__ = ["Memory", "Watch", "descriptors", "sockets", "watched"]

_FD = Path("/proc/self/fd")
_STATM = Path("/proc/self/statm")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_TURNS = 100
_LEAST_SAMPLES = 30


def descriptors() -> int:
    """Return the number of open file descriptors."""
    return len(os.listdir(_FD)) - 1  # noqa: PTH208 - one of them is this listing's own


def sockets() -> int:
    """Return the number of open sockets."""
    found = 0
    for name in os.listdir(_FD):  # noqa: PTH208 - names are all that is wanted
        with suppress(FileNotFoundError):
            found += os.readlink(_FD / name).startswith("socket:")  # noqa: PTH115 - the same
    return found


@define
class Memory:
    """The resident memory of this process over a run, in MB."""

    samples: list[float] = field(factory=list)

    def note(self) -> None:
        """Take a sample after the allocators returned what is free, which a leak survives."""
        gc.collect()
        with suppress(AttributeError):  # a C library that has no such call
            ctypes.CDLL(None).malloc_trim(0)
        self.samples.append(int(_STATM.read_text().split()[1]) * _PAGE / 1e6)

    def tenths(self) -> list[float]:
        """Return the median of each tenth of the run: pages come and go, a leak stays."""
        size = max(1, len(self.samples) // 10)
        starts = range(0, len(self.samples), size)
        return [median(self.samples[start : start + size]) for start in starts]

    def growth(self) -> float:
        """Return the most that a later tenth was above the second; prints them all.

        It is 0 for fewer than 30 samples, which tell nothing.
        """
        tenths = self.tenths()
        sys.stdout.write(f"    MB, by tenths: {', '.join(f'{each:.1f}' for each in tenths)}\n")
        return max(tenths[1:]) - tenths[1] if len(self.samples) >= _LEAST_SAMPLES else 0.0


@define
class Watch:
    """What existed before a run, and the complaints during it."""

    tasks: set[asyncio.Task[Any]]
    sockets: int
    descriptors: int
    complaints: list[str] = field(factory=list)

    def tasks_left(self) -> int:
        """Return the number of tasks that were not there before."""
        return len(asyncio.all_tasks() - self.tasks)

    async def figures(self) -> list[Figure]:
        """Return what is left, once the loop has had its chance to let go."""
        gc.collect()
        for _ in range(_TURNS):
            if not self.tasks_left() and sockets() <= self.sockets:
                break
            await asyncio.sleep(0.01)
        for complaint in self.complaints[:5]:
            sys.stderr.write(f"  ! {complaint}\n")
        return [
            Figure("tasks left", self.tasks_left(), 0),
            Figure("sockets left", sockets() - self.sockets, 0),
            Figure("descriptors left", descriptors() - self.descriptors, 0),
            Figure("warnings and errors in the log", len(self.complaints), 0),
        ]


class _Handler(logging.Handler):
    def __init__(self, complaints: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._complaints = complaints

    def emit(self, record: logging.LogRecord) -> None:
        """Record warnings and errors, except what asyncio says of a slow machine."""
        text = record.getMessage()
        if not (record.name == "asyncio" and text.startswith("Executing ")):
            self._complaints.append(f"{record.levelname} {record.name}: {text}")


@contextmanager
def watched() -> Iterator[Watch]:
    """Watch for what a run leaves behind; enter before the client is opened."""
    loop = asyncio.get_running_loop()
    watch = Watch(asyncio.all_tasks(), sockets(), descriptors())
    handler = _Handler(watch.complaints)
    hook = sys.unraisablehook
    logging.getLogger().addHandler(handler)
    loop.set_exception_handler(lambda _, context: watch.complaints.append(repr(context)))
    sys.unraisablehook = lambda event: watch.complaints.append(f"unraisable {event.exc_value!r}")
    try:
        yield watch
    finally:
        sys.unraisablehook = hook
        loop.set_exception_handler(None)
        logging.getLogger().removeHandler(handler)
