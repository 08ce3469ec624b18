"""A list with a period in partitions: the windows that a single run would read, anywhere."""

from __future__ import annotations

import asyncio
import pickle
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import attrs
import pyarrow as pa
import pytest

from liner_async import (
    AuthError,
    Call,
    ConfigError,
    JobReport,
    Lead,
    LinerClient,
    LinerError,
    ListSource,
    PagingDriftError,
    PagingError,
    Partition,
    arrow_schema,
)
from liner_async.testing import Change, FakeLiner, Fault, make_lead

KEY = "s3cret-key-of-the-test"
START = datetime(2024, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
YEAR = {"created_from": START, "created_to": START + 366 * DAY}


@pytest.fixture(autouse=True)
def key(monkeypatch):
    """Put the key where sources look for it."""
    monkeypatch.setenv("LINER_API_KEY", KEY)


def serve(leads=1_200, **options):
    """Give a server with leads and calls of a year."""
    return FakeLiner(sizes={"leads": leads, "calls": 900}, api_key=KEY, **options)


def source_of(server, query=YEAR, **options):
    """Give a source of leads."""
    return ListSource(server.url, resource="leads", query=query, **options)


def read_all(source, *, rows=10_000, **options):
    """Read every partition, in the plan's order."""
    return [source.read(part, **options) for part in source.plan(rows_per_partition=rows)]


def ids_of(reads):
    """Give the ids of all rows."""
    return [each.id for read in reads for each in read]


def in_one_go(source):
    """Read the whole list as one run does."""

    async def read():
        async with LinerClient(source.host, KEY, concurrency=8) as liner:
            pager = getattr(liner, source.resource).list(
                consistency=source.consistency, **source.query
            )
            return await pager

    return asyncio.run(read())


@pytest.mark.unmeasured
@pytest.mark.parametrize("sort", ["asc", "desc", "id"])
@pytest.mark.parametrize("consistency", ["detect", "strict", "off"])
def test_the_partitions_are_the_list_in_its_order(sort, consistency):
    """Every row once, as `list()` hands it out; and a report as of one run."""
    with serve(sort=sort) as server:
        source = source_of(server, {**YEAR, "window_rows": 70}, consistency=consistency)
        reads = read_all(source)
        whole = in_one_go(source)
    assert ids_of(reads) == [lead.id for lead in whole]
    job = JobReport.of(each.report for each in reads)
    assert (job.complete, job.drifted, job.period) == (True, False, None)
    assert job.paging.windows == whole.report.windows == len(reads) > 12
    assert (job.paging.handed_out, job.paging.last_total) == (1_200, 1_200)
    assert job.paging.trimmed == whole.report.trimmed
    assert job.paging.concurrency == attrs.evolve(job.paging.concurrency, least=8, most=8)


def test_a_plan_takes_about_a_request_for_each_partition():
    """They follow on each other from the first moment to the last, and none has too many rows."""
    with serve() as server:
        plan = source_of(server).plan(rows_per_partition=100)
        requests = len(server.requests)
    assert plan[0].period[0] == YEAR["created_from"]
    assert plan[-1].period[1] == YEAR["created_to"]
    assert all(one.period[1] == two.period[0] for one, two in pairwise(plan))
    assert max(part.rows for part in plan) <= 100
    assert {(part.offset, part.chunk, part.ids) for part in plan} == {(0, 0, None)}
    assert requests <= len(plan) + 12  # windows that were cut


def test_a_window_of_the_list_bounds_its_partitions():
    """Whatever is smaller: the list's `window_rows`, or what is asked of the plan."""
    with serve() as server:
        assert max(each.rows for each in source_of(server).plan()) > 100
        plan = source_of(server, {**YEAR, "window_rows": 50}).plan()
    assert max(each.rows for each in plan) <= 50


@pytest.mark.parametrize("ids", [{"order_ids": range(1, 251)}, {"order_ids": "all"}])
def test_calls_are_partitioned_by_chunks_of_ids_too(ids):
    """Those that the plan looked up travel with the partitions."""
    with serve() as server:
        numbers = [order["id"] for order in server.orders]
        query = {**YEAR, "order_ids": numbers if ids["order_ids"] != "all" else "all"}
        source = ListSource(server.url, resource="calls", query=query)
        plan = pickle.loads(pickle.dumps(source.plan()))
        reads = [source.read(part) for part in plan]
        whole = in_one_go(source)
    assert [part.chunk for part in plan] == [0] * 12 + [1] * 12 + [2] * 12
    assert (plan[0].ids is not None) == (ids["order_ids"] == "all")
    assert ids_of(reads) == [call.id for call in whole]
    assert len(whole) == 900
    assert all(isinstance(call, Call) for call in reads[0])
    for one, two in pairwise(reads):
        two.report.check_follows(one.report)
    assert JobReport.of(each.report for each in reads).complete


def test_a_burst_is_one_partition_and_read_as_one():
    """No cutting helps there, neither in the plan nor when it is read."""
    leads = [make_lead(id=number, createdAt="2024-05-01T12:00:00Z") for number in range(1, 601)]
    with FakeLiner(leads=leads, api_key=KEY) as server:
        source = source_of(server, {**YEAR, "window_rows": 100})
        plan = source.plan()
        server.reset_stats()
        (read,) = (source.read(part) for part in plan if part.rows)
        assert len(server.requests) == 6
    assert [*read.ids] == [*range(1, 601)]


def test_a_table_has_the_columns_asked_for():
    """And one of a period without rows the same types."""
    with serve(leads=20) as server:
        source = source_of(server)
        reads = read_all(source, columns=["phone", "id"])
        assert source.schema() == arrow_schema(Lead)
        known = [lead["id"] for lead in server.leads]
    table = pa.concat_tables(read.items for read in reads)
    assert table.schema == source.schema(["phone", "id"])
    assert sorted(table["id"].to_pylist()) == sorted(known)
    with serve(leads=0) as server:
        (read, *_) = read_all(source_of(server), columns=["id"])
    assert (len(read), read.items.schema) == (0, source.schema(["id"]))


def test_a_list_up_to_now_has_an_open_end():
    """Rows of its last second may still come, which is no drift; of a month ago, it would be."""
    now = datetime.now(UTC)
    last = now - timedelta(seconds=2)
    leads = [make_lead(id=1, createdAt=last.isoformat())]
    with FakeLiner(leads=leads, api_key=KEY) as server:
        source = source_of(server, {"created_from": now - 60 * DAY})
        plan = source.plan()
        assert [part.rows is None for part in plan] == [False, True]
        assert now - timedelta(seconds=1) <= plan[-1].period[1] <= datetime.now(UTC)
        assert ids_of(source.read(part) for part in plan) == [1]
        empty = source_of(server, {"created_from": now + DAY})
        assert empty.plan() == [Partition(offset=0, rows=None)]
        assert ids_of(read_all(empty)) == []


def test_the_whole_list_is_a_partition_too():
    """As of a list without a period: nothing needs to be planned."""
    with serve() as server:
        read = source_of(server).read(Partition(offset=0, rows=None))
    assert len(set(read.ids)) == len(read) == 1_200
    assert (read.report.complete, read.report.period) == (True, None)


@pytest.mark.parametrize("change", [{"insert": 3, "position": 400}, {"delete": 3}])
def test_rows_that_come_or_go_after_the_plan_are_told(change):
    """Nothing is lost by it, so that "strict" has nothing to raise for."""
    for consistency in ("detect", "strict"):
        with serve() as server:
            planned = len(server.requests)
            plan = source_of(server, consistency=consistency).plan(rows_per_partition=300)
            planned = len(server.requests)
        changes = [Change(at_request=planned + 1, resource="leads", **change)]
        with serve(changes=changes) as server:
            source = source_of(server, consistency=consistency)
            assert source.plan(rows_per_partition=300) == plan
            reads = [source.read(part) for part in plan]
            assert sorted(ids_of(reads)) == sorted(lead["id"] for lead in server.leads)
        job = JobReport.of(each.report for each in reads)
        (reason,) = job.paging.drift
        assert reason.endswith("between the plan and the reading")
        assert (job.drifted, job.complete, job.doubt, job.errors) == (True, False, None, ())


def report_of(days, ids, *, chunk=0, consistency="strict"):
    """Give the report of a partition of some days."""
    with FakeLiner(leads=[], api_key=KEY) as server:
        period = (START + days[0] * DAY, START + days[1] * DAY)
        part = Partition(offset=0, rows=0, period=period, chunk=chunk)
        query = {**YEAR, "order_ids": range(1, 201)}
        read = source_of(server, query, consistency=consistency).read(part)
    return attrs.evolve(read.report, ids=frozenset(ids))


def test_a_period_that_does_not_follow_is_told():
    """A partition was left out; without "strict" nothing is raised."""
    one, two, three = (report_of((day, day + 1), [day]) for day in (0, 1, 2))
    for previous, following in [(one, two), (two, three)]:
        following.check_follows(previous)
    with pytest.raises(PagingDriftError, match=r"do not follow .* before 2024-01-03T00:00:00"):
        three.check_follows(one)
    with pytest.raises(PagingDriftError, match="do not follow"):
        JobReport.of([one, three])
    lax = [report_of((day, day + 1), [], consistency="detect") for day in (0, 2)]
    lax[1].check_follows(lax[0])
    assert "do not follow" in JobReport.of(lax).doubt


def test_chunks_of_ids_follow_on_each_other():
    """The periods begin anew with each."""
    one, two = report_of((2, 3), [1]), report_of((0, 1), [2], chunk=1)
    two.check_follows(one)
    with pytest.raises(PagingDriftError, match="do not follow"):
        one.check_follows(two)
    unknown = attrs.evolve(one, period=None, chunk=None)
    with pytest.raises(PagingDriftError, match="do not follow"):
        two.check_follows(unknown)


def test_a_row_in_two_periods_is_told_and_dropped():
    """Its time was changed meanwhile: it comes once."""
    first, later = ("2024-01-05T00:00:00Z", "2024-03-05T00:00:00Z")
    reads = []
    for place, created in enumerate((first, later)):
        with FakeLiner(leads=[make_lead(id=7, createdAt=created)], api_key=KEY) as server:
            source = source_of(server)
            parts = source.plan()[2 * place : 2 * place + 2]
            reads += [source.read(part) for part in parts]
    assert ids_of(reads) == [7, 7]
    assert list(reads[2].without(reads[0].report.ids)) == []
    job = JobReport.of(each.report for each in reads)
    assert (job.paging.handed_out, job.paging.duplicates, job.drifted) == (1, 1, True)
    assert "came again" in job.paging.drift[0]


def test_rows_left_out_are_no_drift():
    """They are listed, and their ids are known."""
    with serve(leads=300) as server:
        leads = server.leads
    leads[120] = {**leads[120], "phone": {}}
    with FakeLiner(leads=leads, api_key=KEY) as server:
        reads = read_all(source_of(server, on_invalid="skip"), rows=50)
    job = JobReport.of(each.report for each in reads)
    assert (len(ids_of(reads)), job.complete) == (299, True)
    assert [each.item_id for each in job.paging.skipped] == [leads[120]["id"]]
    assert sum(leads[120]["id"] in each.report.ids for each in reads) == 1


def test_an_error_is_raised_or_reported():
    """Reported, it is no drift, and the others are there; no list goes on from it."""
    with serve(faults={("leads", 100): Fault.status(403)}) as server:
        source = source_of(server)
        plan = source.plan()
        long = [part.rows > 100 for part in plan]
        with pytest.raises(AuthError) as caught:
            source.read(plan[long.index(True)])
        reads = [source.read(part, on_error="report") for part in plan]
        with pytest.raises(ConfigError, match="other filters"):
            LinerClient(server.url, KEY).leads.list(resume=caught.value.resume_point, **YEAR)
    job = JobReport.of(each.report for each in reads)
    assert 0 < sum(long) < len(plan)
    assert [bool(each.report.errors) for each in reads] == long
    assert [len(each.items) == 0 for each in reads] == long
    assert (len(job.errors), job.drifted, job.complete) == (sum(long), False, False)


@pytest.mark.parametrize(
    ("options", "query", "kind"),
    [
        ({"ignored": {"createdAt"}}, {**YEAR, "created_to": START + DAY}, PagingError),
        ({"ignored": {"orderIds"}}, {**YEAR, "order_ids": [9**9], "window_rows": 1}, PagingError),
        ({"faults": {("leads", 0): Fault.status(403)}}, YEAR, AuthError),
        ({"max_span": 7 * DAY}, YEAR, LinerError),
    ],
)
def test_what_keeps_a_list_from_being_read_keeps_it_from_being_planned(options, query, kind):
    """Within a few requests, if it is seen in the first rows."""
    with serve(**options) as server:
        query = {"window_rows": 100, **query}
        if "createdAt" in options.get("ignored", ()):
            query |= {"created_from": START - 300 * DAY, "created_to": START - 200 * DAY}
        with pytest.raises(kind):
            source_of(server, query).plan()
        assert len(server.requests) <= 20


async def test_planning_works_inside_a_running_loop():
    """In a thread with a loop of its own, or on the running one."""
    with serve() as server:
        source = source_of(server)
        plan = await source.aplan(rows_per_partition=300)
        assert source.plan(rows_per_partition=300) == plan
        assert (await source.aread(plan[1])) == source.read(plan[1])


def test_a_source_travels_with_its_query():
    """Ids that can be read only once are kept; it holds no key."""
    numbers = iter([3, 1, 3])
    with serve() as server:
        source = source_of(server, {**YEAR, "order_ids": numbers})
        copy = pickle.loads(pickle.dumps(source))
        assert copy == source
        assert hash(copy) == hash(source)
        assert copy.query["order_ids"] == (3, 1, 3)
        assert copy.plan() == source.plan()
    assert KEY not in repr(source)
    assert source != source_of(server)


def test_filters_of_lists_without_a_period_are_sent():
    """Their partitions are ranges of rows, as those of orders."""
    with FakeLiner(sizes={"users": 300}, api_key=KEY) as server:
        source = ListSource(server.url, resource="users", query={"is_active": True})
        reads = read_all(source, rows=100)
        known = [user["id"] for user in server.users if user["isActive"]]
        assert all("isActive=" in request.path_qs for request in server.requests)
    assert ids_of(reads) == known
    assert JobReport.of(each.report for each in reads).complete


@pytest.mark.parametrize("name", ["offset", "max_items", "page_size", "resume", "consistency"])
def test_a_query_only_narrows_the_list(name):
    """How it is read is the source's own."""
    with pytest.raises(ConfigError, match=f"query narrows the list; {name} does not"):
        ListSource("https://liner.example", resource="leads", query={**YEAR, name: 1})


@pytest.mark.parametrize(
    ("query", "kind", "told"),
    [
        ({}, TypeError, "created_from"),
        ({**YEAR, "colour": 1}, TypeError, "colour"),
        ({**YEAR, "order_ids": []}, ConfigError, "order_ids"),
        ({**YEAR, "created_from": START.replace(tzinfo=None)}, ConfigError, "created_from"),
    ],
)
def test_wrong_queries_are_refused_at_once(query, kind, told):
    """As by `liner.leads.list()`."""
    with pytest.raises(kind, match=told):
        ListSource("https://liner.example", resource="leads", query=query)


def test_partitions_of_another_list_are_refused():
    """Rows of a list with a period, a period of one without, ids that there are not."""
    leads = ListSource("https://liner.example", resource="leads", query=YEAR)
    orders = ListSource("https://liner.example")
    period = (START, START + DAY)
    for source, part, told in (
        (leads, Partition(offset=100, rows=100), "by period, not by offset"),
        (orders, Partition(offset=0, rows=1, period=period, chunk=0), "by offset, not by period"),
        (leads, Partition(offset=0, rows=1, period=period, chunk=1), "other filters"),
    ):
        with pytest.raises(ConfigError, match=told):
            source.read(part)
