"""Lists in windows and chunks: several at a time, in order, each row once, whatever the server."""

from __future__ import annotations

import asyncio
import itertools
import logging
import random
from contextlib import suppress
from datetime import timedelta

import attrs
import pytest

from liner_async import (
    ClientClosedError,
    ConfigError,
    PagingDriftError,
    PagingError,
    ResumePoint,
)
from tests.support.dated_list import START, Dated, DatedList, office_hours, rows_at, spread

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
QUARTER = timedelta(milliseconds=250)


def ids_of(items):
    """Return the ids of rows."""
    return [item.id for item in items]


def expected(server, start, end):
    """Return the ids that a list of a period is to hand out, sorted."""
    rows = server.rows
    return sorted(row.id for row in rows if row.created_at is None or start <= row.created_at < end)


def bursts(count, hours):
    """Return rows in bursts around full hours, and a few everywhere."""
    edges = itertools.cycle(START + HOUR * hour for hour in range(1, hours))
    return [
        next(edges) + QUARTER * (number % 9 - 4)
        if number % 4
        else START + HOUR * hours * number / count
        for number in range(count)
    ]


@pytest.mark.unmeasured
@pytest.mark.parametrize("sort", ["asc", "desc", "id"])
@pytest.mark.parametrize("precision", ["exact", "second"])
@pytest.mark.parametrize("end_inclusive", [True, False])
@pytest.mark.parametrize("start_inclusive", [True, False])
@pytest.mark.parametrize("shape", [spread(500, over=12 * HOUR), rows_at(bursts(500, 12))])
async def test_every_row_of_the_period_comes_once(
    shape, start_inclusive, end_inclusive, precision, sort
):
    """Whatever the server's ends, precision and order: its first moment included, its last not."""
    server = DatedList(
        shape,
        start_inclusive=start_inclusive,
        end_inclusive=end_inclusive,
        precision=precision,
        sort=sort,
    )
    start, end = START + HOUR, START + 11 * HOUR
    items = await server.pager(
        start, end, window=HOUR, window_rows=40, page_size=20, consistency="strict"
    )
    assert sorted(ids_of(items)) == expected(server, start, end)
    report = items.report
    assert (report.complete, report.drift, items.total) == (True, (), len(items))
    assert server.peak_in_flight == 8


async def test_windows_come_oldest_first_and_in_the_server_s_order():
    """Though several are read at a time."""
    server = DatedList(spread(3_000, over=30 * DAY), sort="desc")
    items = await server.pager(START, START + 30 * DAY, window=10 * DAY, page_size=100)
    starts = [
        index
        for index, (before, after) in enumerate(itertools.pairwise(items), start=1)
        if after.created_at > before.created_at
    ]
    assert len(starts) == items.report.windows - 1 == 3
    assert sorted(ids_of(items)) == sorted(ids_of(server.rows))


