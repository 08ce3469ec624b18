"""Record what a reader hands out: ids while timing, every value when verifying."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter, process_time
from typing import Any

from liner_async import Order
from speed.catalogue import fields_sum, ids_sum
from speed.ours import forget

__all__ = ["Ledger"]


class Ledger:
    """Records orders, and builds the answer of a worker at the end.

    While time is taken, recording an order is the same small work for every reader: its id is
    kept. With `verify` the order is kept whole. The SDK's decoder learns anew from each list, as in
    a process that reads one.
    """

    def __init__(self, job: dict[str, Any]) -> None:
        self._is_ordered: bool = job.get("ordered", True)
        self._orders: list[Any] | None = [] if job.get("verify") else None
        self._ids: list[int] = []
        forget()
        self._began = perf_counter()
        self._cpu = process_time()

    @property
    def record_dict(self) -> Callable[[dict[str, Any]], None]:
        """Record an order that is a dict."""
        if self._orders is not None:
            return self._orders.append
        note = self._ids.append
        return lambda order: note(order["id"])

    @property
    def record_order(self) -> Callable[[Order], None]:
        """Record an order that is an Order."""
        if (orders := self._orders) is not None:
            return lambda order: orders.append(order.to_dict())
        note = self._ids.append
        return lambda order: note(order.id)

    def answer(self) -> dict[str, Any]:
        """Return the seconds since the ledger was opened, and the checksums."""
        seconds, cpu = perf_counter() - self._began, process_time() - self._cpu
        answer: dict[str, Any] = {"seconds": seconds, "cpu": cpu}
        if self._orders is not None:
            if not self._is_ordered:
                self._orders.sort(key=lambda order: order["id"])
            self._ids = [order["id"] for order in self._orders]
            answer["fields"] = fields_sum(self._orders)
        answer["ids"] = ids_sum(self._ids if self._is_ordered else sorted(self._ids))
        return answer
