"""When a host counts as away, when it is probed, and when it is given up: pure decisions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liner_async import (
    ApiError,
    NotFoundError,
    RateLimitError,
    ResponseError,
    RetryPolicy,
    ServerError,
    TransportError,
    TransportTimeoutError,
)
from liner_async._transport.outage import Outage, is_answer

REFUSED = TransportError("cannot connect", reason="connect")
CLOSED = TransportError("closed", reason="closed")
SIGNS = {
    "refused": REFUSED,
    "closed": CLOSED,
    **{str(code): ServerError("no", status=code) for code in (502, 503, 504)},
}
ANSWERS = {
    "500": ServerError("no", status=500),
    "404": NotFoundError("no", status=404),
    "429": RateLimitError("no", status=429),
    "success: false": ApiError("no", status=200),
    "not JSON": ResponseError("no", status=200, reason="json"),
}
SILENT = {
    "timeout": TransportTimeoutError("late", reason="timeout"),
    "cut body": TransportError("cut", reason="body"),
    "no such host": TransportError("no", reason="dns"),
    "503 that names a wait": ServerError("no", status=503, retry_after=1.0),
}


class Judge:
    """An outage, and the clock and jitter that it goes by."""

    def __init__(self, policy=None, *, jitter=1.0):
        self.now = 100.0
        self.jitter = jitter
        self.outage = Outage(
            policy or RetryPolicy(), clock=lambda: self.now, random=lambda: self.jitter
        )

    def fail(self, times=1, *, error=REFUSED, in_flight=1, is_stale=False):
        """Let so many attempts fail."""
        for _ in range(times):
            self.outage.record_failure(error, in_flight=in_flight, is_stale=is_stale)

    def waits(self):
        """Let every probe fail as soon as it may be sent, by requests that were not sent before."""
        waits = []
        while self.outage.is_on:
            due = self.outage.due([0])
            waits.append(round(due - self.now, 6))
            self.now = due
            self.outage.record_failed_probe()
        return waits


class TestWhatMakesAnOutage:
    """Failures of a host that is away, in a row, from everybody."""

    @pytest.mark.parametrize("error", SIGNS.values(), ids=SIGNS)
    def test_a_lone_request_must_fail_twice_in_a_row(self, error):
        """Once is a hiccup, for which its own short wait is right."""
        judge = Judge()
        judge.fail(error=error)
        assert not judge.outage.is_on
        judge.fail(error=error)
        assert judge.outage.is_on
        assert (str(judge.outage.error), judge.outage.began) == (str(error), 100.0)

    @pytest.mark.parametrize(("in_flight", "needed"), [(1, 2), (2, 2), (3, 3), (5, 5), (32, 5)])
    def test_as_many_must_fail_as_were_in_flight(self, in_flight, needed):
        """From 2 to 5: more would only cost more requests."""
        judge = Judge()
        judge.fail(needed - 1, in_flight=in_flight)
        assert not judge.outage.is_on
        judge.fail(in_flight=1)
        assert judge.outage.is_on

    @pytest.mark.parametrize("error", ANSWERS.values(), ids=ANSWERS)
    def test_one_answer_among_failures_shows_that_the_host_is_there(self, error):
        """However bad; counting begins anew."""
        assert is_answer(error)
        judge = Judge()
        judge.fail(4, in_flight=8)
        assert judge.outage.record_answer(is_probe=False) is False
        judge.fail(4, in_flight=8)
        assert not judge.outage.is_on

    @pytest.mark.parametrize("error", SILENT.values(), ids=SILENT)
    def test_other_failures_say_nothing_either_way(self, error):
        """They neither show an outage nor interrupt the row."""
        assert not is_answer(error)
        judge = Judge()
        judge.fail()
        judge.fail(9, error=error)
        assert not judge.outage.is_on
        judge.fail()
        assert judge.outage.is_on

    @pytest.mark.parametrize("error", SIGNS.values(), ids=SIGNS)
    def test_a_sign_of_an_outage_is_no_answer(self, error):
        """Whatever its status."""
        assert not is_answer(error)

    def test_dead_connections_that_were_kept_alive_are_no_outage(self):
        """All eight may have been given up by the server; a ninth cannot have been."""
        judge = Judge()
        judge.fail(8, error=CLOSED, in_flight=8, is_stale=True)
        judge.fail(4, error=CLOSED, in_flight=8, is_stale=True)
        assert not judge.outage.is_on
        judge.fail(1, error=CLOSED, in_flight=8, is_stale=True)
        assert judge.outage.is_on

    def test_without_retries_there_is_no_outage(self):
        """`RetryPolicy.never()` switches everything off."""
        judge = Judge(RetryPolicy.never())
        judge.fail(99)
        assert not judge.outage.is_on


class TestSuspicion:
    """Before it is an outage, a few requests find out."""

    def test_without_a_failure_there_is_room_for_all(self):
        """However many were sent."""
        assert Judge().outage.has_room(128)

    def test_no_more_are_sent_than_would_show_an_outage(self):
        """Each failure leaves room for one less, and at least for one."""
        judge, room = Judge(), []
        for _ in range(4):
            judge.fail(in_flight=128)
            room.append(next(sent for sent in range(9) if not judge.outage.has_room(sent)))
        assert room == [4, 3, 2, 1]

    def test_pardoned_failures_take_no_room(self):
        """Of dead connections that were kept alive."""
        judge = Judge()
        judge.fail(128, error=CLOSED, in_flight=128, is_stale=True)
        assert (judge.outage.has_room(4), judge.outage.has_room(5)) == (True, False)

    def test_an_answer_ends_the_suspicion(self):
        """As it ends the count."""
        judge = Judge()
        judge.fail(4, in_flight=8)
        judge.outage.record_answer(is_probe=False)
        assert judge.outage.has_room(128)


class TestProbing:
    """One at a time, after waits that grow."""

    def test_the_waits_double_up_to_wait_max(self):
        """From twice `wait_initial` on."""
        judge = Judge(RetryPolicy(attempts=8))
        judge.fail(5)
        assert judge.waits() == [1.0, 2.0, 4.0, 8.0, 8.0, 8.0, 8.0]

    def test_a_lone_request_makes_its_attempts_last(self):
        """Two of five are spent when the outage is known: the other three span 20 s."""
        judge = Judge()
        judge.fail(2)
        waits = []
        for sent in (2, 3, 4):
            due = judge.outage.due([sent])
            waits.append(due - judge.now)
            judge.now = due
            judge.outage.record_failed_probe()
        assert waits == [4.0, 8.0, 8.0]

    @pytest.mark.parametrize(
        ("sent", "wait"), [([4], 8.0), ([3], 8.0), ([2], 4.0), ([2, 4], 2.0), ([2, 3], 1.0)]
    )
    def test_the_fewer_attempts_are_left_the_longer_is_the_first_wait(self, sent, wait):
        """All requests that wait have a share in them."""
        judge = Judge()
        judge.fail(2)
        assert judge.outage.due(sent) - judge.now == wait

    def test_jitter_takes_at_most_a_fifth(self):
        """So a wait cannot shrink to nothing, and clients do not probe in step."""
        judge = Judge(jitter=0.0)
        judge.fail(2)
        assert judge.waits() == [0.8, 1.6, 3.2, 6.4]

    @pytest.mark.parametrize("is_probe", [True, False])
    def test_only_an_answer_to_a_probe_ends_an_outage(self, is_probe):
        """Others were sent before it began."""
        judge = Judge()
        judge.fail(2)
        assert judge.outage.record_answer(is_probe=is_probe) is is_probe
        assert judge.outage.is_on is not is_probe

    @pytest.mark.parametrize(("attempts", "probes"), [(5, [2, 0, 2, 0]), (3, [1, 0])])
    def test_requests_that_failed_and_new_ones_take_turns(self, attempts, probes):
        """None is asked for its last attempt while others can be."""
        judge = Judge(RetryPolicy(attempts=attempts))
        judge.fail(2)
        first = []
        while judge.outage.is_on:
            first.append(min(range(attempts), key=judge.outage.cost_of_probing))
            judge.outage.record_failed_probe()
        assert first == probes

    def test_failures_of_others_do_not_move_the_next_probe(self):
        """The error that is told later is the latest."""
        judge = Judge()
        judge.fail(2)
        due = judge.outage.earliest()
        judge.now += 0.5
        judge.fail(30, error=CLOSED)
        assert judge.outage.earliest() == due
        assert judge.outage.error.reason == "closed"

    def test_the_error_that_is_kept_is_a_copy(self):
        """Nobody raises it, so that it holds no frames."""
        judge = Judge()
        error = TransportError("no", reason="connect")
        judge.fail(error=error)
        assert judge.outage.error is not error


class TestGivingUp:
    """A host that stays away is not waited for."""

    @pytest.mark.parametrize("attempts", [2, 3, 5, 8])
    def test_one_probe_less_than_attempts_is_sent(self, attempts):
        """Whoever sends them."""
        judge = Judge(RetryPolicy(attempts=attempts))
        judge.fail(5)
        assert len(judge.waits()) == attempts - 1
        assert (judge.outage.is_on, judge.outage.given_up) == (False, 1)

    def test_no_wait_passes_the_deadline(self):
        """As for a request."""
        judge = Judge(RetryPolicy(attempts=100, deadline=16.0))
        judge.fail(5)
        assert judge.waits() == [1.0, 2.0, 4.0, 8.0]

    @pytest.mark.parametrize(
        ("started", "moment", "expected"),
        [(None, 1e9, False), (0.0, 119.9, False), (0.0, 120.0, True)],
    )
    def test_a_request_has_a_deadline_once_it_was_sent(self, started, moment, expected):
        """120 s by default."""
        assert Judge().outage.is_too_late(moment, started=started) is expected

    def test_the_next_outage_begins_anew(self):
        """With the first short wait, and a count of its own."""
        judge = Judge()
        judge.fail(2)
        judge.waits()
        judge.fail(2)
        assert judge.waits() == [1.0, 2.0, 4.0, 8.0]
        assert judge.outage.given_up == 2

    @given(st.lists(st.floats(0, 1, exclude_max=True), min_size=5, max_size=5), st.booleans())
    def test_ten_seconds_are_survived_and_thirty_not_passed(self, dice, is_lone):
        """By default, whatever the jitter, by one request alone or by many."""
        judge = Judge()
        rolls = iter(dice)
        judge.outage = Outage(RetryPolicy(), clock=lambda: judge.now, random=lambda: next(rolls))
        judge.fail(2)
        for attempts in ([2], [3], [4]) if is_lone else [[2, 2]] * 4:
            judge.now = judge.outage.due(attempts)
            judge.outage.record_failed_probe()
        assert 12.0 <= round(judge.now - 100.0, 6) <= 20.0
