"""Draws simulated servers and lists at random, by seed."""

from __future__ import annotations

import math
import random

from attrs import evolve, frozen

from simulated.reader import ListModel
from simulated.server import ServerModel

__all__ = ["KINDS", "Case", "draw"]


@frozen(kw_only=True)
class Case:
    """One server, one list, and what kind of server it is."""

    kind: str
    server: ServerModel
    pages: ListModel
    seed: int


KINDS = (
    "unlimited",
    "workers",
    "bounded queue",
    "shared cores",
    "thrashing",
    "rate limit",
    "rate window",
    "steps",
    "rivals",
    "slow consumer",
    "short list",
    "flaky",
    "drifting",
)


def draw(count: int, seed: int) -> list[Case]:
    """Return so many cases, the kinds in turn."""
    chance = random.Random(seed)
    return [_case(KINDS[number % len(KINDS)], chance) for number in range(count)]


def _case(kind: str, chance: random.Random) -> Case:
    latency = _between(chance, 0.005, 1.0)
    pages = ListModel(
        pages=round(_between(chance, 300, 5000)), consume=chance.choice((0.0, 0.0, 0.0008))
    )
    server = ServerModel(latency=latency, sigma=chance.choice((0.0, 0.1, 0.3, 0.5, 0.8)))
    if kind in ("slow consumer", "short list", "flaky", "drifting"):
        base = chance.choice(("unlimited", "workers", "bounded queue", "shared cores"))
        if kind == "flaky":
            server = evolve(server, flaky=chance.uniform(0.005, 0.08))
        elif kind == "drifting":
            server = evolve(server, drift=chance.uniform(0.2, 0.8))
        server = _limited(base, server, chance)
        if kind == "short list":
            pages = ListModel(pages=round(_between(chance, 100, 250)))
        elif kind == "slow consumer":
            pages = evolve(pages, consume=_pace(server) * _between(chance, 0.02, 2.0))
    else:
        server = _limited(kind, server, chance)
    pages = evolve(pages, pages=max(100, min(pages.pages, round(1500 / _slowest(server)))))
    return Case(kind=kind, server=server, pages=pages, seed=chance.randrange(2**31))


def _between(chance: random.Random, low: float, high: float) -> float:
    return math.exp(chance.uniform(math.log(low), math.log(high)))


def _pace(server: ServerModel) -> float:
    return server.latency + server.work


def _slowest(server: ServerModel) -> float:
    """Return the seconds a page, so that no run takes more than some minutes of its server."""
    by_workers = server.work / server.workers if server.workers else 0.0
    by_rate = 1 / server.rate if server.rate else 0.0
    return max(by_workers, by_rate, 0.001)


def _limited(kind: str, server: ServerModel, chance: random.Random) -> ServerModel:
    if kind == "unlimited":
        return server
    share = chance.uniform(0.3, 0.95)
    whole = server.latency
    server = evolve(server, latency=whole * (1 - share), work=whole * share)
    workers = chance.choice((1, 2, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48))
    server = evolve(server, workers=workers)
    if kind == "bounded queue":
        return evolve(server, queue=max(1, round(workers * _between(chance, 0.5, 8))))
    if kind == "shared cores":
        return evolve(server, shares=True)
    if kind == "thrashing":
        return evolve(server, shares=True, thrash=_between(chance, 0.005, 0.1))
    if kind == "rate window":
        return evolve(
            server,
            workers=None,
            rate=_between(chance, 3, 60),
            window=chance.choice((1.0, 5.0, 10.0, 60.0)),
        )
    if kind == "rate limit":
        rate = _between(chance, 3, 60)
        return evolve(
            server,
            workers=None,
            rate=rate,
            burst=max(1.0, rate * _between(chance, 0.1, 5)),
            retry_after=chance.choice((None, 1.0, 1.0, 2.0, 5.0)),
        )
    if kind == "steps":
        times = sorted(_between(chance, 2, 60) for _ in range(3))
        steps = tuple(
            (time, max(1, round(workers * chance.choice((0.25, 0.5, 1, 2, 4))))) for time in times
        )
        return evolve(server, steps=steps)
    if kind == "rivals":
        capacity = workers / server.work
        return evolve(
            server,
            rival=capacity * chance.uniform(0.2, 0.7),
            rival_period=_between(chance, 1, 15),
        )
    return server
