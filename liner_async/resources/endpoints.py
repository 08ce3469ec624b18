"""The endpoints that the vendor documents: the one place that knows their paths (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import frozen

__all__ = ["ENDPOINTS", "Endpoint"]


@frozen(kw_only=True)
class Endpoint:
    """One endpoint.

    Attributes:
        name: resource and verb, such as "orders.list".
        path: the path below the host; of a verb for one object, what stands before its id.
        also: how the vendor's samples spell the path where its heading spells it otherwise.
        paged: whether a list comes in pages, and not as a bare array.
    """

    name: str
    path: str
    also: str | None = None
    paged: bool = True


ENDPOINTS: Final[Mapping[str, Endpoint]] = {
    each.name: each
    for each in (
        Endpoint(name="orders.list", path="/v2/order/"),
        Endpoint(name="call_attempts.list", path="/v2/call-attempt/"),
        Endpoint(name="call_attempts.get", path="/v2/call-attempt/detail/"),
        Endpoint(
            name="custom_fields.list",
            path="/v2/custom-field/",
            also="/v2/custom-fields/",
            paged=False,
        ),
    )
}
