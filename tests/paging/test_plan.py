"""Which offsets are asked for: a plan driven over lists in memory, as the pager drives it."""

from __future__ import annotations

from collections import deque
from itertools import pairwise
from math import ceil

import pytest
from attrs import define, field
from hypothesis import given
from hypothesis import strategies as st

from liner_async import LinerError, PagingError
from liner_async._paging.plan import PageRange, Plan


@define
class Listing:
    """A server's list in memory.

    Attributes:
        length: how many rows there are.
        most: the most rows a page may have, whatever the limit.
        exact: whether every page has `most` rows, as if the server knew no limit.
        short: how many rows too few the page at an offset brings, the first time.
        total: what the server claims; None for the truth.
        gone: rows from this one to the next below are never sent.
    """

    length: int
    most: int = 100
    exact: bool = False
    short: dict[int, int] = field(factory=dict)
    total: int | None = None
    gone: range = range(0)
    asked: list[tuple[int, int]] = field(factory=list)

    def answer(self, offset, limit):
        """Give the rows at an offset, and the total."""
        self.asked.append((offset, limit))
        size = self.most if self.exact else min(limit, self.most)
        rows = list(range(offset, min(offset + size, self.length)))
        missing = self.short.pop(offset, 0)
        rows = rows[: max(1, len(rows) - missing)] if missing else rows
        if offset in self.gone:
            rows = []
        return rows, self.length if self.total is None else self.total


def drive(listing, plan, *, ahead=1, most_requests=2000):
    """Read a list by a plan, up to `ahead` requests at once; give the rows in the order handed out.

    Holes are asked for out of turn and taken next, as the window does.
    """
    prefetcher = deque()
    rows = []
    ranges = []

    def ask(page_range):
        assert len(ranges) < most_requests, "the plan does not end"
        ranges.append(page_range)
        return page_range, listing.answer(page_range.offset, page_range.limit)

    while True:
        while len(prefetcher) < ahead and (page_range := plan.next_range()) is not None:
            prefetcher.append(ask(page_range))
        if not prefetcher:
            return rows, ranges
        page_range, (got, total) = prefetcher.popleft()
        hole = plan.accept(page_range, rows=len(got), total=total)
        if hole is not None:
            prefetcher.appendleft(ask(hole))
        rows += got


def requests(length, page_size, *, offset=0, wanted=None, ahead=1, **options):
    """Give the (offset, limit) of every request that reading a list takes."""
    listing = Listing(length, **options)
    drive(listing, Plan(offset, page_size, wanted), ahead=ahead)
    return listing.asked


class TestTheFirstPage:
    """It is asked for alone; it gives the pace."""

    def test_nothing_is_planned_beyond_the_first_page_until_it_came(self):
        """Without a total there is nothing to plan by."""
        plan = Plan(0, 100)
        assert plan.next_range() == PageRange(0, limit=100, rows=100)
        assert plan.next_range() is None
        plan.accept(PageRange(0, limit=100, rows=100), rows=100, total=250)
        assert plan.next_range() == PageRange(100, limit=100, rows=100)

    def test_the_total_is_the_latest(self):
        """None before the first page, then what the latest page said."""
        plan = Plan(0, 10)
        totals = [plan.total]
        for total in (35, 40):
            page_range = plan.next_range()
            plan.accept(page_range, rows=10, total=total)
            totals.append(plan.total)
        assert totals == [None, 35, 40]

    def test_a_plan_starts_at_its_offset(self):
        """A resumed run asks for nothing before it."""
        assert requests(250, 100, offset=120) == [(120, 100), (220, 100)]

    def test_an_offset_at_or_beyond_the_end_takes_one_request(self):
        """There is nothing to hand out, and nothing wrong."""
        assert requests(250, 100, offset=250) == [(250, 100)]
        assert requests(250, 100, offset=900) == [(900, 100)]

    def test_planning_is_lazy(self):
        """A total of 10**12 costs no memory: one span at a time."""
        plan = Plan(0, 100)
        plan.accept(plan.next_range(), rows=100, total=10**12)
        offsets = [plan.next_range().offset for _ in range(1000)]
        assert offsets == [100 * page for page in range(1, 1001)]


