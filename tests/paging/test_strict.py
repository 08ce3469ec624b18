"""`consistency="strict"` and `"detect"` over lists that move, in hundreds of seeded runs."""

from __future__ import annotations

import pytest

from liner_async import ConfigError, PagingDriftError, PagingError
from tests.support.moving_list import CHANGES, MovingList

RUNS = range(8)
# An order that changes places cannot be told from one deleted here and inserted there.
MOVES = ("move to the head", "move to the tail")


async def read(rows: MovingList, **options):
    """Read the list; give the ids handed out, the error if any, and the report."""
    pager = rows.pager(**options)
    handed_out, error = [], None
    try:
        async for item in pager:
            handed_out.append(item.id)
    except PagingError as caught:
        error = caught
    assert len(handed_out) == len(set(handed_out))
    return set(handed_out), error, pager.report


@pytest.mark.unmeasured
@pytest.mark.parametrize("often", [0.05, 0.3], ids=["seldom", "often"])
@pytest.mark.parametrize("kind", CHANGES)
async def test_strict_never_ends_normally_with_a_row_missing(kind, often):
    """Whatever moves, and however often: every row that was there throughout, or an error."""
    for seed in RUNS:
        rows = MovingList(list(range(1, 151)), seed, CHANGES[kind], rate=often, most_changes=40)
        handed_out, error, report = await read(rows, consistency="strict")
        if error is None:
            assert rows.throughout <= handed_out
            assert report.complete
        else:
            assert report.drifted
            assert not report.complete


@pytest.mark.parametrize("kind", [kind for kind in CHANGES if kind not in MOVES])
async def test_strict_hands_out_every_row_that_was_there_throughout(kind):
    """A few changes are repaired, even where the numbers then force an error at the end."""
    for seed in RUNS:
        rows = MovingList(list(range(1, 151)), seed, CHANGES[kind], rate=0.05, most_changes=3)
        handed_out, _, _ = await read(rows, consistency="strict")
        assert rows.throughout <= handed_out


@pytest.mark.parametrize("kind", CHANGES)
async def test_detect_never_stays_silent_when_a_row_was_lost(kind):
    """The report says that the list moved."""
    for seed in RUNS:
        rows = MovingList(list(range(1, 151)), seed, CHANGES[kind], rate=0.05, most_changes=3)
        handed_out, error, report = await read(rows)
        assert error is None
        assert report.drifted or rows.throughout <= handed_out


@pytest.mark.parametrize("consistency", ["detect", "strict"])
async def test_an_unstable_order_never_passes_for_a_complete_list(consistency):
    """Rows shuffled anew for every request."""
    for seed in RUNS:
        rows = MovingList(list(range(1, 151)), seed, is_shuffled=True)
        handed_out, error, report = await read(rows, consistency=consistency)
        assert handed_out == rows.throughout or error is not None or report.drifted


@pytest.mark.parametrize("total", [0, 1, 2, 9, 10, 11, 19, 20, 300])
@pytest.mark.parametrize("max_limit", [100, 7, 2])
async def test_strict_reads_a_list_at_rest_completely_and_without_suspicion(total, max_limit):
    """Whatever its length, and whatever limit the server has of its own."""
    rows = MovingList(list(range(1, total + 1)), 1, max_limit=max_limit)
    handed_out, error, report = await read(rows, consistency="strict")
    assert (handed_out, error, report.drift) == (set(rows.rows), None, ())
    assert report.duplicates == report.repairs == 0


async def test_strict_costs_one_row_a_page():
    """1,000 rows in pages of 10: 111 requests in place of 100, and one that confirms the end."""
    rows = MovingList(list(range(1, 1001)), 1)
    await read(rows, consistency="strict")
    assert rows.requests == 112


@pytest.mark.parametrize("wanted", [1, 9, 10, 11, 25, 300])
async def test_strict_stops_at_max_items(wanted):
    """No row more, and no drift for what was not read."""
    rows = MovingList(list(range(1, 301)), 1)
    handed_out, error, report = await read(rows, consistency="strict", max_items=wanted)
    assert (handed_out, error) == (set(range(1, wanted + 1)), None)
    assert not report.drifted
    assert rows.requests <= wanted // 9 + 1


async def test_strict_goes_on_when_every_row_handed_out_is_gone():
    """At the head of the list nothing can stand before the page."""
    rows = MovingList(list(range(1, 101)), 3)

    def clear_head(moving):
        if moving.requests >= 8 and moving.rows[0] == 1:
            moving.rows[:] = moving.rows[60:]
            moving.throughout = set(moving.rows)

    rows.change, rows.rate = clear_head, 0.9
    handed_out, error, report = await read(rows, consistency="strict")
    assert rows.throughout <= handed_out
    assert isinstance(error, PagingDriftError)
    assert report.repairs > 0


async def test_a_page_of_one_row_cannot_overlap():
    """A server that lowers the limit to 1 cannot be read strictly."""
    rows = MovingList(list(range(1, 11)), 1, max_limit=1)
    _, error, _ = await read(rows, consistency="strict")
    assert error is not None
    assert error.reason == "seam"


@pytest.mark.parametrize("options", [{"page_size": 1}, {"ordered": False}], ids=repr)
def test_strict_needs_ordered_pages_that_can_overlap(options):
    """The contradiction is found before any request."""
    with pytest.raises(ConfigError):
        MovingList([1], 1).pager(consistency="strict", **options)


async def test_a_place_that_is_not_found_again_is_an_error():
    """Strict, from an offset: when all that was handed out is gone, nothing can be compared."""
    rows = MovingList(list(range(1, 201)), 3)

    def replace_everything(moving):
        if moving.requests >= 8 and moving.rows[0] == 1:
            moving.rows[:] = range(1001, 1201)

    rows.change, rows.rate = replace_everything, 0.9
    _, error, _ = await read(rows, consistency="strict", offset=50)
    assert isinstance(error, PagingDriftError)
    assert error.reason == "seam"
