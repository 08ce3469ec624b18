"""How far a run reads ahead, and that it follows a limit that changes."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liner_async._paging.in_flight import ConcurrencyRange
from liner_async._paging.lookahead import Lookahead
from tests.support.moving_list import Item, Raw, pager_of

ROWS = 10


@pytest.mark.parametrize(
    ("limit", "fixed", "chosen", "size", "pages"),
    [
        (8, None, None, 0, 64),
        (1, None, None, 0, 32),
        (32, None, None, 0, 256),
        (128, None, None, 0, 256),
        (8, 8, None, 0, 32),
        (1, 1, None, 0, 4),
        (4, 8, None, 0, 32),  # narrowed by a pause
        (8, None, 5, 0, 5),
        (32, None, None, 130_000, 96),
        (32, None, None, 16 * 2**20, 32),
        (64, 64, None, 130_000, 96),
        (8, None, 500, 16 * 2**20, 500),
    ],
)
def test_the_lookahead_follows_the_limit_within_pages_and_bytes(limit, fixed, chosen, size, pages):
    """A number that was chosen stays as it is."""
    lookahead = Lookahead(limit=lambda: limit, fixed=fixed, chosen=chosen)
    lookahead.note(size)
    assert lookahead() == pages


def test_the_size_is_that_of_the_latest_pages():
    """A list whose first page is large is read on as its other pages allow."""
    lookahead = Lookahead(limit=lambda: 32, fixed=None, chosen=None)
    lookahead.note(2 * 2**20)
    assert lookahead() == 32
    for _ in range(100):
        lookahead.note(1_000)
    assert lookahead() == 256


def test_a_range_of_limits_knows_the_least_the_most_and_the_last():
    """As the report gives it."""
    seen = None
    for limit in (8, 16, 4, 12):
        seen = ConcurrencyRange.of(limit).following(seen)
    assert seen == ConcurrencyRange(least=4, most=16, last=12)


def test_a_range_reads_as_words():
    """As a notebook shows it in a report."""
    assert str(ConcurrencyRange(least=4, most=1_600, last=12)) == "4 to 1,600, 12 in the end"
    assert str(ConcurrencyRange.of(8)) == "8"


@given(st.lists(st.integers(1, 12), min_size=1, max_size=40), st.booleans())
async def test_a_run_follows_a_limit_that_grows_and_shrinks(limits, ordered):
    """Every row comes once, never with more new requests in flight than the limit of the moment."""
    in_flight, now, seen = 0, limits[0], []
    total = ROWS * len(limits)

    async def answer(offset, limit):
        nonlocal in_flight, now
        await asyncio.sleep(0)
        in_flight -= 1
        now = limits[(offset // ROWS) % len(limits)]
        return Raw([Item(id=row) for row in range(offset, min(total, offset + limit))], total)

    def fetch(offset, limit):
        nonlocal in_flight
        in_flight += 1
        assert in_flight <= now
        return asyncio.get_running_loop().create_task(answer(offset, limit))

    pager = pager_of(fetch, limit=lambda: now, ordered=ordered)
    async for page in pager.pages():
        seen += [item.id for item in page]
    assert sorted(seen) == list(range(total))
    assert seen == sorted(seen) or not ordered
    assert pager.report.concurrency.most <= max(limits)
