"""How a list is read: options, checked before any request."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypedDict, TypeVar

from attrs import frozen

from liner_async._paging.consistency import Consistency, ConsistencyTracker
from liner_async._paging.plan import Plan
from liner_async._paging.report import Progress
from liner_async._paging.results import OnInvalid
from liner_async.errors import ConfigError
from liner_async.events import is_plain_function
from liner_async.resume import ResumePoint

__all__ = [
    "LARGEST_PAGE",
    "ListOptions",
    "OffsetListOptions",
    "Options",
    "PlainListOptions",
]

T = TypeVar("T")

LARGEST_PAGE = 100
"""The vendor's limit of items per request."""


class PlainListOptions(TypedDict, total=False):
    """The options of a list that comes in one piece; `Pager` documents them."""

    max_items: int | None
    on_invalid: OnInvalid


class ListOptions(PlainListOptions, total=False):
    """The options of a paged list; `Pager` documents them."""

    page_size: int
    concurrency: int | None
    lookahead: int | None
    ordered: bool
    consistency: Consistency
    resume: ResumePoint | None
    on_progress: Callable[[Progress], object] | None


class OffsetListOptions(ListOptions, total=False):
    """The options of a paged list that can be entered at any row; `Pager` documents them."""

    offset: int


@frozen(kw_only=True)
class Options:
    """How a list is read; `Pager` documents each option."""

    offset: int = 0
    page_size: int = LARGEST_PAGE
    max_items: int | None = None
    concurrency: int | None = None
    lookahead: int | None = None
    ordered: bool = True
    consistency: Consistency = "detect"
    on_invalid: OnInvalid = "raise"
    resume: ResumePoint | None = None
    on_progress: Callable[[Progress], object] | None = None

    def __attrs_post_init__(self) -> None:
        """Raise ConfigError if an option is out of its range or contradicts another."""
        for name, least in _LEAST.items():
            value = getattr(self, name)
            if value is None and name in _MAY_BE_NONE:
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
        _check_on_progress(self.on_progress)

    @property
    def seam(self) -> int:
        """The rows read again at the start of a resumed run: 1, or 0."""
        if self.resume is None or self.resume.last_id is None:
            return 0
        return int(self.consistency != "off")

    def plan(self) -> Plan:
        """Return the plan of a new run."""
        start = self.offset if self.resume is None else self.resume.next_offset
        return Plan(
            start - self.seam,
            self.page_size,
            wanted=None if self.max_items is None else self.max_items + self.seam,
            overlap=int(self.consistency == "strict"),
        )

    def tracker(self, key: Callable[[T], Hashable]) -> ConsistencyTracker[T]:
        """Return the empty tracker of a new run; `key` returns an item's identity."""
        return ConsistencyTracker.open(
            key, offset=self.offset, consistency=self.consistency, resume=self.resume
        )


_LEAST = {"offset": 0, "page_size": 1, "concurrency": 1, "lookahead": 1, "max_items": 1}
_MAY_BE_NONE = ("max_items", "concurrency", "lookahead")
_KNOWN = {
    "consistency": ("detect", "strict", "off"),
    "on_invalid": ("raise", "skip"),
    "ordered": (True, False),
}


def _check_on_progress(callback: object) -> None:
    if callback is not None and not is_plain_function(callback):
        raise ConfigError("on_progress must be a plain function of one argument, the Progress")
