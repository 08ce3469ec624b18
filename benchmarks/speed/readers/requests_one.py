"""requests: one page after the other over one session."""

from __future__ import annotations

from typing import Any

import requests

from speed.catalogue import PAGE
from speed.readers.ledger import Ledger
from speed.serving import KEY

__all__ = ["read"]


def read(job: dict[str, Any]) -> dict[str, Any]:
    """Read the list at `url`."""
    ledger = Ledger(job)
    enter = ledger.enter_dict
    url = f"{job['url']}/v2/order/"
    with requests.Session() as session:
        session.headers["X-Api-Key"] = KEY
        offset, total = 0, 1
        while offset < total:
            response = session.get(url, params={"offset": offset, "limit": PAGE}, timeout=30)
            response.raise_for_status()
            data = response.json()["data"]
            for order in data["list"]:
                enter(order)
            offset, total = offset + PAGE, data["total"]
    return ledger.answer()
