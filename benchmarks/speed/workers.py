"""Workers: each way is measured in a process of its own, kept alive from round to round.

So no way pays for what another has imported or left in memory, and the SDK with and without the
`speed` extra can take turns.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from attrs import field, frozen

from speed.serving import environment

__all__ = ["Pool", "Way", "Worker", "available", "missing", "pool"]


@frozen(kw_only=True)
class Way:
    """One way to do what is measured.

    Attributes:
        name: what the tables call it.
        target: the function that does it in a worker, as `module:function`.
        worker: which worker does it, where ways with the same target must not share one.
        needs: modules that must be installed.
        hidden: modules that the worker must not find.
        settings: what its jobs have in addition.
        less: what it does less of than the SDK.
    """

    name: str
    target: str
    worker: str = ""
    needs: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(factory=dict)
    less: str = ""

    @property
    def code(self) -> str:
        """The name as a table shows it."""
        return f"`{self.name}`" if self.name.startswith("liner_async") else self.name

    @property
    def missing(self) -> tuple[str, ...]:
        """The modules it needs that are not installed."""
        return tuple(name for name in self.needs if importlib.util.find_spec(name) is None)


def available(ways: tuple[Way, ...]) -> tuple[Way, ...]:
    """Give the ways whose modules are installed."""
    return tuple(way for way in ways if not way.missing)


def missing(ways: tuple[Way, ...]) -> tuple[str, ...]:
    """Name the ways that cannot be measured here, and why."""
    return tuple(f"{way.name} (no {', '.join(way.missing)})" for way in ways if way.missing)


class Worker:
    """A process that does jobs with one function, one at a time."""

    def __init__(self, target: str, *, hidden: tuple[str, ...] = ()) -> None:
        self._target = target
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "speed.worker", target, *hidden],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=environment(),
        )

    def call(self, job: Mapping[str, Any]) -> dict[str, Any]:
        """Have a job done; give what came of it.

        Raises:
            RuntimeError: the worker ended; what it had to say is on standard error.
        """
        requests, answers = self._process.stdin, self._process.stdout
        line = ""
        if requests and answers:
            requests.write(json.dumps(job) + "\n")
            requests.flush()
            line = answers.readline()
        if not line:
            raise RuntimeError(f"the worker of {self._target} ended")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the process and wait for it."""
        self._process.communicate()


class Pool:
    """Workers by what they run; ways that differ only in their settings share one."""

    def __init__(self) -> None:
        self._workers: dict[tuple[object, ...], Worker] = {}

    def call(self, way: Way, job: Mapping[str, Any]) -> dict[str, Any]:
        """Have a job done in one way."""
        place = (way.target, way.worker, way.hidden)
        if place not in self._workers:
            self._workers[place] = Worker(way.target, hidden=way.hidden)
        return self._workers[place].call({**job, **way.settings})

    def close(self) -> None:
        """End every worker."""
        for worker in self._workers.values():
            worker.__exit__(None, None, None)


@contextmanager
def pool() -> Iterator[Pool]:
    """Give a pool whose workers end with the block."""
    workers = Pool()
    try:
        yield workers
    finally:
        workers.close()
