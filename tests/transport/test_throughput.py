"""What a round of answers says of the server's throughput: pure."""

from __future__ import annotations

import pytest

from liner_async._transport.throughput import RAMPING, USUAL, Round, UsualErrors


def round_of(*latencies, errors=0, in_flight=8):
    """Make a round of good answers that took so many seconds, and errors."""
    made = Round(errors=errors)
    for seconds in latencies:
        made.add(seconds, in_flight)
    return made


@pytest.mark.parametrize(
    ("made", "care", "is_full"),
    [
        (round_of(errors=8), USUAL, False),  # without a success there is no latency
        (round_of(*[0.1] * 7), USUAL, False),
        (round_of(*[0.1] * 8), USUAL, True),
        (round_of(*[0.1] * 4, errors=4), USUAL, True),
        (round_of(*[0.1] * 7), RAMPING, True),  # 0.8 per unit of limit
        (round_of(*[0.1, 0.9] * 4), USUAL, False),  # 0.5 s, give or take 0.15 s
        (round_of(*[0.1, 0.9] * 4), RAMPING, False),
        (round_of(*[0.1, 0.9] * 6), RAMPING, True),
        (round_of(*[0.0, 9.9], *[0.0] * 21), USUAL, False),
        (round_of(*[0.0, 9.9], *[0.0] * 22), USUAL, True),  # three per unit of limit are enough
    ],
)
def test_round_is_full_when_its_mean_latency_is_known_well_enough(made, care, is_full):
    """Calm latencies need an answer per unit of limit; where they vary it takes up to three."""
    assert is_full == made.is_full(8, care)


def test_round_of_one_answer_or_without_latency_knows_no_spread():
    """One answer varies from nothing, and neither do answers that took no time."""
    assert [round_of(0.5).uncertainty(), round_of(0.0, 0.0).uncertainty()] == [0.0, 0.0]


def test_throughput_is_what_is_in_flight_by_latency_less_unusual_errors():
    """Eight in flight at 0.1 s are 80 a second, and three quarters of that with 2 of 8 failing."""
    calm = round_of(*[0.1] * 8).measure(8, UsualErrors())
    failing = round_of(*[0.1] * 6, errors=2).measure(8, UsualErrors())
    assert pytest.approx([calm.throughput, failing.throughput]) == [80, 60]
    assert [calm.errors, failing.errors] == [0.0, 0.25]


def test_one_error_in_a_round_is_no_share():
    """A single error may be chance."""
    assert round_of(*[0.1] * 3, errors=1).measure(4, UsualErrors()).errors == 0.0


@pytest.mark.parametrize(
    ("share", "errors", "excess"),
    [(0.0, 0, 0.0), (0.0, 3, 3.0), (0.05, 9, 0.0), (0.05, 10, 0.64), (0.4, 40, 24.0)],
)
def test_usual_errors_and_chance_are_not_held_against_a_round(share, errors, excess):
    """Of a hundred answers 5, give or take 4.4; never more than a tenth, give or take 6."""
    made = round_of(*[0.1] * (100 - errors), errors=errors)
    assert UsualErrors(share).excess(made) == pytest.approx(excess, abs=0.005)


def test_usual_share_follows_the_last_hundred_answers():
    """A round of twenty counts a fifth, one of two hundred alone."""
    usual = UsualErrors()
    usual.learn(round_of(*[0.1] * 18, errors=2))
    shares = [usual.share]
    usual.learn(round_of(*[0.1] * 190, errors=10))
    assert [*shares, usual.share] == pytest.approx([0.02, 0.05])
