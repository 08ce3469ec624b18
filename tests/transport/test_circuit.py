"""A client whose host goes away: who probes it, who waits, and how it ends; in time of its own."""

from __future__ import annotations

import asyncio
import logging
import random
import re
from itertools import pairwise

import pytest
from attrs import define, field

from liner_async import (
    LinerError,
    RequestEvent,
    RetryEvent,
    RetryPolicy,
    ServerError,
    TransportError,
)
from liner_async._transport.delivery import Delivery
from liner_async._transport.request import Request
from tests.support.away import AWAY, KEY, Host, Sent, client_of, closed, refused, status
from tests.support.timeline import Timeline

ENDLESS = 1e9
ROWS = 60
KINDS = {
    "refused": (refused,),
    "closed": (closed,),
    "502": (status(502),),
    "503": (status(503),),
    "504": (status(504),),
    "mixture": AWAY,
}


def host(seconds, *, begins=0.0, seed=1, kinds=AWAY, total=ROWS, **options):
    """Make a host that is away for so long."""
    dice = random.Random(seed)
    ends = begins + seconds
    return Host(
        Timeline(), total=total, begins=begins, ends=ends, kinds=kinds, dice=dice, **options
    )


class DeadConnections(Host):
    """A host that has closed every connection of which a first attempt makes use."""

    async def exchange(self, request, *, seconds, attempt, begin):
        """Answer any later attempt."""
        if attempt == 1:
            self.sent.append(Sent(None, self.now()))
            await self.time.sleep(0.01)
            raise closed()
        return await super().exchange(request, seconds=seconds, attempt=attempt, begin=begin)


class Stuck(Host):
    """A host that takes four seconds over all but one of the first 64 requests."""

    async def exchange(self, request, *, seconds, attempt, begin):
        """Fail, sooner or later."""
        if self.now() == 0.0 and self.sent:
            await self.time.sleep(4.0)
        return await super().exchange(request, seconds=seconds, attempt=attempt, begin=begin)


@define(eq=False)
class Shy(Host):
    """A host that does not answer the first requests for each page from some page on."""

    shy_from: int = field(kw_only=True)
    shyness: int = field(kw_only=True)

    async def exchange(self, request, *, seconds, attempt, begin):
        """Answer any later attempt."""
        if attempt <= self.shyness and request.number("offset") >= self.shy_from:
            self.sent.append(Sent(request.number("offset"), self.now()))
            await self.time.sleep(0.01)
            raise refused()
        return await super().exchange(request, seconds=seconds, attempt=attempt, begin=begin)


async def use(server, work, **options):
    """Let a client of this host do something; return the result or the error."""

    async def use_client():
        liner = client_of(server, **options)
        try:
            return await work(liner)
        except LinerError as error:
            return error
        finally:
            await liner.aclose()

    return await server.time.run(use_client())


async def read(server, **options):
    """Read the list of this host, page by page of one row."""
    return await use(server, lambda liner: liner.orders.list(page_size=1), **options)


async def count(server, **options):
    """Send a single request."""
    return await use(server, lambda liner: liner.orders.count(), **options)


def failed_to(failed):
    """Return an observer that collects the attempts that failed."""
    return lambda event: (
        failed.append(event) if isinstance(event, RequestEvent) and event.error else None
    )


def while_away(server):
    """Return the requests that were sent while the host was away."""
    return [sent for sent in server.sent if server.begins <= sent.at < server.ends]


