"""A result as an Arrow table: every value, its type, and what cannot be a value of a column."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Mapping
from datetime import datetime, time
from enum import StrEnum
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest
from attrs import evolve, fields, frozen

from liner_async import (
    END_OF_DAY,
    AgentGroup,
    CallAttemptGroup,
    CallHours,
    ConfigError,
    CustomField,
    CustomFieldOption,
    DecodeError,
    Essence,
    Lead,
    LinerClient,
    Order,
    PagingReport,
    ResultList,
    SipEndpoint,
    arrow_schema,
)
from liner_async._tables.arrow import needed
from liner_async.testing import FakeLiner
from tests.support.examples import EXAMPLES
from tests.support.vendor_rows import awkward_orders, table_row

ORDER = Order(id=7, service_title="a", title="b", status="info")


def result_of(*items, model=None):
    """Make a result by hand."""
    return ResultList(items, total=len(items), report=PagingReport(), model=model)


async def test_every_value_is_the_vendors(orders):
    """Nothing is lost, cut, moved to another zone or taken for something else."""
    table = orders.to_arrow()
    assert table.schema == arrow_schema(Order)
    assert table.to_pylist() == [table_row(wire) for wire in awkward_orders()]
    table.validate(full=True)


FIELD = CustomField(
    id=1,
    title="Source",
    essence=Essence.LEADS,
    params=(CustomFieldOption(code="a", title="A", sort=1, extra={"colour": "red"}),),
)
GROUP = CallAttemptGroup(id=2, title="Usual", intervals=(5, 10), extra={"newField": [1]})


@pytest.mark.parametrize("item", [FIELD, GROUP], ids=["custom field", "call attempt group"])
def test_every_model_is_a_table(item):
    """Typed by its annotations: nested models are structs, unknown fields JSON text."""
    table = result_of(item).to_arrow()
    assert table.schema == arrow_schema(type(item))
    table.validate(full=True)
    (row,) = table.to_pylist()
    assert (row["id"], row["title"]) == (item.id, item.title)
    if item is FIELD:
        extra = [("colour", '"red"')]
        assert row["params"] == [{"code": "a", "title": "A", "sort": 1, "extra": extra}]
    else:
        assert (row["intervals"], row["extra"]) == ([5, 10], [("newField", "[1]")])


@pytest.mark.parametrize("model", EXAMPLES, ids=lambda model: model.__name__)
def test_a_list_of_any_model_is_typed(model):
    """By its fields alone: a frame of nothing has the same columns."""
    example = model.from_dict(EXAMPLES[model])
    table, empty = result_of(example).to_arrow(), result_of(model=model).to_arrow()
    assert table.schema == empty.schema == arrow_schema(model)
    assert table.schema.names == [each.name for each in fields(model)]
    table.validate(full=True)


def test_maps_keep_the_class_of_their_keys():
    """Names by language are texts, custom values go by their identifiers."""
    assert arrow_schema(AgentGroup).field("names").type == pa.map_(pa.string(), pa.string())
    assert arrow_schema(Lead).field("custom_values").type == pa.map_(pa.int64(), pa.string())
    assert arrow_schema(SipEndpoint).field("params").type == pa.map_(pa.string(), pa.string())
    (row,) = result_of(AgentGroup(id=1, names={"gb": "Agents"})).to_arrow().to_pylist()
    assert row["names"] == [("gb", "Agents")]


async def test_pyarrow_reads_a_result_as_it_is(orders):
    """The Arrow C stream protocol: no method of ours to call."""
    assert pa.table(orders).equals(orders.to_arrow())


async def test_a_consumer_may_ask_for_other_types(orders):
    """A requested schema is cast to, as the protocol has it."""
    wanted = pa.schema([pa.field(name, kind) for name, kind in columns_with_large_text()])
    read = pa.RecordBatchReader.from_stream(orders, schema=wanted).read_all()
    assert read.schema == wanted
    assert read["title"].to_pylist() == [order.title for order in orders]


def columns_with_large_text():
    """Give the columns of an order, with 64-bit offsets for text."""
    for field in arrow_schema(Order):
        yield field.name, pa.large_string() if field.type == pa.string() else field.type


async def test_an_empty_result_keeps_its_types():
    """A list without orders has the same columns as any other."""
    async with FakeLiner(total=0) as server, LinerClient(server.url, server.api_key) as liner:
        orders = await liner.orders.list()
    assert pa.table(orders).schema == arrow_schema(Order)
    assert len(pa.table(orders)) == 0


def test_the_end_of_a_day_is_not_its_start():
    """The vendor's 24:00 stays END_OF_DAY: after every other time of the day."""
    hours = CallHours(start=time(0), end=END_OF_DAY)
    table = result_of(evolve(ORDER, call_schedule=(hours,))).to_arrow(columns=["call_schedule"])
    ((found,),) = table["call_schedule"].to_pylist()
    assert (found["start"], found["end"]) == (time(0), END_OF_DAY)
    assert found["end"] > time(23, 59, 59)


