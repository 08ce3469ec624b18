"""The books of a run: duplicates, signs of a moving list, and the report."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liner_async import ItemProblem, Page, PagingError, PagingReport
from liner_async._paging.consistency import ConsistencyTracker
from liner_async._paging.plan import PageRange
from liner_async.resume import ResumePoint


def identity(item):
    """Take an item for its own key."""
    return item


def tracker(offset=0, consistency="detect", key=identity):
    """Open the books of a run."""
    return ConsistencyTracker.open(key, offset=offset, consistency=consistency)


def page(offset, items, *, total=1000, limit=3, following="right", problems=()):
    """Make a page, by default with the `next` of the vendor's page."""
    after = offset + limit if following == "right" else following
    return Page(
        items=tuple(items), offset=offset, limit=limit, next=after, total=total, problems=problems
    )


def record(books, got, *, is_hole=False, most=None):
    """Enter a page as the pager does, and give the items it hands out."""
    page_range = PageRange(got.offset, limit=got.limit, rows=got.limit, is_hole=is_hole)
    return list(books.record(page_range, got, most=most))


def problem(index):
    """Make a problem of an item."""
    return ItemProblem(offset=0, index=index, item_id=None, fields=("id: bad",))


def drift_of(*pages, offset=0, whole=True):
    """Give the reasons to think that a list moved, once these pages were read to its end."""
    books = tracker(offset)
    for got in pages:
        record(books, got)
    books.close(whole=whole)
    return books.report().drift


class TestDuplicates:
    """No item twice; the first occurrence wins."""

    def test_an_item_that_came_before_is_dropped(self):
        """Across pages, in order."""
        books = tracker()
        handed_out = [
            record(books, page(0, [1, 2, 3])),
            record(books, page(3, [3, 4, 2])),
            record(books, page(6, [5, 1, 6])),
        ]
        assert handed_out == [[1, 2, 3], [4], [5, 6]]
        assert (books.report().duplicates, books.report().handed_out) == (3, 6)

    def test_an_item_twice_on_one_page_is_handed_out_once(self):
        """Within a page too."""
        books = tracker()
        assert record(books, page(0, [1, 2, 1])) == [1, 2]
        assert books.report().duplicates == 1

    def test_the_key_decides_and_the_first_occurrence_wins(self):
        """An item that changed meanwhile is still the same item."""
        books = tracker(key=lambda item: item["id"])
        old, new = {"id": 1, "title": "old"}, {"id": 1, "title": "new"}
        assert record(books, page(0, [old, new])) == [old]
        assert record(books, page(3, [new])) == []

    def test_a_page_without_duplicates_is_handed_on_as_it_is(self):
        """No copy is made of what need not change."""
        got = page(0, [1, 2, 3])
        assert tracker().record(PageRange(0, 3, 3), got) is got

    def test_a_page_with_duplicates_keeps_what_the_server_said(self):
        """Only its items change."""
        books = tracker()
        record(books, page(0, [1, 2, 3]))
        kept = books.record(PageRange(3, 3, 3), page(3, [3, 4], total=9, following=6))
        assert kept == page(3, [4], total=9, following=6)

    def test_off_keeps_everything_and_remembers_nothing(self):
        """No de-duplication, no drift, no memory."""
        books = tracker(consistency="off")
        assert record(books, page(0, [1, 2, 2], total=5)) == [1, 2, 2]
        assert record(books, page(3, [2, 1, 1], total=9)) == [2, 1, 1]
        books.close(whole=True)
        report = books.report()
        assert (report.duplicates, report.drift, report.handed_out) == (0, (), 6)
        assert books.deduplicator.seen == set()


