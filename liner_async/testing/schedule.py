"""Which request meets which fault: by resource and offset, by turn, or by chance."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from attrs import frozen

from liner_async.testing.collection import COLLECTIONS, WRITES
from liner_async.testing.faults import PASSING_FAULTS, Fault

__all__ = ["FaultPlan", "FaultSchedule", "Faults", "WriteFaults"]

_Planned = Fault | Sequence[Fault | None]
Faults = Mapping[Any, _Planned]
"""Faults by offset in the list of orders, or by `(resource, offset)` in any other.

`"any"` or None stands for every request that has no entry of its own: for every other offset, for
a list that is not paged, for a single item. A single fault applies for ever. A sequence is used up
one by one, by the requests at each offset; None in it is a healthy response, and after its end all
are.
"""

WriteFaults = Mapping[str, _Planned]
"""Faults of writes by endpoint, such as `"leads.create"`: one for ever, or one by one."""

_MOST_IN_A_ROW: Final = 2


@frozen(kw_only=True)
class FaultPlan:
    """What goes wrong: options of `FakeLiner`, which documents them."""

    faults: Faults | None = None
    write_faults: WriteFaults | None = None
    fault_rate: float = 0.0
    fault_kinds: Sequence[Fault] = PASSING_FAULTS
    seed: int = 1


class FaultSchedule:
    """Deals out faults; the same seed and the same visits to an offset give the same faults.

    Chance is drawn by place and visit, not by the order of arrival, so that concurrency does not
    change what happens. By chance no place fails more than twice in a row, and only the first time
    with an empty 200: few clients believe that twice.
    """

    def __init__(self, plan: FaultPlan) -> None:
        """Take the plan apart by place.

        Raises:
            ValueError: A key of `faults` that names no resource, or no offset, `"any"` or None.
        """
        self._faults: dict[tuple[str, object], _Planned] = {}
        for key, planned in (plan.faults or {}).items():
            resource, place = key if isinstance(key, tuple) else ("orders", key)
            if resource not in COLLECTIONS or not (
                isinstance(place, int) or place in {"any", None}
            ):
                msg = f"faults go by offset, 'any' or (resource, offset), not by {key!r}"
                raise ValueError(msg)
            self._faults[resource, None if place == "any" else place] = planned
        self._write_faults = plan.write_faults or {}
        if unknown := sorted(self._write_faults.keys() - WRITES):
            msg = (
                f"write_faults: {', '.join(unknown)} is not served; {', '.join(sorted(WRITES))} are"
            )
            raise ValueError(msg)
        self._rate = plan.fault_rate
        self._kinds = tuple(plan.fault_kinds)
        self._lasting = [kind for kind in self._kinds if not _is_empty_200(kind)] or self._kinds
        self._seed = plan.seed
        self._visits: Counter[tuple[str, int | None]] = Counter()
        self._in_a_row: Counter[tuple[str, int | None]] = Counter()

    def next(self, resource: str, offset: int | None) -> Fault | None:
        """Return the fault for this request, None when it is answered properly."""
        place = resource, offset
        return self._deal(place, self._faults.get(place, self._faults.get((resource, None))))

    def next_write(self, name: str) -> Fault | None:
        """Return the fault for this write, such as "leads.create"; None for a proper answer."""
        return self._deal((name, None), self._write_faults.get(name))

    def _deal(self, place: tuple[str, int | None], planned: _Planned | None) -> Fault | None:
        visit = self._visits[place]
        self._visits[place] += 1
        if isinstance(planned, Fault):
            return planned
        if planned is not None:
            return planned[visit] if visit < len(planned) else None
        return self._by_chance(place, visit)

    def _by_chance(self, place: tuple[str, int | None], visit: int) -> Fault | None:
        if self._rate <= 0:
            return None
        resource, offset = place
        where = offset if resource == "orders" else f"{resource}-{offset}"
        rng = random.Random(f"fault-{self._seed}-{where}-{visit}")  # noqa: S311 - test data
        if self._in_a_row[place] >= _MOST_IN_A_ROW or rng.random() >= self._rate:
            self._in_a_row[place] = 0
            return None
        self._in_a_row[place] += 1
        return rng.choice(self._kinds if self._in_a_row[place] == 1 else self._lasting)


def _is_empty_200(fault: Fault) -> bool:
    response = fault.replacement
    return response is not None and response.status == HTTPStatus.OK and not response.body
