"""`export --format parquet`: typed columns, row groups, and files that are complete or absent."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pyarrow import BufferReader, parquet

from liner_async import Order, arrow_schema
from liner_async.testing import Change, FakeLiner, Fault, make_order
from tests.support.vendor_rows import awkward_orders, table_row
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("unmeasured_programs")

EXPORT = ("orders", "export", "--format", "parquet")


def test_a_file_holds_every_value_under_our_names(invoke, tmp_path):
    """Other programs read what the vendor sent."""
    with FakeLiner(orders=awkward_orders()) as server:
        ended = invoke(*EXPORT, "-o", tmp_path / "x.parquet", server=server)
    assert (ended.code, ended.out) == (0, "")
    assert ended.err.startswith("256 orders, 3 pages, ")
    table = parquet.read_table(tmp_path / "x.parquet")
    assert table.schema.equals(arrow_schema(Order))
    assert table.to_pylist() == [table_row(wire) for wire in awkward_orders()]


def test_an_empty_list_gives_a_file_with_columns(invoke, tmp_path):
    """Its readers need no special case."""
    with FakeLiner(total=0) as server:
        invoke(*EXPORT, "-o", tmp_path / "x", server=server)
    assert parquet.read_table(tmp_path / "x").schema.equals(arrow_schema(Order))


def test_rows_come_in_groups_of_ten_thousand(invoke, tmp_path):
    """One group would have to be held in memory, and one per page would be slow to read."""
    with FakeLiner(total=10_150) as server:
        invoke(*EXPORT, "--columns", "id", "-o", tmp_path / "x", server=server)
        expected = [wire["id"] for wire in server.orders]
    with parquet.ParquetFile(tmp_path / "x") as file:
        groups = [file.metadata.row_group(index).num_rows for index in range(file.num_row_groups)]
        assert groups == [10_000, 150]
        assert file.read()["id"].to_pylist() == expected


def test_columns_go_by_either_name_and_come_in_their_order(invoke, server, tmp_path):
    """In the file they have our names."""
    invoke(*EXPORT, "--columns", "updatedAt,service_title", "-o", tmp_path / "x", server=server)
    table = parquet.read_table(tmp_path / "x")
    assert table.schema.equals(arrow_schema(Order, columns=["updated_at", "service_title"]))


def test_a_pipe_gets_the_same_bytes_as_a_file(invoke, program, server, tmp_path):
    """`orders export --format parquet > orders.parquet` works."""
    invoke(*EXPORT, "-o", tmp_path / "x", server=server)
    variables = {"LINER_HOST": server.url, "LINER_API_KEY": server.api_key}
    done = subprocess.run(
        [sys.executable, "-m", "liner_async", *EXPORT],
        capture_output=True,
        env=variables,
        check=True,
    )
    assert done.stdout == (tmp_path / "x").read_bytes()


def test_a_failed_export_leaves_no_file(invoke, tmp_path):
    """The error says where the rest begins."""
    with FakeLiner(total=250, faults={200: Fault.status(500)}) as server:
        ended = invoke("--attempts", 1, *EXPORT, "-o", tmp_path / "x", server=server)
    assert ended.code == 1
    assert "--offset 200" in ended.err
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_export_left_is_removed_by_the_next(started, invoke, server, tmp_path):
    """Nothing else is: not what another run is writing, nor a file that only looks similar."""
    words = (*EXPORT, "-o", tmp_path / "x")
    with FakeLiner(total=500, faults={300: Fault.stall(600)}) as slow:
        with started(*words, server=slow) as killed:
            [abandoned] = eventually(lambda: drafts(tmp_path), "its draft")
            killed.kill()
            killed.wait()
        with started(*words, server=slow) as alive:
            eventually(lambda: set(drafts(tmp_path)) - {abandoned}, "another draft")
            similar = {tmp_path / name for name in (".x.backup.tmp", ".x.0123abcd.txt", ".y.0.tmp")}
            for path in (*similar, tmp_path / ".x.0123abcd.tmp"):
                path.touch()
            assert invoke(*words, server=server).code == 0
            left = {*tmp_path.iterdir()} - similar - {tmp_path / "x"}
            assert (len(left), abandoned in left) == (1, False)
            alive.terminate()
            alive.wait()
    assert {*tmp_path.iterdir()} == {*similar, tmp_path / "x"}


def drafts(folder):
    """Return the drafts of an export to `x` that have content."""
    return [each for each in folder.glob(".x.????????.tmp") if each.stat().st_size]


def test_stdout_is_readable_up_to_an_error(program, tmp_path):
    """The advice leads to the first order that is not in it."""
    with FakeLiner(total=250, faults={200: Fault.status(500)}) as server:
        variables = {"LINER_HOST": server.url, "LINER_API_KEY": server.api_key}
        words = [sys.executable, "-m", "liner_async", "--attempts", "1", *EXPORT]
        ended = subprocess.run(words, capture_output=True, env=variables, check=False)
    assert ended.returncode == 1
    assert ended.stderr.endswith(b"; continue with --offset 200\n")
    assert len(parquet.read_table(BufferReader(ended.stdout))) == 200


def test_a_strict_export_of_a_list_that_moved_can_be_read(invoke, tmp_path):
    """`FILE.incomplete` is a whole Parquet file of what was read."""
    with FakeLiner(total=1_000, changes=[Change(at_request=4, delete=3)]) as server:
        words = [*EXPORT, "--consistency", "strict", "-o", tmp_path / "x"]
        ended = invoke(*words, server=server)
    assert ended.code == 5
    assert [each.name for each in tmp_path.iterdir()] == ["x.incomplete"]
    assert len(parquet.read_table(tmp_path / "x.incomplete")) == 1_000


def test_a_value_that_fits_no_column_is_reported_with_advice(invoke, tmp_path):
    """The advice is not to skip the order, which is as documented."""
    with FakeLiner(orders=[make_order(id=77, leadsPriority=2**63)]) as server:
        ended = invoke(*EXPORT, "--on-invalid", "skip", "-o", tmp_path / "x", server=server)
        assert ended.code == 1
        assert "id 77" in ended.err
        assert "leadsPriority" in ended.err
        assert "leave the field out with --columns, or choose another format\n" in ended.err
        without = invoke(*EXPORT, "--columns", "id", "-o", tmp_path / "x", server=server)
    assert without.code == 0


def test_a_missing_pyarrow_is_reported_before_any_request(invoke, server, monkeypatch, tmp_path):
    """The error says what to install."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    ended = invoke(*EXPORT, "-o", tmp_path / "x", server=server)
    assert (ended.code, server.requests, list(tmp_path.iterdir())) == (2, [], [])
    assert "--format parquet: a pyarrow table needs the extra" in ended.err
    assert 'pip install ".[arrow]"' in ended.err


def test_a_parquet_file_cannot_be_resumed(invoke, server, tmp_path):
    """Its index is written last, so nothing can be added to a part of it."""
    ended = invoke(*EXPORT, "-o", tmp_path / "x", "--resume", tmp_path / "c", server=server)
    assert (ended.code, server.requests) == (2, [])
    assert "--resume does not go with --format parquet" in ended.err


def test_parquet_is_not_written_to_a_terminal(invoke, server, monkeypatch):
    """Binary data would garble it."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    ended = invoke(*EXPORT, server=server)
    assert (ended.code, ended.out, server.requests) == (2, "", [])
    assert "--format parquet needs -o FILE" in ended.err


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_other_formats_need_no_pyarrow(invoke, server, monkeypatch, form):
    """The command works without the extra."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert invoke("orders", "export", "--format", form, server=server).code == 0
