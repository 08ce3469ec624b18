"""`export`: what is written, where, and what is left after a failure."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import signal
import stat
import threading
from pathlib import Path

import pytest

from liner_async._files import move_into_place
from liner_async.testing import Change, FakeLiner, Fault, make_order
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("unmeasured_programs")


def exported(path):
    """Read a JSONL file back."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_a_file_holds_the_vendors_json_one_order_a_line(invoke, server, tmp_path):
    """Every order, in order, equal to what the server sent; the summary goes to stderr."""
    ended = invoke("orders", "export", "-o", tmp_path / "orders.jsonl", server=server)
    assert (ended.code, ended.out) == (0, "")
    assert exported(tmp_path / "orders.jsonl") == server.orders
    assert ended.err.startswith("250 orders, 3 pages, ")
    assert [each.name for each in tmp_path.iterdir()] == ["orders.jsonl"]


def test_stdout_carries_utf8_whatever_the_locale(program):
    """JSONL is not escaped and not in the locale's encoding."""
    with FakeLiner(orders=[make_order(title="Окна ☎️")]) as server:
        ended = program("orders", "export", server=server, PYTHONIOENCODING="ascii")
    assert '"title": "Окна ☎️"' in ended.out
    assert [json.loads(line) for line in ended.out.splitlines()] == server.orders


def test_csv_has_a_header_and_json_text_in_cells(invoke, tmp_path):
    """Lists, maps and switches are JSON text, None is empty, line breaks are quoted."""
    order = make_order(
        code=None,
        title='a "b",\nc',
        callSchedule=[["09:00", "24:00"]],
        autoDialingEnabled=True,
        customValues={"7": "да"},
    )
    columns = "code,title,call_schedule,autoDialingEnabled,customValues"
    with FakeLiner(orders=[order]) as server:
        invoke(
            *("orders", "export", "--format", "csv", "--columns", columns),
            *("-o", tmp_path / "x.csv"),
            server=server,
        )
    with (tmp_path / "x.csv").open(encoding="utf-8", newline="") as file:
        head, row = csv.reader(file)
    assert head == ["code", "title", "callSchedule", "autoDialingEnabled", "customValues"]
    assert row == ["", 'a "b",\nc', '[["09:00", "24:00"]]', "true", '{"7": "да"}']


@pytest.mark.parametrize(
    ("text", "for_a_spreadsheet"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+A1", "'-2+A1"),
        ("\t=1", "'\t=1"),
        ("+79001234567", "+79001234567"),
        ("+7 (900) 123-45-67", "+7 (900) 123-45-67"),
        ("-5", "-5"),
        ("plain = text", "plain = text"),
    ],
)
def test_only_for_spreadsheets_formulas_are_disarmed(invoke, text, for_a_spreadsheet):
    """Values are untouched by default; with the option, formulas change and numbers do not."""
    options = ["orders", "export", "--format", "csv", "--columns", "title"]
    with FakeLiner(orders=[make_order(title=text)]) as server:
        plain = invoke(*options, server=server).out
        marked = invoke(*options, "--spreadsheet", server=server).out
    assert list(csv.reader(io.StringIO(plain))) == [["title"], [text]]
    assert list(csv.reader(io.StringIO(marked))) == [["\ufefftitle"], [for_a_spreadsheet]]


def test_csv_of_all_columns_has_every_documented_field(invoke, server):
    """Without `--columns` nothing documented is left out."""
    ended = invoke("orders", "export", "--format", "csv", "--max-items", 2, server=server)
    head, *rows = csv.reader(io.StringIO(ended.out))
    assert head == list(server.orders[0])
    assert len(rows) == 2


def test_paging_options_reach_the_server(invoke):
    """Offset, page size, concurrency and the maximum determine the requests."""
    options = ["--offset", 10, "--page-size", 7, "--max-items", 20, "--concurrency", 1]
    with FakeLiner(total=100) as server:
        ended = invoke("orders", "export", *options, server=server)
        assert [(each.offset, each.limit) for each in server.requests] == [
            (10, 7),
            (17, 7),
            (24, 6),
        ]
        assert server.peak_in_flight == 1
        expected = server.orders[10:30]
    assert [json.loads(line) for line in ended.out.splitlines()] == expected


