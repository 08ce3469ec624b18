"""The concurrency limit that finds out what the server can take (pure)."""

from __future__ import annotations

import math
from collections.abc import Callable

from liner_async._transport.outstanding import Outstanding
from liner_async._transport.pauses import Ceiling, SincePause
from liner_async._transport.throughput import (
    RAMPING,
    SMALL_STEP,
    USUAL,
    Measurement,
    Round,
    UsualErrors,
)

__all__ = ["AutoLimit"]

_START, _FAR_FROM_START = 8, 32
_LARGE_STEP, _SMALL_STEP = 2.0, 1.25
# The elasticity of throughput: 1 where it grows as the requests in flight do, 0 where not at all.
_FAR_ABOVE_THE_KNEE, _WORTH_IT, _BELOW_THE_KNEE = 0.08, 0.25, 0.6
_MANY_ERRORS, _FALL = 0.1, 0.5  # of a round's answers; of the throughput
_ROUNDS_TO_STAY, _MOST_ROUNDS_TO_STAY = 2, 8
_SILENCE = 10.0  # seconds
_HOLD_AFTER_ERRORS, _HOLD_AFTER_PAUSE = 10.0, 15.0  # seconds
_ROUNDING = 1e-9  # seconds


class AutoLimit:
    """How many requests may be in flight, found by trying more and fewer.

    Throughput decides: the mean number in flight divided by the mean latency (Little's law), times
    the share of good answers, in a round of answers to requests that were sent since the limit last
    changed. A round in which less than half the limit was in flight says nothing: the application
    is the bottleneck. It keeps no latency to compare with, because what a server can take changes,
    but it remembers the share of errors that come whatever the load.

    Attributes:
        _limit: how many may be in flight.
        _changed_at: when the limit last changed.
        _round: the answers of the current round.
        _measured: the rounds that ended since the limit last changed.
        _origin: what the step under trial is compared with; None while none is tried.
        _direction: 1 to try more next, -1 fewer.
        _factor: by how much.
        _is_ramping: whether every step so far was up and worth it.
        _stay: rounds to stay before the next step.
        _patience: rounds to stay after the next step that is not worth it.
        _outstanding: requests that have not ended, marked when the limit last changed.
        _error_ceiling: the highest limit to try for a while after errors.
        _pause_ceiling: the same after a pause.
        _usual_errors: the share of requests that fail whatever the load.
        _since_pause: what was counted since the server last asked for a pause.
        _active_at: when a request was last sent, or ended.
    """

    def __init__(self, clock: Callable[[], float], *, most: int) -> None:
        self._clock = clock
        self._limit = min(_START, most)
        self._outstanding = Outstanding()
        self._error_ceiling = Ceiling(most, seconds=_HOLD_AFTER_ERRORS)
        self._pause_ceiling = Ceiling(most, seconds=_HOLD_AFTER_PAUSE)
        self._usual_errors = UsualErrors()
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
        self._outstanding.mark()
        self._round = Round()
        self._measured: list[Measurement] = []

    def limit(self) -> int:
        """Return how many requests may be in flight now."""
        return self._limit

    def on_start(self) -> None:
        """Note that a request is being sent."""
        if self._clock() - self._active_at > _SILENCE:
            self._outstanding = Outstanding()
            self._measure_anew()
        self._outstanding.start()
        self._active_at = self._clock()

    def on_success(self, latency: float, in_flight: int) -> None:
        """Note a good answer: its seconds, and how many were in flight, itself included."""
        sent_at = self._clock() - latency
        if self._since_pause is not None:
            self._since_pause.count(sent_at, latency)
        if self._end(was_before=sent_at < self._changed_at - _ROUNDING):
            return
        self._round.add(latency, in_flight)
        self._end_full_round()

    def on_error(self) -> None:
        """Note a time-out, a 5xx or a broken connection."""
        if self._end():
            return
        self._round.errors += 1
        if self._round.errors > max(3, self._round.successes):
            self._cut(self._lower(), self._error_ceiling)
        else:
            self._end_full_round()

    def on_cancelled(self) -> None:
        """Note an end that says nothing of the load."""
        self._end()

    def restart(self, in_flight: int) -> None:
        """Begin with so few again, for a server that was away; its errors were no overload."""
        self._limit = max(1, min(self._limit, in_flight))
        self._error_ceiling.lift()
        self._pause_ceiling.lift()
        self._measure_anew()

    def on_throttled(self) -> None:
        """Note that the server asked for a pause; answers that ask for the same one count once."""
        now, since = self._clock(), self._since_pause
        is_same_pause = since is not None and since.outstanding > 0
        self._end()
        if since is not None and is_same_pause:
            since.throttled += 1
            return
        is_far_above = self._is_ramping and self._limit >= _FAR_FROM_START
        target = _START if is_far_above else self._lower()
        if since is not None:
            target = since.target(now, limit=self._limit, lower=target)
        self._since_pause = SincePause(began=now, outstanding=self._outstanding.count)
        self._cut(target, self._pause_ceiling)

    def _end(self, *, was_before: bool | None = None) -> bool:
        """Take a request off that has ended; return whether the limit changed after it was sent."""
        self._active_at = self._clock()
        is_before, since = self._outstanding.end(was_before=was_before), self._since_pause
        if since is not None:
            since.clamp(self._outstanding.count)
        return is_before

    def _lower(self) -> int:
        """Return the limit that went well before this one, or half."""
        went_well = self._limit if self._origin is None else self._origin.limit
        return went_well if went_well < self._limit else self._limit // 2

    def _cut(self, target: int, ceiling: Ceiling) -> None:
        """Go down, and try nothing higher for a while."""
        self._origin = None
        self._direction = 1
        self._factor = _SMALL_STEP
        self._is_ramping = False
        self._stay = self._patience
        ceiling.hold(target, self._clock())
        self._move(target)
        self._forget_rounds()

    def _move(self, limit: int) -> bool:
        """Set the limit, within its bounds; return whether it changed."""
        now = self._clock()
        most = min(self._error_ceiling.height(now), self._pause_ceiling.height(now))
        limit = max(1, min(limit, most))
        if limit == self._limit:
            return False
        self._limit = limit
        self._forget_rounds()
        return True

    def _end_full_round(self) -> None:
        ended, is_small_step = self._round, self._origin is not None and self._factor < _LARGE_STEP
        care = RAMPING if self._is_ramping else SMALL_STEP if is_small_step else USUAL
        if not ended.is_full(self._limit, care):
            return
        self._round = Round()
        measurement = ended.measure(self._limit, self._usual_errors)
        if measurement.in_flight < self._limit / 2:
            return
        if self._origin is not None and self._limit < self._origin.limit:
            self._usual_errors.learn(ended)
        if self._origin is None:
            self._measured.append(measurement)
            self._settle(measurement)
        else:
            self._judge(self._origin, measurement)

    def _settle(self, latest: Measurement) -> None:
        """Stay as long as there is patience, and try another limit then."""
        before = self._measured[0].throughput
        if self._stay and (latest.errors >= _MANY_ERRORS or latest.throughput < _FALL * before):
            self._stay, self._direction, self._measured = 0, -1, [latest]
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
            self._error_ceiling.hold(origin.limit, self._clock())
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
        self._stay = 0
        if not is_far_above or self._factor < _LARGE_STEP:
            self._factor = _SMALL_STEP
            self._stay = self._patience
        self._patience = min(_MOST_ROUNDS_TO_STAY, 2 * self._patience)
        self._move(origin.limit)

    def _try_from(self, origin: Measurement) -> None:
        """Take a step, or turn round where it is barred.

        Under the ceiling of a pause there is a rate and no knee: fewer would only be slower.
        """
        if self._direction > 0:
            target = max(self._limit + 1, round(self._limit * self._factor))
        else:
            target = min(self._limit - 1, round(self._limit / self._factor))
        if self._move(target):
            self._origin = origin
            return
        self._is_ramping = False
        self._origin = None
        if self._direction < 0 or not self._pause_ceiling.holds(self._clock()):
            self._direction = -self._direction
        self._factor = _SMALL_STEP
        self._stay = self._patience
