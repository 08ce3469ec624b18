"""What is served: one row of the table for each resource of the vendor's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Literal

from attrs import frozen

from liner_async.testing.data import OrderCatalogue, call_attempt_group_row, custom_field_row

__all__ = ["COLLECTIONS", "Collection", "Paths"]

Paths = Literal["singular", "plural", "both"]
"""Which path answers where the vendor's headings and samples name two."""


@frozen(kw_only=True)
class Collection:
    """A resource that is listed; `make(seed)` gives what renders its rows by their numbers.

    `plural` is the path that the vendor's samples name instead, `detail` what comes before the id
    in the path of a single item. Each of `filters` is a parameter of the query and the field that
    it must equal. A list that is not paged is a bare array.
    """

    name: str
    path: str
    plural: str | None = None
    detail: str | None = None
    is_paged: bool = True
    filters: tuple[str, ...] = ()
    size: int
    make: Callable[[int], Callable[[int], bytes]]

    def paths(self, which: Paths) -> set[str]:
        """Return the paths that list it."""
        if self.plural is None or which == "singular":
            return {self.path}
        return {self.plural} if which == "plural" else {self.path, self.plural}


COLLECTIONS: Final[Mapping[str, Collection]] = {
    each.name: each
    for each in (
        Collection(
            name="orders",
            path="/v2/order/",
            size=250,
            make=lambda seed: OrderCatalogue(seed=seed).row,
        ),
        Collection(
            name="call_attempts",
            path="/v2/call-attempt/",
            detail="/v2/call-attempt/detail/",
            size=5,
            make=lambda _: call_attempt_group_row,
        ),
        Collection(
            name="custom_fields",
            path="/v2/custom-field/",
            plural="/v2/custom-fields/",
            is_paged=False,
            filters=("essence",),
            size=16,
            make=lambda _: custom_field_row,
        ),
    )
}
"""The collections by name; rows beyond `size` come when a test asks for more."""
