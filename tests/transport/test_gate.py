"""The gate that holds a client's requests back while the server asks for a pause."""

from __future__ import annotations

import asyncio
import math
import random
from collections import Counter, deque

import pytest
from attrs import define, field
from hypothesis import given
from hypothesis import strategies as st

from liner_async import LinerError, RateLimitError, RetryEvent, RetryPolicy
from liner_async._transport.gate import PauseGate
from tests.support.away import Host, client_of
from tests.support.timeline import Timeline, turns


def refused(seconds):
    """Make the error of an answer that asks for a pause."""
    return RateLimitError("HTTP 429", status=429, retry_after=seconds)


class Passers:
    """Requests that come to a gate, and the moments they passed it."""

    def __init__(self, *, spread=0.0, jitter=0.0):
        self.time = Timeline()
        self.gate = PauseGate(
            RetryPolicy(wait_initial=spread),
            clock=self.time.clock,
            sleep=self.time.sleep,
            random=lambda: jitter,
        )
        self.passed = []
        self.order = []
        self.tasks = []

    def close(self, seconds, *, attempt=1, sent_at=None):
        """Let a request that is sent and answered now be refused, or one that was sent before."""
        sent_at = self.time.now if sent_at is None else sent_at
        self.gate.record(refused(seconds), sent_at=sent_at, attempt=attempt)

    def succeed(self, *, sent_at=None):
        """Let a request that is sent now, or was before, be answered well."""
        sent_at = self.time.now if sent_at is None else sent_at
        self.gate.record(None, sent_at=sent_at, attempt=1)

    async def come(self, number=1):
        """Let some more come to the gate."""
        for _ in range(number):
            self.tasks.append(asyncio.create_task(self._pass(len(self.tasks))))
        await turns()

    async def _pass(self, number):
        await self.gate.wait()
        self.passed.append(round(self.time.now - 100.0, 6))
        self.order.append(number)


class TestAPause:
    """Nothing passes inside it."""

    async def test_an_open_gate_costs_no_turn_of_the_loop(self):
        """Who is not held back does not wait."""
        passage = Passers().gate.wait()
        with pytest.raises(StopIteration):
            passage.send(None)

    async def test_everybody_waits_for_its_end(self):
        """Those who come during it wait for what is left of it."""
        crowd = Passers()
        crowd.close(3.0)
        await crowd.come(2)
        await crowd.time.advance(2.0)
        assert crowd.gate.remaining() == 1.0
        await crowd.come(2)
        await crowd.time.advance(0.999)
        assert crowd.passed == []
        await crowd.time.advance(0.001)
        assert crowd.passed == [3.0] * 4
        assert crowd.gate.remaining() == 0.0

    async def test_closing_again_extends_it_for_those_who_wait_already(self):
        """Who wakes in a longer pause goes on waiting."""
        crowd = Passers()
        crowd.close(2.0)
        await crowd.come(3)
        await crowd.time.advance(1.0)
        crowd.close(5.0)
        await crowd.time.advance(4.9)
        assert crowd.passed == []
        await crowd.time.advance(0.1)
        assert crowd.passed == [6.0] * 3

    async def test_a_shorter_one_does_not_shorten_a_longer_one(self):
        """The latest end counts, not the latest word."""
        crowd = Passers()
        crowd.close(10.0)
        crowd.close(1.0)
        await crowd.come()
        await crowd.time.advance(9.9)
        assert crowd.passed == []
        await crowd.time.advance(0.1)
        assert crowd.passed == [10.0]


