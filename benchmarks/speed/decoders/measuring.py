"""What a worker does with a decoder: check what it makes of some pages, or time it."""

from __future__ import annotations

import gc
from functools import cache
from importlib import import_module
from time import perf_counter
from typing import Any

from speed.catalogue import PAGE, body, fields_sum
from speed.decoders.values import typed_sum

__all__ = ["measure"]


@cache
def _bodies(pages: int) -> list[bytes]:
    return [body(number * PAGE) for number in range(pages)]


def measure(job: dict[str, Any]) -> dict[str, Any]:
    """Decode so many pages once; give the seconds per order, or with `verify` a checksum.

    Each page's orders are let go before the next page, as a reader of the list does.
    """
    decode = import_module(f"speed.decoders.{job['decoder']}").decode
    bodies = _bodies(job["pages"])
    if job.get("verify"):
        orders = [order for each in bodies for order in decode(each)]
        gc.freeze()  # what was imported is no business of the collector's from here on
        return {"sum": _sum(orders, job["holds"])}
    gc.collect()
    began = perf_counter()
    for each in bodies:
        decode(each)
    return {"seconds": (perf_counter() - began) / (len(bodies) * PAGE)}


def _sum(orders: list[Any], holds: str) -> int:
    if holds == "dicts":
        return fields_sum(orders)
    return typed_sum(orders, hours_as_text=holds == "hours as text")
