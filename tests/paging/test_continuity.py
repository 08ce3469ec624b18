"""How far a strict reading goes back to find the row that it handed out last."""

from __future__ import annotations

import pytest

from liner_async import PagingDriftError
from liner_async._paging.continuity import ContinuityCheck
from liner_async._paging.plan import PageRange, Plan
from tests.support.moving_list import MovingList


def steps(check, count, *, last_row=1000, total=5000, has_grown=False):
    """Give the offsets of so many steps back, half pages of 50 rows."""
    return [
        check.step_back(last_row, stride=50, total=total, has_grown=has_grown) for _ in range(count)
    ]


@pytest.mark.parametrize(
    ("is_whole", "has_grown", "expected"),
    [
        (True, False, [950, 900, 800, 600]),
        (True, True, [1000, 950, 900, 800]),
        (False, False, [950, 850, 750, 650]),
    ],
    ids=["from the head", "of a list that grew", "from an offset"],
)
def test_it_goes_back_further_each_time(is_whole, has_grown, expected):
    """Page by page where few rows are known; not at all at first where rows came in ahead."""
    assert steps(ContinuityCheck(is_whole), 4, has_grown=has_grown) == expected


def test_a_page_that_attaches_starts_it_over():
    """It is stalled if nothing new came with it."""
    check = ContinuityCheck(is_whole=True)
    first = steps(check, 2)
    check.accept(is_progress=False)
    assert check.is_stalled
    assert steps(check, 1) == first[:1]
    check.accept(is_progress=True)
    assert not check.is_stalled


def test_the_head_is_the_last_place_to_look():
    """What is not found from there is gone."""
    check = ContinuityCheck(is_whole=False)
    assert steps(check, 2, last_row=60) == [10, 0]
    with pytest.raises(PagingDriftError, match="is not found again"):
        steps(check, 1, last_row=60)


def test_repairs_cost_no_more_than_four_readings():
    """Whatever they bring: pages, and steps between them."""
    check, pages = ContinuityCheck(is_whole=True), 0
    with pytest.raises(PagingDriftError, match="faster than it can be read"):
        while True:
            steps(check, 1)
            check.accept(is_progress=True)
            pages += 2
    assert 4 * 50 <= pages <= 4 * 50 + 60


def test_a_hole_that_brings_the_seam_alone_is_not_asked_for_again():
    """The end check judges what is missing."""
    plan = Plan(0, 100, overlap=1)
    plan.accept(plan.next_range(), rows=100, total=150)
    hole = plan.accept(plan.next_range(), rows=41, total=150)
    assert hole == PageRange(139, limit=60, rows=60, is_hole=True)
    assert plan.accept(hole, rows=1, total=150) is None
    assert plan.next_range() is None


async def test_a_repair_before_the_offset_hands_out_nothing_from_before_it():
    """Rows that stand before the first one known were not asked for."""
    rows = MovingList(
        list(range(1, 61)), 1, moments={(2, False): lambda rows: [rows.delete(0) for _ in range(3)]}
    )
    read = []
    with pytest.raises(PagingDriftError):
        async for item in rows.pager(
            consistency="strict", offset=50, page_size=5, concurrency=1, lookahead=1
        ):
            read.append(item.id)
    assert read == list(range(51, 61))
