"""Workers: each way is measured in a process of its own, kept alive from round to round.

So no way pays for what another has imported or left in memory.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, Self

from attrs import field, frozen

__all__ = ["Pool", "Way", "Worker", "available", "missing"]


@frozen(kw_only=True)
class Way:
    """One way to do what is measured.

    Attributes:
        name: what the tables call it.
        target: the function that does it in a worker, as `module:function`.
        needs: modules that must be installed.
        settings: what its jobs have in addition.
        less: what it does less of than the SDK.
    """

    name: str
    target: str
    needs: tuple[str, ...] = ()
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
    """Return the ways whose modules are installed."""
    return tuple(way for way in ways if not way.missing)


def missing(ways: tuple[Way, ...]) -> tuple[str, ...]:
    """Name the ways that cannot be measured here, and why."""
    return tuple(f"{way.name} (no {', '.join(way.missing)})" for way in ways if way.missing)


class Worker:
    """A fresh process that does jobs with one function, one at a time."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._executor = ProcessPoolExecutor(1, mp_context=get_context("spawn"))

    def call(self, job: Mapping[str, Any]) -> dict[str, Any]:
        """Have a job done; return what came of it, or raise what the function raised."""
        return self._executor.submit(_do, self._target, dict(job)).result()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End the process and wait for it."""
        self._executor.shutdown()


def _do(target: str, job: dict[str, Any]) -> dict[str, Any]:
    module, _, name = target.partition(":")
    answer: dict[str, Any] = getattr(importlib.import_module(module), name)(job)
    return answer


class Pool:
    """Workers by target; ways that differ only in their settings share one."""

    def __init__(self) -> None:
        self._workers: dict[str, Worker] = {}

    def call(self, way: Way, job: Mapping[str, Any]) -> dict[str, Any]:
        """Have a job done in one way."""
        if way.target not in self._workers:
            self._workers[way.target] = Worker(way.target)
        return self._workers[way.target].call({**job, **way.settings})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End every worker."""
        for worker in self._workers.values():
            worker.__exit__()
