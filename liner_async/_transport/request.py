"""One request: what is asked for, without host and key (pure)."""

from __future__ import annotations

from attrs import field, frozen

from liner_async._codec.query import Query

__all__ = ["READ", "WRITTEN", "Request"]

READ = frozenset({200})
"""The statuses of an answer that has data."""

WRITTEN = frozenset({200, 201, 202})
"""The statuses of an answer to a write that was accepted."""


@frozen(kw_only=True)
class Request:
    """A request as the API documents it.

    Attributes:
        method: the HTTP method.
        path: the path below the host.
        query: filters and paging, as pairs.
        body: what is sent; None for nothing.
        endpoint: the method that was called, such as "leads.create"; empty for a read.
        repeatable: whether sending it twice does no more than sending it once.
    """

    method: str = "GET"
    path: str
    query: Query = ()
    body: bytes | None = field(default=None, repr=False)
    endpoint: str = ""
    repeatable: bool = True

    @property
    def accepted(self) -> frozenset[int]:
        """Return the statuses of a good answer; the vendor names none for writes."""
        return READ if self.body is None else WRITTEN

    def __str__(self) -> str:
        """Return method, path, offset and limit, as logs and errors show them."""
        paging = [(name, self.number(name)) for name in ("offset", "limit")]
        shown = [f"{name}={number}" for name, number in paging if number is not None]
        return " ".join((self.method, self.path, *shown))

    def number(self, name: str) -> int | None:
        """Return the number that the query has under a name, or None."""
        return next((of for key, of in self.query if key == name and isinstance(of, int)), None)
