"""Many writes as one: order, limits, what stops them, and that every item is accounted for."""

from __future__ import annotations

import asyncio
import gc
import inspect
import itertools
import traceback
from collections import Counter
from collections.abc import Iterable

import attrs
import pytest

from liner_async import (
    AuthError,
    BulkReport,
    BulkWriteError,
    ClientClosedError,
    ConfigError,
    FileLedger,
    LinerClient,
    NotFoundError,
    OutcomeUnknownError,
    RateLimitError,
    RetryPolicy,
    TransportError,
    WriteResult,
)
from liner_async.resources.bulk_job import BulkOptions
from liner_async.resources.bulk_options import BULK_DEFAULTS, BulkWriteOptions
from liner_async.testing import PASSING_FAULTS, FakeLiner, Fault
from tests.catalogue.test_i_security import reachable_text
from tests.support.reading import client
from tests.support.waiting import until
from tests.support.write_server import Answer, WriteServer, envelope

PHONE = "+7900"


def row(number, **changes):
    """Return a lead."""
    return {"phone": f"{PHONE}{number}", "order_id": 123, **changes}


def rows(count):
    """Yield leads."""
    return (row(number) for number in range(count))


def applied(server):
    """Return the phones of the creates that were carried out."""
    return Counter(of.body["phone"] for of in server.writes if of.applied)


async def asynchronous(items):
    """Yield items as a queue would."""
    for item in items:
        await asyncio.sleep(0)
        yield item


async def test_everything_done_is_a_report_with_the_identifiers_in_order():
    """From any iterable."""
    with FakeLiner(sizes={"leads": 0}) as server:
        async with client(server) as liner:
            report = await liner.leads.create_many(rows(20))
    made = {of.body["phone"]: of.id for of in server.writes}
    assert report.ids == tuple(made[f"{PHONE}{number}"] for number in range(20))
    assert [of.key for of in report] == [str(number) for number in range(20)]
    assert (len(report), report.pulled, str(report)) == (20, 20, "20 done")
    assert report.stopped_by is None
    assert {of.attempts for of in report.done} == {1}
    assert isinstance(report[:2], tuple)


async def test_an_asynchronous_iterable_will_do():
    """A queue, or another client's pager."""
    with FakeLiner(sizes={"leads": 0}) as server:
        async with client(server) as liner:
            report = await liner.leads.create_many(asynchronous(rows(20)))
    assert [of.outcome for of in report] == ["done"] * 20
    assert sum(applied(server).values()) == 20


async def test_updates_and_submissions_go_in_bulk_too():
    """An update's result has no identifier of its own."""
    with FakeLiner(sizes={"leads": 10}) as server:
        async with client(server) as liner:
            ids = [lead["id"] for lead in server.leads]
            report = await liner.leads.update_many([(of, {"name": "A"}) for of in ids])
            taken = await liner.leads.submit_many(rows(3))
    assert (str(report), report.ids, str(taken)) == ("10 done", (None,) * 10, "3 done")
    assert {of["name"] for of in server.leads[:10]} == {"A"}


async def test_the_number_of_a_job_is_no_identifier():
    """What LINER says when it takes a lead is not documented."""
    with WriteServer(always=Answer(raw=envelope(5))) as server:
        async with server.client() as liner:
            report = await liner.leads.submit_many(rows(2))
    assert (str(report), report.ids) == ("2 done", (None, None))


async def test_at_most_so_many_are_in_flight():
    """Within the client's own limit."""
    with FakeLiner(latency=0.01) as server:
        async with client(server) as liner:
            await liner.leads.create_many(rows(30), concurrency=3)
    assert server.peak_in_flight == 3


async def test_results_come_in_order_and_a_slow_item_does_not_hold_the_others():
    """Up to 4 x concurrency wait behind it."""
    slow = {"leads.create": [Fault.stall(0.3), *[None] * 100]}
    with FakeLiner(write_faults=slow) as server:
        async with client(server) as liner:
            seen = []
            async for result in liner.leads.create_many(rows(40), concurrency=2):
                if not seen:
                    assert len(server.writes) == 8
                seen.append(result.index)
    assert seen == list(range(40))