class TestAnOutageThatEnds:
    """Ten seconds are survived with default settings."""

    @pytest.mark.unmeasured
    @pytest.mark.parametrize("in_flight", [1, 8, 32, 128])
    @pytest.mark.parametrize("kinds", KINDS.values(), ids=KINDS)
    async def test_ten_seconds_are_survived(self, in_flight, kinds):
        """In the middle of a list, by few requests; each row comes once and in order."""
        for seed in range(4):
            begins = random.Random(seed).uniform(0.0, 0.6 * ROWS * 0.02 / in_flight)
            server = host(10.0, begins=begins, seed=seed, kinds=kinds)
            rows = await read(server, concurrency=in_flight)
            assert [row.id for row in rows] == list(range(1, ROWS + 1))
            assert len(while_away(server)) <= in_flight + 9

    @pytest.mark.parametrize("kinds", KINDS.values(), ids=KINDS)
    async def test_a_single_request_survives_ten_seconds(self, kinds):
        """With five attempts in all, also after a dead connection that was kept alive."""
        for seed in range(20):
            server = host(10.0, seed=seed, kinds=kinds)
            server.answered = bool(seed % 2)
            assert await count(server) == ROWS
            assert len(server.sent) <= 5

    async def test_no_request_loses_its_last_attempt_while_others_can_probe(self):
        """The first one was sent twice before the outage was known, and has three attempts."""
        for seed in range(5):
            server = host(2.0, seed=seed)

            async def many(liner):
                counts = [asyncio.create_task(liner.orders.count())]
                while not liner._sender._circuit.outage.is_on:
                    await asyncio.sleep(0)
                counts += [asyncio.create_task(liner.orders.count()) for _ in range(2)]
                return await asyncio.gather(*counts)

            assert await use(server, many, retry=RetryPolicy(attempts=3)) == [ROWS] * 3

    @pytest.mark.parametrize("seconds", [2.0, 3.0])
    async def test_a_short_restart_costs_seconds(self, seconds):
        """Eight in flight; reading goes on soon after."""
        for seed in range(5):
            server = host(seconds, begins=0.05, seed=seed)
            assert len(await read(server)) == ROWS
            later = [sent.at for sent in server.sent if sent.at >= server.ends]
            assert later[0] - server.ends <= 5.0

    async def test_one_request_at_a_time_probes(self):
        """Once the outage is known the next request comes after the answer to the last."""
        server = host(10.0, begins=0.05, kinds=(refused,))
        await read(server)
        probes = [sent.at for sent in while_away(server)][-3:]
        waits = [later - former for former, later in pairwise(probes)]
        assert [round(wait + 0.3) for wait in waits] == [2, 4]

    async def test_requests_follow_gradually_when_the_host_is_back(self):
        """One slot first, and each success opens more."""
        server = host(10.0, begins=0.05, kinds=(refused,))
        await read(server, concurrency=32)
        later = [sent.at for sent in server.sent if sent.at >= server.ends]
        after_first = [at for at in later if at < later[1] + 0.01]
        assert len(after_first) <= 3

    async def test_those_who_wait_pay_nothing_of_the_budget(self):
        """Forty tokens buy eight retries; more than that many wait for the host."""
        server = host(10.0, begins=0.05, kinds=(refused,))
        rows = await read(server, concurrency=32, retry=RetryPolicy(budget=40))
        assert len(rows) == ROWS


