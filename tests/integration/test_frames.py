"""Frames as people use them: polars, pandas and DuckDB see what the vendor sent."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from pyarrow import parquet

from liner_async import END_OF_DAY, LinerClient, Order, arrow_schema
from liner_async.testing import FakeLiner
from tests.support.vendor_rows import awkward_orders, table_row

MAPS = ("custom_values", "extra")
ROWS = [table_row(wire) for wire in awkward_orders()]


@pytest.fixture
async def orders():
    """Read the awkward orders."""
    async with FakeLiner(orders=awkward_orders()) as server:
        async with LinerClient(server.url, server.api_key) as liner:
            return await liner.orders.list()


@pytest.fixture
async def none():
    """Read an empty list."""
    async with FakeLiner(total=0) as server:
        async with LinerClient(server.url, server.api_key) as liner:
            return await liner.orders.list()


def with_dicts(rows):
    """Give rows whose maps are dicts."""
    return [row | {name: dict(row[name]) for name in MAPS} for row in rows]


def without_zones(row):
    """Give a row whose times of day have no zone: Parquet files of pyarrow below 22 say UTC."""
    hours = row["call_schedule"]
    plain = [{name: at.replace(tzinfo=None) for name, at in each.items()} for each in hours]
    return row | {"call_schedule": plain}


def plain(value):
    """Give what pandas has in a cell as plain values: no NA, no Timestamp, no array."""
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    if value is pd.NA or value is pd.NaT or value != value:  # noqa: PLR0124 - NaN alone differs
        return None
    return value


def test_polars_has_every_value(orders):
    """Types are polars's own, so nothing needs a cast."""
    frame = orders.to_polars()
    assert frame.columns == arrow_schema(Order).names
    assert [with_map_dicts(row) for row in frame.to_dicts()] == with_dicts(ROWS)
    assert frame.schema["id"] == pl.Int64
    assert frame.schema["created_at"] == pl.Datetime("us", "UTC")
    assert frame.schema["call_schedule"] == pl.List(pl.Struct({"start": pl.Time, "end": pl.Time}))
    assert frame.schema["call_holiday_overrides"] == pl.List(pl.Date)


def with_map_dicts(row):
    """Give a row of polars with dicts for maps; older versions have lists of keys and values."""
    return row | {name: _as_dict(row[name]) for name in MAPS}


def _as_dict(found):
    if isinstance(found, dict):
        return found
    return {each["key"]: each["value"] for each in found}


def test_polars_reads_a_result_directly(orders):
    """As a table; a sequence by inheritance would be a column of objects."""
    assert pl.DataFrame(orders).equals(orders.to_polars())


def test_polars_has_the_types_of_an_empty_list(none, orders):
    """Two results can be put together, whichever is empty."""
    assert none.to_polars().schema == orders.to_polars().schema
    assert pl.concat([none.to_polars(), orders.to_polars()]).height == len(ROWS)


def test_polars_counts_time_to_the_end_of_the_day(orders):
    """24:00 is after every other time, and 00:00 is not taken for it."""
    hours = orders.to_polars(columns=["id", "call_schedule"]).explode("call_schedule")
    until_the_end = hours.unnest("call_schedule").filter(pl.col("end") == END_OF_DAY)
    rows = [row for row in ROWS for each in row["call_schedule"] if each["end"] == END_OF_DAY]
    assert until_the_end["id"].to_list() == [row["id"] for row in rows]
    assert 10_001 in until_the_end["id"]


def test_pandas_has_every_value(orders):
    """Integers with gaps stay integers, and every value is there."""
    frame = orders.to_pandas()
    assert frame["call_scenario_id"].dtype == pd.ArrowDtype(pa.int64())
    assert frame["leads_priority"].min() == -(2**63)
    cells = frame.to_dict("records")
    assert [{name: plain(cell) for name, cell in row.items()} for row in cells] == ROWS


def test_pandas_has_the_types_of_an_empty_list(none, orders):
    """The same as with orders."""
    assert none.to_pandas().dtypes.to_dict() == orders.to_pandas().dtypes.to_dict()
    assert len(none.to_pandas()) == 0


def test_pandas_reads_a_result_by_itself(orders):
    """`from_arrow` needs no method of ours."""
    frame = pd.DataFrame.from_arrow(orders)
    assert list(frame.columns) == arrow_schema(Order).names
    assert frame["id"].tolist() == [row["id"] for row in ROWS]
    assert frame["title"].tolist() == [row["title"] for row in ROWS]
    assert str(frame["created_at"].dtype) == "datetime64[us, UTC]"
    assert frame["created_at"][252].to_pydatetime() == datetime(2024, 7, 1, 1, 30, 0, 123456, UTC)


def test_pandas_makes_one_column_of_objects_where_it_is_not_asked_for_arrow(orders):
    """`pd.DataFrame(orders)` takes the items as they are, as the page on frames says."""
    frame = pd.DataFrame(orders)
    assert list(frame.columns) == [0]
    assert frame[0].tolist() == list(orders)


def test_a_slice_is_a_table_too(orders):
    """Of the same columns, for each of them."""
    few = orders[1:3]
    ids = [row["id"] for row in ROWS[1:3]]
    assert pl.DataFrame(few)["id"].to_list() == ids
    assert pl.DataFrame(few).schema == orders.to_polars().schema
    assert pd.DataFrame.from_arrow(few)["id"].tolist() == ids
    assert pa.table(few)["id"].to_pylist() == ids
    assert duckdb.sql("select id from few").fetchall() == [(each,) for each in ids]


