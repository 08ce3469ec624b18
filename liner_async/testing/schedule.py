"""Which request meets which fault: by offset, by turn, or by chance."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Final, Literal

from liner_async.testing.faults import Fault

__all__ = ["PASSING_FAULTS", "FaultSchedule", "Faults"]

_Planned = Fault | Sequence[Fault | None]
Faults = Mapping[int, _Planned] | Mapping[int | Literal["any"] | None, _Planned]
"""Faults by offset; `"any"` or None stands for every offset that has no entry of its own.

A single fault applies for ever. A sequence is used up one by one, by the requests at each offset;
None in it is a healthy answer, and after its end all are.
"""

PASSING_FAULTS: Final[tuple[Fault, ...]] = (
    Fault.status(500),
    Fault.status(502, body=b"<html><body>502 Bad Gateway</body></html>"),
    Fault.status(503),
    Fault.status(504),
    Fault.status(503, retry_after="0"),
    Fault.status(429, retry_after="0"),
    Fault.disconnect(),
    Fault.reset(),
    Fault.reset(after="half"),
    Fault.cut(after="head"),
    Fault.cut(),
    Fault.cut(framing="chunked"),
    Fault.cut(framing="close"),
    Fault.framing("bad chunk"),
    Fault.gzip("cut"),
    Fault.gzip("corrupt"),
    Fault.garbage(),
    Fault.body(b""),
    Fault.body(b'{"success":true,"message":"","data":{"list":[{"id":1'),
    Fault.stall(0.05, after="half"),
)
"""Faults that a careful client gets over by asking again, or by waiting a moment."""

_MOST_IN_A_ROW: Final = 2


class FaultSchedule:
    """Deals out faults; the same seed and the same visits to an offset give the same faults.

    Chance is drawn by offset and visit, not by the order of arrival, so that concurrency does not
    change what happens. By chance no offset fails more than twice in a row, and only the first time
    with an empty 200: few clients believe that twice.
    """

    def __init__(
        self,
        faults: Faults | None = None,
        *,
        rate: float = 0.0,
        kinds: Sequence[Fault] = PASSING_FAULTS,
        seed: int = 1,
    ) -> None:
        """Prepare the faults by offset, and `kinds` for a share `rate` (0 to 1) of the others.

        Raises:
            ValueError: A key of `faults` that is no offset, `"any"` or None.
        """
        self._faults: dict[object, _Planned] = {}
        for key, planned in (faults or {}).items():
            if not isinstance(key, int) and key not in {"any", None}:
                raise ValueError(f"faults go by offset, 'any' or None, not by {key!r}")
            self._faults[key] = planned
        self._rate = rate
        self._kinds = tuple(kinds)
        self._lasting = [kind for kind in kinds if not _is_empty_200(kind)] or self._kinds
        self._seed = seed
        self._visits: Counter[int] = Counter()
        self._in_a_row: Counter[int] = Counter()

    def next(self, offset: int) -> Fault | None:
        """Return the fault for this request at `offset`, None when it is answered properly."""
        visit = self._visits[offset]
        self._visits[offset] += 1
        for key in (offset, "any", None):
            planned = self._faults.get(key)
            if isinstance(planned, Fault):
                return planned
            if planned is not None:
                return planned[visit] if visit < len(planned) else None
        return self._by_chance(offset, visit)

    def _by_chance(self, offset: int, visit: int) -> Fault | None:
        if self._rate <= 0:
            return None
        rng = random.Random(f"fault-{self._seed}-{offset}-{visit}")  # noqa: S311 - test data
        if self._in_a_row[offset] >= _MOST_IN_A_ROW or rng.random() >= self._rate:
            self._in_a_row[offset] = 0
            return None
        self._in_a_row[offset] += 1
        return rng.choice(self._kinds if self._in_a_row[offset] == 1 else self._lasting)


def _is_empty_200(fault: Fault) -> bool:
    answer = fault.replacement
    return answer is not None and answer.status == HTTPStatus.OK and not answer.body