class TestDrift:
    """Why a list is thought to have moved."""

    def test_a_still_list_does_not_drift(self):
        """Whole pages, and a short one at the end."""
        assert drift_of(page(0, [1, 2, 3], total=5), page(3, [4, 5], total=5)) == ()

    def test_an_empty_list_does_not_drift(self):
        """Nothing was announced, nothing came."""
        assert drift_of(page(0, [], total=0)) == ()

    def test_a_total_that_changes_is_drift(self):
        """The totals and the place are told, and the last total counts."""
        pages = page(0, [1, 2, 3], total=5), page(3, [4, 5, 6], total=6)
        assert drift_of(*pages) == ("total 5 became 6 at offset 3",)

    def test_an_item_that_comes_again_is_drift(self):
        """So is one fewer than announced, which follows from it."""
        assert drift_of(page(0, [1, 2, 3], total=6), page(3, [3, 4, 5], total=6)) == (
            "items seen before came again at offset 3",
            "5 rows read, 6 announced",
        )

    def test_rows_beyond_the_total_are_drift(self):
        """A total of 0 with rows is a lie."""
        assert drift_of(page(0, [1, 2], total=0)) == (
            "rows beyond the total of 0 at offset 0",
            "2 rows read, 0 announced",
        )

    def test_an_empty_page_before_the_total_is_drift(self):
        """The list shrank, or the total was never true."""
        assert drift_of(page(0, [1, 2, 3], total=10**12), page(3, [], total=10**12)) == (
            "an empty page at offset 3, before the total of 1000000000000",
            "3 rows read, 1000000000000 announced",
        )

    def test_fewer_rows_than_announced_are_drift(self):
        """Even where every total was the same."""
        assert drift_of(page(0, [1, 2, 3], total=7)) == ("3 rows read, 7 announced",)

    def test_rows_before_the_offset_are_not_missed(self):
        """A resumed run expects the rest of the list."""
        assert drift_of(page(4, [5], total=5), offset=4) == ()
        assert drift_of(page(9, [], total=5), offset=9) == ()

    def test_rows_left_out_as_invalid_are_not_missed(self):
        """They were there, and are reported otherwise."""
        assert drift_of(page(0, [1, 3], total=3, problems=(problem(1),))) == ()

    def test_a_run_that_wanted_only_some_rows_is_not_counted(self):
        """It did not mean to reach the end."""
        assert drift_of(page(0, [1, 2, 3], total=7), whole=False) == ()

    def test_each_kind_of_drift_is_told_once(self):
        """The first of its kind, in the order noticed."""
        books = tracker()
        record(books, page(0, [1, 2, 3], total=20))
        record(books, page(3, [1, 4, 5], total=21))
        record(books, page(6, [1, 6, 7], total=22))
        assert books.report().drift == (
            "total 20 became 21 at offset 3",
            "items seen before came again at offset 3",
        )


class TestNext:
    """The server's `next` is cross-checked, never followed."""

    @pytest.mark.parametrize(
        ("got", "is_wrong"),
        [
            (page(0, [1, 2, 3], following=3), False),
            (page(0, [1, 2], following=2), False),
            (page(0, [1, 2], following=3), False),
            (page(0, [1, 2, 3], following=0), True),
            (page(0, [1, 2, 3], following=-1), True),
            (page(0, [1, 2, 3], following=4), True),
            (page(6, [1, 2, 3], following=6), True),
            (page(0, [1, 2, 3], following=None), True),
            (page(0, [1, 2, 3], total=3, following=None), False),
            (page(0, [1, 2, 3], total=3, following=0), False),
            (page(0, [], total=0, following=50), False),
        ],
        ids=[
            "limit",
            "short page, its length",
            "short page, its limit",
            "0",
            "negative",
            "ahead",
            "the page itself",
            "null before the end",
            "null at the end",
            "0 at the end",
            "anything on an empty list",
        ],
    )
    def test_next_must_lead_to_the_next_row_while_there_is_one(self, got, is_wrong):
        """At the end it may be anything."""
        books = tracker()
        record(books, got)
        assert (books.next_is_wrong, books.report().drift) == (is_wrong, ())

    def test_a_next_that_was_wrong_once_stays_noticed(self):
        """One warning is due, whatever follows."""
        books = tracker()
        record(books, page(0, [1, 2, 3], following=0))
        record(books, page(3, [4, 5, 6]))
        assert books.next_is_wrong


class TestAServerThatIgnoresTheOffset:
    """The first page again is no progress."""

    @pytest.mark.parametrize("consistency", ["detect", "off"])
    def test_the_first_page_at_another_offset_is_an_error(self, consistency):
        """At once, on a list that did not grow."""
        books = tracker(consistency=consistency)
        record(books, page(0, [1, 2, 3]))
        with pytest.raises(PagingError, match="offset 3 brought the first page again") as caught:
            record(books, page(3, [1, 2, 3]))
        assert caught.value.reason == "repeat"

    def test_the_same_rows_in_another_order_are_the_same_page(self):
        """Without ORDER BY, a server that ignores the offset may shuffle."""
        books = tracker()
        record(books, page(0, [1, 2, 3]))
        with pytest.raises(PagingError):
            record(books, page(3, [3, 1, 2]))

    @pytest.mark.parametrize("consistency", ["detect", "off"])
    def test_rows_inserted_ahead_may_show_the_first_page_once_more(self, consistency):
        """A list that grew by a page is not a broken server; one that repeats it again is."""
        books = tracker(consistency=consistency)
        record(books, page(0, [1, 2, 3], total=9))
        record(books, page(3, [1, 2, 3], total=12))
        with pytest.raises(PagingError):
            record(books, page(6, [1, 2, 3], total=12))

    def test_pages_of_one_row_may_repeat_once(self):
        """A single row that comes twice says little."""
        books = tracker()
        handed_out = [record(books, page(at, [1], limit=1)) for at in (0, 1)]
        assert handed_out == [[1], []]
        with pytest.raises(PagingError):
            record(books, page(2, [1], limit=1))

    def test_empty_pages_are_no_repetition(self):
        """Nor is a first page of which nothing could be decoded."""
        books = tracker()
        for offset in range(0, 30, 3):
            record(books, page(offset, [], problems=(problem(0),)))
        assert books.report().pages == 10

    def test_pages_without_anything_new_come_to_an_end(self):
        """More than 20 in a row are a server that goes round in circles."""
        books = tracker()
        record(books, page(0, [1, 2, 3]))
        record(books, page(3, [4, 5, 6]))
        for number in range(20):
            assert record(books, page(6 + 3 * number, [4, 5, 6][: 1 + number % 3])) == []
        with pytest.raises(PagingError, match="21 pages in a row brought nothing new") as caught:
            record(books, page(66, [5, 6]))
        assert caught.value.reason == "repeat"

    def test_anything_new_is_progress(self):
        """One new item in every 20 pages suffices."""
        books = tracker()
        record(books, page(0, [1, 2, 3]))
        record(books, page(3, [4, 5, 6]))
        for number in range(100):
            record(books, page(6, [4, 5] if number % 20 else [4, 100 + number]))
        assert books.report().handed_out == 6 + 5


