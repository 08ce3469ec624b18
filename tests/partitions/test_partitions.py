"""A list in partitions: planned, read anywhere, and checked as strictly as a single run."""

from __future__ import annotations

import pickle
import threading
from itertools import pairwise

import pyarrow as pa
import pytest

from liner_async import (
    AuthError,
    ConfigError,
    JobReport,
    LinerError,
    ListSource,
    Order,
    PagingDriftError,
    Partition,
    PartitionRead,
    ResultList,
    arrow_schema,
)
from liner_async.testing import MISSING, Change, FakeLiner, Fault, make_order

KEY = "s3cret-key-of-the-test"


@pytest.fixture(autouse=True)
def key(monkeypatch):
    """Put the key where sources look for it."""
    monkeypatch.setenv("LINER_API_KEY", KEY)


@pytest.fixture
def server():
    """250 orders."""
    with FakeLiner(total=250, api_key=KEY) as running:
        yield running


def read_all(source, *, rows=100, columns=None, order=None):
    """Read every partition, in some order; give the reads in the plan's order, and new rows."""
    plan = source.plan(rows_per_partition=rows)
    numbers = range(len(plan)) if order is None else order
    found = {number: source.read(plan[number], columns=columns) for number in numbers}
    reads = [found[number] for number in range(len(plan))]
    seen, new = set(), []
    for each in reads:
        new.append(each.without(seen))
        seen |= each.report.ids
    return reads, new


def ids_of(several):
    """Give the ids of some results, one after the other."""
    return [order.id for each in several for order in each]


def rows(ids):
    """Give orders of these ids."""
    return [make_order(id=number) for number in ids]


def test_a_plan_takes_one_request_and_has_no_end(server):
    """Ranges of whole pages; the last goes on as far as the list does."""
    source = ListSource(server.url, page_size=20)
    assert source.plan(rows_per_partition=100) == [
        Partition(offset=0, rows=100),
        Partition(offset=100, rows=100),
        Partition(offset=200, rows=None),
    ]
    assert len(server.requests) == 1
    assert [each.rows for each in source.plan(rows_per_partition=101)] == [120, 120, None]
    assert source.plan() == [Partition(offset=0, rows=None)]


def test_the_partitions_are_the_list(server):
    """Every field of every order, in order, and a report as of one run."""
    source = ListSource(server.url, page_size=20)
    reads, new = read_all(source)
    assert [order.to_dict() for each in reads for order in each] == server.orders
    assert [[*each] for each in new] == [[*each] for each in reads]
    assert [len(each) for each in reads] == [100, 100, 50]
    job = JobReport.of(each.report for each in reads)
    assert (job.complete, job.drifted, job.errors, job.doubt) == (True, False, (), None)
    assert (job.paging.handed_out, job.paging.next_offset, job.ids) == (250, 250, frozenset())
    assert job.paging.pages == 14
    assert len(server.requests) == 1 + 14  # one for the plan


def test_a_read_is_a_sequence_of_what_the_pager_gives(server):
    """With its report, and without its contents when shown."""
    source = ListSource(server.url, name="north")  # a port could look like an id
    read = source.read(Partition(offset=100, rows=100))
    assert isinstance(read, PartitionRead)
    assert isinstance(read.items, ResultList)
    assert (len(read), read[0].id, isinstance(read[-1], Order)) == (100, read.ids[0], True)
    assert [order.id for order in read] == [*read.ids] == ids_of([read.items])
    assert read.items.report == read.report.paging
    assert repr(read) == "<PartitionRead: 100 items>"
    assert str(read.ids[0]) not in repr(read.report)


def test_an_empty_list_has_one_partition_and_nothing_wrong():
    """As a single run over it."""
    with FakeLiner(total=0, api_key=KEY) as server:
        reads, _ = read_all(ListSource(server.url))
    assert [len(each) for each in reads] == [0]
    assert JobReport.of(each.report for each in reads).complete


def test_a_table_has_the_columns_asked_for(server):
    """And an empty one the same types."""
    source = ListSource(server.url, page_size=50)
    reads, new = read_all(source, columns=["title", "id"])
    table = pa.concat_tables(new)
    assert table.schema == source.schema(["title", "id"]) == new[0].schema
    assert table["id"].to_pylist() == [order["id"] for order in server.orders]
    assert table["title"].to_pylist() == [order["title"] for order in server.orders]
    assert source.schema() == arrow_schema(Order)
    assert [*reads[0].ids] == reads[0].items["id"].to_pylist()