def test_duckdb_reads_a_result_by_its_variables_name(orders):
    """A query names the variable."""
    found = duckdb.sql("select * from orders")
    assert found.columns == arrow_schema(Order).names
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
    assert rows == with_dicts(ROWS)


def test_duckdb_asks_about_what_is_nested(orders):
    """Maps by their key, lists by their place, times by comparison."""
    query = "select custom_values[4]->>'$', custom_values[1], custom_values[9] from orders"
    assert duckdb.sql(f"{query} where id = 10002").fetchall() == [("да", None, None)]
    ends = 'select call_schedule[1]."end" from orders where id = 10001'
    assert duckdb.sql(ends).fetchall() == [(END_OF_DAY,)]
    late = "select id from orders where call_schedule[1].\"end\" > time '23:59:59'"
    first_days = [(row["id"], row["call_schedule"][0]) for row in ROWS if row["call_schedule"]]
    expected = [(number,) for number, hours in first_days if hours["end"] > time(23, 59, 59)]
    assert duckdb.sql(late).fetchall() == expected
    assert len(expected) > 1


def test_duckdb_has_the_types_of_an_empty_list(none, orders):
    """The same as with orders."""
    assert duckdb.sql("select * from none").types == duckdb.sql("select * from orders").types
    assert duckdb.sql("select * from none").fetchall() == []


async def test_a_parquet_file_means_the_same_to_all(tmp_path):
    """Written page by page with pyarrow, read by polars, pandas and DuckDB."""
    path = tmp_path / "orders.parquet"
    async with FakeLiner(orders=awkward_orders()) as server:
        async with LinerClient(server.url, server.api_key) as liner:
            async with liner.orders.list().arrow_batches(rows_per_batch=100) as batches:
                with parquet.ParquetWriter(path, batches.schema) as writer:
                    async for batch in batches:
                        writer.write_batch(batch)
    frame = pl.read_parquet(path)
    assert [with_map_dicts(row) for row in frame.to_dicts()] == with_dicts(ROWS)
    found = duckdb.sql(f"select * from '{path}'")
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
    assert [without_zones(row) for row in rows] == with_dicts(ROWS)
    pandas = pd.read_parquet(path, dtype_backend="pyarrow").to_dict("records")
    assert [{name: plain(cell) for name, cell in row.items()} for row in pandas] == ROWS


YEAR = {
    "created_from": datetime(2024, 1, 1, tzinfo=UTC),
    "created_to": datetime(2025, 1, 1, tzinfo=UTC),
}
KINDS = {
    "leads": YEAR,
    "lead_statuses": {},
    "calls": {**YEAR, "order_ids": "all"},
    "call_statuses": {},
    "call_records": {},
    "call_attempts": {},
    "users": {},
    "agent_groups": {},
    "sip_endpoints": {},
    "custom_fields": {},
}


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_is_a_table_to_all(kind):
    """polars, pandas and DuckDB see what Arrow has: every column, type and value."""
    async with FakeLiner() as server:
        async with LinerClient(server.url, server.api_key) as liner:
            found = await getattr(liner, kind).list(**KINDS[kind])
        numbers = {each["id"] for each in getattr(server, kind)}
    table = found.to_arrow()
    rows = with_maps(table.to_pylist(), table.schema)
    assert {row["id"] for row in rows} == numbers
    assert with_maps(found.to_polars().to_dicts(), table.schema) == rows
    assert pl.DataFrame(found).equals(found.to_polars())
    relation = duckdb.sql("select * from found")
    fetched = [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]
    assert with_maps(fetched, table.schema) == rows
    assert with_maps(found.to_pandas().to_dict("records"), table.schema) == rows
    none = found[:0]
    assert none.to_arrow().schema == table.schema
    assert none.to_polars().schema == found.to_polars().schema
    assert none.to_pandas().dtypes.to_dict() == found.to_pandas().dtypes.to_dict()
    assert duckdb.sql("select * from none").types == relation.types


def with_maps(rows, fields):
    """Give rows with a dict for each map, whatever the library has for it."""
    return [{each.name: _value(row[each.name], each.type) for each in fields} for row in rows]


def _value(value, kind):
    if pa.types.is_list(kind):
        return [_value(each, kind.value_type) for each in value]
    if pa.types.is_struct(kind):
        return with_maps([value], kind)[0]
    if pa.types.is_map(kind):
        pairs = value.items() if isinstance(value, dict) else map(_pair, value)
        return dict(pairs)
    return plain(value)


def _pair(found):
    return (found["key"], found["value"]) if isinstance(found, dict) else found


def test_custom_values_are_the_vendors_json(orders):
    """Each is the text of one JSON value, so that 1 and "1" stay apart."""
    row = next(row for row in orders.to_polars().to_dicts() if row["id"] == 10_002)
    values = with_map_dicts(row)["custom_values"]
    assert {key: text and json.loads(text) for key, text in values.items()} == {
        1: None,
        2: "1",
        3: 1,
        4: "да",
        5: [{}],
    }
    assert date(2024, 1, 1) in row["call_holiday_overrides"]
