"""`call-attempts` and `custom-fields`: the same commands, made from other rows of the table."""

from __future__ import annotations

import csv
import io
import json

import pytest
from pyarrow import parquet

from tests.support.json_server import JsonServer

GROUPS, FIELDS = "/v2/call-attempt/", "/v2/custom-field/"


def group(number):
    """Return a call attempt group as the vendor sends it."""
    return {
        "id": number,
        "title": f"Group {number}",
        "intervals": [5, 60],
        "isDefault": number == 1,
        "resetAttemptsEnabled": False,
    }


def field(number, essence="leads"):
    """Return a custom field as the vendor sends it."""
    return {
        "id": number,
        "title": f"Field {number}",
        "type": "select",
        "essence": essence,
        "params": [{"code": "a", "title": "A", "sort": 1}],
        "sort": number,
    }


@pytest.fixture
def server():
    """Return a server with 150 groups and 3 custom fields."""
    with JsonServer() as server:
        server.lists[GROUPS] = [group(number) for number in range(1, 151)]
        fields = [field(1), field(2, "orders"), field(3)]
        server.answers[FIELDS] = fields
        server.answers[f"{FIELDS}?essence=leads"] = [fields[0], fields[2]]
        yield server


def test_call_attempts_are_counted_listed_and_exported(invoke, server):
    """They come in pages, as orders do."""
    assert invoke("call-attempts", "count", server=server).out == "150\n"
    ended = invoke("call-attempts", "list", "--limit", 2, "--offset", 1, server=server)
    assert ended.out.splitlines() == [
        "id  title    intervals  isDefault  resetAttemptsEnabled",
        "--  -------  ---------  ---------  --------------------",
        " 2  Group 2  [5, 60]    false      false",
        " 3  Group 3  [5, 60]    false      false",
    ]
    assert ended.err == "2 of 150 call attempt groups\n"
    ended = invoke("call-attempts", "export", server=server)
    assert [json.loads(line) for line in ended.out.splitlines()] == server.lists[GROUPS]
    assert ended.err.startswith("150 call attempt groups, 2 pages, ")


def test_an_export_of_call_attempts_survives_an_error(invoke, server, tmp_path):
    """A checkpoint is nothing special to orders."""
    words = ["call-attempts", "export", "-o", tmp_path / "x", "--resume", tmp_path / "c"]
    server.lists[GROUPS][120] = {}
    ended = invoke(*words, server=server)
    assert ended.code == 1
    advice = "to leave such call attempt groups out: call-attempts export --on-invalid skip"
    assert advice in ended.err
    server.lists[GROUPS][120] = group(121)
    assert invoke(*words, server=server).code == 0
    written = (tmp_path / "x").read_text("utf-8").splitlines()
    assert [json.loads(line) for line in written] == server.lists[GROUPS]


def test_custom_fields_come_in_one_request(invoke, server):
    """The table shows the first 20 at most; nothing is counted by a request of its own."""
    ended = invoke("custom-fields", "list", "--limit", 2, server=server)
    assert ended.out.splitlines() == [
        "id  essence  type    title    sort",
        "--  -------  ------  -------  ----",
        " 1  leads    select  Field 1  1",
        " 2  orders   select  Field 2  2",
    ]
    assert ended.err == "2 of 3 custom fields\n"
    assert invoke("custom-fields", "count", server=server).out == "3\n"
    assert server.asked == [FIELDS] * 2


def test_a_filter_goes_with_every_command(invoke, server):
    """It reaches the server, and its values are checked before."""
    options = ("--essence", "leads")
    assert invoke("custom-fields", "count", *options, server=server).out == "2\n"
    ended = invoke("custom-fields", "list", *options, "--format", "csv", server=server)
    rows = list(csv.DictReader(io.StringIO(ended.out)))
    assert [row["id"] for row in rows] == ["1", "3"]
    assert json.loads(rows[0]["params"]) == field(1)["params"]
    ended = invoke("custom-fields", "export", *options, server=server)
    assert [json.loads(line) for line in ended.out.splitlines()] == [field(1), field(3)]
    assert server.asked == [f"{FIELDS}?essence=leads"] * 3
    assert invoke("custom-fields", "count", "--essence", "calls", server=server).code == 2


def test_the_summary_of_a_plain_list_does_not_speak_of_pages(invoke, server):
    """There are none."""
    ended = invoke("custom-fields", "export", "--max-items", 1, server=server)
    assert ended.err.startswith("1 custom field, 0.")


def test_nested_fields_fit_into_parquet(invoke, server, tmp_path):
    """Every format works for every resource."""
    file = tmp_path / "x.parquet"
    ended = invoke("custom-fields", "export", "--format", "parquet", "-o", file, server=server)
    assert ended.code == 0
    assert [row["params"][0]["code"] for row in parquet.read_table(file).to_pylist()] == ["a"] * 3


def test_get_asks_for_one_group_where_the_api_can(invoke, server):
    """One request; a 404 is an id that does not exist."""
    server.answers[f"{GROUPS}detail/7/"] = server.lists[GROUPS][6]
    ended = invoke("call-attempts", "get", 7, server=server)
    assert (ended.code, json.loads(ended.out), ended.err) == (0, group(7), "")
    assert len(server.asked) == 1
    ended = invoke("call-attempts", "get", 999, server=server)
    assert (ended.code, ended.out) == (1, "")
    assert "HTTP 404; no such path or object" in ended.err
    assert f"GET {GROUPS}detail/999/" in ended.err


def test_get_searches_a_plain_list(invoke, server):
    """Its one answer."""
    assert json.loads(invoke("custom-fields", "get", 2, server=server).out) == field(2, "orders")