async def test_reading_works_inside_a_running_loop(server):
    """In a thread with a loop of its own, or on the running one."""
    source = ListSource(server.url)
    plan = source.plan(rows_per_partition=100)
    assert await source.aplan(rows_per_partition=100) == plan
    here, elsewhere = await source.aread(plan[1]), source.read(plan[1])
    assert here == elsewhere
    assert len(here) == 100


def test_what_travels_pickles_and_holds_no_key(server, tmp_path):
    """Sources, partitions, what was read and its report."""
    path = tmp_path / "key"
    path.write_text(f"{KEY}\n")
    for source in (ListSource(server.url), ListSource(server.url, key_file=str(path))):
        part = source.plan(rows_per_partition=100)[1]
        for each in (source, part, source.read(part)):
            assert pickle.loads(pickle.dumps(each)) == each
            assert KEY not in repr(each)
            assert KEY.encode() not in pickle.dumps(each)


def test_rows_that_come_after_the_plan_are_read():
    """The last partition has no end, so this is no drift."""
    changes = [Change(at_request=2, insert=150, position=-1)]
    with FakeLiner(total=250, api_key=KEY, changes=changes) as server:
        reads, _ = read_all(ListSource(server.url))
        assert ids_of(reads) == [order["id"] for order in server.orders]
    job = JobReport.of(each.report for each in reads)
    assert (len(ids_of(reads)), job.drifted) == (400, False)


def test_deletions_between_partitions_are_noticed(caplog):
    """The row before the second one is not the last of the first: rows are missing."""
    changes = [Change(at_request=4, delete=3)]  # after the plan and the first two pages
    with FakeLiner(orders=rows(range(1, 251)), api_key=KEY, changes=changes) as server:
        reads, new = read_all(ListSource(server.url, page_size=50))
    job = JobReport.of(each.report for each in reads)
    assert ids_of(new) == [*range(1, 101), *range(104, 251)]
    assert job.paging.drift == (
        "total 250 became 247 between partitions, before offset 100",
        "partitions do not follow on each other between partitions, before offset 100",
    )
    assert [record.name for record in caplog.records] == ["liner_async.partitions"]


def test_insertions_between_partitions_bring_no_order_twice():
    """What came again is dropped, and counted."""
    changes = [Change(at_request=4, insert=3)]
    with FakeLiner(orders=rows(range(1, 251)), api_key=KEY, changes=changes) as server:
        reads, new = read_all(ListSource(server.url, page_size=50))
    job = JobReport.of(each.report for each in reads)
    assert ids_of(new) == [*range(1, 251)]
    assert isinstance(new[1], ResultList)
    assert (job.paging.duplicates, job.paging.handed_out) == (3, 250)
    assert job.doubt == "250 rows read, 253 announced"
    assert len(job.paging.drift) == 3


def test_a_table_drops_the_rows_that_came_again():
    """As a result does."""
    changes = [Change(at_request=4, insert=3)]
    with FakeLiner(orders=rows(range(1, 251)), api_key=KEY, changes=changes) as server:
        columns = ["custom_values", "id", "call_schedule"]
        _, new = read_all(ListSource(server.url, page_size=50), columns=columns)
    assert pa.concat_tables(new)["id"].to_pylist() == [*range(1, 251)]
    assert new[1].schema == new[0].schema


def test_a_shift_by_more_than_a_partition_brings_no_order_twice():
    """Each is compared with all before it, not with its neighbour alone."""
    changes = [Change(at_request=4, insert=230)]
    with FakeLiner(orders=rows(range(1, 401)), api_key=KEY, changes=changes) as server:
        reads, new = read_all(ListSource(server.url, page_size=50))
    assert len(set(ids_of(reads))) < len(ids_of(reads))
    assert sorted(ids_of(new)) == sorted(set(ids_of(reads)))
    assert JobReport.of(each.report for each in reads).drifted


def test_partitions_read_in_another_order_are_compared_all_the_same():
    """An insertion after the later one was read hides a row from both."""
    changes = [Change(at_request=7, insert=1)]  # before the first partition, which is read last
    with FakeLiner(orders=rows(range(1, 251)), api_key=KEY, changes=changes) as server:
        source = ListSource(server.url, page_size=50, concurrency=1)
        reads, new = read_all(source, order=[2, 1, 0])
    missing = {*range(1, 251)} - {*ids_of(new)}
    assert missing == {100}
    assert "do not follow" in JobReport.of(each.report for each in reads).doubt


