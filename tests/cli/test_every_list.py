"""Every list: counted, shown, exported in each format, and continued after an error."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
from pyarrow import parquet

import liner_async
from liner_async.cli.columns import Columns
from liner_async.cli.resources import RESOURCES
from liner_async.testing import FakeLiner, FakeLinerProcess, Fault

each_resource = pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: each.command)
paged_resource = pytest.mark.parametrize(
    "resource", [each for each in RESOURCES if each.is_paged], ids=lambda each: each.command
)
SIZES = {
    "leads": 250,
    "calls": 230,
    "call_records": 210,
    "call_attempts": 220,
    "users": 205,
    "agent_groups": 201,
}


@pytest.fixture(scope="module")
def server():
    """Return a server with more than two pages of every paged list."""
    with FakeLiner(total=204, sizes=SIZES) as server:
        yield server


def narrowed(resource):
    """Return the options without which a list cannot be read: all of its rows pass them."""
    period = ("--created-from", "2023-12-31", "--zone", "UTC") if resource.has_period else ()
    return (*period, *(("--all-orders",) if resource.one_of else ()))


def expected(resource, server):
    """Return the rows of a list as the models read them."""
    model = getattr(liner_async, resource.model_name)
    rows = getattr(server, resource.attribute)
    return by_id(model.from_dict(row).to_dict() for row in rows)


def by_id(rows):
    """Return rows in one order: that of a list in windows is not the server's."""
    return sorted(rows, key=lambda row: row["id"])


def lines(text):
    """Return the rows of JSON lines, each once, in one order."""
    rows = [json.loads(line) for line in text.splitlines()]
    assert len({row["id"] for row in rows}) == len(rows)
    return by_id(rows)


@each_resource
def test_every_list_is_counted_and_listed(invoke, server, resource):
    """The number, a table of the model's columns, and all rows as data."""
    rows, options = expected(resource, server), narrowed(resource)
    assert invoke(resource.command, "count", *options, server=server).out == f"{len(rows)}\n"
    table = invoke(resource.command, "list", "-n", 3, *options, server=server)
    assert table.out.split("\n")[0].split() == list(resource.table_columns)
    assert table.err == f"3 of {len(rows)} {resource.noun.plural}\n"
    listed = invoke(resource.command, "list", "--all", "--format", "jsonl", *options, server=server)
    assert lines(listed.out) == rows


@pytest.mark.unmeasured
@each_resource
def test_every_list_is_exported_in_each_format(invoke, server, resource, tmp_path):
    """Every row once; columns come from the model."""
    rows, options = expected(resource, server), narrowed(resource)
    columns = Columns.of(resource.model)
    for ending in ("jsonl", "csv", "parquet"):
        file = tmp_path / f"x.{ending}"
        ended = invoke(resource.command, "export", "-o", file, *options, server=server)
        assert (ended.code, ended.out) == (0, "")
        assert ended.err.startswith(f"{len(rows)} {resource.noun.plural}, ")
    assert lines((tmp_path / "x.jsonl").read_text("utf-8")) == rows
    head, *cells = csv.reader(io.StringIO((tmp_path / "x.csv").read_text("utf-8")))
    assert head == list(columns.names)
    assert sorted(int(row[0]) for row in cells) == [row["id"] for row in rows]
    table = parquet.read_table(tmp_path / "x.parquet")
    assert [name for name in table.column_names if name != "extra"] == list(columns.in_snake_case)
    assert sorted(table.column("id").to_pylist()) == [row["id"] for row in rows]


@each_resource
def test_one_item_of_every_list_is_shown(invoke, server, resource):
    """By a request of its own, or by a search."""
    row = expected(resource, server)[1]
    ended = invoke(resource.command, "get", row["id"], server=server)
    assert (ended.code, json.loads(ended.out)) == (0, row)
    assert ended.err.startswith("" if resource.has_get else "The API has no request for one ")


@paged_resource
def test_every_export_continues_after_an_error(invoke, resource, tmp_path):
    """The second run reads what the first had not; together they have every row once."""
    file, kept_in = tmp_path / "x.jsonl", tmp_path / "checkpoint"
    export = (resource.command, "export", "-o", file, "--resume", kept_in, *narrowed(resource))
    name, error = resource.attribute, Fault.status(500)
    if resource.has_period:  # every window has an offset 10
        faults = {(name, 10): [None, error, error]}
    else:  # a run that continues reads the row before again
        faults = {(name, 10): [error], (name, 29): [error]}
    with FakeLiner(total=204, sizes=SIZES, faults=faults) as server:
        smaller = ("--page-size", "10", "--concurrency", "1")
        runs = []
        while not file.exists():
            runs.append(invoke("--attempts", 1, *export, *smaller, server=server))
            assert len(runs) < 6
        assert [run.code for run in runs] == [1, 1, 0]
        assert "warning" not in runs[-1].err
        assert lines(file.read_text("utf-8")) == expected(resource, server)
        assert not kept_in.exists()


@pytest.fixture
def begun(invoke, tmp_path):
    """Return the words of an export of leads that ended early, and its server."""
    export = ("leads", "export", "-o", tmp_path / "x", "--resume", tmp_path / "c")
    faults = {("leads", 10): [None, Fault.status(500)]}
    with FakeLiner(total=20, sizes={"leads": 250}, faults=faults) as server:
        smaller = ("--page-size", "10", "--concurrency", "1")
        period = ("--created-from", "2023-12-31T00:00:00Z")
        assert invoke("--attempts", 1, *export, *period, *smaller, server=server).code == 1
        yield export, server


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--created-from", "2023-12-30T00:00:00Z"], "was made with another --created-from"),
        (
            ["--created-from", "2023-12-31T00:00:00Z", "--order-id", "1"],
            "was made with another --order-id",
        ),
        (
            ["--created-from", "2023-12-31T00:00:00Z", "--created-to", "2030-01-01T00:00:00Z"],
            "was made with another --created-to",
        ),
    ],
    ids=["from", "orders", "to"],
)
def test_a_checkpoint_belongs_to_its_filters(invoke, begun, options, named):
    """Exit 2 that names the option; nothing is asked for, and the checkpoint stays."""
    export, server = begun
    server.reset_stats()
    ended = invoke(*export, *options, server=server)
    assert (ended.code, server.requests) == (2, [])
    assert named in ended.err
    assert export[-1].exists()


