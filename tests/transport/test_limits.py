"""What the requests of one client share: slots, and the budget of retries."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from liner_async._transport.limits import ConcurrencyLimiter, FixedLimit, RetryBudget
from tests.support.timeline import turns


class Crowd:
    """Tasks that want a slot, and a record of who holds one."""

    def __init__(self, limit):
        self.limit = FixedLimit(limit)
        self.slots = ConcurrencyLimiter(self.limit.limit)
        self.admitted = []
        self.waiting = set()
        self.overtaken = set()
        self.holding = set()
        self.most_holding = 0
        self.tasks = []
        self.leave = []

    def join(self):
        """Start one more task that wants a slot and keeps it until it is let go."""
        number = len(self.tasks)
        self.leave.append(asyncio.Event())
        self.tasks.append(asyncio.create_task(self._hold(number)))
        return number

    async def _hold(self, number):
        self.waiting.add(number)
        try:
            async with self.slots:
                self._admit(number)
                await self.leave[number].wait()
        finally:
            self.waiting.discard(number)
            self.holding.discard(number)

    def _admit(self, number):
        self.waiting.discard(number)
        self.admitted.append(number)
        self.holding.add(number)
        self.most_holding = max(self.most_holding, len(self.holding))
        # Who came earlier and has been given a slot as well notices it within this turn.
        earlier = {other for other in self.waiting if other < number}
        asyncio.get_running_loop().call_soon(self._look_after, earlier)

    def _look_after(self, earlier):
        self.overtaken |= earlier & self.waiting

    async def join_all(self, number):
        """Start several tasks and let them queue."""
        for _ in range(number):
            self.join()
        await turns()

    async def go_home(self):
        """End every task, and give what they ended with."""
        for event in self.leave:
            event.set()
        return await asyncio.gather(*self.tasks, return_exceptions=True)


class TestSlots:
    """At most so many at once, first come, first served."""

    async def test_no_more_than_the_limit_hold_a_slot(self):
        """Ten want one of three; when one leaves, one enters."""
        crowd = Crowd(3)
        await crowd.join_all(10)
        assert crowd.holding == {0, 1, 2}
        crowd.leave[1].set()
        await turns()
        assert crowd.holding == {0, 2, 3}
        await crowd.go_home()
        assert (crowd.most_holding, crowd.holding) == (3, set())

    async def test_who_comes_first_is_served_first(self):
        """Nobody overtakes, also not one who comes when a slot is about to be free."""
        crowd = Crowd(1)
        await crowd.join_all(4)
        crowd.leave[0].set()
        crowd.join()
        await crowd.go_home()
        assert crowd.admitted == [0, 1, 2, 3, 4]

    async def test_a_free_slot_costs_no_turn_of_the_loop(self):
        """Entering does not wait where there is no need."""
        slots = ConcurrencyLimiter(lambda: 1)
        entering = slots.__aenter__()
        with pytest.raises(StopIteration):
            entering.send(None)
        await slots.__aexit__(None, None, None)

    async def test_an_error_inside_gives_the_slot_back(self):
        """It is not swallowed either."""
        slots = ConcurrencyLimiter(lambda: 1)
        with pytest.raises(KeyError):
            async with slots:
                raise KeyError
        async with asyncio.timeout(5), slots:
            pass

    async def test_cancelling_one_who_queues_lets_the_others_move_up(self):
        """The place in the queue is given up, no slot is."""
        crowd = Crowd(1)
        await crowd.join_all(3)
        crowd.tasks[1].cancel()
        await turns()
        crowd.leave[0].set()
        await turns()
        assert crowd.holding == {2}
        await crowd.go_home()
        assert crowd.tasks[1].cancelled()

    async def test_cancelling_a_holder_frees_its_slot(self):
        """As leaving does."""
        crowd = Crowd(1)
        await crowd.join_all(2)
        crowd.tasks[0].cancel()
        await turns()
        assert crowd.holding == {1}
        await crowd.go_home()

    async def test_cancelling_in_the_turn_of_admission_passes_the_slot_on(self):
        """Admitted, and cancelled before it could run: the next one enters instead."""
        crowd = Crowd(1)
        await crowd.join_all(3)
        crowd.tasks[0].cancel()
        await asyncio.sleep(0)  # the slot is given to 1, which has not run yet
        assert crowd.admitted == [0]
        crowd.tasks[1].cancel()
        await turns()
        assert crowd.holding == {2}
        await crowd.go_home()
        assert crowd.tasks[1].cancelled()

    async def test_a_slot_freed_in_the_turn_of_a_cancellation_goes_to_the_next(self):
        """Cancelled, and its place in the queue gone before it could run: a plain cancellation."""
        crowd = Crowd(1)
        await crowd.join_all(3)
        crowd.leave[0].set()  # 0 runs first, and passes its slot on
        crowd.tasks[1].cancel()
        await turns()
        outcome = crowd.tasks[1].cancelled(), crowd.holding.copy()
        await crowd.go_home()
        assert outcome == (True, {2})

    async def test_a_limit_that_shrinks_takes_no_slot_away(self):
        """Those held stay held; a new one is given when fewer than half are."""
        crowd = Crowd(4)
        await crowd.join_all(6)
        pause(crowd.limit)
        assert (crowd.limit.limit(), len(crowd.holding)) == (2, 4)
        for number in (0, 1):
            crowd.leave[number].set()
        await turns()
        assert crowd.holding == {2, 3}
        crowd.leave[2].set()
        await turns()
        assert crowd.holding == {3, 4}
        await crowd.go_home()

    async def test_a_limit_that_grows_admits_as_many_when_the_next_one_leaves(self):
        """One leaves, two enter."""
        crowd = Crowd(2)
        pause(crowd.limit)
        await crowd.join_all(3)
        assert crowd.holding == {0}
        crowd.limit.on_success(0.1, 1)
        crowd.leave[0].set()
        await turns()
        assert crowd.holding == {1, 2}
        await crowd.go_home()


def pause(limit, answers=1):
    """Let so many requests end with the same wish for a pause."""
    for _ in range(answers):
        limit.on_start()
    for _ in range(answers):
        limit.on_throttled()


class TestFixedLimit:
    """A number that is halved by a pause, and comes back."""

    def test_at_least_one_is_left(self):
        """However often there is a pause."""
        limit = FixedLimit(8)
        limits = []
        for _ in range(6):
            pause(limit)
            limits.append(limit.limit())
        assert limits == [4, 2, 1, 1, 1, 1]

    def test_one_pause_halves_once_however_many_answers_ask_for_it(self):
        """Those sent before it are pardoned, cancelled ones with them; the next one is new."""
        limit = FixedLimit(8)
        pause(limit, answers=8)
        assert limit.limit() == 4
        for _ in range(3):
            limit.on_start()
        limit.on_throttled()
        limit.on_cancelled()
        limit.on_throttled()
        assert limit.limit() == 2
        pause(limit)
        assert limit.limit() == 1

    def test_errors_leave_it_alone(self):
        """They are the retries' business."""
        limit = FixedLimit(8)
        limit.on_start()
        limit.on_error()
        assert limit.limit() == 8

    @pytest.mark.parametrize("most", [1, 2, 3, 8, 100])
    def test_successes_widen_it_by_one_a_round_up_to_the_number_asked_for(self, most):
        """A round is as many successes as may be in flight."""
        limit = FixedLimit(most)
        pause(limit)
        limits = [limit.limit()]
        while limit.limit() < most:
            limit.on_success(0.1, 1)
            limits.append(limit.limit())
            assert len(limits) <= 1 + 2 * most**2
        assert limits == sorted(limits)
        assert set(limits) == set(range(limits[0], most + 1))
        for _ in range(3):
            limit.on_success(0.1, 1)
        assert limit.limit() == most

    def test_a_host_that_was_away_is_met_with_few(self):
        """As many as are in flight then, at least one, never more than before."""
        limit = FixedLimit(8)
        limit.restart(3)
        assert limit.limit() == 3
        limit.restart(8)
        assert limit.limit() == 3
        limit.restart(0)
        assert limit.limit() == 1