class TestItsEnd:
    """Those who waited follow each other."""

    async def test_they_pass_one_after_the_other(self):
        """Never earlier than asked, each after an eighth of `wait_initial` at most."""
        crowd = Passers(spread=0.8, jitter=0.5)
        crowd.close(3.0)
        await crowd.come(3)
        await crowd.time.advance(5.0)
        assert crowd.passed == [3.05, 3.1, 3.15]

    async def test_nobody_is_overtaken(self):
        """Not by who comes while the first pass, nor when the gate closes again."""
        crowd = Passers(spread=0.8, jitter=0.5)
        crowd.close(3.0)
        await crowd.come(4)
        await crowd.time.advance(3.1)
        await crowd.come(2)
        crowd.close(1.0)
        await crowd.come(2)
        await crowd.time.advance(2.0)
        await crowd.come()
        assert crowd.order == [*range(9)]
        assert crowd.passed[-1] == 5.1

    async def test_many_follow_within_two_seconds(self):
        """The more there are, the closer they follow."""
        crowd = Passers(spread=0.5, jitter=0.99)
        crowd.close(3.0)
        await crowd.come(64)
        await crowd.time.advance(10.0)
        assert len(crowd.passed) == 64
        assert crowd.passed[-1] <= 3.0 + 4 * 0.5

    async def test_those_who_come_later_pass_together_behind_them(self):
        """They waited for no pause, so they need no interval."""
        crowd = Passers(spread=0.8, jitter=0.5)
        crowd.close(3.0)
        await crowd.come(2)
        await crowd.time.advance(3.01)
        await crowd.come(50)
        await crowd.time.advance(0.1)
        await turns(200)
        assert (len(crowd.passed), crowd.passed[0]) == (52, 3.05)
        assert crowd.passed[-1] <= 3.11

    async def test_cancelling_one_who_waits_leaves_the_others_waiting(self):
        """The first in the line, and one behind it."""
        crowd = Passers()
        crowd.close(1.0)
        await crowd.come(4)
        crowd.tasks[0].cancel()
        crowd.tasks[2].cancel()
        await crowd.time.advance(1.0)
        assert [task.cancelled() for task in crowd.tasks] == [True, False, True, False]
        assert (crowd.order, crowd.passed) == ([1, 3], [1.0, 1.0])


class TestAPauseThatWasTooShort:
    """The server refuses a request again, although nothing went well since the last pause."""

    async def test_each_takes_longer_than_the_one_before(self):
        """Up to what the policy waits for at most."""
        crowd, taken = Passers(), []
        crowd.succeed()
        for attempt in range(1, 6):
            await crowd.time.advance(crowd.gate.remaining())
            crowd.close(None, attempt=attempt)
            taken.append(crowd.gate.remaining())
        assert taken == [1.0, 4.0, 16.0, 60.0, 60.0]

    async def test_a_client_that_was_never_served_is_told_soon(self):
        """It may have no quota at all: twice as long is enough."""
        crowd, taken = Passers(), []
        for attempt in range(1, 5):
            await crowd.time.advance(crowd.gate.remaining())
            crowd.close(1.0, attempt=attempt)
            taken.append(crowd.gate.remaining())
        assert taken == [1.0, 2.0, 4.0, 8.0]

    async def test_a_good_answer_ends_it(self):
        """The pause was long enough, but not for all who waited."""
        crowd = Passers()
        crowd.close(1.0, attempt=1)
        await crowd.time.advance(1.0)
        crowd.succeed()
        crowd.close(1.0, attempt=2)
        assert crowd.gate.remaining() == 1.0

    async def test_others_that_ask_for_the_same_pause_do_not_make_it_longer(self):
        """They were sent before it began."""
        crowd = Passers()
        sent_at = crowd.time.now
        await crowd.time.advance(0.5)
        for _ in range(8):
            crowd.close(1.0, attempt=3, sent_at=sent_at)
        assert crowd.gate.remaining() == 1.0

    async def test_a_good_answer_to_a_request_sent_together_with_the_refused_one_counts(self):
        """The refusal comes first, as it costs the server least."""
        crowd = Passers()
        for attempt in (1, 2, 3):
            await crowd.time.advance(1.0)
            sent_at = crowd.time.now
            crowd.close(1.0, attempt=attempt)
            crowd.succeed(sent_at=sent_at)
        assert crowd.gate.remaining() == 1.0


@given(
    st.lists(
        st.tuples(st.sampled_from(["come", "close", "succeed", "advance"]), st.integers(0, 8)),
        max_size=30,
    ),
    st.floats(0, 1, exclude_max=True),
)
async def test_nothing_passes_inside_any_pause(story, jitter):
    """However pauses overlap; and everybody passes in the end, in the order they came."""
    crowd = Passers(spread=0.25, jitter=jitter)
    pauses = []
    for step, of in story:
        match step:
            case "come":
                await crowd.come(of)
            case "close":
                crowd.close(of)
                start = crowd.time.now - 100.0
                pauses.append((start, start + of))
            case "succeed":
                crowd.succeed()
            case "advance":
                await crowd.time.advance(of)
    await crowd.time.advance(1000.0)
    await turns(100)
    assert crowd.order == [*range(len(crowd.tasks))]
    # Who came before a pause passed in the very moment it began.
    assert not [moment for moment in crowd.passed for start, end in pauses if start < moment < end]


