"""Part D of the failure catalogue: lists that move, and servers that page in their own way."""

from __future__ import annotations

import itertools

import pytest

from liner_async import LinerError, PagingError, StatusError
from liner_async.testing import Change, FakeLiner, Fault, fake_orders
from tests.support.reading import client, failure, ids_of, read_all

pytestmark = [pytest.mark.unmeasured, pytest.mark.usefixtures("each_concurrency")]


async def read(server, **options):
    """Read the whole list; give the result and its report."""
    async with client(server) as liner:
        result = await liner.orders.list(**options)
    ids = [order.id for order in result]
    assert len(ids) == len(set(ids))
    return ids, result.report


@pytest.mark.parametrize("limit", [1, 37, 50, 99])
async def test_45_a_limit_that_the_server_lowers_sets_the_step(limit):
    """Every order arrives, in ceil(total / limit) requests."""
    with FakeLiner(total=230, max_limit=limit) as server:
        ids, report = await read(server)
        assert ids == ids_of(server)
        assert len(server.requests) == -(-230 // limit)
    assert not report.drifted


async def test_46_pages_longer_than_asked_for_count_by_their_length():
    """A server that ignores `limit` and sends 250 rows: no order twice, none lost."""
    with FakeLiner(total=1130, ignore_limit=True, default_limit=250) as server:
        ids, report = await read(server)
        assert ids == ids_of(server)
        assert len(server.requests) == 5
    assert not report.drifted


async def test_46_one_longer_page_in_the_middle_brings_nothing_twice():
    """Its surplus comes again with the next page and is dropped."""
    with FakeLiner(total=500, faults={100: Fault.long(30)}) as server:
        ids, report = await read(server)
        assert ids == ids_of(server)
    assert report.duplicates == 30


@pytest.mark.parametrize("concurrency", [1, 8])
async def test_47_a_middle_page_that_is_short_leaves_no_hole(concurrency):
    """The missing row is asked for by itself and takes its place in the order."""
    with FakeLiner(total=500, faults={200: Fault.short(1)}) as server:
        ids, report = await read(server, concurrency=concurrency)
        assert ids == ids_of(server)
        assert [request.limit for request in server.requests_at(299)] == [1]
    assert report.holes_filled == 1
    assert not report.drifted


async def test_47_a_hole_that_stays_empty_is_an_error():
    """Rows follow, so it is not the end; what came before was handed out."""
    faults = {200: Fault.short(1), 299: Fault.empty()}
    with FakeLiner(total=500, faults=faults) as server:
        read_before = []
        async with client(server) as liner:
            with pytest.raises(PagingError) as caught:
                async for order in liner.orders.list():
                    read_before.append(order.id)
        assert read_before == ids_of(server)[:299]
    assert caught.value.offset == 299


async def test_48_rows_deleted_before_the_cursor_are_noticed():
    """A smaller total gives it away."""
    with FakeLiner(total=1000, changes=[Change(at_request=4, delete=3)]) as server:
        _, report = await read(server, concurrency=1)
    assert report.drifted
    assert report.first_total == 1000
    assert report.last_total == 997


async def test_49_rows_inserted_at_the_head_bring_no_order_twice(caplog):
    """The orders that come again are dropped, the new tail is read, one warning is given."""
    with FakeLiner(total=1000, changes=[Change(at_request=4, insert=5)]) as server:
        before = ids_of(server)
        ids, report = await read(server, concurrency=1)
        assert set(before) <= set(ids)
    assert report.duplicates == 5
    assert report.drifted
    assert caplog.text.count("the list moved") == 1


async def test_50_a_list_that_grows_at_the_tail_is_read_to_its_new_end():
    """The latest total counts."""
    with FakeLiner(total=300, changes=[Change(at_request=2, insert=150, position=300)]) as server:
        ids, report = await read(server, concurrency=1)
        assert ids == ids_of(server)
    assert len(ids) == 450
    assert report.drifted


async def test_50_a_list_that_shrinks_ends_at_its_new_end():
    """No request is sent far beyond it, and none fails."""
    with FakeLiner(total=2000, changes=[Change(at_request=3, delete=1500, position=500)]) as server:
        ids, report = await read(server, concurrency=2)
        assert ids[:200] == ids_of(server)[:200]
        assert len(server.requests) <= 10
    assert report.drifted


async def test_51_a_deletion_and_an_insertion_that_hide_each_other_are_noticed():
    """The total never changes; an order that comes twice, or the count, tells."""
    changes = [Change(at_request=4, insert=1), Change(at_request=4, delete=1, position=800)]
    with FakeLiner(total=1000, changes=changes) as server:
        _, report = await read(server, concurrency=1)
    assert report.first_total == report.last_total
    assert report.drifted


async def test_52_an_unstable_order_is_noticed():
    """Orders that come twice tell that others are missing."""
    with FakeLiner(total=500, unstable_order=True) as server:
        _, report = await read(server)
    assert report.duplicates > 0
    assert report.drifted


@pytest.mark.parametrize("consistency", ["detect", "off"])
async def test_53_a_server_that_ignores_the_offset_is_an_error_in_a_few_requests(consistency):
    """The first page comes again: nothing is handed out twice, and nobody reads for ever."""
    with FakeLiner(total=100, ignore_offset=True, total_override=100_000) as server:
        handed_out = []
        async with client(server) as liner:
            with pytest.raises(PagingError):
                async for order in liner.orders.list(consistency=consistency):
                    handed_out.append(order.id)
        assert handed_out == ids_of(server)
        assert len(server.requests) <= 1 + 16


async def test_53_a_server_that_ignores_the_offset_and_shuffles_is_an_error_too():
    """Page after page without anything new."""
    orders, starts = fake_orders(160), itertools.cycle(range(3))

    def shuffled(_):
        start = next(starts)
        return orders[start : start + 150]

    faults = {"any": Fault.rows(shuffled)}
    with FakeLiner(orders=orders, total_override=100_000, faults=faults) as server:
        assert isinstance(await failure(server), PagingError)
        assert len(server.requests) <= 100


async def test_54_total_zero_is_an_empty_list():
    """One request, no order, no drift."""
    with FakeLiner(total=0) as server:
        ids, report = await read(server)
        assert len(server.requests) == 1
    assert ids == []
    assert not report.drifted


@pytest.mark.parametrize("claimed", [0, 1, 99, 120])
async def test_54_rows_beyond_a_total_are_handed_out_and_noticed(claimed):
    """250 rows and a total that is too small."""
    with FakeLiner(total=250, total_override=claimed) as server:
        ids, report = await read(server)
        assert ids == ids_of(server)
    assert report.drifted


@pytest.mark.parametrize(
    ("total", "page_size", "requests"),
    [(300, 100, 3), (1, 100, 1), (5, 1, 5), (100, 100, 1), (101, 100, 2), (12, 5, 3)],
)
async def test_55_exactly_as_many_requests_as_pages(total, page_size, requests):
    """No request for an empty page after a full last one."""
    with FakeLiner(total=total) as server:
        ids, report = await read(server, page_size=page_size)
        assert ids == ids_of(server)
        assert len(server.requests) == requests
    assert report.pages == requests


@pytest.mark.parametrize("status", [400, 422])
async def test_56_an_offset_that_is_refused_hands_out_what_was_read_first(status):
    """The error says where to go on."""
    faults = {offset: Fault.status(status) for offset in range(1000, 2000, 100)}
    with FakeLiner(total=2000, faults=faults) as server:
        handed_out = []
        async with client(server) as liner:
            with pytest.raises(StatusError) as caught:
                async for order in liner.orders.list():
                    handed_out.append(order.id)
        assert handed_out == ids_of(server)[:1000]
    assert caught.value.offset == 1000
    assert isinstance(caught.value, LinerError)


async def test_56_the_offset_of_an_error_is_where_a_second_run_goes_on():
    """Together the two runs read the whole list."""
    with FakeLiner(total=800, faults={300: [Fault.status(400)]}) as server:
        async with client(server) as liner:
            first = []
            with pytest.raises(StatusError) as caught:
                async for order in liner.orders.list():
                    first.append(order.id)
            rest = await liner.orders.list(offset=caught.value.offset)
        assert first + [order.id for order in rest] == ids_of(server)


async def test_the_last_page_after_max_items_is_cut_to_size():
    """250 orders in pages of 100: 100, 100, 50, and no request beyond."""
    with FakeLiner(total=1000) as server:
        assert len(await read_all(server)) == 1000
        server.reset_stats()
        ids, _ = await read(server, max_items=250)
        assert ids == ids_of(server)[:250]
        assert sorted((r.offset, r.limit) for r in server.requests) == [
            (0, 100),
            (100, 100),
            (200, 50),
        ]
        server.reset_stats()
        await read(server, max_items=10)
        assert [(r.offset, r.limit) for r in server.requests] == [(0, 10)]