async def test_one_bad_item_does_not_stop_the_others():
    """Wrong types, refusals and doubts, each with its error; the whole report is on the error."""
    items = [row(0), row(1, name=5), row(2, order_id=10_000), "x", row(4), {"fone": "1"}, row(6)]
    faults = {"leads.create": [None, Fault.status(500), None]}
    with FakeLiner(write_faults=faults) as server:
        async with client(server) as liner:
            with pytest.raises(BulkWriteError) as caught:
                await liner.leads.create_many(items, concurrency=1)
            report = await liner.leads.create_many(items[1:2], on_failure="report")
    found = caught.value.report
    assert [of.outcome for of in found] == [
        *("done", "invalid", "refused", "invalid", "unknown", "invalid", "done")
    ]
    assert str(caught.value) == ("not everything was done: 2 done, 1 refused, 1 unknown, 3 invalid")
    assert [type(of.error) for of in found.unknown] == [OutcomeUnknownError]
    assert "name: expected text" in str(found[1].error)
    assert "'fone' is not a field" in str(found.invalid[2].error)
    assert found.ids[1:6] == (None,) * 5
    assert PHONE not in reachable_text(caught.value)
    assert PHONE not in repr(found)
    assert (str(report), len(found.refused), len(found.done)) == ("1 invalid", 1, 2)


@pytest.mark.parametrize(
    "pair", [(0, {"name": "A"}), ("5", {}), 5, (1,), (True, {"name": "A"}), "ab"]
)
async def test_an_update_needs_a_pair(pair):
    """Of an identifier and changes."""
    with FakeLiner() as server:
        async with client(server) as liner:
            report = await liner.leads.update_many([pair], on_failure="report")
    assert ([of.outcome for of in report], server.requests) == (["invalid"], [])


async def test_a_missing_lead_does_not_stop_updates():
    """It says nothing of the others."""
    with FakeLiner() as server:
        async with client(server) as liner:
            pairs = [(10**6, {"name": "A"}), (123, {"name": "A"})]
            report = await liner.leads.update_many(pairs, on_failure="report", concurrency=1)
    assert [of.outcome for of in report] == ["refused", "done"]


STOPS = {
    "401": (Fault.status(401), AuthError, "refused"),
    "404": (Fault.status(404), NotFoundError, "refused"),
    "429": (Fault.status(429, retry_after="86400"), RateLimitError, "refused"),
}


@pytest.mark.parametrize(("fault", "kind", "outcome"), STOPS.values(), ids=STOPS)
async def test_what_speaks_for_all_stops_them(fault, kind, outcome):
    """The rest is not sent; what was never taken from the input is not listed."""
    with FakeLiner(write_faults={"leads.create": fault}) as server:
        async with client(server) as liner:
            with pytest.raises(BulkWriteError) as caught:
                await liner.leads.create_many(rows(1000))
            again = liner.leads.create_many(rows(1000))
            with pytest.raises(BulkWriteError):
                async for result in again:
                    assert result.outcome == outcome
            quiet = liner.leads.create_many(rows(1000), on_failure="report")
            assert {of.outcome async for of in quiet} == {outcome}
    report = caught.value.report
    assert isinstance(report.stopped_by, kind)
    assert caught.value.__cause__ is report.stopped_by
    assert report.pulled == len(report) <= 4
    assert again.report.counts == {outcome: report.pulled}


async def test_a_host_that_is_gone_stops_them():
    """Nothing was sent, and nothing more is tried."""
    with FakeLiner() as server:
        url = server.url
    async with LinerClient(url, "key", retry=RetryPolicy(attempts=2, wait_initial=0)) as liner:
        report = await liner.leads.create_many(rows(1000), on_failure="report")
    assert isinstance(report.stopped_by, TransportError)
    assert report.not_sent == tuple(report)
    assert len(report) <= 8


async def test_too_many_doubts_stop_them():
    """An outage would otherwise make thousands."""
    with FakeLiner(write_faults={"leads.create": Fault.cut()}) as server:
        async with client(server) as liner:
            report = await liner.leads.create_many(
                rows(1000), max_unknown=5, on_failure="report", concurrency=2
            )
    assert 5 <= len(report.unknown) <= 6
    assert isinstance(report.stopped_by, OutcomeUnknownError)
    assert len(server.writes) == len(report.unknown)


class Late:
    """An input that has one more item on its way when it is told to stop."""

    def __init__(self):
        self.rows = [row(0)]

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self.rows:
            return self.rows.pop()
        try:
            return await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            return row(1)


