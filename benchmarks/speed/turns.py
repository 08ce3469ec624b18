"""Functions of this process, timed in turns by their processor time."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping, Sequence
from time import process_time
from typing import Any

from speed.rounds import Samples

__all__ = ["in_turns", "over"]


def over(function: Callable[[Any], object], pages: Sequence[Any]) -> Callable[[], None]:
    """Return a call that hands every page to the function and lets go of what it returns."""

    def call() -> None:
        for page in pages:
            function(page)

    return call


def in_turns(calls: Mapping[str, Callable[[], None]], *, rounds: int) -> Samples:
    """Time each call once a round, in seconds of processor time, after one round that warms up."""
    for call in calls.values():
        call()
    gc.collect()
    gc.freeze()  # keeps the collector from walking what is imported and cached
    samples = Samples()
    try:
        for _ in range(rounds):
            for name, call in calls.items():
                gc.collect()
                began = process_time()
                call()
                samples.note(name, process_time() - began)
    finally:
        gc.unfreeze()
    return samples
