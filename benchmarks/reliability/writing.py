"""Writes through faults, at a server's idle limit, and through SIGKILL: what was carried out."""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
from attrs import define

from liner_async import (
    BulkReport,
    FileLedger,
    LinerClient,
    LinerEvent,
    OutcomeUnknownError,
    RetryPolicy,
    WriteEvent,
)
from liner_async.testing import PASSING_FAULTS, FakeLinerProcess, Write
from reliability.figures import Figure
from tests.support.write_server import WriteServer

__all__ = ["bulk_through_faults", "killed_imports", "posts_around_an_idle_limit"]

_IMPORT = 400  # rows of an import that is killed
_LATEST = 0.5  # seconds after its start at which it is killed
_IDLE = 2.0  # seconds after which the server closes an idle connection
_POSTS = 10  # of each writer
_fork = multiprocessing.get_context("fork")  # an import starts at once, with everything imported
# A server that says "later" has done nothing.
_LATER = ("status 429", "status 503")
_LOST = [attrs.evolve(of, applied=True) for of in PASSING_FAULTS if of.name not in _LATER]


def bulk_through_faults(count: int) -> list[Figure]:
    """Create `count` leads while 5 % of the requests meet a fault, before or after they act."""
    with FakeLinerProcess(
        sizes={"leads": 0}, fault_rate=0.05, fault_kinds=[*PASSING_FAULTS, *_LOST]
    ) as server:
        report = asyncio.run(_create(server.url, server.api_key, count))
        applied = _applied(server.writes())
    done = {_phone(of.index) for of in report.done}
    doubts = {_phone(of.index) for of in report.unknown}
    return [
        Figure("kinds of fault", len({of.name for of in PASSING_FAULTS}), 12, is_least=True),
        Figure("results out of order or missing", _misplaced(report, count), 0),
        Figure("leads created twice", sum(times > 1 for times in applied.values()), 0),
        Figure("told done, and not there", len(done - applied.keys()), 0),
        Figure("there, and told neither done nor unknown", len(applied.keys() - done - doubts), 0),
        Figure("told unknown", len(doubts), count * 0.05),
        Figure("told unknown, and there", len(doubts & applied.keys()), len(doubts)),
    ]


async def _create(url: str, key: str, count: int) -> BulkReport:
    policy = RetryPolicy(wait_initial=0.01)
    async with LinerClient(url, key, retry=policy) as liner:
        return await liner.leads.create_many(
            map(_row, range(count)), concurrency=8, max_unknown=count, on_failure="report"
        )


def _misplaced(report: BulkReport, count: int) -> int:
    return sum(of.index != place for place, of in enumerate(report)) + abs(count - len(report))


def posts_around_an_idle_limit(count: int) -> list[Figure]:
    """Write `count` times, each time about when the server closes the idle connection."""
    with WriteServer(idle=_IDLE) as server:
        outcomes = asyncio.run(_write_now_and_then(server.url, max(1, count // _POSTS)))
        applied = len(server.applied)
    return [
        Figure("posts", sum(outcomes.values()), count, is_least=True),
        Figure("told unknown", outcomes["unknown"], 0),
        Figure("told done", outcomes["done"], count, is_least=True),
        Figure("carried out more often than told", applied - outcomes["done"], 0),
    ]


async def _write_now_and_then(url: str, writers: int) -> Counter[str]:
    chance = random.Random(1)
    outcomes: Counter[str] = Counter()

    def note(event: LinerEvent) -> None:
        if isinstance(event, WriteEvent):
            outcomes[event.outcome] += 1

    async def write() -> None:
        async with LinerClient(url, "key", on_event=note) as liner:
            for _ in range(_POSTS):
                try:
                    await liner.leads.create(phone="+79001234567", order_id=123)
                except OutcomeUnknownError:
                    continue
                finally:
                    await asyncio.sleep(_IDLE + chance.uniform(-0.02, 0.02))

    await asyncio.gather(*(write() for _ in range(writers)))
    return outcomes


def killed_imports(count: int) -> list[Figure]:
    """Kill imports `count` times in all; run each again, with its ledger, until it is complete."""
    chance = random.Random(1)
    killed = imports = twice = untold = lost = doubts = 0
    while killed < count:
        with (
            FakeLinerProcess(sizes={"leads": 0}, latency=0.004) as server,
            tempfile.TemporaryDirectory() as folder,
        ):
            job = _Import(Path(folder) / "ledger", server.url, server.api_key)
            killed += job.run_until_done(chance, most=count - killed)
            report = asyncio.run(job.create())
            applied = _applied(server.writes())
        imports += 1
        told = {_phone(of.index) for of in (*report.done, *report.unknown)}
        twice += sum(times > 1 for times in applied.values())
        untold += len(applied.keys() - told)
        lost += _IMPORT - len(told)
        doubts += len(report.unknown)
    return [
        Figure("kills", killed, count, is_least=True),
        Figure("leads created twice", twice, 0),
        Figure("there, and told neither done nor unknown", untold, 0),
        Figure(f"of {imports} imports, rows not sent", lost, 0),
        Figure("told unknown, at most four for each kill", doubts, 4 * killed),
    ]


@define
class _Import:
    """An import in a process of its own."""

    ledger: Path
    url: str
    api_key: str

    def run_until_done(self, chance: random.Random, *, most: int) -> int:
        """Start and kill the import until it is complete; return the number of kills."""
        killed = 0
        while True:
            process = _fork.Process(target=lambda: asyncio.run(self.create()))
            process.start()
            if killed < most:
                time.sleep(chance.uniform(0, _LATEST))
                process.kill()
            process.join()
            if process.exitcode not in {0, -signal.SIGKILL}:
                raise RuntimeError(f"an import ended with {process.exitcode}")
            if process.exitcode == 0:
                return killed
            killed += 1

    async def create(self) -> BulkReport:
        """Create what is left, and report on everything."""
        async with LinerClient(self.url, self.api_key) as liner:
            return await liner.leads.create_many(
                map(_row, range(_IMPORT)),
                key=_key,
                ledger=FileLedger(self.ledger),
                on_failure="report",
            )


def _row(number: int) -> dict[str, Any]:
    return {"phone": _phone(number), "order_id": 123}


def _phone(number: int) -> str:
    return f"+7900{number:07}"


def _key(row: dict[str, Any]) -> str:
    phone: str = row["phone"]
    return phone


def _applied(writes: Iterator[Write] | list[Write]) -> Counter[str]:
    return Counter(of.body["phone"] for of in writes if of.applied)
