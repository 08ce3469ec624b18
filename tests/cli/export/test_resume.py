"""`export --resume`: what survives a crash, and what is refused."""

from __future__ import annotations

import csv
import errno
import json
import os
import random
import signal
import stat
import sys
import time

import pytest

from liner_async.cli.export.part_file import PartFile
from liner_async.testing import Change, FakeLiner, Fault, make_order
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("unmeasured_programs")

KILLS = 25


@pytest.fixture
def place(tmp_path):
    """A folder for the export, and the words that name its files."""
    return Place(tmp_path)


class Place:
    """Where an export, its part and its checkpoint are."""

    def __init__(self, folder):
        self.folder = folder
        self.file = folder / "orders"
        self.part = folder / "orders.part"
        self.kept_in = folder / "checkpoint"
        self.incomplete = folder / "orders.incomplete"
        self.words = ("orders", "export", "-o", self.file, "--resume", self.kept_in)

    @property
    def names(self):
        """The files that are there."""
        return {each.name for each in self.folder.iterdir()}

    @property
    def orders(self):
        """The orders in the file."""
        return read(self.file)

    @property
    def length(self):
        """The bytes of the part file that belong to the checkpoint."""
        return json.loads(self.kept_in.read_text())["length"]

    def forget_host(self):
        """Take the host out of the checkpoint: servers of a test have ports of their own."""
        checkpoint = json.loads(self.kept_in.read_text())
        checkpoint["point"]["host"] = None
        self.kept_in.write_text(json.dumps(checkpoint))

    def has_grown(self):
        """Whether a page is in the part file, and the checkpoint says so."""
        return self.kept_in.exists() and self.part.stat().st_size == self.length > 0