async def test_chunks_of_ids_come_one_after_the_other():
    """Rows of other owners are not among them; each chunk has its own windows."""
    rows = [attrs.evolve(row, owner=row.id % 350) for row in spread(2_000, over=40 * DAY)]
    server = DatedList(rows)
    wanted = [*range(250, 0, -1), 5]
    items = await server.pager(START, START + 40 * DAY, ids=wanted)
    assert sorted(ids_of(items)) == sorted(row.id for row in rows if 0 < row.owner <= 250)
    assert items.report.windows == 3 * 2
    chunks = [(250 - item.owner) // 100 for item in items]
    assert chunks == sorted(chunks)


@pytest.mark.unmeasured
async def test_a_year_takes_few_requests_and_no_deep_offset():
    """Windows that have too many rows are cut; the limits hold at any moment."""
    server = DatedList(office_hours(60_000, days=365))
    pager = server.pager(window_rows=1_000, consistency="off")
    count = 0
    async for page in pager.pages():
        count += len(page)
    assert count == 60_000
    assert server.deepest <= 1_000 + 100
    assert server.requests <= 1.2 * 600
    assert server.peak_in_flight == 8


@pytest.mark.unmeasured
async def test_a_slow_consumer_stops_the_reading():
    """Pages that were asked for and not handed out never exceed the look-ahead, over all cells."""
    server = DatedList(spread(4_000, over=31 * DAY))
    pager = server.pager(START, START + 31 * DAY, window=DAY, page_size=10, lookahead=12)
    taken = 0
    async with pager.pages() as pages:
        async for _ in pages:
            for _ in range(20):
                await asyncio.sleep(0)
            taken += 1
            assert server.requests <= taken + 12 + pager.report.windows
    assert ids_of(await pager) == ids_of(sorted(server.rows, key=lambda row: row.created_at))


class Gate:
    """Holds back the answers about a period until it is opened."""

    def __init__(self, server, is_held):
        self.opened = asyncio.Event()
        self._fetch, self._is_held = server.fetch, is_held

    def fetch(self, ids, period):
        """Start requests whose answers wait at the gate."""
        start = self._fetch(ids, period)

        def held(offset, limit):
            task = start(offset, limit)
            if not self._is_held(period, offset):
                return task
            return asyncio.get_running_loop().create_task(self._wait(task))

        return held

    async def _wait(self, task):
        await self.opened.wait()
        return await task


def gated(server, is_held):
    """Put a gate in front of a server."""
    gate = Gate(server, is_held)
    server.fetch = gate.fetch  # type: ignore[method-assign]  # this server alone
    return gate


@attrs.define(slots=False)
class GatedList(DatedList):
    """A server whose `fetch` can be replaced."""


async def test_a_straggling_cell_does_not_stop_the_others_at_once():
    """They are read as far as the look-ahead goes, and then wait."""
    server = GatedList(spread(2_000, over=20 * DAY))
    gate = gated(server, lambda period, offset: period.start < START and offset == 0)
    pager = server.pager(START, START + 20 * DAY, window=DAY, page_size=50, lookahead=10)
    async with pager.pages() as pages:
        step = asyncio.ensure_future(anext(pages))
        for _ in range(300):
            await asyncio.sleep(0)
        assert (step.done(), server.requests) == (False, 1 + 5)
        gate.opened.set()
        items = list(await step)
        async for page in pages:
            items += page
    assert sorted(ids_of(items)) == sorted(ids_of(server.rows))


@pytest.mark.parametrize("lookahead", [1, 2, 3, None])
@pytest.mark.parametrize("concurrency", [1, 2, 8])
@pytest.mark.parametrize("ordered", [True, False])
async def test_any_limits_read_the_whole_list(ordered, concurrency, lookahead):
    """No cell waits for ever for another's place."""
    server = DatedList(spread(900, over=9 * DAY))
    items = await server.pager(
        START,
        START + 9 * DAY,
        window=2 * DAY,
        window_rows=100,
        page_size=30,
        lookahead=lookahead,
        concurrency=concurrency,
        ordered=ordered,
    )
    assert sorted(ids_of(items)) == sorted(ids_of(server.rows))
    assert items.report.complete
    assert server.peak_in_flight <= concurrency


@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("most", [1, 10, 99, 100, 101, 640])
async def test_no_more_items_come_than_are_wanted(most, ordered):
    """And no more windows are asked for than may be needed."""
    server = DatedList(spread(1_000, over=30 * DAY))
    items = await server.pager(
        START, START + 30 * DAY, window=3 * DAY, max_items=most, ordered=ordered
    )
    assert len(set(ids_of(items))) == most
    assert server.requests <= most // 100 + 4
    assert items.report.ended
    if most == 10:
        assert [limit for *_, limit in server.asked] == [10]


async def test_the_first_item_takes_one_small_request():
    """As with any list."""
    server = DatedList(spread(1_000, over=30 * DAY))
    first = await server.pager(START, START + 30 * DAY).first()
    assert first == min(server.rows, key=lambda row: row.created_at)
    assert [limit for *_, limit in server.asked] == [1]


async def test_the_count_is_one_request_a_chunk_without_windows():
    """For the very period, by the server's word."""
    server = DatedList(spread(1_000, over=300 * DAY))
    pager = server.pager(START, START + 300 * DAY)
    assert await pager.count() == 1_000
    [(period, offset, limit)] = server.asked
    assert (period.start, period.end, offset, limit) == (START, START + 300 * DAY, 0, 1)


async def test_without_an_end_the_list_ends_when_the_run_starts():
    """Rows of the running second come with the next run."""
    now = START + 2 * DAY
    server = DatedList(rows_at([START, now - SECOND, now + QUARTER, now + SECOND]))
    items = await server.pager(START, now=now + 2 * QUARTER)
    assert ids_of(items) == [1, 2]
    assert await server.pager(now, now=now + QUARTER) == []


async def test_rows_without_a_time_come_once():
    """Every window brings them."""
    rows = [*spread(200, over=20 * DAY), Dated(1_000, None), Dated(1_001, None)]
    server = DatedList(rows)
    items = await server.pager(START, START + 20 * DAY, window=DAY)
    assert sorted(ids_of(items)) == sorted(ids_of(rows))
    assert items.report.complete


async def test_a_row_that_moves_to_the_next_window_comes_once():
    """Its time was changed while the list was read: that is told."""
    server = DatedList(spread(100, over=2 * DAY))
    first = min(server.rows, key=lambda row: row.created_at)

    def move(server):
        if server.requests == 1:
            return
        server.rows = [
            attrs.evolve(row, created_at=START + 20 * HOUR) if row.id == first.id else row
            for row in server.rows
        ]

    server.before_answer = move
    items = await server.pager(START, START + 2 * DAY, window=DAY, concurrency=1)
    assert sorted(ids_of(items)) == sorted(ids_of(server.rows))
    assert (items.report.duplicates, items.report.complete) == (1, False)


async def test_progress_and_reports_sum_up_the_windows():
    """Totals are those known so far; rows of the margins are not among them."""
    server = DatedList(rows_at([START + HOUR * number for number in range(240)]))
    seen = []
    window = DAY + 2 * SECOND
    pager = server.pager(
        START, START + 10 * DAY, window=window, page_size=10, on_progress=seen.append
    )
    async for _ in pager:
        pass
    report = pager.report
    assert (report.handed_out, report.first_total, report.last_total) == (240, 240, 240)
    assert (report.windows, report.pages, report.next_offset) == (10, 30, 0)
    assert report.trimmed == 9
    assert [each.done for each in seen] == sorted({each.done for each in seen})
    assert all(each.total >= each.done for each in seen)
    assert (seen[-1].done, seen[-1].total) == (240, 240)


async def test_a_callback_that_fails_ends_the_run():
    """Its error is raised at each further step, and no request is left."""
    server = DatedList(spread(500, over=5 * DAY))

    def fail(_):
        raise ZeroDivisionError

    pages = server.pager(START, START + 5 * DAY, window=DAY, on_progress=fail).pages()
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            await anext(pages)
    assert server.in_flight == 0


async def test_a_step_whose_task_has_ended_sends_its_requests_again():
    """They end with the task, in all windows; the next step asks for the same pages."""
    server = GatedList(spread(500, over=10 * DAY))
    gate = gated(server, lambda _, offset: offset == 0)
    pager = server.pager(START, START + 10 * DAY, window=DAY)
    pages = pager.pages()

    async def step():
        return await anext(pages)

    task = asyncio.ensure_future(step())
    await settle()
    asked = server.requests
    task.cancel()
    await asyncio.wait([task])
    await settle()
    assert server.in_flight == 0
    gate.opened.set()
    items = [item async for page in pages for item in page]
    assert sorted(ids_of(items)) == sorted(ids_of(server.rows))
    assert asked == 8
    await pages.aclose()


async def test_a_window_that_cannot_be_cut_leaves_the_next_one_alone():
    """A part of it grows to its end at most."""
    rows = rows_at([START + 5 * DAY] * 700 + [START + 15 * DAY] * 10)
    server = DatedList(rows)
    items = await server.pager(
        START, START + 20 * DAY, window=10 * DAY + 2 * SECOND, window_rows=100
    )
    assert ids_of(items) == list(range(1, 711))
    assert server.requests < 40


@pytest.mark.parametrize("seed", range(8))
async def test_no_row_comes_twice_where_windows_come_as_they_arrive(seed):
    """A window that cannot be cut does not grow over others, which may have been handed out."""
    rows = [row.created_at for row in spread(400, over=20 * DAY, seed=seed)]
    server = DatedList(rows_at([*rows, *[START + 7 * DAY] * 600]), seed=seed)
    pager = server.pager(START, START + 20 * DAY, window_rows=100, page_size=20, ordered=False)
    items = await pager
    assert sorted(ids_of(items)) == sorted(ids_of(server.rows))
    assert items.report.complete


# What the server gets wrong


@pytest.mark.unmeasured
async def test_thirty_thousand_rows_of_one_second_are_read_with_one_warning(caplog):
    """They cannot be told apart by time: one deep window."""
    server = DatedList(rows_at(START + 3 * DAY + timedelta(microseconds=n) for n in range(30_000)))
    with caplog.at_level(logging.WARNING, "liner_async"):
        items = await server.pager(START, START + 30 * DAY)
    assert (len(set(ids_of(items))), items.report.complete) == (30_000, True)
    assert server.requests <= 1.2 * 300
    assert [record.message for record in caplog.records] == [
        "30000 rows cannot be told apart by time: one deep window"
    ]


async def test_a_lost_zone_is_an_error_where_no_row_is_left():
    """An hour, and the server is three hours off: not an empty list."""
    server = DatedList(spread(2_000, over=2 * DAY), shift=3 * HOUR)
    with pytest.raises(PagingError, match="other times") as caught:
        await server.pager(START + 10 * HOUR, START + 11 * HOUR)
    assert (caught.value.reason, caught.value.offset) == ("range", None)


async def test_a_lost_zone_is_drift_where_rows_are_left():
    """They are cut back, and that is told; "strict" raises after handing them out."""
    server = DatedList(spread(2_000, over=3 * DAY), shift=3 * HOUR)
    pager = server.pager(START + DAY, START + 2 * DAY)
    items = await pager
    assert all(START + DAY <= item.created_at < START + 2 * DAY for item in items)
    assert not items.report.complete
    assert items.report.drift[0].startswith("rows of other times than asked for came")
    taken = []
    strict = server.pager(START + DAY, START + 2 * DAY, consistency="strict")
    with pytest.raises(PagingDriftError) as caught:
        async for item in strict:
            taken.append(item)
    assert (caught.value.reason, ids_of(taken)) == ("range", ids_of(items))
    assert strict.report.drift[0].startswith("rows of other times")


async def test_a_server_that_compares_days_is_read_completely():
    """And that is told."""
    server = DatedList(spread(6_000, over=12 * DAY), precision="day")
    start, end = START + 30 * HOUR, START + 250 * HOUR
    items = await server.pager(start, end, window_rows=1_000)
    assert sorted(ids_of(items)) == expected(server, start, end)
    assert "other times" in items.report.drift[0]
    assert server.requests <= 2 * 60


async def test_a_server_that_ignores_the_period_is_found_out_at_once():
    """Its list is longer than a window: the first page is judged before it is cut."""
    server = DatedList(spread(9_000, over=300 * DAY), ignores_time=True)
    with pytest.raises(PagingError) as caught:
        await server.pager(START + 310 * DAY, START + 320 * DAY)
    assert (caught.value.reason, server.requests) == ("range", 1)


@pytest.mark.parametrize("ordered", [True, False])
async def test_the_error_of_a_later_window_comes_at_once_if_the_period_is_ignored(ordered):
    """Where to go on is still where the first window does."""
    server = DatedList(spread(9_000, over=300 * DAY), ignores_time=True)
    with pytest.raises(PagingError) as caught:
        await server.pager(START, START + 300 * DAY, ordered=ordered)
    assert (caught.value.reason, server.requests <= 20) == ("range", True)
    assert caught.value.resume_point.period[0] == START


async def test_a_short_list_of_a_server_that_ignores_the_period_is_cut_back():
    """Rows inside the period are handed out, and it is told."""
    server = DatedList(spread(400, over=40 * DAY), ignores_time=True)
    items = await server.pager(START + 10 * DAY, START + 20 * DAY)
    assert sorted(ids_of(items)) == expected(server, START + 10 * DAY, START + 20 * DAY)
    assert not items.report.complete
    with pytest.raises(PagingError):
        await server.pager(START + 50 * DAY, START + 60 * DAY)


async def test_a_long_list_without_order_of_a_server_that_ignores_the_period_is_read_once():
    """Every slice would bring the whole list again: 12 slices of 60 pages each, say."""
    rows = spread(6_000, over=30 * DAY)
    ids = random.Random(1).sample(range(1, 6_001), 6_000)
    server = DatedList(
        [attrs.evolve(row, id=new) for row, new in zip(rows, ids, strict=True)],
        sort="id",
        ignores_time=True,
    )
    items = await server.pager(START + 10 * DAY, START + 20 * DAY, window_rows=500)
    assert sorted(ids_of(items)) == expected(server, START + 10 * DAY, START + 20 * DAY)
    assert not items.report.complete
    assert server.requests <= 60 + 60


@pytest.mark.parametrize("count", [50, 9_000])
async def test_a_server_that_ignores_the_ids_is_found_out_by_its_rows(count):
    """Also in a window that is going to be cut."""
    rows = [attrs.evolve(row, owner=row.id) for row in spread(count, over=DAY)]
    server = DatedList(rows, ignores_ids=True)
    with pytest.raises(PagingError) as caught:
        await server.pager(START, START + DAY, ids=[3, 4])
    assert (caught.value.reason, server.requests) == ("filter", 1)


# Rows that come and go


@pytest.mark.unmeasured
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("consistency", ["detect", "strict"])
async def test_a_list_that_moves_is_told_or_repaired(consistency, seed):
    """Rows are deleted, and others are committed late, while their window is read."""
    server = DatedList(spread(1_500, over=5 * DAY, seed=seed), seed=seed)
    throughout = set(ids_of(server.rows))
    new = itertools.count(10_000)

    def change(server):
        if server.requests % 7 == 0 and server.requests < 60:
            gone = server.rows.pop(server.requests * 31 % len(server.rows))
            throughout.discard(gone.id)
            server.rows.append(Dated(next(new), START + DAY * (server.requests % 5) + HOUR))

    server.before_answer = change
    taken, error = [], None
    pager = server.pager(START, START + 5 * DAY, window=DAY, page_size=50, consistency=consistency)
    try:
        async for item in pager:
            taken.append(item)
    except PagingDriftError as raised:
        error = raised
    assert len(set(ids_of(taken))) == len(taken)
    assert consistency == "strict" or error is None
    assert throughout <= set(ids_of(taken)) or pager.report.drifted
    assert consistency == "detect" or throughout <= set(ids_of(taken)) or error is not None


async def test_strict_reads_a_window_again_whose_rows_do_not_add_up():
    """What it handed out before does not come again."""
    server = DatedList(spread(300, over=DAY))
    gone = max(server.rows, key=lambda row: row.created_at)

    def delete(server):
        if server.requests == 5:
            server.rows = [row for row in server.rows if row.id != gone.id]

    server.before_answer = delete
    first = min(server.rows, key=lambda row: row.created_at)
    server.rows.append(attrs.evolve(first, id=9_999, created_at=first.created_at - QUARTER))
    pager = server.pager(START, START + DAY, consistency="strict", page_size=50, concurrency=1)
    items = await pager
    assert sorted(ids_of(items)) in (
        expected(server, START, START + DAY),
        sorted([*expected(server, START, START + DAY), gone.id]),
    )
    assert items.report.complete


async def test_strict_gives_up_on_a_window_that_never_adds_up():
    """After three readings; everything read was handed out."""
    server = LyingList(spread(120, over=DAY))
    taken = []
    with pytest.raises(PagingDriftError) as caught:
        async for item in server.pager(START, START + DAY, consistency="strict", page_size=50):
            taken.append(item)
    assert (caught.value.reason, len(set(ids_of(taken))), len(taken)) == ("count", 120, 120)
    assert 9 <= server.requests <= 12


@attrs.define
class LyingList(DatedList):
    """A server whose last page comes without a row that its total promises."""

    def matching(self, ids, period):
        """Return the rows, and the last one twice."""
        found = super().matching(ids, period)
        return [*found, found[-1]] if found else []


# Resuming


async def resumed(server, point, **options):
    """Return the ids that a run brings which goes on at a point, as a checkpoint would keep it."""
    again = ResumePoint.from_json(point.to_json())
    assert again == point
    return ids_of(await server.pager(resume=again, **options))


LISTS = {
    "windows": {"window": 3 * DAY},
    "cut windows": {"window_rows": 150},
    "chunks": {"ids": list(range(1, 231)), "window": 10 * DAY},
}


@pytest.mark.unmeasured
@pytest.mark.parametrize("consistency", ["detect", "strict", "off"])
@pytest.mark.parametrize("options", LISTS.values(), ids=LISTS)
async def test_a_run_goes_on_after_any_page(options, consistency):
    """Nothing is lost, and nothing comes again; the end of the list stays what it was."""
    rows = [attrs.evolve(row, owner=1 + row.id % 230) for row in spread(700, over=20 * DAY)]
    server = DatedList(rows)
    options = {**options, "page_size": 40, "consistency": consistency, "now": START + 20 * DAY}
    whole = ids_of(await server.pager(**options))
    done = 0
    async for page in server.pager(**options).pages():
        done += len(page)
        rest = await resumed(server, page.resume_point, **{**options, "now": START + 90 * DAY})
        assert rest == whole[done:]
    assert done == 700


async def test_a_window_whose_rows_have_moved_is_read_from_its_start():
    """Rows may come again then; none is left out."""
    server = DatedList(spread(400, over=8 * DAY))
    async with server.pager(START, START + 8 * DAY, window=3 * DAY, page_size=20).pages() as pages:
        for _ in range(8):
            page = await anext(pages)
    point = page.resume_point
    assert point.next_offset > 20
    window = [row for row in server.rows if point.period[0] <= row.created_at < point.period[1]]
    window.sort(key=lambda row: row.created_at)
    for gone in (window[:2], window[:150]):
        moved = DatedList([row for row in server.rows if row not in gone])
        for consistency in ("detect", "strict"):
            rest = await resumed(
                moved,
                point,
                created_from=START,
                created_to=START + 8 * DAY,
                window=3 * DAY,
                consistency=consistency,
            )
            assert sorted(rest) == expected(moved, point.period[0], START + 8 * DAY)


@pytest.mark.parametrize("ordered", [True, False])
async def test_an_error_says_where_to_go_on(ordered):
    """The windows before it are handed out; an offset says nothing here."""
    server = GatedList(spread(1_000, over=10 * DAY))
    fetch = server.fetch
    bad = PagingError("the server broke", reason="test")

    def breaking(ids, period):
        start = fetch(ids, period)

        async def fail():
            raise bad

        def task(offset, limit):
            is_bad = period.start > START + 5 * DAY and offset == 20
            return (
                asyncio.get_running_loop().create_task(fail()) if is_bad else start(offset, limit)
            )

        return task

    server.fetch = breaking  # type: ignore[method-assign]  # this server alone
    options = {"created_to": START + 10 * DAY, "window": 2 * DAY, "page_size": 20}
    taken = []
    pager = server.pager(**options, ordered=ordered)
    iterator = aiter(pager)
    with pytest.raises(PagingError, match="broke") as caught:
        async for item in iterator:
            taken.append(item.id)
    with pytest.raises(PagingError, match="broke"):
        await anext(iterator)
    assert (caught.value.offset, caught.value.path) == (None, "/list/")
    server.fetch = fetch  # type: ignore[method-assign]  # mended
    rest = await resumed(server, caught.value.resume_point, **options)
    assert {*taken, *rest} == set(ids_of(server.rows))
    if ordered:
        assert len(taken) + len(rest) == 1_000


async def test_points_of_other_lists_are_refused():
    """Of one without windows, of another end, of more chunks than there are."""
    server = DatedList(spread(100, over=4 * DAY))
    async with server.pager(START, START + 4 * DAY).pages() as pages:
        point = (await anext(pages)).resume_point
    assert (point.until, point.chunk, point.ids) == (START + 4 * DAY, 0, None)
    for other in (
        attrs.evolve(point, period=None),
        attrs.evolve(point, chunk=None),
        attrs.evolve(point, until=START + 5 * DAY),
        attrs.evolve(point, ids=(1,)),
    ):
        with pytest.raises(ConfigError, match="another list"):
            server.pager(START, START + 4 * DAY, resume=other)
    with pytest.raises(ConfigError, match="another list"):
        await server.pager(START, START + 4 * DAY, resume=attrs.evolve(point, chunk=7))


# Ends before the end


async def settle():
    """Let what was cancelled end."""
    for _ in range(10):
        await asyncio.sleep(0)


@pytest.mark.parametrize("turns", range(0, 60, 3))
async def test_a_cancelled_step_loses_nothing(turns):
    """It can be taken again; what is in flight goes on and serves it."""
    server = DatedList(spread(300, over=6 * DAY))
    pager = server.pager(START, START + 6 * DAY, window=DAY, page_size=20)
    items, cancelled = [], 0
    async with pager.pages() as pages:
        while True:
            step = asyncio.ensure_future(anext(pages, None))
            for _ in range(turns % 7):
                await asyncio.sleep(0)
            if not cancelled or cancelled < turns:
                step.cancel()
                cancelled += 1
            try:
                page = await step
            except asyncio.CancelledError:
                continue
            if page is None:
                break
            items += page
    assert sorted(ids_of(items)) == sorted(ids_of(server.rows))
    assert server.in_flight == 0


@pytest.mark.unmeasured
@pytest.mark.parametrize("pages_taken", [0, 1, 5, 11])
@pytest.mark.parametrize("way", ["break", "close", "cancel"])
async def test_ending_early_leaves_no_request(way, pages_taken):
    """Neither of the first cell nor of those read ahead; a closed iterator stays closed."""
    server = DatedList(office_hours(2_000, days=20))
    before = asyncio.all_tasks()
    pages = server.pager(START, START + 20 * DAY, window_rows=200, page_size=20).pages()
    for _ in range(pages_taken):
        await anext(pages)
    if way == "cancel":
        task = asyncio.ensure_future(anext(pages))
        await asyncio.sleep(0)
        task.cancel()
        with suppress(asyncio.CancelledError):  # or the page was there already
            await task
    if way == "close":
        await pages.aclose()
        with pytest.raises(ClientClosedError):
            await anext(pages)
    del pages
    await settle()
    assert server.in_flight == 0
    assert asyncio.all_tasks() == before
