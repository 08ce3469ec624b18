"""The rows of a list as record batches: their size, their end, and what is left after an error."""

from __future__ import annotations

import asyncio
import sys

import pyarrow as pa
import pytest
from attrs import frozen

from liner_async import (
    ClientClosedError,
    ConfigError,
    DecodeError,
    LinerClient,
    Order,
    PagingDriftError,
    PagingError,
    RetryPolicy,
    ServerError,
    arrow_schema,
)
from liner_async.testing import Change, FakeLiner, Fault, fake_orders, make_order
from tests.support.vendor_rows import table_row

TOO_LARGE = 2**63


def ids_of(batch):
    """Give the ids in a batch."""
    return batch["id"].to_pylist()


@frozen
class Ended:
    """The batches before an error, and the error."""

    batches: list
    error: Exception


async def until_error(batches):
    """Take batches until one cannot be had."""
    taken = []
    try:
        async for batch in batches:
            taken.append(batch)
    except Exception as error:  # noqa: BLE001 - whatever it is, the test looks at it
        return Ended(taken, error)
    raise AssertionError("there was no error")


@pytest.mark.parametrize(
    ("rows_per_batch", "sizes"),
    [(1, [100, 100, 50]), (100, [100, 100, 50]), (101, [200, 50]), (250, [250]), (9_999, [250])],
)
async def test_a_batch_ends_with_the_page_that_fills_it(liner, server, rows_per_batch, sizes):
    """Every order comes once and in order, and every batch has the one schema."""
    batches = [
        batch async for batch in liner.orders.list().arrow_batches(rows_per_batch=rows_per_batch)
    ]
    assert [batch.num_rows for batch in batches] == sizes
    assert {batch.schema == arrow_schema(Order) for batch in batches} == {True}
    rows = pa.Table.from_batches(batches).to_pylist()
    assert rows == [table_row(wire) for wire in server.orders]


async def test_the_schema_is_known_before_the_first_request(liner, server):
    """A writer can be opened, and an empty list has columns too."""
    async with liner.orders.list().arrow_batches(columns=["title", "id"]) as batches:
        assert batches.schema == arrow_schema(Order, columns=["title", "id"])
        assert server.requests == []
        assert (await anext(batches)).schema == batches.schema


async def test_an_empty_list_gives_no_batch():
    """Nor does one whose orders were all left out."""
    for rows in ([], [make_order(title=0)]):
        async with FakeLiner(orders=rows) as server:
            async with LinerClient(server.url, server.api_key) as liner:
                pager = liner.orders.list(on_invalid="skip")
                assert [batch async for batch in pager.arrow_batches()] == []
                assert len(pager.report.skipped) == len(rows)


@pytest.mark.parametrize("wrong", [0, -1, True, 1.5, "9"])
async def test_wrong_arguments_are_refused_at_once(liner, server, wrong):
    """Before any request."""
    with pytest.raises(ConfigError, match="rows_per_batch must be an integer of at least 1"):
        liner.orders.list().arrow_batches(rows_per_batch=wrong)
    with pytest.raises(ConfigError, match="no such column: 'x'"):
        liner.orders.list().arrow_batches(columns=["x"])
    assert server.requests == []


