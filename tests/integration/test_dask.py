"""Lists read by a real cluster: processes that are killed, limits that are shared, accounts."""

from __future__ import annotations

import logging
import os
import pickle
import signal
import urllib.request
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime
from urllib.parse import quote

import dask
import pandas as pd
import pyarrow as pa
import pytest
from distributed import Client, LocalCluster
from pyarrow import parquet

from liner_async import (
    AuthError,
    ConfigError,
    Lead,
    LinerClient,
    ListSource,
    Order,
    PagingDriftError,
    RetryPolicy,
    TransportError,
    arrow_schema,
)
from liner_async.contrib.dask import bag, dataframe, report
from liner_async.testing import (
    Change,
    FakeLiner,
    FakeLinerProcess,
    fake_leads,
    fake_orders,
    make_lead,
    make_order,
)
from tests.support.vendor_rows import table_row
from tests.support.waiting import eventually

KEY = "s3cret-key-of-the-test"
WORKERS = 2
YEAR = {
    "created_from": datetime(2024, 1, 1, tzinfo=UTC),
    "created_to": datetime(2025, 1, 1, tzinfo=UTC),
}


@pytest.fixture(scope="module")
def cluster():
    """Two worker processes that know the key by two names."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LINER_API_KEY", KEY)
        patch.setenv("OTHER_KEY", KEY)
        patch.setenv("WRONG_KEY", "wrong")
        settings = {"n_workers": WORKERS, "threads_per_worker": 2, "processes": True}
        with LocalCluster(**settings, dashboard_address="127.0.0.1:0") as running:
            yield running


@pytest.fixture
def client(cluster):
    """Compute on the cluster."""
    with Client(cluster) as connected:
        yield connected


@pytest.fixture
def here(monkeypatch):
    """Compute in this thread, in the order that Dask gives the tasks."""
    monkeypatch.setenv("LINER_API_KEY", KEY)
    with dask.config.set(scheduler="synchronous"):
        yield


def read(collection):
    """Compute a collection and its one report."""
    rows, reports = dask.compute(collection, report(collection))
    ((_, job),) = reports.items()
    return rows, job


def test_a_hundred_thousand_orders_are_read_exactly_and_in_order(client):
    """Every field of each; each page once, and one order more at each seam."""
    with FakeLinerProcess(total=100_000, api_key=KEY) as server:
        orders, job = read(bag(ListSource(server.url)))
        assert server.stats().requests == 1 + 1_000 + 9
    assert len(orders) == 100_000
    for order, wire in zip(orders, fake_orders(100_000), strict=True):
        assert order.to_dict() == wire
    assert (job.complete, job.drifted, job.paging.handed_out) == (True, False, 100_000)


@pytest.mark.parametrize("sort", ["asc", "desc"])
async def test_a_list_with_a_period_is_read_window_by_window(client, sort):
    """Every lead once, as one run hands them out; no page is deep."""
    with FakeLinerProcess(sizes={"leads": 20_000}, sort=sort, api_key=KEY) as server:
        source = ListSource(server.url, resource="leads", query={**YEAR, "window_rows": 1_000})
        leads, job = read(bag(source))
        async with LinerClient(server.url, KEY) as liner:
            whole = await liner.leads.list(**source.query)
    assert leads == [*whole]
    assert (job.complete, job.drifted, job.paging.handed_out) == (True, False, 20_000)
    assert job.paging.windows == whole.report.windows > 20


def test_calls_of_all_orders_are_read_by_the_workers(client):
    """Which orders there are is looked up once, when the graph is made."""
    with FakeLinerProcess(sizes={"calls": 1_000}, api_key=KEY) as server:
        source = ListSource(server.url, resource="calls", query={**YEAR, "order_ids": "all"})
        calls = dataframe(source, columns=["id", "order_id"])
        frame, reports = dask.compute(calls, report(calls))
    assert calls.npartitions == 3 * 12
    assert (frame["id"].nunique(), len(frame), reports.iloc[0].complete) == (1_000, 1_000, True)
    assert 1 < frame["order_id"].nunique() <= 250


def test_killed_workers_lose_and_double_nothing(client, cluster):
    """SIGKILL in the middle, twice: what they had read is read again."""

    def pids():
        return {nanny.pid for nanny in cluster.workers.values()} - {None}

    before = pids()
    with FakeLinerProcess(total=20_000, api_key=KEY, latency=0.02) as server:
        orders = bag(ListSource(server.url), rows_per_partition=1_000)
        reading = client.compute([orders, report(orders)])
        for requests in (60, 120):
            eventually(lambda most=requests: server.stats().requests >= most, "the middle")
            os.kill(eventually(pids, "a worker").pop(), signal.SIGKILL)
        rows, reports = client.gather(reading)
        assert [order.to_dict() for order in rows] == fake_orders(20_000)
        assert server.stats().requests > 1 + 200 + 19
    assert [job.complete for job in reports.values()] == [True]
    client.wait_for_workers(WORKERS)
    assert pids() != before


def test_a_shared_rate_is_held_by_the_processes_together(client):
    """The server, which counts requests in any second, has no reason to say 429."""
    with FakeLinerProcess(total=10_000, api_key=KEY, rate_limit=40) as server:
        source = ListSource(server.url, rate=34).share(WORKERS)
        orders, job = read(bag(source, rows_per_partition=1_000))
        assert server.stats().statuses == {200: 1 + 100 + 9}
    assert (len(orders), job.paging.retries) == (10_000, 0)


def test_without_a_rate_refusals_are_recovered_from(client):
    """Every process waits as it was told to."""
    with FakeLinerProcess(total=6_000, api_key=KEY, rate_limit=50) as server:
        orders, job = read(bag(ListSource(server.url), rows_per_partition=500))
        statuses = server.stats().statuses
    assert [order.to_dict() for order in orders] == fake_orders(6_000)
    assert statuses.keys() == {200, 429}
    assert job.paging.retries > 0


def test_the_key_is_in_no_graph_log_or_page(client, cluster):
    """Whatever a cluster shows or keeps."""
    client.run(set_log_level)
    with FakeLinerProcess(total=1_000, api_key=KEY) as server:
        for number, variable in enumerate(("LINER_API_KEY", "WRONG_KEY")):
            orders = bag([ListSource(server.url, key_variable=variable)], rows_per_partition=100)
            seen = [pickle.dumps(dict(orders.dask)).decode("latin-1"), repr(dict(orders.dask))]
            reading = client.compute([orders, report(orders)])
            _, reports = client.gather(reading)
            assert [len(each.errors) for each in reports.values()] == [number]
            seen += [repr(reports), repr(client.get_worker_logs())]
            seen += [repr(cluster.get_logs()), repr(client.story(*reading))]
            address = cluster.scheduler.http_server.port
            for page in ("main/workers", "main/logs", f"task/{quote(str(reading[0].key))}"):
                url = f"http://127.0.0.1:{address}/info/{page}.html"
                with urllib.request.urlopen(url) as answer:
                    seen.append(answer.read().decode())
            assert [text for text in seen if KEY in text] == []
            assert all(map(len, seen))


def set_log_level():
    """Have a worker log whatever the SDK says."""
    logging.getLogger("liner_async").setLevel(logging.DEBUG)


def test_a_dataframe_has_the_schema_as_everywhere(client, tmp_path):
    """In Parquet and in pandas, and in the meta that is known before."""
    with FakeLinerProcess(total=2_000, api_key=KEY) as server:
        frame = dataframe(ListSource(server.url), rows_per_partition=500)
        options = {"write_index": False, "schema": arrow_schema(Order), "compute": False}
        _, reports = dask.compute(frame.to_parquet(str(tmp_path), **options), report(frame))
    assert reports.iloc[0].complete
    table = parquet.read_table(tmp_path)
    assert table.schema.remove_metadata().equals(arrow_schema(Order))
    assert table.to_pylist() == [table_row(wire) for wire in fake_orders(2_000)]
    expected = arrow_schema(Order).empty_table().to_pandas(types_mapper=pd.ArrowDtype).dtypes
    assert frame.dtypes.to_dict() == expected.to_dict()


def test_a_dataframe_of_leads_has_the_schema_of_leads(client, tmp_path):
    """In Parquet and in pandas, whether there are any or not."""
    with FakeLinerProcess(sizes={"leads": 500}, api_key=KEY) as server:
        leads = fake_leads(500)
        for path, ids in (("some", None), ("none", [10**9])):
            query = YEAR if ids is None else {**YEAR, "order_ids": ids}
            frame = dataframe(ListSource(server.url, resource="leads", query=query))
            options = {"write_index": False, "schema": arrow_schema(Lead), "compute": False}
            written = frame.to_parquet(str(tmp_path / path), **options)
            _, reports = dask.compute(written, report(frame))
            assert reports.iloc[0].complete
            table = parquet.read_table(tmp_path / path)
            assert table.schema.remove_metadata().equals(arrow_schema(Lead))
            expected = [] if ids else sorted(lead["id"] for lead in leads)
            assert sorted(table["id"].to_pylist()) == expected


def test_columns_are_taken_in_the_reading(client):
    """Those named, in this order; the report comes of the same requests."""
    with FakeLinerProcess(total=1_000, api_key=KEY) as server:
        source = ListSource(server.url)
        orders = dataframe(source, columns=["title", "id"], rows_per_partition=250)
        server.reset_stats()
        (frame, count), job = read_two(orders)
        assert server.stats().requests == 13  # in partitions of 300 orders
    assert [*frame.columns] == ["title", "id"]
    assert frame["id"].tolist() == [order["id"] for order in fake_orders(1_000)]
    assert frame["title"].dtype == orders.dtypes["title"] == pd.ArrowDtype(pa.string())
    assert (count, job.paging.handed_out) == (1_000, 1_000)


def read_two(orders):
    """Compute a frame, something made of it, and the report, all at once."""
    frame, count, reports = dask.compute(orders, orders["id"].count(), report(orders))
    return (frame, count), reports.iloc[0]


def test_one_failing_account_does_not_lose_the_others(client):
    """Its error is in the report, and the rows say whose they are."""
    with (
        FakeLinerProcess(total=700, api_key=KEY) as one,
        FakeLinerProcess(total=300, api_key=KEY, seed=2) as two,
    ):
        sources = [
            ListSource(one.url, name="one"),
            ListSource(one.url, name="wrong", key_variable="WRONG_KEY"),
            ListSource(one.url, name="none", key_variable="NO_SUCH_KEY"),
            ListSource(two.url, name="two", key_variable="OTHER_KEY"),
        ]
        orders = bag(sources, rows_per_partition=100, with_name=True)
        pairs, reports = dask.compute(orders, report(orders))
        frames = dataframe(sources, columns=["id"], rows_per_partition=100, name_column="account")
        frame, _ = dask.compute(frames, report(frames))
    assert [order.to_dict() for name, order in pairs if name == "one"] == fake_orders(700)
    assert [order.to_dict() for name, order in pairs if name == "two"] == fake_orders(300, seed=2)
    found = {name: [type(each) for each in job.errors] for name, job in reports.items()}
    assert found == {"one": [], "wrong": [AuthError], "none": [ConfigError], "two": []}
    assert {name for name, job in reports.items() if job.complete} == {"one", "two"}
    assert frame.groupby("account")["id"].count().to_dict() == {"one": 700, "two": 300}
    assert frame.dtypes.to_dict() == frames.dtypes.to_dict()


def test_accounts_take_turns(here):
    """No host has a second partition read while another waits for its first."""
    with FakeLiner(total=600, api_key=KEY) as one, FakeLiner(total=600, api_key=KEY) as two:
        servers = {"one": one, "two": two}
        sources = [ListSource(server.url, name=name) for name, server in servers.items()]
        orders = bag(sources, rows_per_partition=100)
        orders.compute()
        seen = sorted((each.at, name) for name in servers for each in servers[name].requests)
    lead = Counter[str]()
    for _, name in seen[2:]:  # after the two plans
        lead[name] += 1
        assert abs(lead["one"] - lead["two"]) <= 6  # requests of three partitions
    assert lead == {"one": 6 + 5, "two": 6 + 5}


@pytest.mark.parametrize("shift", [3, 99])
@pytest.mark.parametrize("make", [bag, dataframe])
def test_a_list_that_moves_brings_no_order_twice(here, make, shift):
    """Whichever partition was read first: one of these changes makes two of them overlap."""
    wires = [make_order(id=number) for number in range(1, 1_001)]
    duplicates = []
    for change in (Change(at_request=6, insert=shift), Change(at_request=6, delete=shift)):
        with FakeLiner(orders=wires, api_key=KEY, changes=[change]) as server:
            rows, job = read(make(ListSource(server.url), rows_per_partition=100))
        ids = [order.id for order in rows] if make is bag else rows["id"].tolist()
        assert len(ids) == len({*ids}) == job.paging.handed_out
        assert job.drifted
        duplicates.append(job.paging.duplicates)
    assert sorted(duplicates) == [0, shift]


def test_a_shift_by_more_than_a_partition_is_reported(here):
    """Its duplicates are counted over all partitions, though only neighbours drop them."""
    wires = [make_order(id=number) for number in range(1, 1_001)]
    found = []
    for change in (Change(at_request=6, insert=250), Change(at_request=6, delete=250)):
        with FakeLiner(orders=wires, api_key=KEY, changes=[change]) as server:
            rows, job = read(bag(ListSource(server.url), rows_per_partition=100))
        ids = {order.id for order in rows}
        assert job.paging.handed_out == len(ids)
        found.append((len(rows) > len(ids), any("came again" in text for text in job.paging.drift)))
    assert sorted(found) == [(False, False), (True, True)]


@pytest.mark.parametrize("change", [{"delete": 3}, {"insert": 3}])
@pytest.mark.parametrize("make", [bag, dataframe])
def test_strict_raises_what_a_single_run_raises(here, make, change):
    """No report has to be looked at; of several sources it is in the report.

    The partition that reads to the end raises too, where rows came in ahead of it.
    """
    changes = [Change(at_request=6, **change)]
    with FakeLiner(total=1_000, api_key=KEY, changes=changes) as server:
        source = ListSource(server.url, consistency="strict")
        with pytest.raises(PagingDriftError, match="items may be missing"):
            make(source, rows_per_partition=100).compute()
    with FakeLiner(total=1_000, api_key=KEY, changes=changes) as server:
        source = ListSource(server.url, consistency="strict")
        rows, job = read(make([source], rows_per_partition=100))
    assert len(rows) == job.paging.handed_out
    assert {type(each) for each in job.errors} == {PagingDriftError}


@pytest.mark.parametrize("consistency", ["detect", "strict"])
def test_leads_that_come_or_go_after_the_plan_are_told(here, consistency):
    """None is lost or doubled by that, so that nothing is raised."""
    changes = [Change(at_request=22, resource="leads", delete=3)]
    with FakeLiner(sizes={"leads": 1_000}, api_key=KEY, changes=changes) as server:
        source = ListSource(server.url, resource="leads", query=YEAR, consistency=consistency)
        leads, job = read(bag(source, rows_per_partition=100))
        known = {lead["id"] for lead in server.leads}
    assert known <= {lead.id for lead in leads}
    assert len(leads) == len({lead.id for lead in leads})
    assert (job.drifted, job.complete) == (True, False)
    assert "between the plan and the reading" in job.paging.drift[0]


def test_a_lead_in_two_windows_comes_once(here):
    """Its time was changed while the list was read; the report says so."""
    times = ["2024-01-10T00:00:00Z", "2024-02-25T00:00:00Z"]
    leads = [make_lead(id=1, createdAt=at) for at in times]
    with FakeLiner(leads=leads, api_key=KEY) as server:
        source = ListSource(server.url, resource="leads", query=YEAR)
        found, job = read(bag(source))
    assert [lead.id for lead in found] == [1]
    assert (job.paging.duplicates, job.drifted) == (1, True)


@pytest.mark.parametrize("accounts", [1, 3])
def test_what_is_read_is_written_before_more_is_read(here, accounts):
    """Memory does not grow with the list, whatever waits for all of it, the report included."""
    held = []
    with ExitStack() as stack:
        servers = [stack.enter_context(FakeLiner(total=2_000, api_key=KEY)) for _ in "x" * accounts]

        def write(rows):
            requests = sum(request.limit == 100 for each in servers for request in each.requests)
            held.append(requests - len(held))
            return [len(rows)]

        orders = bag([ListSource(each.url) for each in servers], rows_per_partition=100)
        dask.compute(orders.map_partitions(write).sum(), report(orders))
    assert len(held) == 20 * accounts
    assert max(held) <= 6 * accounts


def test_a_single_source_raises(here):
    """When it is planned, and when it is read."""
    with FakeLiner(total=1_000, api_key=KEY) as server:
        orders = bag(ListSource(server.url, retry=RetryPolicy.never()))
    with pytest.raises(TransportError):
        orders.compute()
    with FakeLiner(api_key="another") as server, pytest.raises(AuthError):
        bag(ListSource(server.url))


def test_what_is_made_of_a_collection_has_the_same_report(here):
    """Computed together, nothing is read twice; without checks there is one too."""
    for consistency, seams in (("detect", 3), ("off", 0)):
        with FakeLiner(total=400, api_key=KEY) as server:
            source = ListSource(server.url, consistency=consistency)
            ids = bag(source, rows_per_partition=100).map(lambda order: order.id)
            total, reports = dask.compute(ids.sum(), report(ids))
            assert total == sum(order["id"] for order in server.orders)
            assert [job.complete for job in reports.values()] == [True]
            assert len(server.requests) == 1 + 4 + seams


def test_an_empty_list_is_an_empty_collection(here):
    """With its types."""
    with FakeLiner(total=0, api_key=KEY) as server:
        assert bag(ListSource(server.url)).compute() == []
        frame = dataframe(ListSource(server.url)).compute()
    assert (len(frame), [*frame.columns]) == (0, arrow_schema(Order).names)


def test_sources_are_told_apart_by_their_names():
    """The same account twice is a mistake."""
    source = ListSource("https://liner.example")
    for wrong in ([source, source], []):
        with pytest.raises(ConfigError, match="of different names"):
            bag(wrong)


def test_the_graph_grows_in_proportion(here):
    """Three tasks for each partition, and none of them waits for more than two; one for all."""
    with FakeLiner(total=1_000, api_key=KEY) as server:
        for parts in (10, 1_000):
            source = ListSource(server.url, page_size=min(100, 1_000 // parts))
            graph = dict(bag(source, rows_per_partition=1_000 // parts).dask)
            assert len(graph) == 3 * parts + 1
