"""What pauses say of the rate that a server allows: pure."""

from __future__ import annotations

import pytest

from liner_async._transport.pauses import Ceiling, SincePause


def since(*, successes, latency=0.5, throttled=1, outstanding=0):
    """Make what came since a pause at 100 s."""
    made = SincePause(began=100.0, outstanding=outstanding)
    for _ in range(successes):
        made.count(100.5, latency)
    made.throttled = throttled
    return made


@pytest.mark.parametrize(
    ("came", "seconds", "target"),
    [
        (since(successes=7), 10, 4),  # too few to know the rate
        (since(successes=30), 0, 4),
        (since(successes=300), 120, 4),  # too long ago
        (since(successes=100), 10, 5),  # 10 a second of 0.5 s each
        (since(successes=101), 10, 5),
        (since(successes=110), 10, 6),  # five would bring 9 % less
        (since(successes=20), 10, 4),  # half at least
        (since(successes=160), 10, 8),  # seven would be slower
        (since(successes=500), 10, 8),
        (since(successes=160, throttled=10), 10, 7),  # one a second is too many
    ],
)
def test_target_is_as_few_as_make_the_rate_from_pause_to_pause(came, seconds, target):
    """Of eight in flight, as many stay as the rate needs, and four at least."""
    assert target == came.target(100.0 + seconds, limit=8, lower=4)


def test_good_answers_from_before_a_pause_leave_fewer_that_may_ask_for_it():
    """Three were under way: one came, then two ended in some other way."""
    came = since(successes=0, outstanding=3)
    came.count(99.0, 1.5)
    assert came.outstanding == 2
    came.clamp(5)
    assert came.outstanding == 2
    came.clamp(0)
    assert came.outstanding == 0


def test_ceiling_holds_for_a_while_that_doubles_up_to_a_minute():
    """It holds for 15 s, then for 30, 60 and 60 s; once lifted, for 15 s again."""
    ceiling, held, now = Ceiling(32, seconds=15.0), [], 0.0
    for round_number in range(5):
        if round_number == 4:
            ceiling.lift()
        ceiling.hold(8, now)
        start = now
        while ceiling.height(now) == 8:
            now += 5
        held.append(now - start)
        assert ceiling.height(now) == 32
    assert held == [15, 30, 60, 60, 15]


def test_lower_ceiling_that_still_holds_stays():
    """Eight, and six while eight holds, is six until the later end; never below one."""
    ceiling = Ceiling(32, seconds=10.0)
    ceiling.hold(6, 0.0)
    ceiling.hold(8, 5.0)
    assert [ceiling.height(now) for now in (6.0, 24.0, 25.0)] == [6, 6, 32]
    ceiling.hold(0, 30.0)
    assert ceiling.height(30.0) == 1