class TestCounts:
    """As few requests as the list needs."""

    @pytest.mark.parametrize(
        ("length", "page_size", "expected"),
        [
            (0, 100, 1),
            (1, 100, 1),
            (1, 1, 1),
            (5, 1, 5),
            (99, 100, 1),
            (100, 100, 1),
            (101, 100, 2),
            (200, 100, 2),
            (250, 100, 3),
            (12_345, 100, 124),
        ],
    )
    @pytest.mark.parametrize("ahead", [1, 8])
    def test_a_list_takes_exactly_its_pages(self, length, page_size, expected, ahead):
        """No request comes back empty, but the one for an empty list."""
        assert len(requests(length, page_size, ahead=ahead)) == expected

    @pytest.mark.parametrize("most", [37, 50, 99])
    def test_a_limit_the_server_lowers_is_its_pace(self, most):
        """The step is the length of the first page."""
        expected = [(0, 100), *((offset, most) for offset in range(most, 250, most))]
        assert requests(250, 100, most=most) == expected

    def test_a_server_that_sends_longer_pages_sets_the_pace_too(self):
        """250 rows a page are 4 requests for 1,000, of at most the page size asked for."""
        assert requests(1000, 100, most=250, exact=True) == [
            (0, 100),
            (250, 100),
            (500, 100),
            (750, 100),
        ]

    def test_a_first_page_that_is_short_because_the_list_is_keeps_the_page_size(self):
        """A list that grows later is read on in whole pages."""
        plan = Plan(0, 100)
        plan.accept(plan.next_range(), rows=40, total=40)
        assert plan.next_range() is None
        plan.total = 400
        assert plan.next_range() == PageRange(40, limit=100, rows=100)


class TestWanted:
    """No row is asked for beyond those wanted."""

    @pytest.mark.parametrize(
        ("wanted", "expected"),
        [
            (1, [(0, 1)]),
            (10, [(0, 10)]),
            (100, [(0, 100)]),
            (101, [(0, 100), (100, 1)]),
            (250, [(0, 100), (100, 100), (200, 50)]),
            (10**9, [(0, 100), (100, 100), (200, 100), (300, 100)]),
        ],
    )
    @pytest.mark.parametrize("ahead", [1, 8])
    def test_the_last_request_is_trimmed(self, wanted, expected, ahead):
        """`max_items=10` is one request with `limit=10`."""
        assert requests(400, 100, wanted=wanted, ahead=ahead) == expected

    def test_wanted_counts_from_the_offset(self):
        """Ten rows from row 95 on."""
        assert requests(400, 100, offset=95, wanted=10) == [(95, 10)]

    def test_rows_that_were_dropped_can_be_asked_for_later(self):
        """More wanted rows extend the plan by just as many."""
        plan = Plan(0, 100, wanted=10)
        plan.accept(plan.next_range(), rows=10, total=400)
        assert plan.next_range() is None
        plan.wanted = 13
        assert plan.next_range() == PageRange(10, limit=3, rows=3)
        assert plan.next_range() is None


class TestTotalsThatLie:
    """`total` is followed, and not believed."""

    def test_rows_beyond_the_total_are_read_until_a_page_is_short(self):
        """A total of 0 over 250 rows loses none of them."""
        rows, _ = drive(Listing(250, total=0), Plan(0, 100))
        assert rows == list(range(250))

    def test_rows_beyond_the_total_are_read_until_a_page_is_empty(self):
        """Whole pages say nothing about the end."""
        rows, ranges = drive(Listing(200, total=150), Plan(0, 100))
        assert (rows, len(ranges)) == (list(range(200)), 3)

    def test_a_total_that_is_the_end_of_the_first_page_is_believed(self):
        """Nothing speaks against it."""
        assert requests(300, 100, total=100) == [(0, 100)]

    @pytest.mark.parametrize("ahead", [1, 8, 32])
    @pytest.mark.parametrize("length", [0, 200, 250, 1])
    def test_a_total_of_a_million_millions_ends_soon_after_the_rows_do(self, length, ahead):
        """Planning stops at the first empty page; what was read is handed out."""
        listing = Listing(length, total=10**12)
        rows, ranges = drive(listing, Plan(0, 100), ahead=ahead)
        assert rows == list(range(length))
        assert len(ranges) <= 4 + length // 100 + ahead

    def test_a_list_that_grows_is_followed(self):
        """The tail is read by the latest total."""
        listing = Listing(150)
        plan = Plan(0, 100)
        page_range = plan.next_range()
        plan.accept(page_range, rows=100, total=150)
        listing.length = 320
        rows, _ = drive(listing, plan)
        assert rows == list(range(100, 320))

    def test_a_list_that_shrinks_ends_at_its_new_end(self):
        """Pages planned for rows that are gone come empty, which is no failure."""
        plan = Plan(0, 100)
        plan.accept(plan.next_range(), rows=100, total=1000)
        ranges = [plan.next_range() for _ in range(4)]
        holes = [plan.accept(ranges[0], rows=50, total=150)]
        holes += [plan.accept(page_range, rows=0, total=150) for page_range in ranges[1:]]
        assert (holes, plan.next_range()) == ([None] * 4, None)


