"""`count` and `list` of a resource."""

from __future__ import annotations

import csv
import io
import json

import pytest

from liner_async.testing import FakeLiner, Fault, make_order


def test_count_prints_the_number_and_nothing_else(invoke, server):
    """One small request, one plain number."""
    ended = invoke("orders", "count", server=server)
    assert (ended.code, ended.out, ended.err) == (0, "250\n", "")
    assert len(server.requests) == 1


def test_list_shows_20_orders_as_a_table(invoke, server):
    """A head, a rule and 20 rows go to stdout; how many there are goes to stderr."""
    ended = invoke("orders", "list", server=server)
    lines = ended.out.splitlines()
    assert lines[0].split() == ["id", "code", "status", "title", "updatedAt"]
    assert [int(line.split()[0]) for line in lines[2:]] == [
        each["id"] for each in server.orders[:20]
    ]
    assert ended.err == "20 of 250 orders\n"


def test_list_takes_limit_offset_and_columns(invoke, server):
    """Rows and columns come in the order asked for; snake_case becomes the vendor's names."""
    options = ["--offset", 5, "--limit", 3, "--columns", "service_title, id", "--format", "jsonl"]
    ended = invoke("orders", "list", *options, server=server)
    expected = [
        {"serviceTitle": each["serviceTitle"], "id": each["id"]} for each in server.orders[5:8]
    ]
    assert [json.loads(line) for line in ended.out.splitlines()] == expected
    assert [list(json.loads(line)) for line in ended.out.splitlines()] == [
        ["serviceTitle", "id"]
    ] * 3


def test_one_order_is_not_called_orders(invoke):
    """Summaries and footers count in English."""
    with FakeLiner(total=1) as server:
        assert invoke("orders", "list", server=server).err == "1 of 1 order\n"
        assert invoke("orders", "export", server=server).err.startswith("1 order, 1 page, ")


def test_list_all_gives_every_order(invoke, server):
    """`--all` has no limit, in any format."""
    ended = invoke("orders", "list", "--all", "--format", "csv", "--columns", "id", server=server)
    rows = list(csv.reader(io.StringIO(ended.out)))
    assert rows == [["id"], *([str(each["id"])] for each in server.orders)]


def test_an_empty_list_is_a_table_without_rows(invoke):
    """An empty list is not an error."""
    with FakeLiner(total=0) as server:
        ended = invoke("orders", "list", "--columns", "status", server=server)
    assert (ended.code, ended.out, ended.err) == (0, "status\n------\n", "0 of 0 orders\n")


def test_a_table_keeps_data_from_steering_the_terminal(invoke):
    """Control characters are shown as escapes, and long texts are cut."""
    rows = [make_order(title="\x1b[2J" + "x" * 90)]
    with FakeLiner(orders=rows) as server:
        shown = invoke("orders", "list", "--columns", "title", server=server).out.splitlines()[2]
    assert shown == r"\x1b[2J" + "x" * 32 + "…"


def test_a_table_is_printed_whatever_stdout_can_encode(program):
    """Characters that the encoding lacks become escapes instead of a traceback."""
    with FakeLiner(orders=[make_order(title="Окна")]) as server:
        options = ["orders", "list", "--columns", "title"]
        shown = program(*options, server=server, PYTHONIOENCODING="ascii")
    assert (shown.code, shown.out.splitlines()[2]) == (0, r"\u041e\u043a\u043d\u0430")


def test_a_failing_list_prints_no_half_table(invoke):
    """The error goes to stderr and stdout stays empty."""
    with FakeLiner(total=150, faults={100: Fault.status(500)}) as server:
        ended = invoke("--attempts", 1, "orders", "list", "--all", server=server)
    assert (ended.code, ended.out) == (1, "")
    assert "offset 100" in ended.err


@pytest.mark.parametrize("option", ["-n", "--max-items", "--limit"])
def test_list_takes_the_most_items_by_each_of_its_names(invoke, server, option):
    """`--max-items` as in Python and `export`; `--limit` is its old name."""
    ended = invoke("orders", "list", option, 3, server=server)
    assert ended.err == "3 of 250 orders\n"


def test_json_is_an_array_or_an_object(invoke, server):
    """As other commands print it, in UTF-8; `--columns` chooses the fields."""
    ended = invoke("orders", "list", "-n", 2, "--json", server=server)
    assert json.loads(ended.out) == server.orders[:2]
    ended = invoke("orders", "list", "-n", 1, "--json", "--columns", "id", server=server)
    assert json.loads(ended.out) == [{"id": server.orders[0]["id"]}]
    assert json.loads(invoke("orders", "count", "--json", server=server).out) == {"count": 250}


def test_get_searches_the_list_and_stops_when_it_has_found(invoke):
    """The API has no request for one order: a line on stderr says so."""
    with FakeLiner(total=5_000) as server:
        ended = invoke("orders", "get", server.orders[120]["id"], server=server)
        assert json.loads(ended.out) == server.orders[120]
        assert len(server.requests) < 50
    assert (ended.code, ended.err) == (
        0,
        "The API has no request for one order, so the list is read until it is found.\n",
    )


def test_get_of_an_order_that_does_not_exist_exits_1(invoke, server):
    """Nothing goes to stdout."""
    ended = invoke("orders", "get", 10**9, server=server)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.endswith("error: there is no order with the id 1000000000\n")
