"""What a notebook shows: tables of escaped text, small however large the list."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from enum import Enum
from html.parser import HTMLParser

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liner_async import (
    END_OF_DAY,
    CallHours,
    CustomField,
    CustomFieldOption,
    ItemProblem,
    LinerClient,
    Order,
    Page,
    PagingReport,
    ResultList,
)
from liner_async._tables.notebook import facts_table, fields_table, items_table
from liner_async.testing import FakeLiner
from tests.support.examples import EXAMPLES


class Table(HTMLParser):
    """A table as a browser reads it: its caption, its heads, and its rows of cells."""

    def __init__(self, html):
        super().__init__()
        self.caption, self.heads, self.rows, self.tags = "", [], [], []
        self.wide = set()
        self._open = []
        self.feed(html)
        self.close()
        assert self._open == [], "every tag is closed"

    def handle_starttag(self, tag, attributes):
        """Note a tag, and make room for its text."""
        self.tags.append(tag)
        self._open.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"}:
            self.rows[-1].append("")
        if ("class", "long") in attributes:
            self.wide.add((len(self.rows) - 1, len(self.rows[-1]) - 1))

    def handle_endtag(self, tag):
        """Tags are closed in the reverse order."""
        assert self._open.pop() == tag
        if tag == "thead":
            self.heads = self.rows.pop()

    def handle_data(self, text):
        """Put text where it stands."""
        if self._open[-1] == "caption":
            self.caption += text
        elif self._open[-1] in {"td", "th"}:
            self.rows[-1][-1] += text


def order(number=1, **fields):
    """Make an order."""
    known = {"service_title": "s", "title": "t", "status": "info", "sip_endpoint_ids": ()}
    return Order(id=number, **(known | fields))


def result(*items, total=None, **report):
    """Make a complete result."""
    count = len(items) if total is None else total
    return ResultList(items, total=count, report=PagingReport(**report))


def shown(value):
    """Give the table that a notebook shows of a value."""
    return Table(value._repr_html_())


class TestListOfItems:
    """`items_table`, and the results that use it."""

    def test_it_has_a_few_telling_columns(self):
        """In the words of the model."""
        made = datetime(2026, 5, 4, 12, 30, tzinfo=UTC)
        table = shown(result(order(7, code="A", title="Windows", created_at=made)))
        assert table.heads == ["id", "code", "title", "status", "created_at"]
        assert table.rows == [["7", "A", "Windows", "info", "2026-05-04 12:30:00+00:00"]]

    @pytest.mark.parametrize(
        ("count", "total", "caption"),
        [
            (0, 0, "0 items"),
            (0, 12_345, "0 of 12,345 items"),
            (1, 1, "1 order"),
            (1, 12_345, "1 of 12,345 orders"),
            (10, 10, "10 orders"),
            (11, 11, "11 orders, the first 10 shown"),
            (1_000, 12_345, "1,000 of 12,345 orders, the first 10 shown"),
            (3, 2, "3 orders"),
        ],
    )
    def test_the_caption_counts_what_there_is(self, count, total, caption):
        """What was read, of how many, and how many of them are shown."""
        assert shown(result(*map(order, range(count)), total=total)).caption == caption

    def test_it_shows_the_first_ten(self):
        """However many there are, the page gets no more."""
        few, many = result(*map(order, range(10))), result(*map(order, range(10_000)))
        assert [row[0] for row in shown(many).rows] == [str(number) for number in range(10)]
        assert len(many._repr_html_()) - len(few._repr_html_()) < 100

    def test_an_empty_list_is_a_caption(self):
        """There is no item that would give it columns."""
        table = shown(result())
        assert (table.heads, table.rows) == ([], [])

    def test_an_empty_list_knows_its_columns_where_it_knows_its_model(self):
        """As every list does that a pager has read."""
        table = shown(ResultList((), total=0, report=PagingReport(), model=Order))
        assert table.caption == "0 orders"
        assert table.heads == ["id", "code", "title", "status", "created_at"]
        assert table.rows == []

    def test_a_list_that_moved_or_left_something_out_says_so(self):
        """Under the table's caption, where nobody misses it."""
        problem = ItemProblem(offset=0, index=1, item_id=None, fields=("title: bad",))
        table = shown(result(order(), total=3, skipped=(problem,), drift=("total 2 became 3",)))
        assert table.caption == "1 of 3 orders, 1 left out, the list moved while it was read"

    @pytest.mark.parametrize(("problems", "remark"), [((), ""), (("x",), ", 1 left out")])
    def test_a_page_says_where_it_starts(self, problems, remark):
        """And how many items the list holds."""
        page = Page(
            items=(order(),), offset=1_200, limit=50, next=None, total=12_345, problems=problems
        )
        assert shown(page).caption == f"1 of 12,345 orders, from offset 1,200{remark}"

    def test_each_model_says_which_fields_a_table_shows(self):
        """By metadata on its fields; a model's name is read as words."""
        option = CustomFieldOption(code="a", title="A", sort=1)
        field = CustomField(id=1, title="Source", type="select", params=(option, option))
        table = shown(result(field, field))
        assert table.caption == "2 custom fields"
        assert table.heads == ["id", "title", "type", "essence"]
        assert table.rows == [["1", "Source", "select", ""]] * 2
        assert ["params", "a A 1, a A 1"] in Table(field._repr_html_()).rows

    @pytest.mark.parametrize("model", EXAMPLES, ids=lambda each: each.__name__)
    def test_every_model_has_columns_and_a_noun(self, model):
        """Its identifier first, never all of its fields, and no secret among them."""
        table = shown(result(model.from_dict(EXAMPLES[model]), total=2))
        assert (table.heads[0], len(table.heads) in range(3, 9)) == ("id", True)
        words = re.sub("(?<=[a-z])(?=[A-Z])", " ", model.__name__).lower()
        assert table.caption == f"1 of 2 {words}{'es' if words.endswith('s') else 's'}"

    def test_another_model_shows_its_first_fields(self):
        """Where it has none of the telling names."""
        model = attrs.make_class("Lead", [f"field_{number}" for number in range(8)])
        table = Table(items_table([model(*range(8))], total=1))
        assert table.caption == "1 lead"
        assert table.heads == [f"field_{number}" for number in range(6)]
        assert table.rows == [["0", "1", "2", "3", "4", "5"]]

    def test_items_that_are_no_models_make_one_column(self):
        """A sequence of anything can be shown."""
        table = shown(result("a", 2))
        assert (table.caption, table.heads, table.rows) == ("2 items", [], [["a"], ["2"]])

    def test_an_item_without_a_column_leaves_it_empty(self):
        """Two models in one list are no error."""
        other = attrs.make_class("Other", ["id", "name"])
        assert shown(result(order(1), other(2, "b"))).rows[1] == ["2", "", "", "", ""]

    def test_a_long_text_is_cut_and_may_wrap(self):
        """Short ones never break: a date stays in one line."""
        table = shown(result(order(code="x" * 500), order(code="x" * 33), order(code="x" * 32)))
        assert [row[1] for row in table.rows] == ["x" * 119 + "…", "x" * 33, "x" * 32]
        assert table.wide == {(0, 1), (1, 1)}