def read(path):
    """Read a JSONL file back."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def stopped(invoke, place, *more, at=200, total=250):
    """Run an export that ends at an offset where the server fails."""
    with FakeLiner(total=total, faults={at: Fault.status(500)}) as server:
        ended = invoke("--attempts", 1, *place.words, *more, server=server)
    assert ended.code == 1
    place.forget_host()
    return ended


def test_an_export_that_nothing_interrupts_leaves_only_its_file(invoke, server, place):
    """Part file and checkpoint are gone, and the file is what it is without `--resume`."""
    ended = invoke(*place.words, server=server)
    assert (ended.code, ended.out) == (0, "")
    assert ended.err.startswith("250 orders, 3 pages, ")
    assert place.names == {"orders"}
    invoke("orders", "export", "-o", place.folder / "plain", server=server)
    assert place.file.read_bytes() == (place.folder / "plain").read_bytes()


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_an_empty_list_gives_an_empty_export(invoke, place, form):
    """An export without orders is complete too."""
    with FakeLiner(total=0) as server:
        ended = invoke(*place.words, "--format", form, "--columns", "id", server=server)
    assert ended.code == 0
    assert place.file.read_text() == ("" if form == "jsonl" else "id\n")
    assert place.names == {"orders"}


def test_after_an_error_the_same_command_continues(invoke, server, place):
    """What is in the part file is not read again, and the old file stays until the end."""
    place.file.write_text("old")
    place.file.chmod(0o640)
    ended = stopped(invoke, place)
    assert ended.err.endswith("; run the same command again to continue\n")
    assert place.file.read_text() == "old"
    assert place.names == {"orders", "orders.part", "checkpoint"}
    assert read(place.part) == server.orders[:200]

    ended = invoke(*place.words, server=server)
    assert ended.code == 0
    assert ended.err.startswith("250 orders, 3 pages, ")
    assert "warning" not in ended.err
    assert [each.offset for each in server.requests] == [199]
    assert place.orders == server.orders
    assert place.names == {"orders"}
    assert stat.S_IMODE(place.file.stat().st_mode) == 0o640


@pytest.mark.parametrize("consistency", ["detect", "strict", "off"])
def test_every_consistency_continues_without_gap_or_repetition(invoke, server, place, consistency):
    """The order that is read again as a seam is not written again."""
    stopped(invoke, place, "--consistency", consistency, at=198 if consistency == "strict" else 200)
    assert read(place.part)
    ended = invoke(*place.words, "--consistency", consistency, server=server)
    assert (ended.code, "warning" in ended.err) == (0, False)
    assert place.orders == server.orders


def test_csv_has_one_header(invoke, server, place):
    """Only the first run writes it."""
    options = ["--format", "csv", "--spreadsheet", "--columns", "id,title"]
    stopped(invoke, place, *options)
    assert invoke(*place.words, *options, server=server).code == 0
    with place.file.open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)
    assert head == ["id", "title"]
    assert [int(each) for each, _ in rows] == [each["id"] for each in server.orders]


def test_wherever_the_disk_fails_every_order_is_there_once(invoke, place, monkeypatch):
    """An export that fails at its n-th fsync, for any n, with half a page written, continues."""
    really, left = os.fsync, None

    def fsync(descriptor):
        nonlocal left
        left -= 1
        if left < 0:
            raise OSError(errno.EIO, "broken")
        really(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    with FakeLiner(total=95) as server:
        for allowed in range(100):
            left = allowed % 5
            ended = invoke(*place.words, "--page-size", 10, server=server)
            if ended.code == 0:
                break
            assert ended.code in {1, 2}
            with place.part.open("ab") as part:
                part.write(b'{"id": 1, "half a pa')
        assert allowed > 10
        assert place.orders == server.orders
    assert place.names == {"orders"}


class Rationed(FakeLiner):
    """A slow server of 3,000 orders that answers no more than so many requests of each run."""

    def __init__(self, requests):
        self.ration = requests
        super().__init__(total=3_000, latency=self._seconds)

    def _seconds(self, _):
        return 0.02 if len(self.requests) <= self.ration else 600


def test_any_number_of_sigkills_leaves_every_order_exactly_once(forks, started, place):
    """A slow export is killed at random moments and started again until it is done.

    The runs that are killed are forks of a process that has imported everything: a start costs
    milliseconds, so that most of the time goes into the work that the kills interrupt. However
    late a kill comes, the server has not answered enough for the export to end before it. The last
    run is the ordinary program, with pages of the usual size.
    """
    moments = random.Random(20)
    with Rationed(requests=11) as server:
        with forks(server) as fork:
            for _ in range(KILLS):
                server.reset_stats()
                child = fork.start(*place.words, "--page-size", 10, "--concurrency", 2)
                number = moments.randint(1, server.ration)
                eventually(lambda number=number: len(server.requests) >= number, "a request")
                time.sleep(moments.uniform(0, 0.02))  # anywhere between two answers
                os.kill(child, signal.SIGKILL)
                assert fork.wait() == -signal.SIGKILL, "it was done before all kills"
                assert not place.file.exists()
        assert server.requests[0].offset > 0
        server.ration = 3_000
        with started(*place.words, server=server) as process:
            summary = process.stderr.read().decode()
            assert process.wait() == 0
        assert summary.startswith("3,000 orders, ")
        assert "warning" not in summary
        assert place.orders == server.orders
    assert place.names == {"orders"}


@pytest.mark.parametrize("ending", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_export_continues(started, invoke, place, ending):
    """Ctrl-C and SIGTERM leave part and checkpoint, as a crash does."""
    with FakeLiner(total=250, faults={200: Fault.stall(600)}) as slow:
        with started(*place.words, server=slow) as process:
            eventually(place.has_grown, "a page is on the disk")
            process.send_signal(ending[0])
            process.stderr.read()
            assert process.wait() == ending[1]
    assert not place.file.exists()
    place.forget_host()
    with FakeLiner(total=250) as server:
        assert invoke(*place.words, server=server).code == 0
        assert server.requests[0].offset > 0
        assert place.orders == server.orders


def test_a_crash_at_the_very_end_costs_no_request(invoke, server, place, monkeypatch):
    """When everything is written, the next run only renames the file."""

    def crash(_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(PartFile, "finish", crash)
        assert invoke(*place.words, server=server).code == 130
    assert place.names == {"orders.part", "checkpoint"}
    complete, checkpoint = place.part.read_bytes(), place.kept_in.read_bytes()
    server.reset_stats()

    assert invoke(*place.words, server=server).err.startswith("250 orders, 3 pages, ")
    assert place.names == {"orders"}
    assert place.orders == server.orders

    place.kept_in.write_bytes(checkpoint)  # the crash came before it was removed
    assert invoke(*place.words, server=server).code == 0
    assert place.file.read_bytes() == complete
    assert place.names == {"orders"}

    for content in (complete[:-1], None):
        place.kept_in.write_bytes(checkpoint)
        place.file.unlink() if content is None else place.file.write_bytes(content)
        ended = invoke(*place.words, server=server)
        assert ended.code == 2
        assert f"{place.file}, which has changed; remove {place.kept_in} to start over" in ended.err
    assert server.requests == []


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--format", "csv"], "--format, --columns"),
        (["--columns", "id"], "--columns"),
        (["--format", "csv", "--spreadsheet"], "--format, --columns, --spreadsheet"),
    ],
)
def test_another_format_is_refused(invoke, server, place, options, named):
    """A file in two formats would be useless; the part file stays as it was."""
    stopped(invoke, place)
    before = place.part.read_bytes()
    ended = invoke(*place.words, *options, server=server)
    assert ended.code == 2
    assert ended.err == (
        f"error: {place.kept_in} was made with another {named}; "
        f"remove {place.kept_in} to start over\n"
    )
    assert place.part.read_bytes() == before
    assert server.requests == []


def test_another_output_is_refused(invoke, server, place):
    """A checkpoint belongs to one file."""
    stopped(invoke, place)
    words = ["orders", "export", "-o", place.folder / "other", "--resume", place.kept_in]
    ended = invoke(*words, server=server)
    assert ended.code == 2
    assert "was made with another --output;" in ended.err


def test_an_export_of_something_else_is_refused(invoke, server, place):
    """A checkpoint belongs to one resource and its filters."""
    stopped(invoke, place)
    checkpoint = json.loads(place.kept_in.read_text())
    checkpoint["job"] |= {"resource": "leads", "filters": {"status": "new"}}
    place.kept_in.write_text(json.dumps(checkpoint))
    ended = invoke(*place.words, server=server)
    assert (ended.code, server.requests) == (2, [])
    assert "was made with another resource, --status;" in ended.err


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda part: part.unlink(), "which does not exist"),
        (lambda part: os.truncate(part, 10), "which has become shorter"),
    ],
)
def test_a_part_file_that_has_changed_is_refused(invoke, server, place, spoil, told):
    """One line says what to do, and after that a new export begins."""
    stopped(invoke, place)
    spoil(place.part)
    ended = invoke(*place.words, server=server)
    assert ended.code == 2
    assert ended.err == (
        f"error: {place.kept_in} belongs to {place.part}, {told}; "
        f"remove {place.kept_in} to start over\n"
    )
    assert server.requests == []
    place.kept_in.unlink()
    assert invoke(*place.words, server=server).code == 0
    assert place.orders == server.orders


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"job": 1}',
        "\udcff",
        *(json.dumps({"point": None, "length": each}) for each in (-1, "1")),
    ],
)
def test_a_file_that_is_not_a_checkpoint_is_refused_and_left_alone(invoke, server, place, content):
    """A wrong name does not cost a file."""
    place.kept_in.write_bytes(content.encode("utf-8", "surrogateescape"))
    ended = invoke(*place.words, server=server)
    assert ended.code == 2
    assert "is not the checkpoint of an export; name another file" in ended.err
    assert place.names == {"checkpoint"}


@pytest.mark.parametrize(
    ("field", "value"),
    [("length", -1), ("length", "9"), ("point", {}), ("job", {}), ("summary", {"items": -1})],
)
def test_a_checkpoint_with_a_wrong_field_is_refused(invoke, server, place, field, value):
    """A file that was edited by hand is not trusted."""
    stopped(invoke, place)
    fields = json.loads(place.kept_in.read_text())
    place.kept_in.write_text(json.dumps(fields | {field: value}))
    ended = invoke(*place.words, server=server)
    assert ended.code == 2
    assert "is not the checkpoint of an export" in ended.err


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ((".", "c"), "--resume needs -o FILE, a regular file"),
        (("pipe", "c"), "--resume needs -o FILE, a regular file"),
        (("x", "x"), "--resume needs a file of its own"),
        (("x", "x.part"), "--resume needs a file of its own"),
        (("x", "pipe/../x.incomplete"), "--resume needs a file of its own"),
        (("x", "."), "--resume needs a file of its own"),
        (("x", "pipe"), "--resume needs a file of its own"),
        ((".x.draft", "x"), "--resume needs a file of its own"),
        (("x", "pipe/c"), "pipe/c: Not a directory"),
        (("x", "no/c"), "no/.c.draft: No such file"),
        (("no/x", "c"), "no/x.part: No such file"),
    ],
)
def test_unusable_paths_are_refused(invoke, server, tmp_path, named, told):
    """They are found before the first request."""
    os.mkfifo(tmp_path / "pipe")
    output, checkpoint = (tmp_path / name for name in named)
    words = ["orders", "export", "-o", output, "--resume", checkpoint]
    ended = invoke(*words, server=server)
    assert (ended.code, server.requests) == (2, [])
    assert told in ended.err


def test_two_exports_to_one_file_do_not_mix(started, invoke, server, place):
    """The second is refused while the first is at work."""
    with FakeLiner(total=250, faults={200: Fault.stall(600)}) as slow:
        with started(*place.words, server=slow):
            eventually(place.has_grown, "a page is on the disk")
            ended = invoke(*place.words, server=server)
    assert (ended.code, server.requests) == (2, [])
    assert ended.err == f"error: another export is writing {place.part}\n"


def test_without_locks_there_is_no_lock(invoke, server, place, monkeypatch):
    """Windows has none; the export works."""
    monkeypatch.setitem(sys.modules, "fcntl", None)
    assert invoke(*place.words, server=server).code == 0
    assert place.orders == server.orders


def test_a_list_that_moved_since_the_checkpoint_is_reported(invoke, place):
    """The order at the checkpoint has changed: a warning, as for a list that moves during a run."""
    stopped(invoke, place)
    with FakeLiner(total=250, changes=[Change(at_request=1, delete=3)]) as server:
        ended = invoke(*place.words, server=server)
    assert ended.code == 0
    assert "warning: the list moved while it was read (the list moved since" in ended.err


def test_what_an_earlier_run_noticed_is_in_the_last_summary(invoke, place):
    """A run that was stopped prints no summary, so the checkpoint keeps what it noticed."""
    rows = [make_order(id=1 + index, title=0 if index < 7 else "x") for index in range(250)]
    moving = [Change(at_request=2, insert=1, position=-1)]
    with FakeLiner(orders=rows, changes=moving, faults={200: Fault.status(500)}) as server:
        options = ["--on-invalid", "skip", "--concurrency", 1]
        assert invoke("--attempts", 1, *place.words, *options, server=server).code == 1
        rows = server.orders
    place.forget_host()
    with FakeLiner(orders=rows) as server:
        ended = invoke(*place.words, *options, server=server)
    assert ended.code == 0
    assert ended.err.startswith("244 orders, 3 pages, ")
    assert "; 7 not as documented, skipped: id 1, 2, 3, 4, 5, ...; warning:" in ended.err
    assert "total 250 became 251" in ended.err


def test_rows_that_no_single_run_misses_are_counted(invoke, server, place):
    """Each run is fine in itself, yet all together they wrote too few orders."""
    stopped(invoke, place)
    checkpoint = json.loads(place.kept_in.read_text())
    checkpoint["summary"]["items"] -= 1  # as if the first run had dropped one that came twice
    place.kept_in.write_text(json.dumps(checkpoint))
    ended = invoke(*place.words, server=server)
    assert "warning: the list moved while it was read (249 rows read, 250 announced)" in ended.err


def test_an_order_that_is_not_as_documented_can_be_left_out_by_the_next_run(invoke, place):
    """The advice in the error works."""
    rows = [make_order(id=1 + index) for index in range(250)]
    rows[220]["title"] = 0
    with FakeLiner(orders=rows) as server:
        ended = invoke(*place.words, server=server)
        assert (ended.code, "--on-invalid skip" in ended.err) == (1, True)
        assert invoke(*place.words, "--on-invalid", "skip", server=server).code == 0
        assert place.orders == [*rows[:220], *rows[221:]]


def test_a_strict_export_that_continued_over_a_change_exits_5(invoke, place):
    """What was read is set aside, and the next run starts from the beginning."""
    stopped(invoke, place, "--consistency", "strict", at=198)
    with FakeLiner(total=250, changes=[Change(at_request=1, insert=2, position=-1)]) as server:
        ended = invoke(*place.words, "--consistency", "strict", server=server)
        assert ended.code == 0, "orders that are added at the end are read"
        assert place.orders == server.orders
    stopped(invoke, place, "--consistency", "strict", at=198)
    with FakeLiner(total=250, changes=[Change(at_request=1, delete=3)]) as server:
        ended = invoke(*place.words, "--consistency", "strict", server=server)
        assert ended.code == 5
        assert f"what was read is in {place.incomplete}; run the command again" in ended.err
        assert place.names == {"orders", "orders.incomplete"}
        assert read(place.incomplete)[0]["id"] not in {each["id"] for each in server.orders}
        assert invoke(*place.words, "--consistency", "strict", server=server).code == 0
        assert place.orders == server.orders


def test_the_key_is_in_no_file(invoke, place):
    """Neither the part file nor the checkpoint holds it."""
    key = "s3cret-key-of-the-test"
    with FakeLiner(total=250, api_key=key, faults={200: Fault.status(500)}) as server:
        assert invoke("--attempts", 1, *place.words, server=server).code == 1
    assert len(place.names) == 2
    assert all(key.encode() not in each.read_bytes() for each in place.folder.iterdir())


def test_the_export_of_another_host_is_refused(invoke, server, place):
    """Two installations in one file would be useless; the part file stays as it was."""
    with FakeLiner(total=250, faults={200: Fault.status(500)}) as other:
        assert invoke("--attempts", 1, *place.words, server=other).code == 1
    before = place.part.read_bytes()
    ended = invoke(*place.words, server=server)
    assert ended.code == 2
    assert f"resume belongs to another list: host {other.url}, not {server.url}" in ended.err
    assert place.part.read_bytes() == before