class TestTheReport:
    """A snapshot of the books at any moment."""

    def test_it_is_empty_before_the_first_page(self):
        """But for the offset to start at."""
        assert tracker(offset=7).report() == PagingReport(next_offset=7)

    def test_it_counts_pages_holes_and_totals(self):
        """The first total and the last."""
        books = tracker()
        record(books, page(0, [1, 2, 3], total=8))
        record(books, page(3, [4, 5], total=9))
        record(books, page(5, [6], total=9), is_hole=True)
        report = books.report()
        assert (report.pages, report.holes_filled) == (3, 1)
        assert (report.first_total, report.last_total, report.handed_out) == (8, 9, 6)

    def test_it_lists_what_was_left_out(self):
        """In the order of the pages."""
        books = tracker()
        record(books, page(0, [1], problems=(problem(1), problem(2))))
        record(books, page(3, [], problems=(problem(0),)))
        assert books.report().skipped == (problem(1), problem(2), problem(0))

    def test_items_that_wait_are_not_handed_out_yet(self):
        """A consumer of single items has taken one of three; it would continue at their page."""
        books = tracker()
        record(books, page(0, [1, 2, 3], total=6))
        books.rest = iter(record(books, page(3, [4, 5, 6], total=6)))
        books.close(whole=True)
        next(books.rest)
        report = books.report()
        assert (report.handed_out, report.next_offset, report.complete) == (4, 3, False)
        list(books.rest)
        report = books.report()
        assert (report.handed_out, report.next_offset, report.complete) == (6, 6, True)

    def test_a_snapshot_does_not_change(self):
        """What was reported stays reported."""
        books = tracker()
        before = books.report()
        record(books, page(0, [1, 2, 3], problems=(problem(0),)))
        books.close(whole=True)
        assert before == PagingReport()

    @pytest.mark.parametrize("whole", [True, False])
    def test_a_run_that_came_to_its_end_is_complete(self, whole):
        """Not before."""
        books = tracker()
        record(books, page(0, [1, 2, 3], total=3))
        assert not books.report().complete
        books.close(whole=whole)
        assert (books.report().ended, books.report().complete) == (True, True)

    @pytest.mark.parametrize(
        ("consistency", "complete"), [("detect", False), ("strict", True), ("off", True)]
    )
    def test_a_list_that_moved_is_not_complete_unless_strict_proved_it(self, consistency, complete):
        """With "off" nothing is known that would say otherwise."""
        books = tracker(consistency=consistency)
        record(books, page(0, [1, 2, 3], total=6))
        record(books, page(3, [4, 5], total=5))
        books.close(whole=True)
        assert (books.report().ended, books.report().complete) == (True, complete)

    def test_the_next_offset_is_the_row_after_the_last_one_handed_out(self):
        """A run that starts there repeats nothing and misses nothing."""
        books = tracker()
        record(books, page(0, [1, 2, 3]))
        record(books, page(3, [4, 5]))
        assert books.report().next_offset == 5

    def test_a_page_asked_for_and_not_there_yet_holds_the_next_offset_back(self):
        """Pages handed out as they arrive leave gaps, which a later run must fill."""
        books = tracker()
        record(books, page(6, [7, 8, 9]))
        books.note_pending(0)
        held = books.report().next_offset
        record(books, page(0, [1, 2, 3]))
        books.note_pending(3)
        held_further = books.report().next_offset
        record(books, page(3, [4, 5, 6]))
        books.note_pending(9)
        assert (held, held_further, books.report().next_offset) == (0, 3, 9)

    def test_items_cut_off_are_not_handed_out(self):
        """A run that continues starts with the first of them."""
        books = tracker()
        record(books, page(0, [1, 2, 3]), most=2)
        assert (books.report().next_offset, books.last_id) == (2, 2)