class TestAnOutageWithoutEnd:
    """It is cheap, and told soon."""

    @pytest.mark.unmeasured
    @pytest.mark.parametrize("begins", [0.0, 0.05], ids=["from the start", "later"])
    @pytest.mark.parametrize("in_flight", [1, 8, 32, 64, 128])
    @pytest.mark.parametrize("kinds", KINDS.values(), ids=KINDS)
    async def test_it_costs_few_requests_and_seconds(self, in_flight, kinds, begins):
        """However long the list is; the error is one that the host gave."""
        server = host(ENDLESS, begins=begins, kinds=kinds, total=100_000)
        failed = []
        error = await read(server, concurrency=in_flight, emit=failed_to(failed))
        assert str(error).split(" (")[0] in {str(kind()) for kind in (*kinds, closed)}
        assert error.offset is not None
        assert 1 <= error.attempts <= 5
        assert len(while_away(server)) <= 9 + (begins == 0.0 and in_flight)
        assert len(failed) <= in_flight + 9  # those in flight when it went away, and nine
        assert server.now() - begins <= 30.0

    @pytest.mark.parametrize("in_flight", [64, 128])
    async def test_many_at_once_cost_themselves_and_nine_more(self, in_flight):
        """They are on the wire before anybody knows, over connections that may be dead ones."""
        server, failed = host(ENDLESS, kinds=(closed,)), []
        server.answered = True

        async def many(liner):
            counts = [liner.orders.count() for _ in range(200)]
            return await asyncio.gather(*counts, return_exceptions=True)

        errors = await use(server, many, concurrency=in_flight, emit=failed_to(failed))
        assert {type(error) for error in errors} == {TransportError}
        assert len(failed) == len(server.sent) == in_flight + 9

    async def test_a_single_request_is_told_with_its_attempts(self):
        """Five requests, and the last of their errors."""
        server = host(ENDLESS, kinds=(status(502),))
        error = await count(server)
        assert (type(error), error.status, error.attempts) == (ServerError, 502, 5)
        assert len(server.sent) == 5
        assert 12.0 <= server.now() <= 30.0

    async def test_no_offset_is_asked_for_more_often_than_attempts(self):
        """Whoever probes."""
        server = host(ENDLESS, begins=0.05, total=1000)
        await read(server, retry=RetryPolicy(attempts=3))
        offsets = [sent.offset for sent in while_away(server)]
        assert max(map(offsets.count, offsets)) <= 3
        assert len(offsets) <= 80

    async def test_requests_that_were_never_sent_share_the_error(self):
        """Two hundred counts: the client gave the host up, so none of them tries it again."""
        server = host(ENDLESS, kinds=(status(502),))

        async def many(liner):
            counts = [liner.orders.count() for _ in range(200)]
            return await asyncio.gather(*counts, return_exceptions=True)

        errors = await use(server, many)
        assert {(type(error), error.status) for error in errors} == {(ServerError, 502)}
        assert len({id(error) for error in errors}) == 200
        assert sum(error.attempts or 0 for error in errors) == len(server.sent) <= 30
        assert None in {error.attempts for error in errors}
        assert server.now() <= 30.0

    async def test_a_request_that_comes_later_is_sent_at_once(self):
        """The client does not hold a grudge."""
        server = host(25.0, kinds=(refused,))

        async def twice(liner):
            with pytest.raises(LinerError):
                await liner.orders.count()
            server.ends = given_up = server.now()
            found = await liner.orders.count()
            return found, server.sent[-1].at - given_up

        assert await use(server, twice) == (ROWS, 0.0)

    async def test_a_deadline_is_kept(self):
        """No wait is begun that would pass it."""
        server = host(ENDLESS, kinds=(refused,))
        await count(server, retry=RetryPolicy(deadline=3.0))
        assert len(server.sent) == 2
        assert server.now() <= 3.0

    @pytest.mark.parametrize("attempts", [1, 2])
    async def test_few_attempts_are_few_requests(self, attempts):
        """`RetryPolicy.never()` waits for nothing."""
        server = host(ENDLESS)
        error = await count(server, retry=RetryPolicy(attempts=attempts))
        assert (error.attempts, len(server.sent)) == (attempts, attempts)
        assert server.now() <= 1.0

    async def test_an_empty_budget_ends_the_retries_before_it_is_an_outage(self):
        """`budget=0` switches retries off."""
        server = host(ENDLESS, kinds=(refused,))
        await count(server, retry=RetryPolicy(budget=0))
        assert len(server.sent) == 1


class TestWhatIsNoOutage:
    """One success among failures."""

    async def test_a_poisoned_page_gives_up_after_its_own_attempts(self, caplog):
        """The others are read meanwhile, and nobody waits."""
        server = host(0.0, poisoned={8: status(502)}, total=1000)
        error = await read(server)
        assert (error.status, error.offset, error.attempts) == (502, 8, 5)
        assert len([sent for sent in server.sent if sent.offset == 8]) == 5
        assert server.now() <= 8.0
        assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []

    @pytest.mark.parametrize("shyness", [1, 2])
    @pytest.mark.parametrize("in_flight", [1, 2, 8, 32, 128])
    async def test_pages_that_fail_once_or_twice_each_are_read(self, in_flight, shyness):
        """Many fail in a row, but one that is tried again shows that the host is there."""
        for first in range(0, 12, 3):
            shy = {"shy_from": first, "shyness": shyness}
            server = Shy(Timeline(), total=ROWS, begins=ENDLESS, ends=ENDLESS, **shy)
            rows = await read(server, concurrency=in_flight)
            assert [row.id for row in rows] == list(range(1, ROWS + 1))
            assert len(server.sent) == ROWS + shyness * (ROWS - first)

    async def test_pages_that_always_fail_do_not_stop_other_requests(self):
        """They look like an outage, until something else is asked for."""
        server = host(0.0, poisoned={8: status(502), 9: status(502)})

        async def read_and_count(liner):
            pages = [asyncio.create_task(liner.orders.page(offset=each)) for each in (8, 9)]
            while not liner._sender._circuit.outage.is_on:
                await asyncio.sleep(0)
            counted, now = await liner.orders.count(), server.now()
            errors = await asyncio.gather(*pages, return_exceptions=True)
            return counted, now, [error.status for error in errors]

        counted, now, statuses = await use(server, read_and_count)
        assert counted == ROWS
        assert now <= 4.0
        assert statuses == [502, 502]

    async def test_a_single_hiccup_is_not_waited_for_long(self):
        """The first retry comes within half a second, as ever."""
        server = host(0.01, kinds=(status(502),))
        assert await count(server) == ROWS
        assert server.now() <= 0.6