async def test_an_item_that_comes_after_the_stop_is_not_sent():
    """It was taken from the input, and so it is listed."""
    with FakeLiner(write_faults={"leads.create": Fault.status(401)}) as server:
        async with client(server) as liner:
            report = await liner.leads.create_many(Late(), on_failure="report")
    assert [of.outcome for of in report] == ["refused", "not_sent"]
    assert len(server.requests) == 1


async def test_an_input_that_is_waited_for_does_not_hold_a_stopped_bulk():
    """A queue may stay empty for ever."""

    async def items():
        yield row(0)
        await asyncio.get_running_loop().create_future()

    with FakeLiner(write_faults={"leads.create": Fault.status(401)}) as server:
        async with client(server) as liner:
            report = await liner.leads.create_many(items(), on_failure="report")
    assert [of.outcome for of in report] == ["refused"]


async def test_flat_memory_and_an_early_end_with_an_endless_input():
    """Nothing more is taken or started after the break."""
    taken = 0

    async def endless():
        nonlocal taken
        while True:
            yield row(taken)
            taken += 1

    with FakeLiner(latency=0.001) as server:
        async with client(server) as liner:
            bulk = liner.leads.create_many(endless())
            async for result in bulk:
                assert len(bulk.report) == 0
                if result.index == 50:
                    break
            at_the_end = taken
            await until(lambda: server.in_flight == 0)
        assert taken <= at_the_end
        assert len(server.writes) < 51 + 16
    assert bulk.report.pulled >= 51


class Source:
    """Rows without end, from a generator that notes when it was closed, and how many it gave."""

    def __init__(self, error=None):
        self.given = 0
        self.closed = 0
        self._error = error

    async def rows(self):
        """Yield rows, as a cursor does that must be closed."""
        try:
            while True:
                if self.given == 3 and self._error is not None:
                    raise self._error
                yield row(self.given)
                self.given += 1
        finally:
            await asyncio.sleep(0)
            self.closed += 1


class Queue:
    """An iterator of its own, with an end that is its owner's to call."""

    closed = 0

    def __aiter__(self):
        return self

    async def __anext__(self):
        """Return the next lead."""
        return row(1)

    async def aclose(self):
        """Close the queue."""
        self.closed += 1


async def test_a_generator_is_closed_when_its_bulk_is_left():
    """At once, and not when somebody collects it."""
    source = Source()
    given = source.rows()  # held to the end, so that it is not collected
    with FakeLiner() as server:
        async with client(server) as liner:
            async with aiter(liner.leads.create_many(given)) as results:
                await anext(results)
            assert source.closed == 1
    assert [each async for each in given] == []


async def test_a_generator_is_closed_soon_after_a_break():
    """The iterator of the loop is forgotten, and the client ends its work."""
    source = Source()
    given = source.rows()
    with FakeLiner() as server:
        async with client(server) as liner:
            async for _ in liner.leads.create_many(given):
                break
            gc.collect()
            await until(lambda: source.closed == 1)
    del given


@pytest.mark.parametrize("write_fault", [None, Fault.status(401)], ids=["its own", "a write's"])
async def test_a_generator_is_closed_after_an_error(write_fault):
    """Its own, or one that speaks for all rows."""
    source = Source(RuntimeError("no more"))
    faults = {} if write_fault is None else {"leads.create": write_fault}
    with FakeLiner(write_faults=faults) as server:
        async with client(server) as liner:
            with pytest.raises((RuntimeError, BulkWriteError)):
                await liner.leads.create_many(source.rows())
            assert source.closed == 1


async def test_an_iterable_has_the_iterator_closed_that_was_made_of_it():
    """Its method is a generator function."""
    source = Source()

    class Rows:
        def __aiter__(self):
            return source.rows()

    with FakeLiner() as server:
        async with client(server) as liner:
            async with aiter(liner.leads.create_many(Rows())) as results:
                await anext(results)
            assert source.closed == 1


async def test_a_queue_of_the_users_stays_open():
    """It was there before the bulk, and may serve the next one."""
    queue = Queue()
    with FakeLiner() as server:
        async with client(server) as liner:
            async with aiter(liner.leads.create_many(queue)) as results:
                await anext(results)
    assert queue.closed == 0


