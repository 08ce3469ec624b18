"""dlt: its RESTClient with the offset paginator."""

from __future__ import annotations

import os
from typing import Any

os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")

from dlt.sources.helpers.rest_client import RESTClient
from dlt.sources.helpers.rest_client.paginators import OffsetPaginator

from speed.catalogue import PAGE
from speed.readers.ledger import Ledger
from speed.serving import KEY

__all__ = ["read"]


def read(job: dict[str, Any]) -> dict[str, Any]:
    """Read the list at `url`."""
    ledger = Ledger(job)
    record = ledger.record_dict
    client = RESTClient(
        base_url=job["url"],
        headers={"X-Api-Key": KEY},
        paginator=OffsetPaginator(limit=PAGE, total_path="data.total"),
        data_selector="data.list",
    )
    for page in client.paginate("/v2/order/"):
        for order in page:
            record(order)
    return ledger.answer()
