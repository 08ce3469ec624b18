"""The example for Spark: a data source that reads a list in partitions, on a real Spark."""

from __future__ import annotations

import os
import shutil
import sys
from datetime import datetime

import pytest
from pyarrow import parquet

from liner_async.testing import FakeLinerProcess, Fault, fake_orders
from tests.support.pipelines import EXAMPLES, KEY, files_with_the_key, run

COLUMNS = {
    "id": "id",
    "title": "title",
    "status": "status",
    "leads_priority": "leadsPriority",
    "agent_user_ids": "agentUserIds",
    "created_at": "createdAt",
    "updated_at": "updatedAt",
}
SCRIPT = """
from pyspark.sql import SparkSession
from spark_orders import LinerDataSource

spark = SparkSession.builder.master("local[1]").getOrCreate()
spark.dataSource.register(LinerDataSource)
options = {"host": HOST, "key_file": "key", "columns": "title id", "rate": "1000"}
orders = spark.read.format("liner").options(**options).load()
print(orders.schema.simpleString())
print([tuple(row) for row in orders.collect()])
"""


@pytest.fixture(autouse=True)
def java():
    """Spark is a program of the JVM; without one nothing here can be shown."""
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        pytest.fail("Spark 4 needs Java 17 or newer: install it, or let JAVA_HOME name its folder")


@pytest.fixture
def spark(tmp_path):
    """Run Python with Spark in a folder; it logs all events there."""
    (tmp_path / "events").mkdir()
    settings = {
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": str(tmp_path / "events"),
        "spark.sql.session.timeZone": "UTC",
        "spark.ui.enabled": "false",
    }
    conf = " ".join(f"--conf {name}={value}" for name, value in settings.items())

    def spark(*arguments, **variables):
        return run(
            *arguments,
            folder=tmp_path,
            PYSPARK_PYTHON=sys.executable,
            PYSPARK_SUBMIT_ARGS=f"{conf} pyspark-shell",
            SPARK_LOCAL_IP="127.0.0.1",
            **variables,
        )

    return spark


def expected(order):
    """Give the row that an order makes."""
    row = {ours: order[theirs] for ours, theirs in COLUMNS.items()}
    for name in ("created_at", "updated_at"):
        row[name] = row[name] and datetime.fromisoformat(row[name])
    return row


def test_a_list_becomes_a_file_of_the_same_rows(tmp_path, spark):
    """Three partitions, each page once; the key is in no file that Spark writes."""
    total = 25_000
    with FakeLinerProcess(total=total, api_key=KEY) as server:
        ended = spark(EXAMPLES / "spark_orders.py", LINER_HOST=server.url)
        assert ended.returncode == 0, ended.stderr
        assert server.stats().requests == 1 + 250 + 2  # the plan, the pages, the seams
    orders = fake_orders(total)
    rows = parquet.read_table(tmp_path / "orders.parquet").to_pylist()
    assert sorted(rows, key=lambda row: row["id"]) == [expected(order) for order in orders]
    for status in ("info", "secondary", "success"):
        count = sum(order["status"] == status for order in orders)
        assert f"|{status:>9}|{count:>5}|" in ended.stdout
    assert files_with_the_key(tmp_path) == []
    assert KEY not in ended.stdout + ended.stderr


def test_options_choose_the_host_the_key_and_the_columns(tmp_path, spark):
    """The key comes out of a file, and no variable is needed."""
    (tmp_path / "key").write_text(f"{KEY}\n")
    with FakeLinerProcess(total=120, api_key=KEY) as server:
        script = SCRIPT.replace("HOST", repr(server.url))
        ended = spark("-c", script, LINER_API_KEY=None)
    assert ended.returncode == 0, ended.stderr
    schema, rows = ended.stdout.splitlines()
    assert schema == "struct<title:string,id:bigint>"
    assert rows == repr([(order["title"], order["id"]) for order in fake_orders(120)])
    assert files_with_the_key(tmp_path) == ["key"]


def test_a_partition_that_cannot_be_read_fails_the_job(tmp_path, spark):
    """There is no file of half a list; the error is the SDK's, and does not hold the key."""
    with FakeLinerProcess(total=12_345, api_key=KEY, faults={11_999: Fault.status(401)}) as server:
        ended = spark(EXAMPLES / "spark_orders.py", LINER_HOST=server.url)
    assert ended.returncode == 1
    assert "AuthError" in ended.stderr
    assert KEY not in ended.stdout + ended.stderr
    assert not (tmp_path / "orders.parquet" / "_SUCCESS").exists()