async def test_a_generator_that_fails_to_close_leaves_no_lock_on_the_ledger(tmp_path):
    """Its error is the user's to see."""

    async def items():
        try:
            while True:
                yield row(1)
        finally:
            raise RuntimeError("the cursor is gone")

    path = tmp_path / "ledger"
    with FakeLiner() as server:
        async with client(server) as liner:
            results = aiter(liner.leads.create_many(items(), ledger=FileLedger(path)))
            await anext(results)
            with pytest.raises(RuntimeError, match="cursor"):
                await results.aclose()
    await FileLedger(path).open()


async def test_leaving_early_tells_what_became_of_what_was_in_flight():
    """Begun is unknown; what waited for its slot was not sent."""
    faults = {"leads.create": [None, *[Fault.stall(60)] * 9]}
    with FakeLiner(write_faults=faults) as server:
        async with client(server, concurrency=2) as liner:
            bulk = liner.leads.create_many(rows(100), concurrency=4)
            async with aiter(bulk) as results:
                await anext(results)
                await until(lambda: len(server.writes) == 3)
            outcomes = [of.outcome for of in bulk.report]
            with pytest.raises(StopAsyncIteration):
                await anext(results)
    assert outcomes == ["unknown", "unknown", "not_sent", "not_sent"]
    assert bulk.report.counts == {"done": 1, "unknown": 2, "not_sent": 2}


async def test_a_cancelled_bulk_cancels_what_is_in_flight():
    """And its report is there."""
    with FakeLiner(write_faults={"leads.create": Fault.stall(60)}) as server:
        async with client(server) as liner:
            bulk = liner.leads.create_many(rows(100), concurrency=2)
            task = asyncio.ensure_future(asyncio.wait_for(bulk, 60))
            await until(lambda: len(server.writes) == 2)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert [of.outcome for of in bulk.report] == ["unknown", "unknown"]


async def test_a_bulk_that_is_cancelled_twice_still_says_what_was_sent():
    """A limiter that takes its time to let go holds no outcome back: none is told "not sent"."""
    is_let_go = asyncio.Event()

    class Slow:
        async def __aenter__(self):
            """Let the request go at once."""

        async def __aexit__(self, *_):
            await is_let_go.wait()

    with FakeLiner(write_faults={"leads.create": Fault.stall(60)}) as server:
        async with client(server, limiter=Slow()) as liner:
            bulk = liner.leads.create_many(rows(100), concurrency=2)
            # Not in `wait_for`: Python 3.11's lets go of what it waits for at the second one.
            task = asyncio.ensure_future(bulk)
            await until(lambda: len(server.writes) == 2)
            for _ in range(3):
                task.cancel()
                await asyncio.sleep(0)
            is_let_go.set()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert [of.outcome for of in bulk.report] == ["unknown", "unknown"]


async def test_a_loop_that_is_left_lets_go_of_its_ledger_with_the_client(tmp_path):
    """Another bulk may use it then, and the report holds what was in flight."""
    path = tmp_path / "ledger"
    with FakeLiner(write_faults={"leads.create": [None, *[Fault.stall(60)] * 9]}) as server:
        async with client(server) as liner:
            bulk = liner.leads.create_many(rows(9), concurrency=2, ledger=FileLedger(path))
            async for _ in bulk:
                await until(lambda: len(server.writes) > 1)
                break
        assert bulk.report.unknown
        await FileLedger(path).open()


async def test_a_client_that_is_closed_stops_a_bulk():
    """The waiter gets its report, and no further row is taken."""
    with FakeLiner(write_faults={"leads.create": Fault.stall(60)}) as server:
        liner = client(server)
        bulk = liner.leads.create_many(rows(100), concurrency=2)
        task = asyncio.ensure_future(asyncio.wait_for(bulk, 60))
        await until(lambda: len(server.writes) == 2)
        await liner.aclose()
        with pytest.raises(BulkWriteError) as caught:
            await task
    report = caught.value.report
    assert [of.outcome for of in report] == ["unknown", "unknown"]
    assert isinstance(report.stopped_by, ClientClosedError)


