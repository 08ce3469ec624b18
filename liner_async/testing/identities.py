"""The ids of invented rows: from a row's number to its id and back, without a table."""

from __future__ import annotations

from attrs import frozen

__all__ = ["Identities"]

_PAIRED = 14  # of each 16 rows the last two
_STEP = 3


@frozen(kw_only=True)
class Identities:
    """Ids by number: those of `leading` first, then ever higher ones from `base` on.

    `swapped`: now and then two neighbours have changed places, as where requests that come
    together get their ids and their times from different hands.
    """

    leading: tuple[int, ...] = ()
    base: int = 123
    swapped: bool = False

    def of(self, number: int) -> int:
        """Return the id of the row with this number."""
        place = number - len(self.leading)
        if place < 0:
            return self.leading[number]
        place = self.rank(place)
        return self.base + _STEP * place + 2 * place % _STEP

    def number_of(self, identity: int) -> int | None:
        """Return the number of the row with this id, or None for an id that no row has."""
        if identity in self.leading:
            return self.leading.index(identity)
        place = self.rank((identity - self.base) // _STEP)
        number = place + len(self.leading)
        return number if place >= 0 and self.of(number) == identity else None

    def highest(self, size: int) -> int:
        """Return the highest id of the first `size` rows, 0 if there are none."""
        return max(
            map(self.of, {*range(min(size, len(self.leading))), *range(size)[-2:]}), default=0
        )

    def rank(self, number: int) -> int:
        """Return the place in the order of ids; of the place, the number."""
        return number ^ 1 if self.swapped and number & _PAIRED == _PAIRED else number