@pytest.mark.parametrize("change", [{"delete": 1}, {"insert": 1}])
def test_strict_raises_for_what_may_be_missing(change):
    """Also where only the count tells, as with an insertion."""
    changes = [Change(at_request=5, **change)]
    with FakeLiner(total=250, api_key=KEY, changes=changes) as server:
        source = ListSource(server.url, page_size=50, consistency="strict")
        reads, _ = read_all(source)
    reports = [each.report for each in reads]
    with pytest.raises(PagingDriftError, match="items may be missing"):
        JobReport.of(reports)
    job = JobReport.of(reports, on_error="report")
    assert [type(error) for error in job.errors] == [PagingDriftError]
    assert not job.complete


@pytest.mark.parametrize("change", [{"delete": 1}, {"insert": 1}])
def test_neighbours_are_compared_without_the_whole_list(change):
    """`check_follows` says with "strict" what a seam alone shows, and with others nothing."""
    for consistency, errors in (("strict", 1), ("detect", 0)):
        changes = [Change(at_request=5, **change)]
        with FakeLiner(total=250, api_key=KEY, changes=changes) as server:
            reads, _ = read_all(ListSource(server.url, page_size=50, consistency=consistency))
        found = 0
        for previous, read in pairwise(reads):
            try:
                read.report.check_follows(previous.report)
            except PagingDriftError:
                found += 1
        assert found == errors


def test_strict_is_content_with_a_list_that_stands_still(server):
    """It reads pages that overlap within the partitions too."""
    reads, _ = read_all(ListSource(server.url, page_size=20, consistency="strict"))
    assert ids_of(reads) == [order["id"] for order in server.orders]
    assert JobReport.of(each.report for each in reads).complete


def test_a_list_that_ends_before_its_last_partitions_leaves_them_empty():
    """No row was to be read there, so none is missing but those that were deleted."""
    changes = [Change(at_request=2, delete=180, position=-1)]
    with FakeLiner(total=350, api_key=KEY, changes=changes) as server:
        reads, _ = read_all(ListSource(server.url))
    job = JobReport.of(each.report for each in reads)
    assert [len(each) for each in reads] == [100, 70, 0, 0]
    assert (job.drifted, job.paging.last_total) == (False, 170)


def test_without_checks_nothing_is_read_twice_or_kept(server):
    """`consistency="off"` costs not a single request."""
    reads, new = read_all(ListSource(server.url, consistency="off"))
    assert ids_of(new) == [order["id"] for order in server.orders]
    assert {each.report.ids for each in reads} == {frozenset()}
    assert len(server.requests) == 1 + 3
    assert not JobReport.of(each.report for each in reads).drifted


@pytest.mark.parametrize("wrong", [{"title": 7}, {"id": MISSING}])
def test_rows_left_out_are_left_out_of_their_own_partition(wrong):
    """The next rows do not move up; a bad row at a seam is no drift where its id can be read."""
    orders = rows(range(1, 251))
    bad = [7, 150] if "id" in wrong else [7, 99, 150, 199, 200]
    for place in bad:
        orders[place] = {**orders[place], **wrong}
        if "id" in wrong:
            del orders[place]["id"]
    with FakeLiner(orders=orders, api_key=KEY) as server:
        reads, new = read_all(ListSource(server.url, on_invalid="skip", page_size=50))
    job = JobReport.of(each.report for each in reads)
    expected = [number + 1 for number in range(250) if number not in bad]
    assert ids_of(reads) == ids_of(new) == expected
    assert [each.offset + each.index for each in job.paging.skipped] == bad
    assert (job.drifted, job.paging.duplicates) == (False, 0)


@pytest.mark.parametrize("columns", [None, ["id"]])
def test_an_error_is_raised_or_reported(columns):
    """Reported, it is no drift, and the rows of the other partitions are there."""
    with FakeLiner(total=250, api_key=KEY, faults={99: Fault.status(403)}) as server:
        source = ListSource(server.url)
        plan = source.plan(rows_per_partition=100)
        with pytest.raises(AuthError):
            source.read(plan[1])
        reads = [source.read(part, columns=columns, on_error="report") for part in plan]
    job = JobReport.of(each.report for each in reads)
    assert [len(each) for each in reads] == [100, 0, 50]
    assert len(reads[1].items) == 0
    assert [type(error) for error in job.errors] == [AuthError]
    assert (job.complete, job.drifted, job.paging.next_offset) == (False, False, 100)
    if columns is not None:
        assert reads[1].items.schema == reads[0].items.schema


def test_a_list_that_cannot_be_read_at_all_has_a_report():
    """Nothing of it is known but why."""
    with FakeLiner(api_key="another") as server:
        read = ListSource(server.url).read(Partition(offset=0, rows=None), on_error="report")
    job = JobReport.of([read.report])
    assert (job.complete, job.paging.handed_out, job.errors[0].status) == (False, 0, 401)