class TestHoles:
    """A short page before the end leaves a hole, which is asked for."""

    def test_the_rows_that_a_short_page_left_out_are_asked_for_next(self):
        """The hole starts where the page ended, and is as long as what is missing."""
        plan = Plan(0, 100)
        plan.accept(plan.next_range(), rows=100, total=1000)
        hole = plan.accept(plan.next_range(), rows=98, total=1000)
        assert hole == PageRange(198, limit=2, rows=2, is_hole=True)

    def test_a_hole_that_is_filled_in_part_leaves_another(self):
        """Until no row is missing."""
        plan = Plan(0, 100)
        plan.accept(plan.next_range(), rows=100, total=1000)
        hole = plan.accept(plan.next_range(), rows=50, total=1000)
        assert plan.accept(hole, rows=20, total=1000) == PageRange(170, 30, 30, is_hole=True)

    def test_a_hole_in_long_pages_is_asked_for_with_an_allowed_limit(self):
        """No limit is above the page size, whatever the server sends."""
        plan = Plan(0, 100)
        plan.accept(plan.next_range(), rows=250, total=1000)
        hole = plan.accept(plan.next_range(), rows=1, total=1000)
        assert hole == PageRange(251, limit=100, rows=249, is_hole=True)

    @pytest.mark.parametrize("ahead", [2, 8])
    def test_a_hole_that_stays_empty_though_the_list_goes_on_is_an_error(self, ahead):
        """Rows would be missing without a word; the error says from where on."""
        listing = Listing(500, short={100: 1}, gone=range(199, 200))
        with pytest.raises(PagingError) as caught:
            drive(listing, Plan(0, 100), ahead=ahead)
        assert (caught.value.offset, caught.value.reason) == (199, "hole")
        assert "199 to 199" in str(caught.value)

    @pytest.mark.parametrize("ahead", [2, 8])
    def test_rows_after_an_empty_page_are_an_error(self, ahead):
        """An empty page is not the end when others follow it."""
        listing = Listing(500, gone=range(200, 300))
        with pytest.raises(PagingError) as caught:
            drive(listing, Plan(0, 100), ahead=ahead)
        assert (caught.value.offset, caught.value.reason) == (200, "hole")

    def test_an_empty_page_after_rows_further_on_is_an_error(self):
        """Pages that arrive out of order are judged alike."""
        plan = Plan(0, 100)
        plan.accept(plan.next_range(), rows=100, total=400)
        early, late = plan.next_range(), plan.next_range()
        plan.accept(late, rows=100, total=400)
        with pytest.raises(PagingError, match="100 to 199"):
            plan.accept(early, rows=0, total=400)

    def test_the_lowest_of_several_empty_pages_is_the_end(self):
        """Rows between two empty pages are after the first of them."""
        plan = Plan(0, 100)
        plan.accept(plan.next_range(), rows=100, total=900)
        one, two, three = (plan.next_range() for _ in range(3))
        assert plan.accept(three, rows=0, total=900) is None
        assert plan.accept(one, rows=0, total=900) is None
        assert plan.next_range() is None
        with pytest.raises(PagingError, match="100 to 199"):
            plan.accept(two, rows=100, total=900)


class TestOverlap:
    """Pages that share rows with the one before, so that every seam can be compared."""

    def test_each_span_begins_with_the_last_row_of_the_one_before(self):
        """About one request more in a hundred."""
        _, ranges = drive(Listing(250), Plan(0, 100, overlap=1))
        assert ranges == [PageRange(0, 100, 100), PageRange(99, 100, 100), PageRange(198, 100, 100)]

    def test_no_span_is_planned_for_rows_that_were_all_read(self):
        """The overlap alone is no reason to ask."""
        assert len(drive(Listing(100), Plan(0, 100, overlap=1))[1]) == 1
        assert len(drive(Listing(500), Plan(0, 100, wanted=100, overlap=1))[1]) == 1

    def test_a_hole_overlaps_too(self):
        """It begins with the last row that the short page brought."""
        plan = Plan(0, 100, overlap=1)
        plan.accept(plan.next_range(), rows=100, total=1000)
        hole = plan.accept(plan.next_range(), rows=90, total=1000)
        assert hole == PageRange(188, limit=11, rows=11, is_hole=True)

    def test_pages_of_one_row_cannot_overlap(self):
        """A server that lowers the limit to 1 makes no progress that way.

        Twice it may be a row that came in between the server's two queries.
        """
        plan = Plan(0, 100, overlap=1)
        for _ in range(2):
            assert plan.accept(plan.next_range(), rows=1, total=5) is None
        with pytest.raises(PagingError, match="pages of one row cannot overlap") as caught:
            plan.accept(plan.next_range(), rows=1, total=5)
        assert caught.value.reason == "seam"

    def test_a_rewound_plan_asks_for_one_page_alone_and_then_goes_on(self):
        """What lay beyond the offset is forgotten, an empty page included."""
        plan = Plan(0, 100)
        plan.accept(plan.next_range(), rows=100, total=1000)
        plan.accept(plan.next_range(), rows=0, total=1000)
        plan.rewind(90)
        page_range = plan.next_range()
        assert (page_range, plan.next_range()) == (PageRange(90, 100, 100), None)
        plan.accept(page_range, rows=100, total=1000)
        assert plan.next_range() == PageRange(190, 100, 100)

    @given(st.integers(0, 300), st.integers(2, 40), st.integers(1, 9))
    def test_every_row_is_brought_and_only_the_seams_twice(self, length, page_size, ahead):
        """Over a still list."""
        rows, ranges = drive(Listing(length), Plan(0, page_size, overlap=1), ahead=ahead)
        assert sorted(set(rows)) == list(range(length))
        assert len(rows) == length + len(ranges) - 1
        assert len(ranges) == max(1, ceil((length - 1) / (page_size - 1)))


