"""What a run over a list is to do, checked before any request."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from attrs import frozen

from liner_async._paging.consistency import Consistency, ConsistencyTracker
from liner_async._paging.plan import Plan
from liner_async._paging.prefetch import Fetch
from liner_async._paging.results import OnInvalid, Page, Progress
from liner_async.errors import ConfigError
from liner_async.events import Emit
from liner_async.resume import ResumePoint

__all__ = ["LARGEST_PAGE", "Decode", "Options", "RawPage"]

T = TypeVar("T")

LARGEST_PAGE = 100
"""The vendor's limit of items per request."""


class RawPage(Protocol):
    """What the transport brings: a page whose envelope is sound, its items not decoded yet."""

    @property
    def attempts(self) -> int:
        """Requests it took, the first one included."""
        ...


class Decode(Protocol[T]):
    """Makes a page of models of a raw one; raises DecodeError, or leaves out what does not fit."""

    def __call__(self, raw: Any, *, offset: int, limit: int, on_invalid: OnInvalid) -> Page[T]:
        """Decode a page that was asked for by this offset and limit."""
        ...


@frozen(kw_only=True)
class Options(Generic[T]):
    """What a run is to do; `Orders.list` documents the user's part.

    Attributes:
        fetch: starts the request for a page.
        decode: makes a page of models of its answer.
        model: the class of the items.
        key: gives an item's identity.
        path: the path below the host, for events.
        emit: tells an event, if anybody wants to know.
        clock: seconds on a clock that never jumps.
        now: the time of day, with its zone.
    """

    fetch: Fetch[RawPage]
    decode: Decode[T]
    model: type[T]
    key: Callable[[T], Hashable]
    clock: Callable[[], float]
    now: Callable[[], datetime]
    offset: int
    page_size: int
    max_items: int | None
    concurrency: int
    lookahead: int
    ordered: bool
    consistency: Consistency
    on_invalid: OnInvalid
    resume: ResumePoint | None
    on_progress: Callable[[Progress], object] | None
    path: str
    emit: Emit | None

    def check(self) -> None:
        """Raise ConfigError if an option is out of its range or contradicts another."""
        for name, least in _LEAST.items():
            value = getattr(self, name)
            if value is None and name == "max_items":
                continue
            if type(value) is not int or value < least:
                raise ConfigError(f"{name} must be an integer of at least {least}")
        for name, known in _KNOWN.items():
            if getattr(self, name) not in known:
                raise ConfigError(f"{name} must be one of {', '.join(map(repr, known))}")
        if self.page_size > LARGEST_PAGE:
            raise ConfigError(f"page_size must be at most {LARGEST_PAGE}, the vendor's limit")
        if self.consistency == "strict" and (self.page_size == 1 or not self.ordered):
            raise ConfigError('consistency="strict" needs ordered pages of at least 2 items')
        if self.resume is not None and not isinstance(self.resume, ResumePoint):
            raise ConfigError("resume must be a ResumePoint")
        if self.resume is not None and self.offset:
            raise ConfigError("resume and offset both say where to start; pass one of them")

    @property
    def seam(self) -> int:
        """The rows read again at the start of a resumed run: 1, or 0."""
        if self.resume is None or self.resume.last_id is None:
            return 0
        return int(self.consistency != "off")

    def plan(self) -> Plan:
        """Give the plan of a new run."""
        start = self.offset if self.resume is None else self.resume.next_offset
        return Plan(
            start - self.seam,
            self.page_size,
            wanted=None if self.max_items is None else self.max_items + self.seam,
            overlap=int(self.consistency == "strict"),
        )

    def tracker(self) -> ConsistencyTracker[T]:
        """Give the empty books of a new run."""
        return ConsistencyTracker.open(
            self.key, offset=self.offset, consistency=self.consistency, resume=self.resume
        )


_LEAST = {"offset": 0, "page_size": 1, "concurrency": 1, "lookahead": 1, "max_items": 1}
_KNOWN = {"consistency": ("detect", "strict", "off"), "on_invalid": ("raise", "skip")}
