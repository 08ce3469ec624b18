"""Leads and calls by period and ids, over a socket: arguments, requests, and what comes of them."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta, timezone
from urllib.parse import parse_qsl, urlsplit

import attrs
import pytest

from liner_async import (
    ConfigError,
    LinerClient,
    LinerError,
    PagingError,
    ResumePoint,
)
from liner_async.testing import FakeLiner, fake_leads, make_call, make_lead

START = datetime(2024, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
LINER = LinerClient("https://liner.example", "key")
YEAR = {"created_from": START, "created_to": START + 366 * DAY}


def client(server, **options):
    """Return a client of this server."""
    return LinerClient(server.url, server.api_key, **options)


def queries(server):
    """Return the queries that the server was asked, as pairs."""
    return [parse_qsl(urlsplit(request.path_qs).query) for request in server.requests]


def values(query, name):
    """Return the values of a name in a query."""
    return [value for key, value in query if key == name]


BAD = {
    "naive": {"created_from": datetime(2024, 1, 1)},  # noqa: DTZ001  # that is what is refused
    "date": {"created_from": date(2024, 1, 1)},
    "text": {"created_from": "2024-01-01T00:00:00Z"},
    "none": {"created_from": None},
    "first year": {"created_from": datetime.min.replace(tzinfo=UTC)},
    "last year": {**YEAR, "created_to": datetime.max.replace(tzinfo=UTC)},
    "naive end": {**YEAR, "created_to": datetime(2025, 1, 1)},  # noqa: DTZ001  # as above
    "no length": {"created_from": START, "created_to": START},
    "the wrong way round": {"created_from": START, "created_to": START - DAY},
    "within a second": {"created_from": START, "created_to": START + timedelta(milliseconds=900)},
    "no ids": {**YEAR, "order_ids": []},
    "no statuses": {**YEAR, "status_ids": iter(())},
    "id 0": {**YEAR, "order_ids": [0]},
    "id -1": {**YEAR, "order_ids": [1, -1]},
    "true": {**YEAR, "order_ids": [True]},
    "id as text": {**YEAR, "order_ids": ["5"]},
    "one id": {**YEAR, "order_ids": 5},
    "ids as text": {**YEAR, "order_ids": "123"},
    "null": {**YEAR, "order_ids": [None]},
    "two long lists": {**YEAR, "order_ids": range(1, 102), "status_ids": range(1, 102)},
    "number as window": {**YEAR, "window": 31},
    "short window": {**YEAR, "window": timedelta(seconds=2)},
    "no rows": {**YEAR, "window_rows": 0},
    "rows as bool": {**YEAR, "window_rows": True},
    "page size": {**YEAR, "page_size": 101},
}


@pytest.mark.parametrize("arguments", BAD.values(), ids=BAD)
@pytest.mark.parametrize("name", ["leads", "calls"])
def test_bad_arguments_of_a_list_are_found_before_any_request(name, arguments):
    """The error names the argument and never shows its value."""
    needed = {"lead_ids": [1]} if name == "calls" else {}
    with pytest.raises(ConfigError) as caught:
        getattr(LINER, name).list(**{**needed, **arguments})
    assert "2024-01-01T00" not in str(caught.value)


@pytest.mark.parametrize("verb", ["list", "count", "page"])
async def test_calls_are_listed_by_leads_or_orders(verb):
    """As the vendor demands; the error says how to read the calls of every order."""
    arguments = {} if verb == "list" else YEAR
    with pytest.raises(ConfigError, match='order_ids="all"'):
        returned = getattr(LINER.calls, verb)(**{**YEAR, **arguments})
        await returned


PAGE_ERRORS = {
    "the wrong way round": {"created_to": START - DAY},
    "101 ids": {"order_ids": range(1, 102)},
    "no ids": {"order_ids": []},
    "limit": {"limit": 0},
    "offset": {"offset": -1},
}


@pytest.mark.parametrize("arguments", PAGE_ERRORS.values(), ids=PAGE_ERRORS)
async def test_bad_arguments_of_a_page_are_found_before_any_request(arguments):
    """A page is one request: more than a hundred ids do not fit."""
    with pytest.raises(ConfigError):
        await LINER.leads.page(**{**YEAR, **arguments})
    with pytest.raises(ConfigError, match="more than one request"):
        await LINER.calls.page(**YEAR, order_ids="all")


@pytest.mark.parametrize("name", ["offset", "limit", "orderIds", "created"])
def test_unknown_names_are_refused_as_python_does(name):
    """Also `offset`: such a list is entered at a resume point only."""
    with pytest.raises(TypeError, match=f"unexpected keyword argument '{name}'"):
        LINER.leads.list(**YEAR, **{name: 1})
    with pytest.raises(TypeError):
        LINER.leads.list()


async def test_a_page_is_the_endpoint_one_to_one():
    """The very times, in UTC and whole seconds; filters in the documented order."""
    moscow = timezone(timedelta(hours=3))
    async with FakeLiner(sizes={"leads": 50}) as server, client(server) as liner:
        page = await liner.leads.page(
            created_from=datetime(2024, 1, 1, 3, tzinfo=moscow),
            created_to=START + 366 * DAY + timedelta(milliseconds=500),
            order_ids=[order["id"] for order in server.orders][:100],
            status_ids=[status["id"] for status in server.lead_statuses],
            offset=2,
            limit=3,
        )
    assert (len(page), page.offset, page.limit) == (3, 2, 3)
    [query] = queries(server)
    assert query[:2] == [
        ("createdAt[0]", "2024-01-01T00:00:00Z"),
        ("createdAt[1]", "2025-01-01T00:00:00Z"),
    ]
    names = list(dict.fromkeys(name for name, _ in query))
    assert names[2:] == ["orderIds[]", "statusIds[]", "offset", "limit"]


async def test_a_call_page_has_its_ids_in_the_documented_order():
    """Leads, orders, users, statuses."""
    ids = {"user_ids": [3], "status_ids": [4], "order_ids": [2, 2], "lead_ids": iter([1])}
    async with FakeLiner(sizes={"calls": 5}) as server, client(server) as liner:
        await liner.calls.page(**YEAR, **ids)
    assert queries(server)[0][2:-2] == [
        ("leadIds[]", "1"),
        ("orderIds[]", "2"),
        ("userIds[]", "3"),
        ("statusIds[]", "4"),
    ]


ENDS = [(True, True), (True, False), (False, True), (False, False)]


@pytest.mark.parametrize(("start_inclusive", "end_inclusive"), ENDS)
@pytest.mark.parametrize("sort", ["asc", "desc", "id"])
async def test_a_period_is_half_open_whatever_the_server_s_ends(
    start_inclusive, end_inclusive, sort
):
    """Its first moment is included, its last is not; windows are cut and nothing is lost."""
    leads = [
        make_lead(id=number, createdAt=(START + timedelta(seconds=number)).isoformat())
        for number in range(1, 301)
    ]
    async with (
        FakeLiner(
            leads=leads, start_inclusive=start_inclusive, end_inclusive=end_inclusive, sort=sort
        ) as server,
        client(server) as liner,
    ):
        found = await liner.leads.list(
            created_from=START + timedelta(seconds=20),
            created_to=START + timedelta(seconds=280),
            window_rows=50,
            page_size=20,
        )
        assert await liner.leads.count(created_from=START, created_to=START + DAY) == 300
    assert sorted(lead.id for lead in found) == list(range(20, 280))
    assert found.report.complete
    assert server.peak_in_flight <= 8


async def test_long_lists_of_ids_are_asked_for_in_hundreds():
    """In the order given; no URL is long."""
    async with FakeLiner(sizes={"leads": 300, "calls": 600}) as server, client(server) as liner:
        ids = [lead["id"] for lead in server.leads]
        found = await liner.calls.list(**YEAR, lead_ids=[*ids, *ids[:10]], window=366 * DAY)
        wanted = [call["id"] for call in server.calls if call["leadId"] in set(ids)]
        assert sorted(call.id for call in found) == sorted(wanted)
        assert await liner.calls.count(**YEAR, lead_ids=ids) == len(wanted)
    chunks = [values(query, "leadIds[]") for query in queries(server)]
    assert max(map(len, chunks)) == 100
    assert max(len(request.path_qs) for request in server.requests) <= 4_000


async def test_other_filters_go_with_every_chunk():
    """A list of at most a hundred ids is sent whole, whichever list is cut."""
    async with FakeLiner(sizes={"calls": 300}) as server, client(server) as liner:
        users = [user["id"] for user in server.users][:3]
        found = await liner.calls.list(
            **YEAR, lead_ids=range(1, 151), user_ids=users, order_ids=[1, 2], window=400 * DAY
        )
    assert all(call.user_id in {*users, None} for call in found)
    for query in queries(server):
        assert values(query, "userIds[]") == [str(user) for user in users]
        assert values(query, "orderIds[]") == ["1", "2"]


async def test_the_calls_of_all_orders_come_once():
    """The orders known when the run starts; each run looks them up again."""
    async with FakeLiner(250, sizes={"calls": 500}) as server, client(server) as liner:
        pager = liner.calls.list(**YEAR, order_ids="all", window=400 * DAY)
        seen = []
        async for call in pager:
            if not seen:
                server.orders.append({**server.orders[0], "id": 9_999, "code": "late"})
            seen.append(call.id)
        wanted = [call["id"] for call in server.calls if call["orderId"] != 9_999]
        assert sorted(seen) == sorted(wanted)
        assert await pager.count() == len(wanted)
        assert await liner.calls.count(**YEAR, order_ids="all") == len(wanted)


async def test_no_orders_have_no_calls():
    """Not all calls: that would be another list."""
    async with FakeLiner(0, sizes={"calls": 5}) as server, client(server) as liner:
        assert await liner.calls.list(**YEAR, order_ids="all") == []
        assert await liner.calls.count(**YEAR, order_ids="all") == 0
    assert {request.resource for request in server.requests} == {"orders"}


async def test_the_calls_of_all_orders_go_on_where_a_run_stopped():
    """With the orders of that run, though there are others now."""
    async with FakeLiner(250, sizes={"calls": 500}) as server, client(server) as liner:
        options = {**YEAR, "order_ids": "all", "window": 400 * DAY, "page_size": 50}
        whole = [call.id async for call in liner.calls.list(**options)]
        done = []
        async for page in liner.calls.list(**options).pages():
            done += [call.id for call in page]
            if len(done) > 200:
                break
        point = ResumePoint.from_json(page.resume_point.to_json())
        assert len(point.ids) == 250
        server.orders.clear()
        rest = [call.id async for call in liner.calls.list(**options, resume=point)]
        assert done + rest == whole
        with pytest.raises(ConfigError, match="other filters"):
            liner.calls.list(**{**options, "order_ids": [1]}, resume=point)


async def test_a_cancelled_step_does_not_begin_the_orders_anew():
    """What was read of them is kept."""
    async with FakeLiner(250, sizes={"calls": 20}) as server, client(server) as liner:
        pages = liner.calls.list(**YEAR, order_ids="all", window=400 * DAY).pages()
        found = []
        while True:
            try:
                async with asyncio.timeout(0.003):
                    page = await anext(pages, None)
            except TimeoutError:
                continue
            if page is None:
                break
            found += page
    assert len(found) == 20
    assert [request.offset for request in server.requests if request.resource == "orders"] == [
        0,
        100,
        200,
    ]


@pytest.mark.parametrize("closing", [True, False])
async def test_closing_while_the_orders_are_read_ends_their_requests(closing):
    """As it ends those of the calls."""
    async with FakeLiner(250, latency=lambda _: 30) as server, client(server) as liner:
        pages = liner.calls.list(**YEAR, order_ids="all").pages()

        async def read():
            return await anext(pages)

        step = asyncio.ensure_future(read())
        while not server.requests and not server.peak_in_flight:
            await asyncio.sleep(0.005)
        step.cancel()
        with pytest.raises(asyncio.CancelledError):
            await step
        if closing:
            await pages.aclose()


FILTERS = {
    "orders of leads": ("leads", {"order_ids": [123_456]}, {"orderIds"}),
    "statuses of leads": ("leads", {"status_ids": [123_456]}, {"statusIds"}),
    "leads of calls": ("calls", {"lead_ids": [123_456]}, {"leadIds"}),
    "users of calls": ("calls", {"order_ids": "all", "user_ids": [123_456]}, {"userIds"}),
}


@pytest.mark.parametrize(("name", "arguments", "ignored"), FILTERS.values(), ids=FILTERS)
async def test_a_filter_that_the_server_ignores_is_an_error(name, arguments, ignored):
    """Never a longer list."""
    server = FakeLiner(sizes={"leads": 100, "calls": 100}, ignored=ignored)
    async with server, client(server) as liner:
        with pytest.raises(PagingError) as caught:
            await getattr(liner, name).list(**YEAR, **arguments, window=400 * DAY)
    assert caught.value.reason == "filter"


async def test_a_server_that_drops_variables_is_found_out_by_its_paging():
    """Filters come first, so that it drops offset and limit."""
    calls = [
        make_call(id=n, leadId=1 + n % 100, createdAt=(START + n * timedelta(hours=1)).isoformat())
        for n in range(1, 500)
    ]
    async with FakeLiner(calls=calls, max_variables=50) as server, client(server) as liner:
        with pytest.raises(PagingError):
            await liner.calls.list(**YEAR, lead_ids=range(1, 101), window=400 * DAY)
    assert len(server.requests) <= 20


async def test_a_server_that_refuses_long_spans_gets_shorter_windows():
    """Its message says so; `window` is what is asked for, margins included."""
    server = FakeLiner(leads=fake_leads(400), max_span=7 * DAY)
    async with server, client(server) as liner:
        with pytest.raises(LinerError) as caught:
            await liner.leads.list(created_from=START, created_to=START + 60 * DAY)
        assert caught.value.resume_point.period[0] == START
        found = await liner.leads.list(**YEAR, window=7 * DAY)
    assert found.report.complete
    assert len(found) == 400


async def test_points_belong_to_one_set_of_filters():
    """The start of the period is one of them; another end is refused, none is the point's."""
    async with FakeLiner(sizes={"leads": 300}) as server, client(server) as liner:
        async with liner.leads.list(**YEAR).pages() as pages:
            point = (await anext(pages)).resume_point
        assert (point.until, point.filters != "") == (YEAR["created_to"], True)
        rest = await liner.leads.list(created_from=START, resume=point)
        assert rest.report.complete
        for other in (
            {**YEAR, "created_from": START + DAY},
            {**YEAR, "created_to": START + 400 * DAY},
            {**YEAR, "order_ids": [1]},
            {**YEAR, "status_ids": [1]},
        ):
            with pytest.raises(ConfigError, match="another list"):
                liner.leads.list(**other, resume=point)
        with pytest.raises(ConfigError, match="another list"):
            liner.orders.list(resume=point)
        old = attrs.evolve(point, period=None, until=None, chunk=None)
        with pytest.raises(ConfigError, match="names no such window"):
            liner.leads.list(**YEAR, resume=old)