sizes = st.integers(1, 40)
ahead = st.integers(1, 9)


@given(st.integers(0, 300), sizes, sizes, st.booleans(), st.integers(0, 320), ahead)
def test_every_row_of_a_still_list_is_brought_exactly_once(  # noqa: PLR0917 - all vary
    length, page_size, most, is_long, offset, ahead
):
    """Whatever the page size, the server's own limit, the start and the look-ahead."""
    listing = Listing(length, most=page_size + most if is_long else most, exact=is_long)
    rows, ranges = drive(listing, Plan(offset, page_size), ahead=ahead)
    assert rows == list(range(offset, length))
    step = listing.most if is_long else min(page_size, most)
    assert len(ranges) == max(1, ceil((length - offset) / step))
    assert all(1 <= limit <= page_size for _, limit in listing.asked)


@given(
    st.integers(1, 300),
    sizes,
    sizes,
    ahead,
    st.dictionaries(st.integers(0, 300), st.integers(1, 50), max_size=30),
)
def test_short_pages_lose_no_row_and_bring_none_twice(length, page_size, most, ahead, short):
    """Holes are filled, also holes in holes, in order."""
    listing = Listing(length, most=most, short=short)
    rows, ranges = drive(listing, Plan(0, page_size), ahead=ahead)
    assert rows == list(range(length))
    assert len({page_range.offset for page_range in ranges}) == len(ranges)


@given(st.integers(0, 300), sizes, sizes, st.integers(1, 350), ahead, st.integers(0, 30))
def test_what_is_wanted_is_brought_and_nothing_more(  # noqa: PLR0917 - all vary
    length, page_size, most, wanted, ahead, offset
):
    """The limits add up to the rows wanted, if the list has them."""
    listing = Listing(length, most=most)
    rows, _ = drive(listing, Plan(offset, page_size, wanted), ahead=ahead)
    assert rows == list(range(offset, min(length, offset + wanted)))
    assert all(from_ + limit <= offset + wanted for from_, limit in listing.asked)


@define
class Whims:
    """A server that answers as it pleases a while, and then has no rows."""

    answers: deque
    last_total: int
    asked: list[tuple[int, int]] = field(factory=list)

    def answer(self, offset, limit):
        """Give any number of rows, and any total."""
        self.asked.append((offset, limit))
        rows, total = self.answers.popleft() if self.answers else (0, self.last_total)
        return range(rows), total


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 400)), max_size=30),
    st.integers(0, 400),
    sizes,
    ahead,
    st.none() | st.integers(1, 500),
)
def test_any_sequence_of_pages_and_totals_comes_to_an_end(answers, last_total, size, ahead, wanted):
    """With an error or without; offsets ascend strictly but for holes, and limits are allowed."""
    whims = Whims(deque(answers), last_total)
    try:
        _, ranges = drive(whims, Plan(0, size, wanted), ahead=ahead, most_requests=1000)
    except LinerError as error:
        assert type(error) is PagingError  # noqa: PT017 - either outcome is right
    else:
        ordinary = [page_range.offset for page_range in ranges if not page_range.is_hole]
        assert all(before < after for before, after in pairwise(ordinary))
        assert len({page_range.offset for page_range in ranges}) == len(ranges)
    assert all(1 <= limit <= size for _, limit in whims.asked)
