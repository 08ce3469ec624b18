"""httpx: one page after the other over one client."""

from __future__ import annotations

from typing import Any

import httpx

from speed.catalogue import PAGE
from speed.readers.ledger import Ledger
from speed.serving import KEY

__all__ = ["read"]


def read(job: dict[str, Any]) -> dict[str, Any]:
    """Read the list at `url`."""
    ledger = Ledger(job)
    enter = ledger.enter_dict
    url = f"{job['url']}/v2/order/"
    with httpx.Client(headers={"X-Api-Key": KEY}, timeout=30) as client:
        offset, total = 0, 1
        while offset < total:
            response = client.get(url, params={"offset": offset, "limit": PAGE})
            data = response.raise_for_status().json()["data"]
            for order in data["list"]:
                enter(order)
            offset, total = offset + PAGE, data["total"]
    return ledger.answer()