def test_the_summary_warns_of_a_list_that_moves(invoke):
    """Drift is a warning; with consistency off, nothing is compared."""
    for consistency, warned in (("detect", True), ("off", False)):
        with FakeLiner(total=300, changes=[Change(at_request=2, insert=1)]) as server:
            ended = invoke("orders", "export", "--consistency", consistency, server=server)
        assert ended.code == 0
        assert ("warning: the list moved while it was read (total 300" in ended.err) is warned


def test_a_strict_export_of_a_list_that_lost_orders_exits_5(invoke):
    """What was read is on stdout; the error says that it is not the whole list."""
    with FakeLiner(total=1_000, changes=[Change(at_request=4, delete=3)]) as server:
        ended = invoke("orders", "export", "--consistency", "strict", server=server)
        rows = server.orders
    assert ended.code == 5
    assert "announced" in ended.err
    assert ended.err.endswith(
        "; what was read has been written; run the command again for the whole list\n"
    )
    written = [json.loads(line)["id"] for line in ended.out.splitlines()]
    assert set(written) >= {each["id"] for each in rows}
    assert len(written) == len(set(written)) > len(rows)


def test_a_strict_export_keeps_what_it_read_under_another_name(invoke, tmp_path):
    """A file that may lack orders does not look complete, and the old one stays."""
    target, incomplete = tmp_path / "orders.jsonl", tmp_path / "orders.jsonl.incomplete"
    target.write_text("old")
    with FakeLiner(total=1_000, changes=[Change(at_request=4, delete=3)]) as server:
        words = ["orders", "export", "--consistency", "strict", "-o", target]
        ended = invoke(*words, server=server)
        assert ended.code == 5
        assert f"what was read is in {incomplete}; run the command again" in ended.err
        assert target.read_text() == "old"
        assert {each.name for each in tmp_path.iterdir()} == {target.name, incomplete.name}
        assert len(exported(incomplete)) == 1_000
        assert invoke(*words, server=server).code == 0
        assert exported(target) == server.orders


def test_a_strict_export_outrun_by_insertions_exits_5_too(invoke, tmp_path):
    """Orders that come in faster than pages are read are the list's doing, not the server's."""
    target, incomplete = tmp_path / "orders.jsonl", tmp_path / "orders.jsonl.incomplete"
    changes = [Change(at_request=number, insert=99) for number in range(2, 300)]
    with FakeLiner(total=500, changes=changes) as server:
        words = ["orders", "export", "--consistency", "strict", "--concurrency", 1]
        ended = invoke(*words, "-o", target, server=server)
    assert ended.code == 5
    assert f"what was read is in {incomplete}; run the command again" in ended.err
    assert (target.exists(), len(exported(incomplete)) >= 100) == (False, True)


@pytest.mark.parametrize(
    ("broken", "named"), [(1, "id 100"), (6, "id 100, 101, 102, 103, 104, ...")]
)
def test_orders_that_are_not_as_documented_can_be_skipped(invoke, broken, named):
    """They are left out, counted and named in the summary."""
    rows = [make_order(id=100 + index, title=0) for index in range(broken)] + [make_order(id=9)]
    with FakeLiner(orders=rows) as server:
        ended = invoke("orders", "export", "--on-invalid", "skip", server=server)
    assert [json.loads(line)["id"] for line in ended.out.splitlines()] == [9]
    assert f"{broken} not as documented, skipped: {named}\n" in ended.err


def test_an_order_that_is_not_as_documented_ends_the_export(invoke):
    """The error names the order and its field, and the way around it."""
    with FakeLiner(orders=[make_order(id=77, title=0)]) as server:
        ended = invoke("orders", "export", server=server)
    assert (ended.code, ended.out) == (1, "")
    assert "id 77" in ended.err
    assert "--on-invalid skip" in ended.err


def test_an_error_on_the_way_says_where_to_continue(invoke):
    """What came before is on stdout; the advice leads to the first order that is not."""
    with FakeLiner(total=250, faults={200: Fault.status(500)}) as server:
        ended = invoke("--attempts", 1, "orders", "export", server=server)
        assert ended.code == 1
        assert ended.err.endswith("; continue with --offset 200\n")
        server_orders = server.orders
    with FakeLiner(total=250) as server:
        rest = invoke("orders", "export", "--offset", 200, server=server)
    lines = (ended.out + rest.out).splitlines()
    assert [json.loads(line) for line in lines] == server_orders