class TestSuspicion:
    """Requests failed, and nobody knows yet whether the host is away."""

    async def test_dead_connections_are_retried_a_few_at_a_time_until_one_is_answered(self):
        """Without a wait, and without the budget."""
        server = DeadConnections(Timeline(), total=ROWS, begins=ENDLESS, ends=ENDLESS)
        server.answered = True
        events = []

        async def many(liner):
            return await asyncio.gather(*(liner.orders.count() for _ in range(32)))

        counts = await use(
            server, many, concurrency=32, emit=events.append, retry=RetryPolicy(budget=0)
        )
        assert counts == [ROWS] * 32
        assert {event.wait for event in events if isinstance(event, RetryEvent)} == {0.0}
        retried = server.sent[32:]
        assert len(retried) == 32
        assert len([sent for sent in retried if sent.at == retried[0].at]) == 5
        assert server.now() <= 0.15

    async def test_only_those_in_flight_at_first_are_pardoned_a_dead_connection(self):
        """They may hang while others, sent later, show that the host is away."""
        server = Stuck(Timeline(), total=ROWS, begins=0.0, ends=ENDLESS, kinds=(closed,))
        server.answered = True

        async def many(liner):
            counts = [liner.orders.count() for _ in range(70)]
            return await asyncio.gather(*counts, return_exceptions=True)

        await use(server, many, concurrency=64)
        sent = [sent for sent in server.sent if sent.at < 4.0]
        assert len(sent) == 1 + 5 + 2  # the quick one, those that showed it, and two probes

    async def test_a_cancelled_trial_makes_room_for_the_next(self):
        """Nobody waits for an answer that nobody reads."""
        server = host(0.02, kinds=(refused,))

        async def many(liner):
            circuit = liner._sender._circuit
            tasks = [asyncio.create_task(liner.orders.count()) for _ in range(40)]
            while not circuit._trials or not circuit._waiting:
                await asyncio.sleep(0)
            for task in tasks[:30]:
                task.cancel()
            return await asyncio.gather(*tasks[30:])

        assert await use(server, many) == [ROWS] * 10


class TestTelling:
    """Once for the client, not for each request."""

    async def test_the_log_has_one_line_for_the_beginning_and_one_for_the_end(self, caplog):
        """A warning and an info; the retries of those who wait have none."""
        caplog.set_level(logging.INFO, "liner_async.transport")
        server = host(10.0, begins=0.05, kinds=(refused,))
        await read(server)
        began = next(n for n, of in enumerate(caplog.records) if of.levelname == "WARNING")
        lines = caplog.records[began:]
        assert [(record.levelname, record.msg) for record in lines] == [
            ("WARNING", "%s does not answer (%s); waiting until it does"),
            ("INFO", "%s answers again, after %.1f s"),
        ]
        assert 10.0 <= lines[1].args[1] <= 20.0
        assert KEY not in caplog.text

    async def test_failures_in_a_row_that_the_first_probe_ends_are_not_told(self, caplog):
        """They were a coincidence, as on a server that fails now and then."""
        caplog.set_level(logging.INFO, "liner_async.transport")
        server = host(0.3, begins=0.05, kinds=(refused,))
        assert not isinstance(await read(server), LinerError)
        assert [each.msg for each in caplog.records if "answer" in each.msg] == []

    async def test_giving_up_is_logged_too(self, caplog):
        """So that the log does not end with a wait."""
        caplog.set_level(logging.INFO, "liner_async.transport")
        await read(host(ENDLESS, begins=0.05))
        assert caplog.records[-1].msg == "%s has not answered for %.1f s; giving up"

    async def test_errors_note_that_the_client_gave_up(self):
        """Each once: few of the requests that waited had all their attempts."""
        server = host(ENDLESS, kinds=(status(502),))

        async def many(liner):
            counts = [liner.orders.count() for _ in range(20)]
            return await asyncio.gather(*counts, return_exceptions=True)

        errors = await use(server, many)
        [[note]] = {tuple(error.__notes__) for error in errors}
        told = re.fullmatch(r"http://127\.0\.0\.1 has not answered for (.+) s: .+ gave up", note)
        assert float(told[1]) == pytest.approx(server.now(), abs=0.1)

    async def test_errors_of_a_host_that_answers_have_no_note(self):
        """A page that gives up after its own attempts, or one refused while others gave up."""
        poisoned = host(0.0, poisoned={8: status(502)}, total=1000)
        assert not hasattr(await read(poisoned), "__notes__")
        liner = client_of(poisoned)
        circuit, refused_late = liner._sender._circuit, Delivery(Request(path="/"), parse=None)
        circuit.enter(refused_late)
        circuit.outage.given_up += 1
        circuit.explain(refused_late, error := ServerError("HTTP 500", status=500))
        assert not hasattr(error, "__notes__")
        await liner.aclose()

    async def test_events_tell_of_every_attempt_and_retry(self):
        """A retry's wait is the least that is left until the next probe."""
        server, events = host(10.0, kinds=(refused,)), []
        await count(server, emit=events.append)
        kinds = [type(event) for event in events]
        assert kinds == [RequestEvent, RetryEvent] * (len(server.sent) - 1) + [RequestEvent]
        waits = [event.wait for event in events if isinstance(event, RetryEvent)]
        assert waits[1] >= 0.8


