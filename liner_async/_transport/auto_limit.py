"""The concurrency limit that finds by itself what the server bears (pure)."""

from __future__ import annotations

import math
from collections.abc import Callable

from liner_async._transport.throughput import Measurement, Round, SincePause

__all__ = ["AutoLimit"]

_START = 8
_FEWEST_ANSWERS = 4  # a round of fewer says too little
# Answers per unit of limit that make a round: fewer while it doubles, since a step that is wrong by
# much shows at once; more for a small step, whose effect is small.
_ANSWERS_RAMPING, _ANSWERS, _ANSWERS_SMALL_STEP = 0.6, 1.0, 1.5
_LARGE_STEP, _SMALL_STEP = 2.0, 1.25
# The elasticity of throughput: 1 where it grows as the requests in flight do, 0 where not at all.
_WORTH_IT = 0.2
_BELOW_THE_KNEE = 0.6
_FAR_ABOVE_THE_KNEE = 0.08
_MANY_ERRORS = 0.1  # of a round's answers
_ROUNDS_TO_STAY, _MOST_ROUNDS_TO_STAY = 2, 8
_SILENCE = 10.0  # seconds
_HOLD_AFTER_ERRORS, _HOLD_AFTER_PAUSE, _LONGEST_HOLD = 10.0, 30.0, 60.0  # seconds
_ROUNDING = 1e-9  # seconds