def test_columns_are_taken_in_the_order_they_are_named():
    """The schema and the table agree."""
    names = ["updated_at", "id", "custom_values"]
    table = result_of(ORDER).to_arrow(columns=names)
    assert table.column_names == names
    assert table.schema == arrow_schema(Order, columns=names)


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        (["id", "callSchedule", "x"], "no such column: 'callSchedule', 'x'; known: id, code, ser"),
        (["id", "id"], "a column is named twice"),
        ([], "columns must be names, at least one"),
        ("id", "columns must be names, at least one"),
    ],
)
def test_wrong_columns_are_refused(columns, told):
    """The error names the known ones."""
    for ask in (result_of(ORDER).to_arrow, lambda columns: arrow_schema(Order, columns=columns)):
        with pytest.raises(ConfigError) as caught:
            ask(columns=columns)
        assert told in str(caught.value)


@pytest.mark.parametrize(
    ("field", "value", "path", "kind"),
    [
        ("leads_priority", 2**63, "leadsPriority", "int64"),
        ("leads_priority", -(2**63) - 1, "leadsPriority", "int64"),
        ("agent_user_ids", (1, 10**30), "agentUserIds", "list<item: int64>"),
        ("custom_values", {2**63: "secret"}, "customValues", "map<int64, string>"),
        ("title", "secret \ud800", "title", "string"),
        ("extra", {"a": "secret \udfff"}, "extra", "map<string, string>"),
    ],
)
def test_a_value_that_no_column_holds_is_an_error_and_not_another_value(field, value, path, kind):
    """The error names the item and the field, and neither it nor what it is chained to a value."""
    orders = result_of(ORDER, evolve(ORDER, id=8, **{field: value}))
    for read in (orders.to_arrow, lambda: pa.table(orders)):
        with pytest.raises(DecodeError) as caught:
            read()
        error = caught.value
        told = f"{path}: expected a value that the column type {kind} holds"
        assert str(error) == f"item 1 (id 8): {told}"
        assert (error.index, error.item_id, error.problems) == (1, 8, (told,))
        assert (error.reason, error.__cause__, error.__context__) == ("column", None, None)
    others = [each for each in arrow_schema(Order).names if each != field]
    assert len(orders.to_arrow(columns=others)) == 2


def test_a_long_result_is_a_table_of_several_parts():
    """Text is never more than one Arrow array can hold; items keep their numbers in errors."""
    orders = [ORDER] * 10_001
    assert result_of(*orders).to_arrow()["id"].num_chunks == 2
    with pytest.raises(DecodeError, match="item 10000 "):
        result_of(*orders[1:], evolve(ORDER, leads_priority=2**63)).to_arrow()


