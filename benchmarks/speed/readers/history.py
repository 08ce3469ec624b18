"""The SDK: the leads of a year, in windows or as one list."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any

from liner_async import LinerClient

__all__ = ["read"]

_YEAR = {
    "created_from": datetime(2024, 1, 1, tzinfo=UTC),
    "created_to": datetime(2025, 1, 1, tzinfo=UTC),
}
_ONE_LIST = {"window": timedelta(days=400), "window_rows": 10**9}


def read(job: dict[str, Any]) -> dict[str, Any]:
    """Read the year at `url`, `concurrency` requests at once; `is_deep` if as one list."""
    return asyncio.run(_read(job))


async def _read(job: dict[str, Any]) -> dict[str, Any]:
    how = _ONE_LIST if job["is_deep"] else {}
    seen: set[int] = set()
    began = perf_counter()
    async with LinerClient(job["url"], job["key"], concurrency=job["concurrency"]) as liner:
        pager = liner.leads.list(**_YEAR, **how)
        async for page in pager.pages():
            seen.update(lead.id for lead in page)
    report = pager.report
    return {
        "seconds": perf_counter() - began,
        "leads": len(seen) if report.complete and len(seen) == report.handed_out else None,
        "windows": report.windows,
    }
