"""The example for dlt: it loads a list into DuckDB, and merges what changed since."""

from __future__ import annotations

from datetime import datetime

import duckdb
import pytest

from liner_async.testing import FakeLinerProcess, Fault, fake_orders, make_order
from tests.support.pipelines import EXAMPLES, KEY, files_with_the_key, run

COLUMNS = {
    "id": "id",
    "title": "title",
    "status": "status",
    "leads_priority": "leadsPriority",
    "created_at": "createdAt",
    "updated_at": "updatedAt",
}
TOTAL = 12_345  # two partitions


@pytest.fixture
def load(tmp_path):
    """Run the example against a server, in one folder; dlt's own files go there too."""

    def load(server):
        return run(
            EXAMPLES / "dlt_orders.py",
            folder=tmp_path,
            LINER_HOST=server.url,
            DLT_DATA_DIR=str(tmp_path / "dlt"),
            RUNTIME__DLTHUB_TELEMETRY="false",
        )

    return load


def loaded(folder):
    """Give the rows of the database by their id; each may be there once."""
    with duckdb.connect(str(folder / "orders.duckdb"), read_only=True) as database:
        rows = database.sql(f"SELECT {', '.join(COLUMNS)} FROM liner.orders").to_arrow_table()
    by_id = {row["id"]: row for row in rows.to_pylist()}
    assert rows.num_rows == len(by_id)
    return by_id


def expected(orders):
    """Give the rows that a list makes, by their id."""
    rows = [{ours: order[theirs] for ours, theirs in COLUMNS.items()} for order in orders]
    for row in rows:
        for name in ("created_at", "updated_at"):
            row[name] = row[name] and datetime.fromisoformat(row[name])
    return {row["id"]: row for row in rows}


def test_a_second_run_merges_what_changed(tmp_path, load):
    """Changed orders are changed, new ones added, none is there twice; no value is lost."""
    before = fake_orders(TOTAL)
    with FakeLinerProcess(orders=before, api_key=KEY) as server:
        first = load(server)
        assert (first.returncode, first.stdout) == (0, f"{TOTAL} orders read\n"), first.stderr
        assert server.stats().requests == 1 + 124  # the plan, the pages
    assert loaded(tmp_path) == expected(before)
    gone, *rest = before
    changed = [{**order, "title": f"new {order['id']}"} for order in rest[::100]]
    now = {order["id"]: order for order in (*rest, *changed, make_order(id=10**9, title="added"))}
    with FakeLinerProcess(orders=[*now.values()], api_key=KEY) as server:
        second = load(server)
    assert (second.returncode, second.stdout) == (0, f"{TOTAL} orders read\n"), second.stderr
    assert loaded(tmp_path) == expected([gone, *now.values()])  # what was deleted stays
    assert files_with_the_key(tmp_path) == []


def test_a_list_that_cannot_be_read_to_its_end_is_not_loaded(tmp_path, load):
    """An error in the second partition leaves the database as the run before had left it."""
    before = fake_orders(500)
    with FakeLinerProcess(orders=before, api_key=KEY) as server:
        assert load(server).returncode == 0
    with FakeLinerProcess(
        total=TOTAL, seed=2, api_key=KEY, faults={11_999: Fault.status(401)}
    ) as server:
        failed = load(server)
        assert server.stats().statuses[200] > 100
    assert failed.returncode == 1
    assert "AuthError" in failed.stderr
    assert KEY not in failed.stdout + failed.stderr
    assert loaded(tmp_path) == expected(before)