class AutoLimit:
    """How many requests may be in flight, found by trying more and fewer.

    Throughput decides: the mean number in flight divided by the mean latency (Little's law), times
    the share of good answers, in a round of answers to requests that were sent since the limit last
    changed. A round in which less than half the limit was in flight says nothing: the application
    is the bottleneck. No baseline is kept, since what a server bears changes.

    Attributes:
        _limit: how many may be in flight.
        _changed_at: when the limit last changed.
        _round: the answers of the current round.
        _measured: the rounds since the limit last changed.
        _origin: what the step under trial is compared with; None while none is tried.
        _direction: 1 to try more next, -1 fewer.
        _factor: by how much.
        _is_ramping: whether every step so far was up and worth it.
        _stay: rounds to stay before the next step.
        _patience: rounds to stay after the next step that is not worth it.
        _outstanding: requests sent that have not ended, as far as is known.
        _sent_before: how many of them were sent before the limit last changed.
        _ceiling: the highest limit that may be tried until `_ceiling_until`.
        _error_hold: seconds that a ceiling holds after errors; doubled each time.
        _pause_hold: the same after a pause.
        _since_pause: what was counted since the server last asked for a pause.
        _active_at: when a request was last sent, or ended.
    """

    def __init__(self, clock: Callable[[], float], *, most: int) -> None:
        self._clock = clock
        self._most = most
        self._limit = min(_START, most)
        self._outstanding = 0
        self._ceiling = most
        self._ceiling_until = -math.inf
        self._error_hold = _HOLD_AFTER_ERRORS
        self._pause_hold = _HOLD_AFTER_PAUSE
        self._since_pause: SincePause | None = None
        self._active_at = math.inf
        self._measure_anew()

    def _measure_anew(self) -> None:
        self._origin: Measurement | None = None
        self._direction = 1
        self._factor = _LARGE_STEP
        self._is_ramping = True
        self._stay = 0
        self._patience = _ROUNDS_TO_STAY
        self._forget_rounds()

    def _forget_rounds(self) -> None:
        self._changed_at = self._clock()
        self._sent_before = self._outstanding
        self._round = Round()
        self._measured: list[Measurement] = []

    def limit(self) -> int:
        """Return how many requests may be in flight now."""
        return self._limit

    def on_start(self) -> None:
        """Note that a request is being sent."""
        if self._clock() - self._active_at > _SILENCE:
            self._outstanding = 0
            self._measure_anew()
        self._outstanding += 1
        self._active_at = self._clock()

    def on_success(self, latency: float, in_flight: int) -> None:
        """Note a good answer: its seconds, and how many were in flight, itself included."""
        sent_at = self._clock() - latency
        if self._since_pause is not None:
            self._since_pause.count(sent_at, latency)
        self._note_end()
        if sent_at < self._changed_at - _ROUNDING:
            self._sent_before = max(0, self._sent_before - 1)
            return
        self._round.successes += 1
        self._round.latency += latency
        self._round.in_flight += max(1, in_flight)
        self._end_full_round()

    def on_error(self) -> None:
        """Note a time-out, a 5xx or a broken connection."""
        if self._was_sent_before():
            return
        self._round.errors += 1
        if self._round.errors > max(3, self._round.successes):
            self._error_hold = self._cut(self._lower(), hold=self._error_hold)
        else:
            self._end_full_round()

    def on_throttled(self) -> None:
        """Note that the server asked for a pause; answers that ask for the same one count once."""
        self._was_sent_before()
        now, since = self._clock(), self._since_pause
        if since is not None and since.outstanding:
            since.outstanding -= 1
            return
        target = self._limit // 4 if self._is_ramping else self._lower()
        sustained = None if since is None else since.sustained(now)
        if sustained is not None:
            target = max(self._limit // 2, min(self._limit - 1, sustained))
        self._since_pause = SincePause(began=now, outstanding=self._outstanding)
        self._pause_hold = self._cut(target, hold=self._pause_hold)

    def _note_end(self) -> None:
        self._outstanding = max(0, self._outstanding - 1)
        self._active_at = self._clock()

    def _was_sent_before(self) -> bool:
        """Take a request off that failed; the oldest fail first, as far as anybody can tell."""
        self._note_end()
        if not self._sent_before:
            return False
        self._sent_before -= 1
        return True

    def _lower(self) -> int:
        """Return the limit that went well before this one, or half."""
        origin = self._origin
        if origin is not None and origin.limit < self._limit:
            return origin.limit
        return self._limit // 2

    def _cut(self, target: int, *, hold: float) -> float:
        """Go down, try nothing higher for so many seconds; return how many it will be next time."""
        self._origin = None
        self._direction = 1
        self._factor = _SMALL_STEP
        self._is_ramping = False
        self._stay = self._patience
        self._hold_below(target, hold)
        if not self._move(target):
            self._forget_rounds()
        return min(_LONGEST_HOLD, 2 * hold)

    def _hold_below(self, ceiling: int, seconds: float) -> None:
        now = self._clock()
        if now < self._ceiling_until:
            ceiling = min(ceiling, self._ceiling)
        self._ceiling = max(1, ceiling)
        self._ceiling_until = max(self._ceiling_until, now + seconds)

    def _move(self, limit: int) -> bool:
        """Set the limit, within its bounds; return whether it changed."""
        most = self._ceiling if self._clock() < self._ceiling_until else self._most
        limit = max(1, min(limit, most))
        if limit == self._limit:
            return False
        self._limit = limit
        self._forget_rounds()
        return True

    def _end_full_round(self) -> None:
        if self._is_ramping:
            share = _ANSWERS_RAMPING
        elif self._origin is not None and self._factor < _LARGE_STEP:
            share = _ANSWERS_SMALL_STEP
        else:
            share = _ANSWERS
        ended, answers = self._round, self._round.successes + self._round.errors
        if not ended.successes or answers < max(_FEWEST_ANSWERS, share * self._limit):
            return
        self._round = Round()
        measurement = ended.measure(self._limit)
        if measurement.in_flight < self._limit / 2:
            return
        if self._origin is None:
            self._measured.append(measurement)
            self._settle(measurement)
        else:
            self._judge(self._origin, measurement)

    def _settle(self, latest: Measurement) -> None:
        """Stay as long as there is patience, and try another limit then."""
        if self._stay and latest.errors >= _MANY_ERRORS:
            self._stay = 0
            self._direction = -1
        if self._stay:
            self._stay -= 1
        else:
            self._try_from(Measurement.mean(self._measured))

    def _judge(self, origin: Measurement, trial: Measurement) -> None:
        """Go on in the same direction if the step was worth it; else go back and turn round."""
        is_up = self._limit > origin.limit
        elasticity = trial.elasticity_from(origin)
        is_worth_it = elasticity > _WORTH_IT if is_up else elasticity < _WORTH_IT
        if is_up and trial.errors >= _MANY_ERRORS:
            is_worth_it = False
            self._hold_below(origin.limit, self._error_hold)
            self._error_hold = min(_LONGEST_HOLD, 2 * self._error_hold)
        if not is_worth_it:
            self._go_back(origin, is_far_above=is_up and elasticity < _FAR_ABOVE_THE_KNEE)
        elif is_up and elasticity < _BELOW_THE_KNEE:  # the knee was passed
            self._patience = _ROUNDS_TO_STAY
            self._is_ramping = False
            self._origin = None
            self._direction = -1
            self._factor = _SMALL_STEP
            self._stay = 1
        else:
            self._patience = _ROUNDS_TO_STAY
            self._factor = min(_LARGE_STEP, self._factor**1.5)
            self._try_from(trial)

    def _go_back(self, origin: Measurement, *, is_far_above: bool) -> None:
        self._is_ramping = False
        self._origin = None
        self._direction = -1 if self._limit > origin.limit else 1
        if is_far_above and self._factor == _LARGE_STEP:
            self._stay = 0
        else:
            self._factor = _SMALL_STEP
            self._stay = self._patience
        self._patience = min(_MOST_ROUNDS_TO_STAY, 2 * self._patience)
        self._move(origin.limit)

    def _try_from(self, origin: Measurement) -> None:
        """Take a step, or turn round where it is barred."""
        if self._direction > 0:
            target = max(self._limit + 1, round(self._limit * self._factor))
        else:
            target = min(self._limit - 1, round(self._limit / self._factor))
        if self._move(target):
            self._origin = origin
            return
        self._origin = None
        self._direction = -self._direction
        self._factor = _SMALL_STEP
        self._stay = self._patience