class TestFields:
    """`fields_table`, `facts_table`, and the models that use them."""

    def test_an_order_shows_what_is_set(self):
        """False and 0 are values; None and the empty are not."""
        table = shown(order(5, ai_mode_enabled=False, leads_priority=0, ai_mode_prompt=""))
        assert table.caption == "Order 5"
        assert table.rows == [
            ["id", "5"],
            ["service_title", "s"],
            ["title", "t"],
            ["ai_mode_enabled", "False"],
            ["leads_priority", "0"],
            ["status", "info"],
        ]

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (
                (CallHours(start=time(9), end=time(18, 30)), CallHours(time(0), END_OF_DAY)),
                "09:00-18:30, 00:00-24:00",
            ),
            ((date(2026, 1, 1), date(2026, 5, 9)), "2026-01-01, 2026-05-09"),
            (tuple(range(23)), ", ".join(map(str, range(20))) + ", … 3 more"),
            (tuple(range(20)), ", ".join(map(str, range(20)))),
            ({10: "value", 11: ["a", None]}, "{10: 'value', 11: ['a', None]}"),
            ({"a": {"b": {"c": {"d": 1}}}}, "{'a': {'b': {'c': {...}}}}"),
            (["JSON"], "['JSON']"),
            (datetime(2026, 5, 4, 12, 30, tzinfo=UTC), "2026-05-04 12:30:00+00:00"),
            (Enum("Colour", "RED").RED, "Colour.RED"),
            (0.5, "0.5"),
        ],
        ids=repr,
    )
    def test_a_value_is_shown_as_people_write_it(self, value, text):
        """Vendor JSON of any depth stays short."""
        assert Table(facts_table({"name": value}, caption="")).rows == [["name", text]]

    def test_a_long_text_is_shown_at_length_but_not_for_ever(self):
        """A prompt can be read; a megabyte is not sent to a page."""
        table = shown(order(ai_mode_prompt="word " * 10_000))
        assert len(dict(table.rows)["ai_mode_prompt"]) == 1_000

    def test_a_report_tells_how_the_run_went(self):
        """Zeros too: no retry is news."""
        problem = ItemProblem(offset=0, index=3, item_id=77, fields=("title: bad",))
        rows = dict(shown(PagingReport(handed_out=5, skipped=(problem,), complete=True)).rows)
        assert rows["handed_out"] == "5"
        assert rows["retries"] == "0"
        assert rows["skipped"] == "item 3 (id 77): title: bad"
        assert rows["complete"] == "True"
        assert "drift" not in rows
        assert shown(PagingReport()).caption == "PagingReport"

    async def test_a_pager_shows_its_plan_without_a_request(self):
        """It may be the last value of a cell; after a run it shows the report as well."""
        with FakeLiner(total=30) as server:
            async with LinerClient(server.url, server.api_key) as liner:
                pager = liner.orders.list(offset=10, max_items=20)
                table = shown(pager)
                assert table.caption.startswith("Pager of orders: await it")
                assert ["offset", "10"] in table.rows
                assert ["max_items", "20"] in table.rows
                assert ["page_size", "100"] in table.rows
                assert ["handed_out", "0"] not in table.rows
                assert len(server.requests) == 0
                await pager
                assert ["handed_out", "20"] in shown(pager).rows