async def test_windows_come_as_pages_and_batches_too():
    """`.pages()`, `.first()` and `arrow_batches()` are those of any list."""
    async with FakeLiner(sizes={"leads": 300}) as server, client(server) as liner:
        pager = liner.leads.list(**YEAR)
        batches = pager.arrow_batches(rows_per_batch=50)
        rows = 0
        async for batch in batches:
            rows += batch.num_rows
            assert batches.resume_point.period is not None
        first = await pager.first()
        assert (rows, first.id) == (300, server.leads[0]["id"])
        assert "Pager of leads" in repr(pager)


def test_a_pager_shows_its_period_in_place_of_an_offset():
    """In a notebook as in a log; a period without an end goes to now."""
    pager = LINER.leads.list(**YEAR)
    span = "2024-01-01 00:00:00+00:00 to 2025-01-01 00:00:00+00:00"
    assert repr(pager) == f"<Pager of leads: every item of {span}, 100 a page, concurrency auto>"
    assert f'<td class="long">{span}</td>' in pager._repr_html_()
    assert ">offset<" not in pager._repr_html_()
    assert "+00:00 to now, " in repr(LINER.leads.list(created_from=START))


async def test_leads_that_do_not_fit_are_listed_once():
    """Though the margins of two windows bring them; the others are handed out."""
    edge = START + 10 * DAY
    leads = [make_lead(id=n, createdAt=(edge + n * DAY).isoformat()) for n in range(-9, 10) if n]
    leads = [{**lead, "id": lead["id"] + 20} for lead in leads]
    leads.append({**make_lead(id=99, createdAt=edge.isoformat()), "priority": "high"})
    async with FakeLiner(leads=leads) as server, client(server) as liner:
        pager = liner.leads.list(
            created_from=START,
            created_to=START + 20 * DAY,
            window=10 * DAY + timedelta(seconds=2),
            on_invalid="skip",
        )
        taken = 0
        async for page in pager.pages():
            taken += len(page)
            assert len(pager.report.skipped) <= 1
        assert (taken, pager.report.windows) == (18, 2)
        [problem] = pager.report.skipped
        assert problem.item_id == 99
