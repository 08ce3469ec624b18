"""A strict run confirms the end: a row may come or go between a page's rows and its count."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from liner_async import PagingDriftError
from liner_async._paging.ending import EndCheck
from tests.support.moving_list import MovingList

PAGE = 10
CHANGES = {
    "insert at the head": lambda rows: rows.insert(0),
    "insert anywhere": lambda rows: rows.insert(rows.anywhere()),
    "append": lambda rows: rows.insert(len(rows.rows)),
    "delete at the head": lambda rows: rows.delete(0),
    "delete anywhere": lambda rows: rows.delete(rows.anywhere()),
    "delete at the tail": lambda rows: rows.delete(-1),
    "delete several": lambda rows: [rows.delete(rows.anywhere()) for _ in range(3)],
    "delete and append": lambda rows: (rows.delete(rows.anywhere()), rows.insert(len(rows.rows))),
    "delete a page": lambda rows: [rows.delete(0) for _ in range(PAGE + 2)],
    "insert a page": lambda rows: [rows.insert(0) for _ in range(PAGE + 2)],
}


async def read(rows, **options):
    """Read strictly; give the ids handed out and the error, which says that the list moved."""
    pager = rows.pager(consistency="strict", **options)
    handed_out, error = [], None
    try:
        async for item in pager:
            handed_out.append(item.id)
    except PagingDriftError as caught:
        error = caught
    assert len(handed_out) == len(set(handed_out))
    return handed_out, error


async def ends_honestly(rows, **options):
    """Read strictly; tell whether the run raised or handed out what was there throughout."""
    handed_out, error = await read(rows, **options)
    return error is not None or rows.throughout <= set(handed_out)


def requests_at_rest(length, page_size):
    """Count the pages that overlap by a row, and one more unless there is nothing to confirm."""
    pages = 1 if length <= page_size else -(-(length - 1) // (page_size - 1))
    return pages + (length > 0)


@pytest.mark.parametrize("length", range(0, 403, 3))
async def test_a_list_at_rest_costs_one_more_request(length):
    """Whatever its length; the end of an empty list is what its only page says."""
    rows = MovingList(list(range(1, length + 1)), 1)
    assert await read(rows, page_size=100) == (rows.rows, None)
    assert rows.requests == requests_at_rest(length, 100)


@pytest.mark.unmeasured
@pytest.mark.parametrize("counts_first", [False, True], ids=["rows first", "count first"])
@pytest.mark.parametrize("kind", CHANGES)
async def test_no_row_is_lost_wherever_a_change_falls(kind, counts_first):
    """Lists around whole pages, one change at each moment of the reading, with 1 and 4 at once."""
    for length in (0, 1, 2, *range(8, 13), *range(17, 21), 28, 29):
        for answer in range(1, 6):
            for is_between in (True, False):
                moments = {(answer, is_between): CHANGES[kind]}
                for at_once in (1, 4):
                    rows = MovingList(
                        list(range(1, length + 1)),
                        length + answer,
                        moments=moments,
                        counts_first=counts_first,
                    )
                    assert await ends_honestly(rows, concurrency=at_once, lookahead=at_once)


@pytest.mark.unmeasured
@pytest.mark.parametrize("length", [100, 101, 199, 200, 298, 299, 300])
@pytest.mark.parametrize("counts_first", [False, True], ids=["rows first", "count first"])
async def test_pages_of_a_hundred_rows_lose_none_either(length, counts_first):
    """The page size that people use."""
    for kind, change in CHANGES.items():
        for answer in range(1, 5):
            rows = MovingList(
                list(range(1, length + 1)),
                answer,
                moments={(answer, True): change},
                counts_first=counts_first,
            )
            is_honest = await ends_honestly(rows, page_size=100, concurrency=1, lookahead=1)
            assert is_honest, (kind, answer)


events = st.dictionaries(
    st.tuples(st.integers(1, 12), st.booleans()), st.sampled_from(list(CHANGES)), max_size=6
)


@pytest.mark.unmeasured
@settings(max_examples=150)
@given(
    length=st.integers(0, 60),
    page_size=st.integers(2, 12),
    events=events,
    counts_first=st.booleans(),
    max_limit=st.sampled_from([100, 7, 3, 2]),
    at_once=st.integers(1, 5),
    seed=st.integers(0, 99),
)
@example(  # the rows of the first page come again at two other offsets
    length=10,
    page_size=3,
    events={
        (2, False): "delete anywhere",
        (4, True): "insert a page",
        (6, False): "insert at the head",
        (7, False): "insert at the head",
    },
    counts_first=False,
    max_limit=100,
    at_once=3,
    seed=0,
)
async def test_no_row_is_lost_to_several_changes(  # noqa: PLR0917 - all vary
    length, page_size, events, counts_first, max_limit, at_once, seed
):
    """At any moments, whatever limit the server has of its own."""
    moments = {when: CHANGES[kind] for when, kind in events.items()}
    rows = MovingList(
        list(range(1, length + 1)),
        seed,
        moments=moments,
        counts_first=counts_first,
        max_limit=max_limit,
    )
    options = {"page_size": page_size, "concurrency": at_once, "lookahead": at_once}
    assert await ends_honestly(rows, **options)


@pytest.mark.parametrize("is_between", [True, False])
@pytest.mark.parametrize(
    "kind", ["insert at the head", "append", "delete anywhere", "delete several"]
)
async def test_a_restless_list_never_ends_normally_with_a_row_missing(kind, is_between):
    """A change in every other answer, as on a list that many people work on."""
    for seed in range(15):
        rows = MovingList(
            list(range(1, 40 + seed)), seed, CHANGES[kind], rate=0.4, is_between=is_between
        )
        assert await ends_honestly(rows)


async def test_a_row_that_came_while_the_end_was_confirmed_is_handed_out():
    """And the end after it is confirmed too."""
    rows = MovingList(list(range(1, 11)), 1, moments={(2, False): CHANGES["append"]})
    assert await read(rows) == ([*range(1, 11), 11], None)
    assert rows.requests == 3


@pytest.mark.parametrize("consistency", ["detect", "strict"])
@pytest.mark.parametrize("length", range(5))
async def test_a_short_list_that_grows_with_every_answer_ends(length, consistency):
    """Its first page looks as if the server sent pages of a row, with which it is never read."""
    moments = {(answer, True): CHANGES["append"] for answer in range(1, 100)}
    rows = MovingList(list(range(1, length + 1)), 1, moments=moments)
    handed_out = []
    with suppress(PagingDriftError):
        async for item in rows.pager(consistency=consistency):
            handed_out.append(item.id)
    assert rows.throughout <= set(handed_out)
    assert rows.requests <= 12


async def test_a_deletion_between_the_queries_of_the_only_page_is_found_out():
    """The page ends at its total, and a row was pushed out of it."""
    rows = MovingList(list(range(1, 12)), 1, moments={(1, True): CHANGES["delete at the head"]})
    handed_out, error = await read(rows)
    assert handed_out == list(range(1, 12))
    assert str(error).startswith(
        "the list moved while it was read, and items may be missing: 11 rows read, 10 announced"
    )


async def test_an_insertion_between_the_queries_of_the_only_page_loses_nothing():
    """Counted first: a whole page at its total, though a row was pushed out of it."""
    moments = {(1, True): CHANGES["insert at the head"]}
    rows = MovingList(list(range(1, 11)), 1, moments=moments, counts_first=True)
    assert await read(rows) == ([11, *range(1, 11)], None)


@pytest.mark.parametrize("wanted", [1, 9, 10])
async def test_as_many_as_were_wanted_need_no_confirmation(wanted):
    """Nothing is claimed of what follows; `first()` is one request too."""
    rows = MovingList(list(range(1, 11)), 1)
    handed_out, error = await read(rows, max_items=wanted)
    assert (handed_out, error, rows.requests) == (list(range(1, wanted + 1)), None, 1)
    assert (await rows.pager(consistency="strict").first()).id == 1
    assert rows.requests == 2


@pytest.mark.parametrize("start", [3, 10, 12, 30])
async def test_a_run_from_an_offset_is_confirmed_too(start):
    """Also where it begins at the end of the list, or beyond it."""
    rows = MovingList(list(range(1, 13)), 1)
    assert await read(rows, offset=start) == (rows.rows[start:], None)


class TestTheEndCheck:
    """What proves an end."""

    def test_a_page_that_brings_something_new_proves_nothing_yet(self):
        """Not the first one after all the others, though its books agree."""
        check = EndCheck()
        check.record(is_short=True, found=3, announced=3)
        assert (check.is_confirmed, check.ask_again(), check.is_confirmed) == (False, True, False)
        check.record(is_short=True, found=3, announced=3)
        assert (check.is_confirmed, check.ask_again()) == (True, False)

    def test_a_whole_page_proves_nothing(self):
        """More may follow."""
        check = EndCheck()
        for _ in range(2):
            check.record(is_short=False, found=3, announced=3)
        assert not check.is_confirmed

    @pytest.mark.parametrize(
        ("before", "now", "is_confirmed"),
        [
            ((5, 6), (8, 9), True),
            ((5, 6), (8, 7), True),
            ((5, 6), (8, 8), True),
            ((5, 9), (8, 9), False),
            ((5, 6), (8, 4), False),
        ],
        ids=["counted last", "counted first", "agree", "too many", "too few"],
    )
    def test_a_tail_that_grows_all_the_time_ends_with_the_second_look(
        self, before, now, is_confirmed
    ):
        """If the books agreed at some moment between the two."""
        check = EndCheck()
        for found, announced in (before, now):
            assert check.ask_again()
            check.record(is_short=True, found=found, announced=announced)
        assert check.is_confirmed is is_confirmed

    def test_the_same_books_twice_are_not_asked_for_again(self):
        """They differ for good: a row that was handed out is gone."""
        check = EndCheck()
        check.record(is_short=True, found=3, announced=3)
        assert check.ask_again()
        check.record(is_short=True, found=3, announced=2)
        assert check.ask_again()
        check.record(is_short=True, found=3, announced=2)
        assert (check.ask_again(), check.is_confirmed) == (False, False)

    def test_an_end_that_does_not_keep_still_is_given_up(self):
        """After four requests."""
        check, asked = EndCheck(), 0
        while check.ask_again():
            asked += 1
            check.record(is_short=False, found=asked, announced=9)
        assert asked == 4
