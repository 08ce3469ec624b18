"""The signs of a moving list that the numbers of a page show (pure)."""

from __future__ import annotations

from typing import Any

from liner_async._paging.results import Page

__all__ = ["contradicts_next", "signs_of"]


def signs_of(page: Page[Any], *, last_total: int | None) -> dict[str, str]:
    """Return why the list is thought to have moved, by kind, from a page and the `total` before."""
    where, signs = f"at offset {page.offset}", {}
    if last_total not in (None, page.total):
        signs["total"] = f"total {last_total} became {page.total} {where}"
    if page.received and page.offset + page.received > page.total:
        signs["beyond"] = f"rows beyond the total of {page.total} {where}"
    if not page.received and page.offset < page.total:
        signs["empty"] = f"an empty page {where}, before the total of {page.total}"
    return signs


def contradicts_next(page: Page[Any]) -> bool:
    """Return whether the server's `next` is not where the page ends."""
    after = page.offset + page.received
    return after < page.total and page.next not in (after, page.offset + page.limit)