async def test_a_bulk_takes_no_row_after_its_client_was_closed():
    """However many there are: each would be taken for nothing, and an endless input for ever."""
    taken = []

    def endless():
        for number in itertools.count():
            taken.append(number)
            yield row(number)

    with FakeLiner(write_faults={"leads.create": [None, *[Fault.stall(60)] * 2]}) as server:
        liner = client(server)
        bulk = liner.leads.create_many(endless(), concurrency=2)
        task = asyncio.ensure_future(asyncio.wait_for(bulk, 60))
        await until(lambda: len(server.writes) == 3)
        await liner.aclose()
        with pytest.raises(BulkWriteError) as caught:
            await task
    report = caught.value.report
    assert [of.outcome for of in report] == ["done", "unknown", "unknown"]
    assert (len(taken), report.pulled) == (3, 3)
    assert isinstance(report.stopped_by, ClientClosedError)


async def test_an_iterator_that_is_forgotten_leaves_nothing_behind():
    """Nor a lock on its ledger."""
    with FakeLiner(write_faults={"leads.create": [None, *[Fault.stall(60)] * 9]}) as server:
        async with client(server) as liner:
            results = aiter(liner.leads.create_many(rows(100), concurrency=2))
            await anext(results)
            del results
            aiter(liner.leads.create_many(rows(100)))  # which never began
            gc.collect()
            await until(lambda: server.in_flight == 0)


def test_an_iterator_may_be_forgotten_after_its_loop(tmp_path):
    """What it would wait for is gone."""

    async def leave():
        with FakeLiner() as server:
            async with client(server) as liner:
                results = aiter(
                    liner.leads.create_many(rows(5), ledger=FileLedger(tmp_path / "ledger"))
                )
                await anext(results)
                return results

    results = asyncio.run(leave())
    del results
    gc.collect()


async def test_a_bulk_is_used_once_and_does_nothing_before():
    """Its input may be used up."""
    with FakeLiner() as server:
        async with client(server) as liner:
            items = rows(2)
            bulk = liner.leads.create_many(items)
            assert server.requests == []
            await bulk
            with pytest.raises(ConfigError, match="a bulk is used once"):
                await bulk
    assert list(items) == []


def test_a_bulk_that_nobody_awaits_is_told():
    """As Python tells of a coroutine."""
    liner = LinerClient("https://liner.example", "key")
    with pytest.warns(RuntimeWarning, match="neither awaited nor iterated: nothing was sent"):
        liner.leads.create_many(rows(1))


@pytest.mark.parametrize("kind", ["input", "key", "on_progress", "asynchronous input"])
async def test_an_error_of_the_users_own_ends_the_bulk_as_it_is(kind):
    """What was in flight before has ended, and its results are in the report."""

    def failing(items):
        yield from items
        raise KeyError("mine")

    def fail(of):
        if getattr(of, "index", 3) == 3 and (kind == "on_progress" or of["phone"] == f"{PHONE}3"):
            raise KeyError("mine")
        return "x"

    options = {"input": {}, "key": {"key": fail}, "on_progress": {"on_progress": fail}}
    items = failing(rows(3)) if "input" in kind else rows(10)
    if kind == "asynchronous input":
        items = asynchronous(items)
    with FakeLiner() as server:
        async with client(server) as liner:
            bulk = liner.leads.create_many(items, **options.get(kind, {}))
            with pytest.raises(KeyError, match="mine"):
                await bulk
    assert sum(bulk.report.counts.values()) >= 3
    assert sum(applied(server).values()) >= 3


@pytest.mark.parametrize("key", [None, 5, ""])
async def test_a_key_is_a_text(key):
    """Anything else could not be found again."""
    with FakeLiner() as server:
        async with client(server) as liner:
            with pytest.raises(ConfigError, match="key must return a text"):
                await liner.leads.create_many(rows(1), key=lambda _: key)


