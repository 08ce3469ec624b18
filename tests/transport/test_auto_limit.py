"""The limit that finds what the server bears: pure, with an injected clock."""

from __future__ import annotations

import math
from random import Random
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liner_async._transport.limits import AutoLimit
from liner_async._transport.throughput import Measurement

MOST = 32


class Clock:
    """A clock that is moved by hand."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        """Return its seconds."""
        return self.now


class Bench:
    """A limit, its clock, and a server: a function of the requests in flight."""

    def __init__(self, latency=lambda in_flight: 0.1, *, most=MOST):
        self.clock = Clock()
        self.auto = AutoLimit(self.clock, most=most)
        self.latency = latency
        self.seen = [self.auto.limit()]

    def burst(self, *, errors=0, after=0, in_flight=None):
        """Fill the limit with requests, and let all end at once, some with errors after others."""
        sent = self.auto.limit() if in_flight is None else in_flight
        for _ in range(sent):
            self.auto.on_start()
        seconds = self.latency(sent)
        self.clock.now += seconds
        for number in range(sent):
            if after <= number < after + errors:
                self.auto.on_error()
            else:
                self.auto.on_success(seconds, sent)
        self.seen.append(self.auto.limit())

    def bursts(self, number, **how):
        """Let some bursts follow each other."""
        for _ in range(number):
            self.burst(**how)

    def pause(self, *, answers=1, seconds=1.0):
        """Let so many requests be told to pause, and wait as long as they ask."""
        for _ in range(answers):
            self.auto.on_start()
        for _ in range(answers):
            self.auto.on_throttled()
        self.seen.append(self.auto.limit())
        self.clock.now += seconds


def at(limit, *, in_flight, throughput):
    """Make what was measured at a limit."""
    return Measurement(limit=limit, in_flight=in_flight, throughput=throughput, errors=0.0)


def workers(number, seconds=0.1):
    """Describe a server whose workers take so many seconds each: beyond them requests queue."""
    return lambda in_flight: seconds * max(1.0, in_flight / number)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["start", "success", "throttled", "error", "time"]),
        st.floats(0.0, 30.0),
        st.integers(0, 200),
    ),
    max_size=300,
)


@given(STEPS, st.integers(1, 128))
def test_limit_stays_between_one_and_most_whatever_is_reported(steps, most):
    """Whatever is reported, in whatever order, the limit is a whole number from 1 to `most`."""
    clock = Clock()
    auto = AutoLimit(clock, most=most)
    for kind, seconds, in_flight in steps:
        if kind == "start":
            auto.on_start()
        elif kind == "success":
            auto.on_success(seconds, in_flight)
        elif kind == "throttled":
            auto.on_throttled()
        elif kind == "error":
            auto.on_error()
        else:
            clock.now += seconds
        assert type(auto.limit()) is int
        assert 1 <= auto.limit() <= most


@pytest.mark.parametrize(("most", "start"), [(1, 1), (5, 5), (8, 8), (128, 8)])
def test_limit_starts_at_eight_or_at_the_most(most, start):
    """It starts at 8, where that is allowed."""
    assert start == AutoLimit(Clock(), most=most).limit()


def test_limit_doubles_as_long_as_throughput_follows():
    """On a server without limits it doubles round by round, and stays at the most."""
    bench = Bench(most=64)
    bench.bursts(4)
    assert bench.seen[:4] == [8, 16, 32, 64]


@given(st.integers(1, 24), st.floats(0.005, 1.0))
def test_limit_settles_near_the_knee_of_a_server_with_workers(number, seconds):
    """It spends its time at up to twice as many requests as there are workers."""
    bench = Bench(workers(number, seconds))
    bench.bursts(200)
    late = bench.seen[100:]
    assert 0.6 * number <= sum(late) / len(late) <= 2 * number + 1


def test_step_down_that_helps_goes_on():
    """Where fewer requests bring more, the limit goes down with growing steps."""
    bench = Bench(lambda in_flight: 0.01 * in_flight**1.5)
    bench.bursts(100)
    assert max(bench.seen[-40:]) <= 3


def test_limit_that_outgrows_the_knee_a_little_comes_back_to_it():
    """A doubling that brings half as much as it should has passed the knee."""
    bench = Bench(workers(11))
    bench.bursts(40)
    late = bench.seen[20:]
    assert 9 <= sum(late) / len(late) <= 16


@pytest.mark.parametrize(
    ("before", "after", "elasticity"),
    [
        (at(8, in_flight=8, throughput=80), at(16, in_flight=16, throughput=160), 1.0),
        (at(8, in_flight=8, throughput=80), at(16, in_flight=16, throughput=80), 0.0),
        (at(8, in_flight=8, throughput=80), at(4, in_flight=4, throughput=40), 1.0),
        # The requests in flight did not follow the limit.
        (at(8, in_flight=6, throughput=80), at(16, in_flight=6, throughput=90), -math.inf),
        (at(8, in_flight=4, throughput=40), at(6, in_flight=5, throughput=50), -math.inf),
        (at(8, in_flight=4, throughput=40), at(6, in_flight=5, throughput=30), math.inf),
    ],
)
def test_elasticity_says_how_much_of_a_step_shows_in_the_throughput(before, after, elasticity):
    """1 where throughput follows the requests in flight, 0 where it stays."""
    assert after.elasticity_from(before) == pytest.approx(elasticity)


@pytest.mark.parametrize("most", [1, 2, 3])
def test_limit_at_its_bounds_goes_on_measuring(most):
    """Where there is nothing to try it stays; where there is little it comes back."""
    bench = Bench(most=most)
    bench.bursts(100)
    assert most == max(bench.seen)
    assert bench.seen.count(most) > 50


def test_all_answers_of_one_pause_lower_the_limit_once():
    """Eight answers that ask for the same pause count once, and those of the next pause again."""
    bench = Bench(workers(8))
    bench.bursts(30)
    before = bench.auto.limit()
    bench.pause(answers=before)
    first = bench.auto.limit()
    assert before // 2 <= first < before
    bench.pause(answers=first)
    assert first // 2 == bench.auto.limit()


def test_first_pause_while_doubling_far_leads_back_to_the_start():
    """Each doubling came before the one before it was proven: the way back is longer."""
    bench = Bench(most=64)
    bench.bursts(3)
    bench.pause(answers=64)
    assert bench.seen[-2:] == [64, 8]


@pytest.mark.parametrize("bursts", [4, 5, 6, 20])
def test_pause_long_after_the_doubling_does_not_lead_back_to_the_start(bursts):
    """It ended where nothing higher may be tried, and what went well since then is known."""
    bench = Bench(most=64)
    bench.bursts(bursts)
    bench.pause(answers=bench.auto.limit())
    assert bench.seen[-1] >= 32


def test_nothing_higher_is_tried_for_a_while_after_a_pause():
    """A pause sets a ceiling for 15 s, and is forgotten after that."""
    bench = Bench()
    bench.bursts(3)
    bench.pause(answers=32)
    lowered = bench.auto.limit()
    until = bench.clock.now + 13
    while bench.clock.now < until:
        bench.burst()
        assert bench.auto.limit() <= lowered
    bench.bursts(300)
    assert max(bench.seen[-100:]) == MOST


def test_second_pause_brings_the_limit_to_the_rate_that_was_borne():
    """What the server bore between two pauses, and the latency, make a number in flight."""
    bench = Bench(most=64)
    bench.bursts(3)
    bench.pause(answers=64, seconds=0.1)  # 8 are left
    bench.bursts(2)  # 16 answers in 0.3 s, the pause included: 53 a second, 5.3 at once
    bench.pause(answers=8)
    assert bench.seen[-2:] == [8, 6]


def test_a_rate_is_used_up_to_what_one_request_more_would_add():
    """Of 25 requests a second at 0.1 s each, two in flight use 20, and one would use 10."""
    bench = Bench()
    bench.pause()
    second, left, answers = 0, 25, 0
    while bench.clock.now < 700:
        if second != int(bench.clock.now):
            second, left = int(bench.clock.now), 25
        sent = bench.auto.limit()
        if left < sent:
            bench.pause(answers=sent, seconds=math.ceil(bench.clock.now) - bench.clock.now)
            continue
        left -= sent
        answers += sent
        bench.burst()
    assert answers > 0.78 * 25 * 600


def test_servers_that_ask_for_pauses_are_not_asked_for_less():
    """Under a ceiling that a pause set, no step down is tried: it could only be slower."""
    bench = Bench(most=64)
    bench.bursts(3)
    bench.pause(answers=64)
    bench.bursts(100)
    assert bench.seen[-100:] == [8] * 100


def test_after_a_pause_is_over_fewer_are_tried_again():
    """Back at the most, it notices that the server has lost three of its eight workers."""
    bench = Bench(workers(8), most=8)
    bench.pause()
    bench.bursts(300)
    assert bench.auto.limit() == 8
    bench.latency = workers(5)
    bench.bursts(200)
    assert fmean(bench.seen[-100:]) < 7


def test_many_errors_lower_the_limit_at_once():
    """More errors than successes in a round are a sign of overload; one burst counts once."""
    bench = Bench(workers(8))
    bench.bursts(30)
    before = bench.auto.limit()
    bench.burst(errors=before)
    assert max(1, before // 2) == bench.auto.limit()


def test_errors_that_do_not_depend_on_the_load_leave_the_limit_alone():
    """A server that fails one request in twenty, however few there are, is still used fully."""
    bench = Bench()
    for number in range(200):
        bench.burst(errors=1 if number % 2 and bench.auto.limit() >= 20 else 0)
    assert sum(bench.seen[-50:]) / 50 > 0.8 * MOST


def test_chance_errors_of_a_flaky_server_do_not_keep_the_limit_low():
    """Eight requests in a hundred fail whatever the load: on average half of the most is used."""
    used = []
    for seed in range(10):
        bench, chance = Bench(), Random(seed)
        for _ in range(500):
            sent = bench.auto.limit()
            used.append(sent)
            for _ in range(sent):
                bench.auto.on_start()
            bench.clock.now += 0.02
            for _ in range(sent):
                if chance.random() < 0.08:
                    bench.auto.on_error()
                else:
                    bench.auto.on_success(0.02, sent)
    assert fmean(used) > MOST / 2


def test_step_up_that_brings_errors_is_taken_back_and_not_repeated_for_a_while():
    """Beyond 16 the server refuses some: the limit comes back to 16, and stays for ten seconds."""
    bench = Bench()
    bench.burst()
    bench.burst()
    assert bench.auto.limit() == 32
    bench.burst(errors=3, after=10)  # fewer than the good ones, and a tenth of the round
    assert bench.auto.limit() == 16
    until = bench.clock.now + 9
    while bench.clock.now < until:
        bench.burst()
        assert bench.auto.limit() <= 16


def test_errors_while_staying_make_the_next_step_go_down():
    """Where a tenth of a round fails, fewer requests are tried first."""
    bench = Bench(workers(8))
    bench.bursts(12)
    before = bench.auto.limit()
    while bench.auto.limit() == before:
        bench.burst(errors=max(1, before // 5))
    assert bench.auto.limit() < before


@given(st.integers(1, 3), st.integers(1, 60))
def test_rounds_that_the_application_limits_change_nothing(in_flight, bursts):
    """With less than half of the limit in flight there is nothing to learn."""
    bench = Bench()
    bench.bursts(bursts, in_flight=in_flight)
    assert {8} == set(bench.seen)


def test_silence_makes_it_measure_anew():
    """After ten seconds without a request it doubles again, from where it was."""
    bench = Bench(workers(4))
    bench.bursts(60)
    low = bench.auto.limit()
    bench.clock.now += 11
    bench.latency = lambda _: 0.1
    bench.bursts(4)
    assert min(MOST, 8 * low) <= bench.auto.limit()


def test_answers_to_requests_from_before_a_change_are_not_counted():
    """What was sent under another limit says nothing about this one."""
    bench = Bench()
    bench.burst()
    assert bench.auto.limit() == 16
    for _ in range(100):
        bench.auto.on_success(5.0, 8)
    assert bench.auto.limit() == 16


def test_errors_of_requests_from_before_a_cut_do_not_cut_again():
    """Thirty requests that fail together lower the limit once."""
    bench = Bench()
    bench.bursts(2)
    for _ in range(32):
        bench.auto.on_start()
    bench.clock.now += 0.1
    for _ in range(32):
        bench.auto.on_error()
    assert bench.auto.limit() == 16


def test_good_answers_from_before_a_pause_are_told_from_its_own():
    """The last of the requests that were under way may end well, and the next 429 is a new one."""
    bench = Bench()
    for _ in range(8):
        bench.auto.on_start()
    bench.clock.now += 0.1
    bench.auto.on_throttled()
    for _ in range(7):
        bench.auto.on_success(0.1, 7)
    lowered = bench.auto.limit()
    assert lowered == 4
    bench.clock.now += 1.0
    bench.pause()
    assert bench.auto.limit() == 2


def test_a_host_that_was_away_is_met_with_few_and_doubled_again():
    """The errors before are no overload: no ceiling is left of them."""
    bench = Bench()
    bench.bursts(3)
    bench.burst(errors=32)
    bench.auto.restart(2)
    assert bench.auto.limit() == 2
    bench.bursts(5)
    assert bench.auto.limit() == MOST


def test_cancelled_requests_are_not_waited_for():
    """A list is left in the middle of a pause, and the next list's pause is a new one."""
    bench = Bench()
    for _ in range(8):
        bench.auto.on_start()
    bench.auto.on_throttled()
    for _ in range(7):
        bench.auto.on_cancelled()
    assert bench.auto.limit() == 4
    bench.pause()
    assert bench.auto.limit() == 2