@pytest.mark.parametrize("content", [None, b"\xff", b"\n", b"another"])
def test_a_key_that_is_not_there_is_an_error_without_it(server, tmp_path, monkeypatch, content):
    """The variable or the file is named."""
    monkeypatch.delenv("LINER_API_KEY")
    source = ListSource(server.url, key_file=str(tmp_path / "key"))
    with pytest.raises(ConfigError, match="no key: the variable LINER_API_KEY is missing or empty"):
        ListSource(server.url).plan()
    if content is not None:
        (tmp_path / "key").write_bytes(content)
    with pytest.raises(LinerError) as caught:
        source.plan()
    assert isinstance(caught.value, AuthError if content == b"another" else ConfigError)
    assert (caught.value.__cause__, "xff" in str(caught.value)) == (None, False)


def test_empty_variables_count_as_missing(server, monkeypatch):
    """As for a client."""
    monkeypatch.setenv("NORTH_KEY", "")
    with pytest.raises(ConfigError, match="no key: the variable NORTH_KEY is missing or empty"):
        ListSource(server.url, key_variable="NORTH_KEY").plan()
    monkeypatch.setenv("LINER_HOST", "")
    with pytest.raises(ConfigError, match=r"no host: .* the variable LINER_HOST"):
        ListSource()


def test_a_key_in_place_of_its_name_is_refused_and_not_repeated():
    """It would travel with the source."""
    with pytest.raises(ConfigError, match="the name of a variable") as caught:
        ListSource("https://liner.example", key_variable=KEY)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"rate": 0}, "rate must be"),
        ({"rate": float("inf")}, "rate must be"),
        ({"rate": "1"}, "rate must be"),
        ({"page_size": 101}, "page_size must be"),
        ({"concurrency": 0}, "concurrency must be"),
        ({"consistency": "loose"}, "consistency must be"),
        ({"resource": "aclose"}, "no list called 'aclose'"),
        ({"resource": "lead"}, "no list called 'lead'"),
        ({"resource": "custom_fields"}, "custom_fields come in one piece"),
        ({"host": "http://liner.example"}, "http"),
    ],
)
def test_wrong_arguments_are_refused_at_once(wrong, told):
    """Where the source is made, not in a worker."""
    with pytest.raises(ConfigError, match=told):
        ListSource(**{"host": "https://liner.example", **wrong})


@pytest.mark.parametrize("number", [0, -1, 1.5, True, None])
def test_numbers_of_workers_and_rows_are_checked(number):
    """They are integers of at least 1."""
    source = ListSource("https://liner.example")
    with pytest.raises(ConfigError, match="workers must be"):
        source.share(number)
    with pytest.raises(ConfigError, match="rows_per_partition must be"):
        source.plan(rows_per_partition=number)


def test_the_host_is_taken_where_the_source_is_made(monkeypatch):
    """Workers need not know it."""
    monkeypatch.setenv("LINER_HOST", "https://liner.example")
    source = ListSource()
    assert (source.host, source.name) == (
        "https://liner.example",
        "https://liner.example LINER_API_KEY",
    )
    assert ListSource(key_file="/run/key").name == "https://liner.example /run/key"
    monkeypatch.delenv("LINER_HOST")
    with pytest.raises(ConfigError, match="LINER_HOST"):
        ListSource()


def test_the_rate_is_split():
    """No rate stays none."""
    source = ListSource("https://liner.example", rate=100)
    assert (source.share(4).rate, source.share(4).host) == (25, source.host)
    assert ListSource("https://liner.example").share(4).rate is None


def test_the_rate_holds_over_threads_and_loops():
    """Readings that know nothing of each other send evenly spaced requests, with no burst."""
    with FakeLiner(total=400, api_key=KEY) as server:
        source = ListSource(server.url, rate=50)
        plan = source.plan(rows_per_partition=100)
        threads = [threading.Thread(target=source.read, args=[part]) for part in plan]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        at = [request.at for request in server.requests]
    assert len(at) == 1 + 4 + 3
    assert at[-1] - at[0] >= (len(at) - 1) / 50 - 0.02  # by which a request may be late


def test_accounts_do_not_share_a_rate():
    """A host has a limit for each key."""
    with FakeLiner(total=100, api_key=KEY) as one, FakeLiner(total=100, api_key=KEY) as two:
        for server in (one, two):
            source = ListSource(server.url, rate=0.001)
            assert len(source.read(Partition(offset=0, rows=100))) == 100