@pytest.mark.parametrize("returned", [5, KeyError("mine")], ids=["no text", "an error"])
async def test_an_error_about_a_key_leads_to_no_field(returned):
    """Nor does a user's own lose the user's frames."""

    def key(_):
        if isinstance(returned, Exception):
            raise returned
        return returned

    with FakeLiner() as server:
        async with client(server) as liner:
            with pytest.raises((ConfigError, KeyError)) as caught:
                await liner.leads.create_many(rows(3), key=key)
    assert PHONE not in reachable_text(caught.value)
    frames = [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert ("key" in frames) == isinstance(returned, Exception)


async def test_progress_is_told_result_by_result():
    """In order, as they are handed out."""
    seen = []
    with FakeLiner() as server:
        async with client(server) as liner:
            await liner.leads.create_many(rows(5), on_progress=seen.append)
    assert [(of.index, of.outcome) for of in seen] == [(of, "done") for of in range(5)]


async def plain():
    """Be awaited."""


@pytest.mark.parametrize(
    "options",
    [
        {"concurrency": 0},
        {"concurrency": "4"},
        {"max_unknown": 0},
        {"on_failure": "ignore"},
        {"key": 5},
        {"on_progress": plain},
        {"resend_unknown": True},
    ],
)
async def test_wrong_options_are_refused_at_once(options):
    """Before anything is sent."""
    liner = LinerClient("https://liner.example", "key")
    with pytest.raises(ConfigError):
        liner.leads.create_many([], **options)


def test_wrong_items_and_names_are_refused_at_once():
    """A text is an iterable, too, but of no items."""
    liner = LinerClient("https://liner.example", "key")
    for items in (5, "text", b"bytes"):
        with pytest.raises(ConfigError, match="from an iterable"):
            liner.leads.create_many(items)
    with pytest.raises(TypeError, match="unexpected keyword argument 'retries'"):
        liner.leads.create_many([], retries=3)


def test_the_options_show_in_help():
    """With their defaults."""
    leads = LinerClient("https://liner.example", "key").leads
    for method in (leads.create_many, leads.submit_many, leads.update_many):
        _, *shown = inspect.signature(method).parameters.values()
        assert {of.name: of.default for of in shown} == BULK_DEFAULTS
    assert set(BulkWriteOptions.__annotations__) == set(BULK_DEFAULTS)
    assert {of.name: of.default for of in attrs.fields(BulkOptions)} == BULK_DEFAULTS


async def test_a_bulk_and_its_report_say_in_a_word_how_they_stand():
    """A notebook shows a bulk that nobody awaited, and a report of a million rows, in one line."""
    with FakeLiner(write_faults={"leads.create": [None, Fault.status(422)]}) as server:
        async with client(server) as liner:
            bulk = liner.leads.create_many(rows(3), on_failure="report", concurrency=1)
            assert repr(bulk) == (
                "<BulkWrite of leads.create_many: await it, or iterate over it, to send anything>"
            )
            report = await bulk
    assert repr(report) == "<BulkReport: 2 done, 1 refused>"
    assert repr(bulk) == "<BulkWrite of leads.create_many: 2 done, 1 refused>"


async def test_a_plain_for_over_a_bulk_says_what_to_write():
    """It does not count as an Iterable."""
    async with LinerClient("https://liner.example", "key") as liner:
        bulk = liner.leads.create_many([])
        with pytest.raises(TypeError, match="write `async for result in bulk`"):
            iter(bulk).__next__()
        assert not isinstance(bulk, Iterable)
        await bulk


async def test_nothing_to_do_is_done():
    """An empty input is no error."""
    async with LinerClient("https://liner.example", "key") as liner:
        report = await liner.leads.create_many([])
    assert (report, str(report)) == (BulkReport(counts={}), "nothing to do")


def lost(fault):
    """Return the fault of an answer that is lost after the write was carried out."""
    return attrs.evolve(fault, applied=True)


@pytest.mark.unmeasured
async def test_a_thousand_through_faults_are_all_accounted_for():
    """Applied or not: the books of both sides agree, and nothing is there twice."""
    # A server that says "later" has done nothing.
    later = {Fault.status(429).name, Fault.status(503).name}
    kinds = [*PASSING_FAULTS, *(lost(of) for of in PASSING_FAULTS if of.name not in later)]
    with FakeLiner(sizes={"leads": 0}, fault_rate=0.05, fault_kinds=kinds) as server:
        async with client(server) as liner:
            report = await liner.leads.create_many(
                rows(1000), on_failure="report", max_unknown=1000, concurrency=8
            )
    assert [of.index for of in report] == list(range(1000))
    assert sum(report.counts.values()) == 1000
    made = applied(server)
    assert max(made.values()) == 1
    done = {f"{PHONE}{of.index}" for of in report.done}
    doubtful = {f"{PHONE}{of.index}" for of in report.unknown}
    assert done <= made.keys() <= done | doubtful
    assert len(doubtful) > 5


def test_a_result_says_nothing_of_its_item():
    """It may be logged."""
    names = {of.name for of in attrs.fields(WriteResult)}
    assert names == {"index", "key", "outcome", "id", "error", "attempts", "resumed"}
