"""`create-many`: every row of a file is accounted for, and none is sent twice."""

from __future__ import annotations

import json
import os
import re
import signal
import threading
from collections import Counter

import attrs
import pytest

from liner_async.testing import FakeLiner, FakeLinerProcess, Fault
from tests.support.waiting import eventually

LOST = attrs.evolve(Fault.disconnect(), applied=True)
"""The lead is created, and its answer is lost."""


def phone(number):
    """Return the phone number of a row."""
    return f"+7900{number:07}"


@pytest.fixture
def place(tmp_path):
    """Return a folder with a file of leads in each format."""
    rows = [{"phone": phone(number), "orderId": 123} for number in range(6)]
    (tmp_path / "leads.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    lines = ["phone,order_id,name", *(f"{row['phone']},123," for row in rows)]
    (tmp_path / "leads.csv").write_text("\r\n".join(lines) + "\r\n")
    return tmp_path


@pytest.fixture
def in_place(place, monkeypatch):
    """Make that folder the current one."""
    monkeypatch.chdir(place)


@pytest.fixture
def server():
    """Return a server that can be written to."""
    with FakeLiner(total=20) as server:
        yield server


def created(server):
    """Return how often each phone number was created."""
    return Counter(each.body["phone"] for each in server.writes if each.applied)


def lines(text):
    """Return JSON lines."""
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("ending", ["jsonl", "csv"])
def test_every_row_is_created_and_accounted_for(invoke, server, place, ending):
    """Results are in the order of the file, with line numbers and ids; how many goes to stderr."""
    ended = invoke("leads", "create-many", "-i", place / f"leads.{ending}", server=server)
    assert (ended.code, ended.err) == (0, "6 done\n")
    results = lines(ended.out)
    ids = {row["phone"]: row["id"] for row in server.leads}
    assert [each["id"] for each in results] == [ids[phone(number)] for number in range(6)]
    first = 1 if ending == "jsonl" else 2
    assert [each["line"] for each in results] == list(range(first, first + 6))
    assert results[0] == {
        "line": first,
        "key": "0",
        "outcome": "done",
        "id": ids[phone(0)],
        "error": None,
        "attempts": 1,
        "resumed": False,
    }
    assert set(created(server).values()) == {1}


def test_cells_are_text_or_json_and_empty_ones_are_left_out(invoke, server, tmp_path):
    """By the type of the field; a spreadsheet may separate them by semicolons."""
    file = tmp_path / "x.csv"
    file.write_text(
        "\ufeffphone; priority;name;customValues;orderId\n"
        '79001234567;5;"Иванов; ""Окна""\nи двери";"{""10"": ""x""}";123\n'
        "\n79001234568;;null;;123\n",
        "utf-8",
    )
    ended = invoke("leads", "create-many", "-i", file, server=server)
    assert ended.code == 0
    assert [each["line"] for each in lines(ended.out)] == [2, 5]
    first, second = (each.body for each in server.writes)
    assert first == {
        "leadType": "straight",
        "phone": "79001234567",
        "priority": 5,
        "name": 'Иванов; "Окна"\nи двери',
        "customValues": {"10": "x"},
        "orderId": 123,
    }
    assert second == {
        "leadType": "straight",
        "phone": "79001234568",
        "name": "null",
        "orderId": 123,
    }


def test_one_bad_row_does_not_stop_the_others(invoke, server, tmp_path):
    """Exit 1; each result says what is wrong, and never with a value."""
    file = tmp_path / "x.jsonl"
    rows = [
        {"phone": phone(0), "orderId": 123},
        {"phone": phone(1), "orderId": "PRIVATE"},
        {"phone": phone(2), "orderId": 999},
        {"phone": phone(3), "orderId": 123, "colour": "PRIVATE"},
    ]
    file.write_text("\n".join(map(json.dumps, rows)))
    ended = invoke("leads", "create-many", "-i", file, server=server)
    assert ended.code == 1
    assert ended.err == "error: 1 done, 1 refused, 2 invalid\n"
    results = lines(ended.out)
    assert [each["outcome"] for each in results] == ["done", "invalid", "refused", "invalid"]
    assert "no such order" in results[2]["error"]
    assert "'colour' is not a field" in results[3]["error"]
    assert "PRIVATE" not in ended.out


@pytest.mark.parametrize("verb", ["leads.create", "leads.submit"])
def test_a_dry_run_prints_the_bodies_and_sends_nothing(invoke, place, verb):
    """It needs neither host nor key, and names the lines that would not be sent."""
    submit = ["--submit"] if verb == "leads.submit" else []
    ended = invoke("leads", "create-many", "-i", place / "leads.csv", "--dry-run", *submit)
    assert (ended.code, ended.err) == (0, "")
    assert lines(ended.out) == [
        {"leadType": "straight", "phone": phone(number), "orderId": 123} for number in range(6)
    ]
    with (place / "leads.csv").open("a") as file:
        file.write(f"{phone(7)},x,\n")
    ended = invoke("leads", "create-many", "-i", place / "leads.csv", "--dry-run", *submit)
    assert (ended.code, len(lines(ended.out))) == (1, 6)
    first, last = ended.err.splitlines()
    assert first == f"{place / 'leads.csv'}, line 8: order_id: expected an integer greater than 0"
    assert last == "error: 1 of the rows would not be sent"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{"phone": "1"}\n[PRIVATE]\n', "x.jsonl, line 2: not a JSON object"),
        (b'{"phone": "1"}\n["PRIVATE"]\n', "x.jsonl, line 2: not a JSON object"),
        (b"\xff\xfe", "x.jsonl: it is not UTF-8"),
        (b"phone,colour\n1,PRIVATE\n", "x.csv, line 1: no such field: 'colour'; known: lead_type"),
        (b"phone,phone\n1,2\n", "x.csv, line 1: a column comes twice"),
        (b"phone,name\n1\n", "x.csv, line 2: 1 cells, not 2"),
        (b'phone,name\n1,a\n2,"PRIVATE\n', "x.csv, line 3: a quoted cell has no end"),
        (b"", "x.csv: it is empty, or does not begin"),
    ],
)
def test_a_file_that_cannot_be_read_to_its_end_is_refused(invoke, server, tmp_path, content, told):
    """The whole of it is read before anything is sent: exit 2, and no value in the message."""
    file = tmp_path / told.partition(":")[0].partition(",")[0]
    file.write_bytes(content)
    ended = invoke("leads", "create-many", "-i", file, server=server)
    assert (ended.code, ended.out, server.requests) == (2, "", [])
    assert told in ended.err
    assert "PRIVATE" not in ended.err
    assert re.fullmatch(r"error: .*\n", ended.err)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["-i", "nowhere.csv"], "cannot read nowhere.csv: No such file"),
        (["-i", "."], "cannot read .: Is a directory"),
        (["-i", "leads.csv", "--format", "jsonl"], "--format jsonl contradicts the ending"),
        (["-i", "leads.csv", "-o", "leads.csv"], "-i, -o and --ledger need files of their own"),
        (["-i", "leads.csv", "-o", "x", "--ledger", "./x"], "need files of their own"),
        (["-i", "leads.csv", "--resend-unknown"], "--resend-unknown needs --ledger FILE"),
        (["-i", "leads.csv", "--key", "colour"], "no such field: 'colour'"),
        (["-i", "leads.csv", "--key", "name"], "leads.csv, line 2: no name"),
        (["-i", "leads.csv", "-o", "/nowhere/at/all"], "cannot write /nowhere/at/all: No such"),
        (["-i", "leads.csv", "--ledger", "leads.jsonl"], "leads.jsonl is not a ledger"),
        ([], "Missing option '-i'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_wrong_use_is_refused_before_anything_is_sent(invoke, server, in_place, words, told):
    """One line, exit 2, and no request."""
    ended = invoke("leads", "create-many", *words, server=server)
    assert (ended.code, ended.out, server.requests) == (2, "", [])
    assert told in ended.err
    assert re.fullmatch(r"error: .*\n", ended.err)


def test_a_ledger_sends_nothing_twice_and_settles_what_it_knows(invoke, place):
    """What is in doubt is reported, exit 6, and sent again only if that is wanted."""
    words = ["leads", "create-many", "-i", place / "leads.csv", "--ledger", place / "ledger"]
    words += ["-o", place / "results", "--key", "phone", "--concurrency", 1]
    with FakeLiner(write_faults={"leads.create": [None, LOST, Fault.status(422)]}) as server:
        ended = invoke(*words, server=server)
        assert (ended.code, ended.out) == (6, "")
        assert ended.err == (
            "error: 4 done, 1 refused, 1 unknown; look before you send again what is unknown\n"
        )
        before = lines((place / "results").read_text())
        assert [each["outcome"] for each in before[:3]] == ["done", "unknown", "refused"]
        assert [each["key"] for each in before] == [phone(number) for number in range(6)]

        ended = invoke(*words, server=server)
        assert ended.code == 6
        assert "5 done, 1 unknown, 5 of them from an earlier run; look" in ended.err
        after = lines((place / "results").read_text())
        assert [each["outcome"] for each in after] == ["done", "unknown", *["done"] * 4]
        assert [each["resumed"] for each in after] == [True, True, False, True, True, True]
        assert [each["id"] for each in after[3:]] == [each["id"] for each in before[3:]]
        assert set(created(server).values()) == {1}

        assert invoke(*words, "--resend-unknown", server=server).code == 0
        assert created(server)[phone(1)] == 2


def test_results_of_the_run_before_stay_where_nothing_is_sent(invoke, server, place):
    """A wrong key, for example, is known before the first result."""
    words = ["leads", "create-many", "-i", place / "leads.csv", "-o", place / "results"]
    assert invoke(*words, server=server).code == 0
    before = (place / "results").read_text()
    (place / "leads.jsonl").write_text("no ledger\n")
    assert invoke(*words, "--ledger", place / "leads.jsonl", server=server).code == 2
    assert (place / "results").read_text() == before


def test_a_key_that_is_refused_stops_the_others(invoke, place):
    """Exit 4; stderr says how many rows were not tried."""
    with FakeLiner(write_faults={"leads.create": Fault.status(401)}) as server:
        words = ["create-many", "-i", place / "leads.csv", "--concurrency", 1]
        ended = invoke("leads", *words, server=server)
        assert len(server.writes) == 1
    assert ended.code == 4
    assert re.search(r"1 refused, .*; stopped: HTTP 401", ended.err)


def test_too_many_doubts_stop_the_others(invoke, place):
    """`--max-unknown` bounds them; exit 6."""
    with FakeLiner(write_faults={"leads.create": LOST}) as server:
        words = ["create-many", "-i", place / "leads.csv", "--concurrency", 1, "--max-unknown", 2]
        ended = invoke("leads", *words, server=server)
        assert len(server.writes) == 2
    assert ended.code == 6
    assert "2 unknown" in ended.err


def test_rows_that_were_never_taken_from_the_file_are_counted(invoke, tmp_path):
    """They have no result, and stderr says how many they are."""
    rows = [json.dumps({"phone": phone(number), "orderId": 123}) for number in range(60)]
    (tmp_path / "x.jsonl").write_text("\n\n".join(rows))
    with FakeLiner(write_faults={"leads.create": Fault.status(401)}) as server:
        words = ["create-many", "-i", tmp_path / "x.jsonl", "--concurrency", 1]
        ended = invoke("leads", *words, server=server)
    (left,) = re.findall(r", (\d+) not tried", ended.err)
    assert int(left) + len(lines(ended.out)) == 60


@pytest.mark.parametrize("way", ["stdin", "fifo"])
def test_rows_may_come_from_a_pipe(invoke, server, place, way):
    """It is read whole, since it is read twice."""
    content = (place / "leads.jsonl").read_text()
    words = ["leads", "create-many", "--submit", "-i"]
    if way == "stdin":
        ended = invoke(*words, "-", server=server, stdin=content)
    else:
        os.mkfifo(place / "fifo")
        writer = threading.Thread(target=(place / "fifo").write_text, args=[content])
        writer.start()
        ended = invoke(*words, place / "fifo", server=server)
        writer.join()
    assert (ended.code, ended.err) == (0, "6 done\n")
    assert {each.endpoint for each in server.writes} == {"leads.submit"}
    assert [each["id"] for each in lines(ended.out)] == [None] * 6


def test_results_may_go_to_a_device(invoke, server, place):
    """There is nothing to empty before."""
    words = ["create-many", "-i", place / "leads.csv", "-o", os.devnull]
    assert invoke("leads", *words, server=server).err == "6 done\n"


def test_a_terminal_sees_the_progress(on_terminal, server, place):
    """The file is read before, so that the total is known."""
    words = ["leads", "create-many", "-i", place / "leads.csv", "-o", place / "results"]
    shown = on_terminal(*words, server=server, stream="stderr", TERM="xterm")
    assert "6 of 6 leads" in shown


@pytest.mark.usefixtures("unmeasured_programs")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_bulk_tells_what_is_in_doubt(started, place, number):
    """The results have a line for each row that was taken; exit 6."""
    faults = {"leads.create": [None, None, Fault.stall(600)]}
    with FakeLiner(write_faults=faults) as server:
        words = ["create-many", "-i", place / "leads.csv", "-o", place / "results"]
        with started("leads", *words, "--concurrency", "1", server=server) as process:
            eventually(lambda: len(server.writes) == 3, "the third write")
            process.send_signal(number)
            _, err = process.communicate()
    assert (process.returncode, err.count(b"\n")) == (6, 1)
    outcomes = [each["outcome"] for each in lines((place / "results").read_text())]
    assert outcomes[:3] == ["done", "done", "unknown"]
    assert set(outcomes[3:]) <= {"not_sent"}


@pytest.mark.usefixtures("unmeasured_programs")
def test_a_killed_bulk_goes_on_and_creates_no_lead_twice(started, program, tmp_path):
    """After `kill -9`, the same command sends the rest; what was under way is in doubt."""
    rows = [json.dumps({"phone": phone(number), "orderId": 123}) for number in range(200)]
    (tmp_path / "x.jsonl").write_text("\n".join(rows))
    words = ["leads", "create-many", "-i", tmp_path / "x.jsonl", "--ledger", tmp_path / "ledger"]
    words += ["-o", tmp_path / "results"]
    with FakeLiner(latency=0.01) as server:
        for number in (20, 90):
            with started(*words, server=server) as process:
                eventually(lambda number=number: len(server.writes) >= number, "some writes")
                process.kill()
        ended = program(*words, server=server)
        results = lines((tmp_path / "results").read_text())
        assert len(results) == 200
        counts = Counter(each["outcome"] for each in results)
        assert counts.keys() <= {"done", "unknown"}
        assert ended.code == (6 if counts["unknown"] else 0)
        assert set(created(server).values()) == {1}
        assert len(created(server)) >= counts["done"]


@pytest.mark.usefixtures("unmeasured_programs")
def test_results_that_nobody_reads_end_the_bulk_as_a_failure(started, place):
    """What only reads ends well then; here rows are left."""
    reading, writing = os.pipe()
    os.close(reading)
    with FakeLiner(latency=0.01) as server:
        words = ["leads", "create-many", "-i", place / "leads.csv", "--concurrency", "1"]
        with started(*words, server=server, stdout=writing) as process:
            os.close(writing)
            _, err = process.communicate()
    assert process.returncode in (1, 6)
    assert err == b"error: nobody reads the results: no more was sent\n"


@pytest.mark.parametrize(("fault", "code"), [(None, 1), (LOST, 6)], ids=["done", "in doubt"])
def test_a_pipe_that_nobody_reads_any_more_ends_the_bulk(invoke, place, fault, code):
    """The exit code says whether something is in doubt."""
    os.mkfifo(place / "results")
    (place / "one.jsonl").write_text(json.dumps({"phone": phone(0), "orderId": 123}))

    def read_nothing():
        os.close(os.open(place / "results", os.O_RDONLY))

    reader = threading.Thread(target=read_nothing)
    reader.start()
    with FakeLiner(latency=0.1, write_faults={"leads.create": [fault]}) as server:
        words = ["create-many", "-i", place / "one.jsonl", "-o", place / "results"]
        ended = invoke("leads", *words, server=server)
    reader.join()
    assert (ended.code, ended.err) == (
        code,
        "error: nobody reads the results: no more was sent\n",
    )


@pytest.mark.usefixtures("unmeasured_programs")
def test_a_program_creates_the_leads_of_a_file(program, place):
    """In a server of another process."""
    with FakeLinerProcess(total=20, sizes={"leads": 5}) as server:
        ended = program("leads", "create-many", "-i", place / "leads.csv", server=server)
        shown = program("leads", "get", lines(ended.out)[3]["id"], server=server)
    assert (ended.code, ended.err) == (0, "6 done\n")
    assert json.loads(shown.out)["phone"] == phone(3)
