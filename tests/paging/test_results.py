"""What paging hands back: pages, the complete result, the report."""

from __future__ import annotations

import pickle
from collections.abc import Collection, Sequence

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liner_async import ItemProblem, Order, Page, PagingReport, Progress, ResultList

PROBLEM = ItemProblem(offset=100, index=3, item_id=77, fields=("title: bad", "code: bad"))


def page_of(*items, **fields):
    """Make a page."""
    return Page(**({"offset": 0, "limit": 100, "next": None, "total": 3} | fields), items=items)


def result_of(*items, total=3, **report):
    """Make a complete result."""
    return ResultList(items, total=total, report=PagingReport(**report))


def an_order(number):
    """Make an order."""
    return Order(id=number, service_title="a", title="b", status="info", sip_endpoint_ids=())


@pytest.mark.parametrize("make", [page_of, result_of], ids=["page", "result"])
class TestSequences:
    """A page and a result are read-only sequences of their items."""

    def test_it_is_a_collection_and_no_list(self, make):
        """It has what a sequence has; nobody can append to it."""
        assert isinstance(make("a"), Collection)
        assert not isinstance(make("a"), list)
        assert not hasattr(make("a"), "append")

    def test_it_has_length_items_and_truth(self, make):
        """An empty one is false."""
        assert (len(make("a", "b")), list(make("a", "b")), bool(make())) == (2, ["a", "b"], False)

    def test_an_index_gives_an_item_and_a_slice_several(self, make):
        """From either end."""
        items = make("a", "b", "c")
        assert (items[0], items[-1], items[1:], items[::-1]) == ("a", "c", ("b", "c"), (*"cba",))
        with pytest.raises(IndexError):
            items[3]

    def test_it_searches_as_sequences_do(self, make):
        """`in`, `index`, `count` and `reversed` come with it."""
        items = make("a", "b", "a")
        found = "b" in items, items.index("b"), items.count("a"), list(reversed(items))
        assert found == (True, 1, 2, ["a", "b", "a"])

    def test_it_is_frozen(self, make):
        """No attribute and no item can be replaced."""
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            make("a").total = 5
        with pytest.raises(TypeError):
            make("a")[0] = "b"

    def test_it_survives_pickling(self, make):
        """Workers hand results on."""
        assert pickle.loads(pickle.dumps(make("a", "b"))) == make("a", "b")


def test_a_result_is_no_registered_sequence():
    """Or polars would take it for a column of objects."""
    assert not isinstance(result_of("a"), Sequence)


def test_rows_received_count_those_left_out():
    """What the server sent is what was decoded and what was not."""
    page = page_of("a", "b", problems=(PROBLEM,))
    assert (len(page), page.received) == (2, 3)


def test_pages_are_equal_when_everything_is():
    """Items alone do not make a page."""
    assert page_of("a") == page_of("a")
    assert page_of("a") != page_of("a", offset=1)


def test_results_are_equal_when_their_items_are():
    """How they were read does not matter."""
    assert result_of("a", total=5, retries=3) == result_of("a")
    assert result_of("a") != result_of("b")


@pytest.mark.parametrize("kind", [list, tuple])
def test_a_result_equals_a_list_or_a_tuple_of_its_items(kind):
    """Item by item, from either side; nothing else is equal to it."""
    result = result_of("a", "b")
    assert result == kind(["a", "b"])
    assert kind(["a", "b"]) == result
    assert result != kind(["b", "a"])
    assert result != kind(["a"])
    assert result != "ab"
    assert result != {"a", "b"}


def test_a_slice_of_a_result_is_a_result_of_the_same_run():
    """With its total, its report and its model, so it shows and exports as the whole does."""
    result = ResultList([an_order(1), an_order(2)], total=9, report=PagingReport(pages=1))
    part = result[1:]
    assert type(part) is ResultList
    assert (repr(part), part.total, part.report) == (
        "<ResultList: 1 of 9 items>",
        9,
        result.report,
    )
    assert part.to_dicts() == result.to_dicts()[1:]
    assert "1 of 9 orders" in part._repr_html_()


def test_an_empty_slice_keeps_the_columns():
    """The model comes with it."""
    result = ResultList([an_order(1)], total=1, report=PagingReport(), model=Order)
    assert result[1:].to_arrow().schema == result.to_arrow().schema


def test_a_result_is_not_hashable():
    """Its items need not be."""
    with pytest.raises(TypeError, match="unhashable"):
        hash(result_of("a"))


def test_a_result_shows_how_much_there_is_and_not_what():
    """A cell of a notebook must not print ten thousand customers."""
    assert repr(result_of(*["secret"] * 1234, total=12_345)) == (
        "<ResultList: 1,234 of 12,345 items>"
    )


def test_a_result_gives_the_vendors_json():
    """One dict for each item, in order."""
    orders = [an_order(2), an_order(1)]
    dicts = result_of(*orders).to_dicts()
    assert dicts == [order.to_dict() for order in orders]
    assert [each["id"] for each in dicts] == [2, 1]


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (PROBLEM, "item 3 (id 77): title: bad; code: bad"),
        (attrs.evolve(PROBLEM, item_id=None), "item 3: title: bad; code: bad"),
    ],
    ids=["with id", "without id"],
)
def test_a_problem_names_its_item_and_fields_in_one_line(problem, text):
    """What a log or a report shows."""
    assert str(problem) == text


def test_a_report_has_drifted_when_there_is_a_reason():
    """The reasons are the evidence."""
    assert not PagingReport().drifted
    assert PagingReport(drift=("total 3 became 4",)).drifted


def test_an_empty_report_is_all_zeros():
    """Nothing was read, and it is not complete."""
    assert attrs.asdict(PagingReport()) == {
        "handed_out": 0,
        "pages": 0,
        "first_total": None,
        "last_total": None,
        "duplicates": 0,
        "holes_filled": 0,
        "repairs": 0,
        "retries": 0,
        "skipped": (),
        "next_offset": 0,
        "ended": False,
        "complete": False,
        "windows": 0,
        "trimmed": 0,
        "drift": (),
        "concurrency": None,
    }


def test_progress_is_a_plain_value():
    """Callbacks compare and store it."""
    progress = Progress(done=1, total=2, pages=3, elapsed=0.5)
    assert (progress.done, progress.total, progress.pages, progress.elapsed) == (1, 2, 3, 0.5)
    assert pickle.loads(pickle.dumps(progress)) == progress


@given(st.lists(st.integers(), max_size=20), st.integers(-25, 25), st.integers(-25, 25))
def test_slices_are_those_of_a_tuple(items, start, stop):
    """For every page and result."""
    expected = tuple(items)[start:stop]
    assert page_of(*items)[start:stop] == expected
    assert result_of(*items)[start:stop] == expected
