"""requests and httpx: one page after the other over one session; their calls are the same."""

from __future__ import annotations

import importlib
from typing import Any

from speed.catalogue import PAGE
from speed.readers.ledger import Ledger
from speed.serving import KEY

__all__ = ["with_httpx", "with_requests"]


def with_httpx(job: dict[str, Any]) -> dict[str, Any]:
    """Read the list at `url` with httpx."""
    return _read(job, importlib.import_module("httpx").Client())


def with_requests(job: dict[str, Any]) -> dict[str, Any]:
    """Read the list at `url` with requests."""
    return _read(job, importlib.import_module("requests").Session())


def _read(job: dict[str, Any], session: Any) -> dict[str, Any]:
    ledger = Ledger(job)
    record = ledger.record_dict
    url = f"{job['url']}/v2/order/"
    with session:
        session.headers["X-Api-Key"] = KEY
        offset, total = 0, 1
        while offset < total:
            response = session.get(url, params={"offset": offset, "limit": PAGE}, timeout=30)
            response.raise_for_status()
            data = response.json()["data"]
            for order in data["list"]:
                record(order)
            offset, total = offset + PAGE, data["total"]
    return ledger.answer()
