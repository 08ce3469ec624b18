"""The parts of the benchmark, each a function that measures and returns a Chapter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from speed.chapter import Chapter, Scale
from speed.parts.decoding import decoding
from speed.parts.history import history
from speed.parts.jitter import jitter
from speed.parts.knee import knee
from speed.parts.lag import lag
from speed.parts.latency import latency
from speed.parts.memory import memory
from speed.parts.starting import starting
from speed.parts.throughput import throughput

__all__ = ["PARTS"]

PARTS: Final[Mapping[str, Callable[[Scale], Chapter]]] = {
    "decoding": decoding,
    "starting": starting,
    "lag": lag,
    "memory": memory,
    "jitter": jitter,
    "throughput": throughput,
    "latency": latency,
    "history": history,
    "knee": knee,
}
"""By name, in the order in which they are measured: the longest last."""
