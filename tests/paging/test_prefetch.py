"""How long a run keeps the event loop to itself while pages are there already."""

import asyncio

import pytest

from liner_async._paging.in_flight import InFlight
from liner_async._paging.plan import PageRange
from liner_async._paging.prefetch import Prefetcher

PAGES = 6


class Clock:
    """Seconds that pass only when they are told to."""

    now = 0.0

    def __call__(self):
        """Give the seconds."""
        return self.now


async def turns_per_page(*, seconds_per_page):
    """Take pages that have all arrived; give the turns that the loop had before each of them."""

    async def answer(offset):
        return offset

    loop, clock = asyncio.get_running_loop(), Clock()
    ranges = iter([PageRange(offset, limit=1, rows=1) for offset in range(PAGES)])
    prefetcher = Prefetcher(
        lambda offset, limit: loop.create_task(answer(offset)),
        lambda: next(ranges, None),
        in_flight=InFlight(lambda: PAGES),
        lookahead=lambda: PAGES,
        ordered=True,
        clock=clock,
    )
    turns = 0

    def count():
        nonlocal turns
        turns += 1
        loop.call_soon(count)

    taken = [await prefetcher.take()]
    for _ in range(3):  # all arrive meanwhile
        await asyncio.sleep(0)
    count()
    before = []
    while len(taken) < PAGES:
        clock.now += seconds_per_page
        turns = 0
        taken.append(await prefetcher.take())
        before.append(turns)
    assert [arrival.raw for arrival in taken] == list(range(PAGES))
    assert await prefetcher.take() is None
    return before


@pytest.mark.parametrize(
    ("seconds_per_page", "expected"),
    [(0.0005, [0, 0, 0, 1, 0]), (0.0011, [0, 1, 0, 1, 0]), (0.002, [1, 1, 1, 1, 1])],
)
async def test_the_loop_has_a_turn_every_two_milliseconds(seconds_per_page, expected):
    """Not for each page, which would cost a fifth of the time; nor only when pages run out."""
    assert await turns_per_page(seconds_per_page=seconds_per_page) == expected


def waiting_prefetcher(*, ordered):
    """Give a prefetcher that requested offsets 0 to 2, and what answers each request."""
    answers = []
    ranges = iter([PageRange(offset, limit=1, rows=1) for offset in range(3)])

    async def answer(future):
        return await future

    def fetch(offset, limit):
        answers.append(asyncio.get_running_loop().create_future())
        return asyncio.create_task(answer(answers[-1]))

    prefetcher = Prefetcher(
        fetch,
        lambda: next(ranges, None),
        in_flight=InFlight(lambda: 4),
        lookahead=lambda: 4,
        ordered=ordered,
        clock=Clock(),
    )
    prefetcher.start()
    return prefetcher, answers


async def test_in_order_the_first_offset_is_that_of_the_next_page():
    """A run goes on there; there is none once every page was taken."""
    prefetcher, answers = waiting_prefetcher(ordered=True)
    seen = [prefetcher.first_offset]
    for future in answers:
        future.set_result(None)
        await prefetcher.take()
        seen.append(prefetcher.first_offset)
    assert seen == [0, 1, 2, None]


async def test_out_of_order_the_first_offset_is_the_lowest_that_is_not_taken():
    """An earlier page may come after later ones, and after a hole that is asked for out of turn."""
    prefetcher, answers = waiting_prefetcher(ordered=False)
    prefetcher.insert(PageRange(2, limit=1, rows=1, is_hole=True))
    answers[1].set_result(None)
    await prefetcher.take()
    assert prefetcher.first_offset == 0
    await prefetcher.aclose()