def test_a_result_made_by_hand_has_the_columns_of_its_items():
    """An empty one has none, unless it is told its model."""
    assert result_of(ORDER).to_arrow().schema == arrow_schema(Order)
    assert result_of(model=Order).to_arrow().schema == arrow_schema(Order)
    with pytest.raises(ConfigError, match="needs model="):
        result_of().to_arrow()


def test_a_result_still_pickles():
    """With the class of its items."""
    copy = pickle.loads(pickle.dumps(result_of(model=Order)))
    assert copy.to_arrow().schema == arrow_schema(Order)


class Colour(StrEnum):
    """An enumeration without unknown values."""

    RED = "red"


@frozen(kw_only=True)
class Place:
    """What another resource's model may hold within its objects."""

    name: str
    height: float | None = None
    seen: datetime | None = None


@frozen(kw_only=True)
class Thing:
    """A model that no column was written for."""

    id: int
    colour: Colour
    place: Place | None = None
    places: tuple[Place, ...] = ()
    anything: Any = None
    words: Mapping[str, str]
    groups: tuple[tuple[int, ...], ...] = ()


def test_a_new_model_needs_no_code_here():
    """Its annotations are enough."""
    assert arrow_schema(Thing).to_string().split("\n")[0] == "id: int64 not null"
    place = Place(name="x", height=1.5)
    things = result_of(
        Thing(id=1, colour=Colour.RED, place=place, places=(place,), words={"a": "b"}),
        Thing(id=2, colour=Colour.RED, anything={"ж": 1}, words={}, groups=((1,), ())),
    )
    row = {"name": "x", "height": 1.5, "seen": None}
    assert things.to_arrow().to_pylist() == [
        {
            "id": 1,
            "colour": "red",
            "place": row,
            "places": [row],
            "anything": None,
            "words": [("a", "b")],
            "groups": [],
        },
        {
            "id": 2,
            "colour": "red",
            "place": None,
            "places": [],
            "anything": '{"ж": 1}',
            "words": [],
            "groups": [[1], []],
        },
    ]


def test_polars_gets_the_arrow_table(monkeypatch):
    """With the columns that were asked for."""
    monkeypatch.setitem(sys.modules, "polars", SimpleNamespace(DataFrame=lambda table: [table]))
    (table,) = result_of(ORDER).to_polars(columns=["id"])
    assert table.to_pydict() == {"id": [7]}


def test_pandas_gets_arrows_types(monkeypatch):
    """An integer column with gaps would otherwise become one of floats."""
    table = SimpleNamespace(to_pandas=lambda types_mapper: types_mapper)
    asked = []
    monkeypatch.setattr(ResultList, "to_arrow", lambda _, columns: asked.append(columns) or table)
    monkeypatch.setitem(sys.modules, "pandas", SimpleNamespace(ArrowDtype="Arrow's types"))
    assert result_of(ORDER).to_pandas(columns=["id"]) == "Arrow's types"
    assert asked == [["id"]]


@pytest.mark.parametrize(
    ("module", "extra", "use"),
    [
        ("pyarrow", "arrow", lambda: arrow_schema(Order)),
        ("pyarrow", "arrow", lambda: result_of(ORDER).to_arrow()),
        ("pyarrow", "arrow", lambda: result_of(ORDER).__arrow_c_stream__()),
        ("polars", "polars", lambda: result_of(ORDER).to_polars()),
        ("pandas", "pandas", lambda: result_of(ORDER).to_pandas()),
    ],
)
def test_a_missing_library_is_told_with_the_extra_that_brings_it(monkeypatch, module, extra, use):
    """What to type stands in the error."""
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ModuleNotFoundError) as caught:
        use()
    assert f'pip install ".[{extra}]"' in str(caught.value)
    assert caught.value.name == module


def test_a_library_that_is_broken_says_so_itself(monkeypatch, tmp_path):
    """An extra would not mend it."""
    (tmp_path / "broken_frames.py").write_text("import no_such_module_at_all\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match=r"^No module named 'no_such_module_at_all'$"):
        needed("broken_frames", extra="broken")