class TestCancellation:
    """Whoever leaves, another probes."""

    async def test_cancelling_the_one_who_watches_leaves_the_next_to_watch(self):
        """The first of two waits for both until it is cancelled."""
        server = host(3.0, kinds=(refused,))

        async def two(liner):
            first = asyncio.create_task(liner.orders.count())
            while not (circuit := liner._sender._circuit).outage.is_on:
                await asyncio.sleep(0)
            second = asyncio.create_task(liner.orders.count())
            while len(circuit._waiting) < 2:
                await asyncio.sleep(0)
            first.cancel()
            return await second

        assert await use(server, two) == ROWS

    async def test_cancelling_the_probe_leaves_the_next_to_probe(self):
        """Its request was under way."""
        server = host(3.0, kinds=(refused,))

        async def many(liner):
            tasks = [asyncio.create_task(liner.orders.count()) for _ in range(12)]
            circuit = liner._sender._circuit
            while circuit._probe is None:
                await asyncio.sleep(0)
            for task in tasks[:9]:
                task.cancel()
            return await asyncio.gather(*tasks[9:])

        assert await use(server, many) == [ROWS] * 3

    async def test_closing_the_client_ends_the_wait(self):
        """As it ends every other."""
        server = host(ENDLESS)

        async def close(liner):
            task = asyncio.create_task(liner.orders.count())
            while not liner._sender._circuit._waiting:
                await asyncio.sleep(0)
            await liner.aclose()
            return await asyncio.gather(task, return_exceptions=True)

        (error,) = await use(server, close)
        assert type(error).__name__ == "ClientClosedError"


async def test_a_write_is_the_last_to_probe():
    """What it would do is lost with it: reads go first."""
    server = host(3.0, kinds=(refused,))
    write = Request(method="POST", path="/v2/order/", repeatable=False)

    async def both(liner):
        sender = liner._sender
        counts = [asyncio.create_task(liner.orders.count()) for _ in range(4)]
        while not sender._circuit.outage.is_on:
            await asyncio.sleep(0)
        posted = sender.start(write, lambda answer: answer.status)
        await asyncio.gather(*counts)
        return await posted

    assert await use(server, both) == 200
    assert [sent for sent in while_away(server) if sent.offset is None] == []


async def test_a_limiter_is_not_entered_by_those_who_wait():
    """Its tokens are for requests that are sent."""
    entered = []

    class Limiter:
        async def __aenter__(self):
            entered.append(1)

        async def __aexit__(self, *_):
            pass

    server = host(10.0, begins=0.05)
    await read(server, limiter=Limiter())
    assert len(entered) == len(server.sent)


async def test_a_request_in_the_users_limiter_when_the_outage_begins_is_held_back():
    """It comes out of the limiter, and must not be sent beside the probe."""
    server = host(10.0, kinds=(refused,))
    entries = []

    class Limiter:
        async def __aenter__(self):
            entries.append(1)
            if len(entries) == 4:
                await server.time.sleep(1.5)

        async def __aexit__(self, *_):
            pass

    async def four(liner):
        return await asyncio.gather(*(liner.orders.count() for _ in range(4)))

    assert await use(server, four, limiter=Limiter()) == [ROWS] * 4
    assert [sent for sent in server.sent if 1.4 <= sent.at <= 1.6] == []