@define(eq=False)
class Window(Host):
    """A host that answers so many requests in each window of seconds, and refuses the others."""

    allowed: int = field(kw_only=True)
    window: float = field(kw_only=True)
    retry_after: float | str | None = field(kw_only=True)
    is_sliding: bool = field(default=False, kw_only=True)
    served: deque[float] = field(factory=deque)
    refused: Counter[int] = field(factory=Counter)

    async def exchange(self, request, *, seconds, attempt, begin):
        """Answer or refuse."""
        now = self.now()
        began = now - self.window if self.is_sliding else now // self.window * self.window
        while self.served and self.served[0] < began:
            self.served.popleft()
        if len(self.served) < self.allowed:
            self.served.append(now)
            return await super().exchange(request, seconds=seconds, attempt=attempt, begin=begin)
        self.refused[request.number("offset")] += 1
        await self.time.sleep(0.01)
        if self.retry_after != "true":
            raise refused(self.retry_after)
        free_at = self.served[0] + self.window if self.is_sliding else began + self.window
        raise refused(math.ceil(free_at - now))


def window(retry_after, *, allowed=60, seconds=60.0, pages=240, **options):
    """Make a host that allows so many pages in a window."""
    return Window(
        Timeline(),
        total=pages,
        begins=math.inf,
        ends=math.inf,
        dice=random.Random(1),
        allowed=allowed,
        window=seconds,
        retry_after=retry_after,
        **options,
    )


async def read(server, **options):
    """Read the list of this host, page by page of one row; return the rows or the error."""

    async def use_client():
        liner = client_of(server, **options)
        try:
            return await liner.orders.list(page_size=1)
        except LinerError as error:
            return error
        finally:
            await liner.aclose()

    return await server.time.run(use_client())


class TestARateLimit:
    """So many requests a minute, or ten seconds: the whole list arrives."""

    @pytest.mark.unmeasured
    @pytest.mark.parametrize("retry_after", ["true", 1.0, 5.0, None])
    @pytest.mark.parametrize("concurrency", ["auto", 8])
    @pytest.mark.parametrize(("allowed", "seconds"), [(60, 60.0), (300, 60.0), (100, 10.0)])
    async def test_a_list_arrives_whatever_the_server_says_of_the_wait(
        self, allowed, seconds, concurrency, retry_after
    ):
        """The whole wait, one that is too short, or nothing."""
        server = window(retry_after, allowed=allowed, seconds=seconds, pages=4 * allowed)
        rows = await read(server, concurrency=concurrency)
        assert [row.id for row in rows] == list(range(1, 4 * allowed + 1))
        assert max(server.refused.values()) <= 4
        assert server.now() <= 2 * 3 * seconds
        assert server.refused.total() * 60 / server.now() <= 75

    async def test_a_pause_is_over_once_those_who_waited_have_passed(self):
        """Others are not made to follow each other: 1,500 pages take 32 at once a second."""
        server = window(1.0, allowed=1_000, seconds=1.0, pages=1_500)
        server.served.extend([0.0] * 900)
        assert len(await read(server, concurrency=32)) == 1_500
        assert server.refused.total() > 0
        assert server.now() <= 5.0

    @pytest.mark.parametrize("concurrency", ["auto", 8])
    async def test_refused_pages_are_not_starved_by_new_ones(self, concurrency):
        """None waits for a third window."""
        server = window("true", is_sliding=True)
        rows = await read(server, concurrency=concurrency)
        assert len(rows) == 240
        assert max(server.refused.values()) <= 2

    async def test_the_event_tells_what_is_left_of_the_pause(self):
        """However short a wait the server named this time."""
        events = []
        server = window(1.0, allowed=30, pages=31)
        await read(server, concurrency=1, emit=events.append)
        waits = [event.wait for event in events if isinstance(event, RetryEvent)]
        assert waits == pytest.approx([1, 4, 16, 60], abs=0.1)

    async def test_a_pause_past_the_deadline_is_not_waited_for(self):
        """The error comes at once, though the server asked for a shorter one."""
        server = window(5.0, seconds=math.inf, allowed=0)
        error = await read(server, retry=RetryPolicy(deadline=30.0))
        assert (error.status, error.retry_after, error.attempts) == (429, 5.0, 3)
        assert server.now() == pytest.approx(5.0 + 10.0, abs=0.2)

    async def test_a_limit_without_end_is_told(self):
        """At the end of the pause in which a page's deadline is, or soon if no page ever came."""
        server = window(None, seconds=math.inf, allowed=0)
        assert (await read(server)).attempts == 5
        assert server.now() == pytest.approx(1 + 2 + 4 + 8, abs=0.5)
        server = window(None, seconds=math.inf, allowed=100)
        assert (await read(server)).status == 429
        assert server.now() <= 120.0 + 60.0