steps = st.one_of(
    st.tuples(st.just("join"), st.just(0)),
    st.tuples(st.sampled_from(["cancel", "leave", "cancel", "leave", "join"]), st.integers(0, 30)),
    st.tuples(st.sampled_from(["narrow", "widen", "turn", "turn"]), st.just(0)),
)


@given(st.integers(1, 4), st.lists(steps, max_size=60))
@example(1, [("join", 0), ("join", 0), ("turn", 0), ("leave", 0), ("turn", 0), ("cancel", 1)])
@example(1, [("join", 0), ("join", 0), ("turn", 0), ("leave", 0), ("cancel", 1), ("turn", 0)])
@example(1, [("join", 0), ("join", 0), ("turn", 0), ("cancel", 1), ("leave", 0), ("turn", 0)])
@example(1, [("join", 0), ("join", 0), ("turn", 0), ("cancel", 0), ("cancel", 1), ("turn", 0)])
@example(
    2,
    [
        *[("join", 0)] * 4,
        *[("cancel", 1), ("turn", 0), ("cancel", 0), ("cancel", 2), ("join", 0)],
    ],
)
async def test_slots_are_never_exceeded_lost_or_leaked(limit, story):
    """Whoever comes, leaves or is cancelled, in whatever turn of the loop."""
    crowd = Crowd(limit)
    for step, of in story:
        match step:
            case "join":
                crowd.join()
            case "cancel" if crowd.tasks:
                crowd.tasks[of % len(crowd.tasks)].cancel()
            case "leave" if crowd.tasks:
                crowd.leave[of % len(crowd.tasks)].set()
            case "narrow":
                pause(crowd.limit)
            case "widen":
                crowd.limit.on_success(0.1, 1)
            case "turn":
                await asyncio.sleep(0)
    assert crowd.most_holding <= limit
    outcomes = await crowd.go_home()
    assert {type(outcome) for outcome in outcomes} <= {type(None), asyncio.CancelledError}
    assert crowd.overtaken == set()
    while crowd.limit.limit() < limit:
        crowd.limit.on_success(0.1, 1)
    later = Crowd(limit)
    later.slots = crowd.slots
    await later.join_all(limit + 1)
    assert later.holding == set(range(limit))
    await later.go_home()