def resumed(*, last_id=3):
    """Open the books of a run that goes on at offset 3."""
    point = ResumePoint(
        next_offset=3, total=9, page_size=3, last_id=last_id, time=datetime(2024, 1, 1, tzinfo=UTC)
    )
    return ConsistencyTracker.open(identity, offset=0, consistency="detect", resume=point)


class TestAResumedRun:
    """It reads the last row handed out again, as a seam."""

    def test_it_starts_at_the_point(self):
        """Before any page came."""
        assert resumed().report() == PagingReport(next_offset=3)

    def test_the_row_of_the_seam_is_not_handed_out_again(self):
        """It is expected, so it is no duplicate, and no drift."""
        books = resumed()
        assert record(books, page(2, [3, 4, 5], total=5)) == [4, 5]
        books.close(whole=True)
        report = books.report()
        assert (report.duplicates, report.drift, report.next_offset) == (0, (), 5)

    @pytest.mark.parametrize(
        ("rows", "handed_out"),
        [([2, 3, 4], [4]), ([4, 5, 6], [4, 5, 6])],
        ids=["inserted before it", "deleted before it"],
    )
    def test_a_seam_that_moved_is_drift(self, rows, handed_out):
        """What stands before the known row came in the earlier run."""
        books = resumed()
        assert record(books, page(2, rows, total=9)) == handed_out
        assert books.report().drift == ("the list moved since the resume point was made",)

    def test_without_a_known_row_there_is_no_seam(self):
        """The run starts at the offset, as one with `offset=` does."""
        assert record(resumed(last_id=None), page(3, [4, 5, 6])) == [4, 5, 6]


class TestDoubt:
    """Why a run under `consistency="strict"` cannot be called complete."""

    def test_a_run_that_adds_up_is_beyond_doubt(self):
        """Nor does a total that changed speak against it, if the count is right."""
        books = tracker(consistency="strict")
        record(books, page(0, [1, 2, 3], total=4))
        record(books, page(2, [3, 4, 5], total=5))
        books.close(whole=True)
        assert (books.doubt, books.report().duplicates) == (None, 0)

    def test_a_count_that_is_wrong_is_a_doubt(self):
        """It is told in words."""
        books = tracker(consistency="strict")
        record(books, page(0, [1, 2, 3], total=4))
        books.close(whole=True)
        assert books.doubt == "3 rows read, 4 announced"

    def test_items_that_changed_places_are_a_doubt(self):
        """A known item after a new one shows a list without a stable order."""
        books = tracker(consistency="strict")
        record(books, page(0, [1, 2, 3], total=5))
        record(books, page(2, [3, 4, 2], total=5))
        record(books, page(4, [2, 5], total=5))
        books.close(whole=True)
        assert books.doubt == "items changed places at offset 2"

    def test_rows_dropped_are_duplicates_and_items_left_out(self):
        """A run that wants a number of items asks for as many more."""
        books = tracker()
        record(books, page(0, [1, 1], problems=(problem(2),)))
        assert books.dropped == 2


class TestMost:
    """Items beyond those wanted are cut off."""

    def test_no_more_than_the_most_wanted_are_handed_out(self):
        """A page is cut to what is left to want."""
        books = tracker()
        handed_out = [
            record(books, page(0, [1, 2, 3]), most=5),
            record(books, page(3, [4, 5, 6]), most=5),
            record(books, page(6, [7, 8, 9]), most=5),
        ]
        assert handed_out == [[1, 2, 3], [4, 5], []]
        assert books.report().handed_out == 5

    def test_duplicates_do_not_count_towards_the_most(self):
        """Five wanted are five different ones."""
        books = tracker()
        record(books, page(0, [1, 2, 3]), most=5)
        assert record(books, page(3, [2, 3, 4]), most=5) == [4]
        assert record(books, page(6, [3, 5, 6]), most=5) == [5]


@given(st.lists(st.lists(st.integers(0, 40), max_size=6), max_size=20), st.none() | st.integers(1))
def test_every_row_is_handed_out_once_or_counted(pages, most):
    """Handed out are the distinct items in order; the others are duplicates, or cut off."""
    books = tracker()
    handed_out = []
    rows = []
    try:
        for number, items in enumerate(pages):
            rows += items
            handed_out += record(books, page(6 * number, items, limit=6), most=most)
    except PagingError as error:
        assert error.reason == "repeat"  # noqa: PT017 - either outcome is right
    else:
        distinct = list(dict.fromkeys(rows))
        assert handed_out == distinct[:most]
        report = books.report()
        assert report.duplicates == len(rows) - len(distinct)
        assert (report.handed_out, report.pages) == (len(handed_out), len(pages))