def test_a_failed_export_leaves_no_file_and_keeps_the_old_one(invoke, tmp_path):
    """The file is replaced only by a complete one, and the error says that nothing was kept."""
    target = tmp_path / "orders.jsonl"
    target.write_text("old")
    with FakeLiner(total=250, faults={200: Fault.status(500)}) as server:
        ended = invoke("--attempts", 1, "orders", "export", "-o", target, server=server)
    assert ended.code == 1
    assert f"nothing was kept in {target}" in ended.err
    assert "--offset 200" in ended.err
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_an_error_before_the_first_order_gives_no_advice(invoke):
    """There is nothing to continue."""
    with FakeLiner(total=250, faults={0: Fault.status(500)}) as server:
        ended = invoke("--attempts", 1, "orders", "export", server=server)
    assert ended.code == 1
    assert "continue" not in ended.err


def test_a_replaced_file_keeps_its_permissions_and_its_link(invoke, server, tmp_path):
    """A link still leads to the same place, where the new content has the old permissions."""
    target, link = tmp_path / "real", tmp_path / "link"
    target.write_text("old")
    target.chmod(0o640)
    link.symlink_to(target)
    invoke("orders", "export", "-o", link, server=server)
    assert link.is_symlink()
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert exported(target) == server.orders


def test_a_new_file_has_the_usual_permissions(invoke, server, tmp_path):
    """The umask decides, as for a file that any other program writes."""
    before = os.umask(0o027)
    try:
        invoke("orders", "export", "-o", tmp_path / "x", server=server)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == 0o640


def test_a_named_pipe_is_written_to_and_not_replaced(invoke, server, tmp_path):
    """What is no file is used as it is."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text("utf-8")))
    reader.start()
    ended = invoke("orders", "export", "-o", pipe, server=server)
    reader.join()
    assert ended.code == 0
    assert [json.loads(line) for line in read[0].splitlines()] == server.orders
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_full_disk_is_reported_in_one_line(invoke, server):
    """Writing that fails ends with exit code 1 and names the place."""
    ended = invoke("orders", "export", "-o", "/dev/full", server=server)
    assert ended.code == 1
    assert ended.err == "error: /dev/full: No space left on device\n"


def test_a_closed_pipe_ends_quietly(started):
    """`| head -1` gets its line, and stderr stays empty."""
    with FakeLiner(total=10_000) as server:
        with started("orders", "export", server=server) as process:
            first = process.stdout.readline()
            process.stdout.close()
            complaint = process.stderr.read()
            assert (process.wait(), complaint) == (0, b"")
        assert json.loads(first) == server.orders[0]
        assert len(server.requests) < 10_000 / 100


@pytest.mark.parametrize(
    ("number", "ending"),
    [
        (signal.SIGINT, (130, "error: interrupted\n")),
        (signal.SIGTERM, (143, "error: terminated\n")),
    ],
)
def test_signals_end_an_export_cleanly(started, tmp_path, number, ending):
    """One line, the signal's exit code, and no temporary file left."""
    with FakeLiner(total=500, faults={300: Fault.stall(600)}) as server:
        target = tmp_path / "orders.jsonl"
        with started("orders", "export", "-o", target, server=server) as process:
            eventually(lambda: server.requests_at(300), "the page at 300 is asked for")
            assert [each.suffix for each in tmp_path.iterdir()] == [".tmp"]
            process.send_signal(number)
            complaint = process.stderr.read().decode()
            assert (process.wait(), complaint) == ending
    assert list(tmp_path.iterdir()) == []


def test_a_draft_that_another_run_is_about_to_remove_is_left_to_it(
    invoke, server, tmp_path, monkeypatch
):
    """Between its creation and its lock a draft looks abandoned; the export takes another one."""
    tried = []

    def removed_meanwhile(stream):
        tried.append(stream.name)
        if len(tried) == 1:
            Path(stream.name).unlink()
        return len(tried) != 2

    monkeypatch.setattr("liner_async.cli.export.sinks.try_lock", removed_meanwhile)
    assert invoke("orders", "export", "-o", tmp_path / "x", server=server).code == 0
    assert len(set(tried)) == 3
    assert exported(tmp_path / "x") == server.orders