class TestTheRetryBudget:
    """Retries take tokens, successes return them."""

    def test_a_retry_takes_its_cost_or_nothing(self):
        """Too few tokens are left alone."""
        budget = RetryBudget(12)
        assert [budget.take(5), budget.take(5), budget.take(5), budget.take(2)] == [
            True,
            True,
            False,
            True,
        ]
        assert budget.tokens == 0

    def test_a_success_returns_what_its_retries_took_and_one_more(self):
        """So a passing fault costs nothing in the end."""
        budget = RetryBudget(100)
        budget.take(10)
        budget.take(5)
        budget.give_back(5)
        assert budget.tokens == 91

    def test_an_exhausted_budget_refills_with_successes(self):
        """After an outage retries work again."""
        budget = RetryBudget(10)
        budget.take(10)
        for _ in range(5):
            assert not budget.take(5)
            budget.give_back(0)
        assert budget.take(5)

    def test_no_more_than_the_budget_is_ever_there(self):
        """Successes do not save up for an outage."""
        budget = RetryBudget(10)
        budget.give_back(100)
        assert budget.tokens == 10

    def test_a_budget_of_nothing_allows_no_retry_and_stays_nothing(self):
        """`budget=0` switches retries off."""
        budget = RetryBudget(0)
        budget.give_back(0)
        assert (budget.take(5), budget.tokens) == (False, 0)

    def test_the_default_budget_is_worth_a_hundred_retries(self):
        """That is what a total outage costs, whatever the size of the list."""
        budget = RetryBudget(500)
        assert sum(budget.take(5) for _ in range(1000)) == 100


@given(
    st.integers(0, 50),
    st.lists(st.tuples(st.booleans(), st.integers(0, 20))),
)
def test_a_budget_is_never_negative_and_never_over_its_size(size, story):
    """Whatever is taken and given back."""
    budget = RetryBudget(size)
    for is_retry, tokens in story:
        before = budget.tokens
        if is_retry:
            taken = budget.take(tokens)
            assert budget.tokens == (before - tokens if taken else before)
        else:
            budget.give_back(tokens)
            assert budget.tokens == min(size, before + tokens + 1)
        assert 0 <= budget.tokens <= size
