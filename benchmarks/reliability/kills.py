"""Kill a copy at random moments and resume it: no order is lost."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from attrs import define
from speed.catalogue import order_id

from liner_async import FileCheckpoint, LinerClient
from liner_async.testing import FakeLinerProcess
from reliability.figures import Figure

__all__ = ["kills"]

_ORDERS = 5_000
_LATEST = 0.25  # seconds after its start at which a copy is killed
_FILES = ("ids", "checkpoint", "ended")
_fork = multiprocessing.get_context("fork")  # a copy starts at once, with everything imported


def kills(count: int) -> list[Figure]:
    """Kill copies `count` times in all; resume each list until it is complete."""
    chance = random.Random(1)
    killed = lists = lost = out_of_order = again = worst = left_files = 0
    expected = [order_id(index) for index in range(_ORDERS)]
    with FakeLinerProcess(total=_ORDERS, latency=0.002, fault_rate=0.02) as server:
        while killed < count:
            with tempfile.TemporaryDirectory() as folder:
                copy = _Copy(Path(folder), server.url, server.api_key)
                kills_here = copy.run_until_done(chance, most=count - killed)
                ids = [identity for page in copy.pages() for identity in page]
                left_files += len(list(Path(folder).iterdir())) - len(_FILES)
            killed, lists = killed + kills_here, lists + 1
            first_seen = list(dict.fromkeys(ids))
            lost += len(set(expected) - set(ids))
            out_of_order += first_seen != expected
            again += len(ids) - len(first_seen)
            worst = max(worst, len(ids) - len(first_seen) - 100 * kills_here)
    return [
        Figure("kills", killed, count, is_least=True),
        Figure("orders lost", lost, 0),
        Figure(f"of {lists} lists, not in order", out_of_order, 0),
        Figure("orders again, beyond a page for each kill", max(0, worst), 0),
        Figure("orders again, in all", again, 100 * killed),
        Figure("drafts of an interrupted save left behind", left_files, lists),
    ]


@define
class _Copy:
    """A copy of the list into a file: a line for each page, and then the checkpoint."""

    folder: Path
    url: str
    api_key: str

    def run_until_done(self, chance: random.Random, *, most: int) -> int:
        """Start and kill the copy until it is complete; return the number of kills."""
        killed = 0
        while True:
            process = _fork.Process(target=self._run)
            process.start()
            if killed < most:
                time.sleep(chance.uniform(0, _LATEST))
                process.kill()
            process.join()
            if process.exitcode not in {0, -signal.SIGKILL}:
                raise RuntimeError(f"a copy ended with {process.exitcode}")
            killed += process.exitcode != 0
            if (self.folder / "ended").exists():  # a copy killed after this was complete
                return killed

    def pages(self) -> Iterator[list[int]]:
        """Return the ids of the pages that were written whole."""
        for line in (self.folder / "ids").read_text().splitlines():
            if line.endswith("."):
                yield [int(word) for word in line.removesuffix(".").split()]

    def _run(self) -> None:
        asyncio.run(self._copy())

    async def _copy(self) -> None:
        checkpoint = FileCheckpoint(self.folder / "checkpoint")
        out = os.open(self.folder / "ids", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        async with (
            LinerClient(self.url, self.api_key) as liner,
            liner.orders.list(resume=checkpoint.load()).pages() as pages,
        ):
            async for page in pages:
                ids = " ".join(str(order.id) for order in page)
                os.write(out, f"\n{ids}.".encode())
                checkpoint.save(page.resume_point)
        (self.folder / "ended").touch()