def test_a_file_that_cannot_be_renamed_while_it_is_open_is_closed_first(
    invoke, server, tmp_path, monkeypatch
):
    """So it is on Windows."""
    waiting = [PermissionError()]

    def move(draft, path):
        if waiting:
            raise waiting.pop()
        move_into_place(draft, path)

    monkeypatch.setattr("liner_async.cli.export.sinks.move_into_place", move)
    assert invoke("orders", "export", "-o", tmp_path / "x", server=server).code == 0
    assert [each.name for each in tmp_path.iterdir()] == ["x"]
    assert exported(tmp_path / "x") == server.orders


def test_without_working_locks_exports_work_and_drafts_stay(invoke, server, tmp_path, monkeypatch):
    """Some network file systems refuse to lock: then nobody can tell which draft is abandoned."""

    def refuse(_):
        raise OSError(errno.ENOLCK, "No locks available")

    (tmp_path / ".x.0123abcd.tmp").touch()
    monkeypatch.setattr("liner_async.cli.export.sinks.try_lock", refuse)
    assert invoke("orders", "export", "-o", tmp_path / "x", server=server).code == 0
    assert {each.name for each in tmp_path.iterdir()} == {"x", ".x.0123abcd.tmp"}


def test_ctrl_c_works_while_nobody_reads_the_pipe(started):
    """A reader that pauses, as a pager does, stops the requests but not the exit."""
    with FakeLiner(total=10_000) as server:
        with started("orders", "export", "--concurrency", 2, server=server) as process:
            # The pipe is full with page 1, and the look-ahead of 8 pages used up.
            eventually(lambda: len(server.requests) >= 8 and not server.in_flight, "it is stuck")
            process.send_signal(signal.SIGINT)
            assert process.wait() == 130
            assert process.stderr.read() == b"error: interrupted\n"
        assert len(server.requests) < 20


@pytest.mark.parametrize("is_coloured", [True, False], ids=["colours", "NO_COLOR"])
def test_a_terminal_sees_progress_and_colour_unless_told_not_to(on_terminal, is_coloured):
    """On a terminal there is a bar and a red `error:`; NO_COLOR leaves the colour out."""
    settings = {"TERM": "xterm"} | ({} if is_coloured else {"NO_COLOR": "1"})
    words = ("--attempts", 1, "orders", "export")
    with FakeLiner(total=300, faults={200: Fault.status(500)}) as server:
        shown = on_terminal(*words, server=server, stream="stderr", **settings)
    assert "of 300 orders" in shown
    assert ("\x1b[31m" in shown) is is_coloured
    assert "error:" in shown


def test_without_a_terminal_there_is_no_progress(invoke, server):
    """A log file gets the summary and nothing that redraws itself."""
    assert "\x1b" not in invoke("orders", "export", server=server, TERM="xterm").err


def test_stdout_gets_the_same_bytes_as_a_file(server, invoke, program, tmp_path):
    """A redirection is as good as `-o`."""
    invoke("orders", "export", "-o", tmp_path / "x", server=server)
    assert program("orders", "export", server=server).out == (tmp_path / "x").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "options", "first"),
    [
        ("o.csv", [], b"id\n"),
        ("o.CSV", ["--format", "csv"], b"id\n"),
        ("o.jsonl", [], b'{"id": '),
        ("o.ndjson", [], b'{"id": '),
        ("o.txt", [], b'{"id": '),
        ("o", ["--format", "csv"], b"id\n"),
        ("o.parquet", [], b"PAR1"),
    ],
)
def test_the_ending_of_a_file_is_its_format(*, invoke, server, tmp_path, name, options, first):
    """Unless `--format` says it; an ending that says nothing means JSONL."""
    words = ["orders", "export", "--columns", "id", "-o", tmp_path / name, *options]
    assert invoke(*words, server=server).code == 0
    assert (tmp_path / name).read_bytes().startswith(first)
