"""Copy every order into SQLite; an interrupted run continues where it stopped."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from liner_async import FileCheckpoint, LinerClient

CREATE = "CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, json TEXT NOT NULL)"
UPSERT = """
    INSERT INTO orders (id, json) VALUES (?, ?)
    ON CONFLICT (id) DO UPDATE SET json = excluded.json
"""


async def copy_orders(liner: LinerClient, folder: Path) -> int:
    """Bring `folder/orders.sqlite` up to date; return how many orders this run has read."""
    checkpoint = FileCheckpoint(folder / "orders.checkpoint")
    pager = liner.orders.list(resume=checkpoint.load())
    with closing(sqlite3.connect(folder / "orders.sqlite")) as database:
        database.execute(CREATE)
        async with pager.pages() as pages:
            async for page in pages:
                rows = [(order.id, json.dumps(order.to_dict())) for order in page]
                with database:  # one transaction
                    database.executemany(UPSERT, rows)
                checkpoint.save(page.resume_point)  # after the rows, so none is lost
    checkpoint.clear()
    return pager.report.handed_out