def test_a_checkpoint_belongs_to_its_host(invoke, begun):
    """Exit 2 that names both hosts."""
    export, server = begun
    with FakeLiner(total=20, sizes={"leads": 250}) as other:
        ended = invoke(*export, "--created-from", "2023-12-31T00:00:00Z", server=other)
        assert other.requests == []
    assert ended.code == 2
    assert f"resume belongs to another list: host {server.url}, not {other.url}" in ended.err


def test_the_same_moment_in_another_zone_is_the_same_export(invoke, begun):
    """Moments are compared, not their spelling."""
    export, server = begun
    ended = invoke(*export, "--created-from", "2023-12-31T03:00:00+03:00", server=server)
    assert ended.code == 0
    assert ended.err.startswith("250 leads, ")


def test_an_export_of_a_period_shows_its_share_of_the_whole(on_terminal, begun):
    """The server counts once, since the pages of a window tell the total of that alone."""
    export, server = begun
    period = ("--created-from", "2023-12-31T00:00:00Z")
    shown = on_terminal(*export, *period, server=server, stream="stderr", TERM="xterm")
    read = json.loads(export[-1].read_text("utf-8")) if export[-1].exists() else None
    assert read is None
    totals = {int(part.split()[0]) for part in shown.split(" of ")[1:]}
    assert len(totals) == 1
    assert 0 < totals.pop() < 250
    assert "100%" in shown


@pytest.mark.parametrize(
    ("options", "shown"),
    [({}, "30 of 30 leads"), ({"max_span": timedelta(days=7)}, "30 leads")],
    ids=["counted", "not counted"],
)
def test_an_export_of_some_leads_shows_its_share_of_them(on_terminal, tmp_path, options, shown):
    """Or of the windows read so far, where the server refuses to count so long a period."""
    with FakeLiner(sizes={"leads": 40}, **options) as server:
        period = ("--created-from", "2024-01-01T00:00:00Z", "--window", "7", "--page-size", "5")
        words = ("leads", "export", "-n", "30", *period, "-o", tmp_path / "x")
        drawn = on_terminal(*words, server=server, stream="stderr", TERM="xterm")
    assert shown in drawn


def test_an_export_of_a_period_that_failed_advises_resume(invoke, tmp_path):
    """There is no offset to continue with."""
    faults = {("leads", 10): Fault.status(500)}
    period = ("--created-from", "2023-12-31T00:00:00Z", "--page-size", "10", "--concurrency", "1")
    with FakeLiner(sizes={"leads": 250}, faults=faults) as server:
        export = ("--attempts", 1, "leads", "export", *period)
        ended = invoke(*export, "-o", tmp_path / "x", server=server)
        piped = invoke(*export, server=server)
    assert (ended.code, piped.code) == (1, 1)
    assert f"nothing was kept in {tmp_path / 'x'}; with --resume, the next run" in ended.err
    assert "--offset" not in ended.err + piped.err


@pytest.mark.usefixtures("unmeasured_programs")
def test_a_program_exports_leads_from_a_server_in_another_process(program, tmp_path):
    """Stdout holds data only."""
    with FakeLinerProcess(total=20, sizes={"leads": 250}) as server:
        period = ("--created-from", "2023-12-31", "--zone", "Europe/Moscow")
        ended = program("leads", "export", *period, server=server)
        counted = program("leads", "count", "--json", *period, server=server)
    assert (ended.code, counted.code) == (0, 0)
    assert len(lines(ended.out)) == 250
    assert json.loads(counted.out) == {"count": 250}


def test_a_secret_is_data_and_in_no_table(invoke, server):
    """What may hold credentials is in exports, and in a table only if it is named."""
    assert "params" not in invoke("sip-endpoints", "list", server=server).out
    named = invoke("sip-endpoints", "list", "--columns", "id,params", server=server)
    assert named.out.split("\n")[0].split() == ["id", "params"]
    exported = invoke("sip-endpoints", "export", server=server)
    assert all("params" in json.loads(line) for line in exported.out.splitlines())


@pytest.mark.parametrize("way", ["whole", "resumed"])
def test_a_strict_export_of_a_period_keeps_what_may_be_incomplete(invoke, tmp_path, way):
    """A server that compares whole days cannot be trusted: exit 5, as for a list that moved."""
    words = ["leads", "export", "--consistency", "strict", "-o", tmp_path / "x"]
    words += ["--created-from", "2024-01-02T12:00:00Z"]
    if way == "resumed":
        words += ["--resume", tmp_path / "checkpoint"]
    with FakeLiner(sizes={"leads": 50}, precision="day") as server:
        ended = invoke(*words, server=server)
        wanted = [each for each in server.leads if each["createdAt"] >= "2024-01-02T12:00:00Z"]
    assert ended.code == 5
    assert not (tmp_path / "x").exists()
    kept = [each["id"] for each in lines((tmp_path / "x.incomplete").read_text("utf-8"))]
    assert kept
    assert kept == [each["id"] for each in by_id(wanted)][: len(kept)]