async def test_a_missing_pyarrow_is_told_at_once(liner, server, monkeypatch):
    """Not after a thousand pages."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ModuleNotFoundError, match=r'needs the extra "arrow"'):
        liner.orders.list().arrow_batches()
    assert server.requests == []


async def test_a_later_run_goes_on_after_the_latest_batch(liner, server):
    """What was collected and not handed out is read again."""
    async with liner.orders.list(page_size=20).arrow_batches(rows_per_batch=60) as batches:
        assert batches.resume_point is None
        first = await anext(batches)
        assert batches.resume_point.next_offset == 60
    rest = liner.orders.list(resume=batches.resume_point).arrow_batches()
    ids = ids_of(first) + [number async for batch in rest for number in ids_of(batch)]
    assert ids == [wire["id"] for wire in server.orders]


async def test_an_error_comes_after_what_was_read_and_comes_again():
    """No row that arrived is dropped, and `offset` is the first that did not."""
    async with FakeLiner(total=250, faults={200: Fault.status(500)}) as server:
        async with LinerClient(server.url, server.api_key, retry=RetryPolicy.never()) as liner:
            batches = liner.orders.list().arrow_batches()
            ended = await until_error(batches)
            assert [batch.num_rows for batch in ended.batches] == [200]
            assert isinstance(ended.error, ServerError)
            assert ended.error.offset == 200
            assert batches.resume_point.next_offset == ended.error.resume_point.next_offset == 200
            with pytest.raises(ServerError) as again:
                await anext(batches)
            assert again.value is ended.error


@pytest.mark.parametrize("rows_per_batch", [1, 10_000])
async def test_a_value_that_no_column_holds_ends_the_run(rows_per_batch):
    """The pages before it are handed out; none after it, and no request stays under way."""
    rows = fake_orders(1_000)
    rows[250]["leadsPriority"] = TOO_LARGE
    with FakeLiner(orders=rows, faults={300: [Fault.stall(600)]}) as server:
        async with LinerClient(server.url, server.api_key) as liner:
            before = asyncio.all_tasks()
            batches = liner.orders.list().arrow_batches(rows_per_batch=rows_per_batch)
            ended = await until_error(batches)
            assert asyncio.all_tasks() == before
            assert sum(batch.num_rows for batch in ended.batches) == 200
            error = ended.error
            assert isinstance(error, DecodeError)
            assert (error.offset, error.index, error.item_id) == (200, 50, rows[250]["id"])
            assert error.resume_point.next_offset == 200
            assert str(TOO_LARGE) not in str(error)
            with pytest.raises(DecodeError) as again:
                await anext(batches)
            assert again.value is error
            others = liner.orders.list(resume=error.resume_point).arrow_batches(columns=["id"])
            assert [batch.num_rows async for batch in others] == [800]


async def test_a_value_of_the_first_page_that_no_column_holds_leads_back_to_the_start():
    """Nothing was handed out."""
    async with FakeLiner(orders=[make_order(leadsPriority=TOO_LARGE)]) as server:
        async with LinerClient(server.url, server.api_key) as liner:
            ended = await until_error(liner.orders.list().arrow_batches())
    assert (ended.batches, ended.error.offset, ended.error.resume_point) == ([], 0, None)


async def test_a_list_that_may_lack_orders_ends_with_an_error_after_its_rows():
    """As with pages, `strict` raises when everything read has been handed out."""
    changes = [Change(at_request=4, delete=3)]
    async with FakeLiner(total=1_000, changes=changes) as server:
        async with LinerClient(server.url, server.api_key) as liner:
            ended = await until_error(liner.orders.list(consistency="strict").arrow_batches())
    assert isinstance(ended.error, PagingDriftError)
    assert [batch.num_rows for batch in ended.batches] == [1_000]


@pytest.mark.parametrize("pages", [0, 1, 12, 24])
async def test_a_cancelled_step_can_be_taken_again(pages):
    """The rows it had collected are not lost, however far it had come."""
    faults = {pages * 10: [Fault.stall(0.2)]}
    async with (
        FakeLiner(total=250, faults=faults) as server,
        LinerClient(server.url, server.api_key) as liner,
    ):
        pager = liner.orders.list(page_size=10)
        batches = pager.arrow_batches()
        step = asyncio.ensure_future(anext(batches))
        while pager.report.pages < pages or not server.requests_at(pages * 10):
            await asyncio.sleep(0)
        step.cancel()
        with pytest.raises(asyncio.CancelledError):
            await step
        assert ids_of(await anext(batches)) == [wire["id"] for wire in server.orders]


async def test_two_tasks_that_step_one_iterator_share_no_row(liner):
    """The second is refused, and the first gets everything."""
    async with liner.orders.list().arrow_batches() as batches:
        first = asyncio.ensure_future(anext(batches))
        await asyncio.sleep(0)
        with pytest.raises(PagingError, match="two tasks step one iterator"):
            await anext(batches)
        assert (await first).num_rows == 250


async def test_closing_drops_what_was_collected_and_ends_the_run(liner):
    """A step after it raises, and is not mistaken for the end."""
    batches = liner.orders.list(page_size=10).arrow_batches(rows_per_batch=20)
    assert (await anext(batches)).num_rows == 20
    step = asyncio.ensure_future(anext(batches))
    await asyncio.sleep(0)
    step.cancel()
    with pytest.raises(asyncio.CancelledError):
        await step
    await batches.aclose()
    await batches.aclose()
    with pytest.raises(ClientClosedError):
        await anext(batches)


async def test_leaving_the_loop_leaves_nothing_behind(server):
    """`break` drops the iterator; its requests end with it."""
    async with LinerClient(server.url, server.api_key) as liner:
        async for batch in liner.orders.list(page_size=1).arrow_batches(rows_per_batch=1):
            assert batch.num_rows == 1
            break


async def test_memory_stays_flat_however_long_the_list_is():
    """Arrow never holds more than the batch in hand and the pages of the next one."""
    held, largest = [], 0
    async with FakeLiner(total=6_000) as server:
        async with LinerClient(server.url, server.api_key) as liner:
            before = pa.total_allocated_bytes()
            pager = liner.orders.list(consistency="off")
            async for batch in pager.arrow_batches(rows_per_batch=300):
                held.append(pa.total_allocated_bytes() - before)
                largest = max(largest, batch.nbytes)
    assert len(held) == 20
    assert max(held) < 4 * largest