class TestHostileText:
    """Whatever a customer wrote is shown, and is only text."""

    HOSTILE = (
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '" onmouseover="alert(1)',
        "' onmouseover='alert(1)",
        "</td></tr></table><h1>gone</h1>",
        "</style><script>alert(1)</script>",
        "&lt;script&gt; &amp;",
        "<!-- ", "]]>", "javascript:alert(1)",
    )  # fmt: skip

    @pytest.mark.parametrize("text", HOSTILE)
    def test_it_stays_text_everywhere(self, text):
        """In cells, in rows of fields, in keys, in names and in captions."""
        made = order(title=text, code=text, status=text, extra={text: text})
        harmless = {"div", "style", "table", "caption", "thead", "tbody", "tr", "th", "td"}
        listed, single = shown(result(made)), shown(made)
        assert listed.rows[0][1:4] == [text] * 3
        assert dict(single.rows)["title"] == text
        assert text in Table(facts_table({text: 1}, caption=text)).caption
        assert Table(facts_table({text: 1}, caption=text)).rows == [[text, "1"]]
        assert set(listed.tags) | set(single.tags) <= harmless

    def test_no_quote_of_the_data_reaches_the_markup(self):
        """Escaped too, though no data stands in an attribute."""
        assert "&quot;" in items_table(['"'], total=1)
        assert "&#x27;" in items_table(["'"], total=1)

    def test_mathematics_is_left_alone(self):
        """Two prices in dollars are not a formula: the page's typesetter is told to keep off."""
        html = result(order(title="from $5 to $7"))._repr_html_()
        assert 'class="liner-async liner-table tex2jax_ignore mathjax_ignore"' in html

    def test_what_no_page_can_take_is_shown_as_an_escape(self):
        """Control characters, and halves of surrogate pairs, which cannot even be encoded."""
        html = order(title="a\x00b\x1b[31mc\x85d\ud800e")._repr_html_()
        assert html.encode()
        assert dict(Table(html).rows)["title"] == "a\\x00b\\x1b[31mc\\x85d\\ud800e"

    def test_tabs_line_breaks_and_every_script_stay(self):
        """They are somebody's text."""
        text = "ñ ß 🏠 👨‍👩‍👧 שלום\tЖ\nЯ"
        assert dict(shown(order(title=text)).rows)["title"] == text

    @given(st.text(min_size=1, max_size=60))
    def test_any_text_reads_back(self, text):
        """The parser of a browser finds the same text again, and no tag in it."""
        table = Table(facts_table({"name": text}, caption=""))
        (row,) = table.rows
        assert row[0] == "name"
        assert len(row) == 2
        if text.isprintable():
            assert row[1] == text


class TestColours:
    """Pages are light or dark; a table has no say in that."""

    def test_there_are_no_colours_but_half_transparent_grey(self):
        """Text inherits its colour, and nothing has a background."""
        html = result(order())._repr_html_() + fields_table(order())
        assert "background" not in html
        assert html.count("color:") == html.count("color: inherit")
        assert "#" not in html


class TestShell:
    """`repr` in a shell without HTML."""

    def test_a_page_counts_its_items(self):
        """It does not print a hundred customers."""
        page = Page(items=(order(),) * 50, offset=100, limit=50, next=None, total=12_345)
        assert repr(page) == "<Page: 50 of 12,345 items, from offset 100>"
