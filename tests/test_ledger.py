"""The ledger of a bulk: what is on the disk before it is sent, and what a later run makes of it."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from io import FileIO

import pytest

from liner_async import (
    BulkWriteError,
    ConfigError,
    FileLedger,
    Ledger,
    LedgerEntry,
)
from liner_async.testing import FakeLiner, Fault
from tests.support.reading import client
from tests.support.waiting import until


def row(number, **changes):
    """Return a lead."""
    return {"phone": f"+7900{number}", "order_id": 123, "external_id_amo": f"A{number}", **changes}


def key(item):
    """Return by what the ledger knows a lead."""
    return item["external_id_amo"]


@pytest.fixture
def path(tmp_path):
    """Return where the ledger is."""
    return tmp_path / "import.ledger"


def lines(path):
    """Return what the ledger holds."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def phones(server):
    """Return the phones of the leads that were created, in their order."""
    return [of.body["phone"] for of in server.writes if of.applied]


async def create(server, items, path, **options):
    """Create leads with a ledger, and return the report."""
    async with client(server) as liner:
        options = {"key": key, "on_failure": "report", "concurrency": 1, **options}
        return await liner.leads.create_many(items, ledger=FileLedger(path), **options)


async def test_a_ledger_says_what_is_sent_and_what_became_of_it(path):
    """By key and digest, without a field."""
    faults = {"leads.create": [None, Fault.status(500), Fault.status(422)]}
    with FakeLiner(write_faults=faults) as server:
        report = await create(server, [row(0), row(1), row(2)], path)
    assert [of.key for of in report] == ["A0", "A1", "A2"]
    kept = lines(path)
    digests = [of.pop("digest") for of in kept if of["state"] == "sending"]
    assert kept == [
        {"key": "A0", "state": "sending"},
        {"key": "A0", "state": "done", "id": report[0].id},
        {"key": "A1", "state": "sending"},
        {"key": "A1", "state": "unknown"},
        {"key": "A2", "state": "sending"},
        {"key": "A2", "state": "refused"},
    ]
    assert len(set(digests)) == 3
    assert "+7900" not in path.read_text()


async def test_a_later_run_sends_only_what_is_left(path):
    """What is done is not sent, what is in doubt is told, what was refused is tried again."""
    faults = {"leads.create": [None, Fault.status(500), Fault.status(422)]}
    with FakeLiner(write_faults=faults) as server:
        first = await create(server, [row(0), row(1), row(2)], path)
        again = await create(server, [row(number) for number in range(4)], path)
        assert phones(server) == ["+79000", "+79002", "+79003"]
        bold = await create(server, [row(1)], path, resend_unknown=True)
        assert phones(server)[3:] == ["+79001"]
        last = await create(server, [row(number) for number in range(4)], path)
    assert [of.outcome for of in again] == ["done", "unknown", "done", "done"]
    assert [of.resumed for of in again] == [True, True, False, False]
    assert again.ids[0] == first.ids[0]
    assert again[1].error is None
    assert str(bold) == "1 done"
    assert (str(last), {of.resumed for of in last}) == ("4 done", {True})


async def test_without_a_key_the_place_in_the_input_will_do(path):
    """If the input is the very same."""
    with FakeLiner() as server:
        await create(server, [row(0), row(1)], path, key=None)
        report = await create(server, [row(0), row(1), row(2)], path, key=None)
        assert [of.resumed for of in report] == [True, True, False]
        with pytest.raises(ConfigError, match="item 0 is not the one that the ledger knows"):
            await create(server, [row(5), row(0), row(1)], path, key=None)
    assert len(server.writes) == 3


async def test_a_changed_item_or_another_host_is_refused(path):
    """Nobody could tell what the earlier run has created."""
    with FakeLiner() as server:
        await create(server, [row(0)], path)
        with pytest.raises(ConfigError, match="item 1 is not the one"):
            await create(server, [row(1), row(0, name="B"), row(2)], path)
        assert phones(server) == ["+79000", "+79001"]
        with FakeLiner() as other:
            with pytest.raises(ConfigError, match="continue with the host and the input"):
                await create(other, [row(0)], path)
        assert other.writes == []
        assert str(await create(server, [row(0), row(1)], path)) == "2 done"


async def test_two_items_of_one_key_are_not_both_sent(path):
    """The second is a mistake of the input."""
    with FakeLiner() as server:
        report = await create(server, [row(0), row(0, name="B"), row(1)], path)
    assert [of.outcome for of in report] == ["done", "invalid", "done"]
    assert "has the same key" in str(report[1].error)
    assert len(server.writes) == 2


async def test_what_a_crash_interrupted_is_in_doubt(path):
    """It may have been sent; a last line that was cut short does not count."""
    with FakeLiner() as server:
        await create(server, [row(0), row(1)], path)
        whole = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join(whole[:3]) + b'{"key": "A2", "dig')
        report = await create(server, [row(0), row(1), row(2)], path)
    assert [of.outcome for of in report] == ["done", "unknown", "done"]
    assert phones(server) == ["+79000", "+79001", "+79002"]
    assert path.read_bytes().startswith(b"".join(whole[:3]) + b'{"key": "A2", "digest": "')


@pytest.mark.parametrize(
    "text",
    [
        "no JSON\n",
        "[]\n",
        '{"key": "A"}\n',
        '{"key": "A", "state": "sending"}\n',
        '{"key": "A", "digest": "x", "state": "lost"}\n',
        '{"key": ["A"], "digest": "x", "state": "done"}\n',
    ],
)
async def test_another_file_is_no_ledger(path, text):
    """It is left as it is."""
    path.write_text('{"key": "A", "digest": "x", "state": "sending"}\n' + text.replace("A", "B"))
    before = path.read_bytes()
    with pytest.raises(ConfigError, match="is not a ledger: see line 2"):
        await FileLedger(path).open()
    assert path.read_bytes() == before


async def test_one_bulk_at_a_time(path):
    """In this process and in any other."""
    ledger = FileLedger(path)
    assert await ledger.open() == {}
    with pytest.raises(ConfigError, match="in use by another bulk"):
        await ledger.open()
    with pytest.raises(ConfigError, match="in use by another process"):
        await FileLedger(path).open()
    await ledger.aclose()
    await ledger.aclose()
    await FileLedger(path).open()


async def test_the_lock_ends_with_the_bulk_however_that_ends(path):
    """Also where it was left early."""
    with FakeLiner() as server:
        async with client(server) as liner:
            ledger = FileLedger(path)
            async for _ in liner.leads.create_many([row(0), row(1)], key=key, ledger=ledger):
                break
            await until(lambda: ledger._file is None)
            report = await liner.leads.create_many(
                [row(0), row(1)], key=key, ledger=ledger, on_failure="report"
            )
    assert report[0].resumed
    assert len(phones(server)) == len(set(phones(server)))


async def test_items_that_are_sent_together_share_one_wait_for_the_disk(path, monkeypatch):
    """And none is sent before its line is there."""
    synced = []
    sync = os.fsync

    def fsync(handle):
        sync(handle)
        synced.append(path.read_text().count("sending"))

    ledger = FileLedger(path)
    await ledger.open()
    monkeypatch.setattr(os, "fsync", fsync)
    begun = [asyncio.create_task(ledger.begin(str(of), "x")) for of in range(20)]
    await asyncio.gather(*begun)
    await ledger.aclose()
    assert synced[-1] == 20
    assert len(synced) <= 3


async def test_a_full_disk_ends_the_bulk_before_anything_is_sent(path, monkeypatch):
    """The ledger is as it was; what it could not note is not sent."""
    real = FileIO.write

    class Full(FileIO):
        def write(self, data):
            return real(self, data[:10])

    monkeypatch.setattr("liner_async.ledger.FileIO", Full)
    with FakeLiner() as server:
        async with client(server) as liner:
            bulk = liner.leads.create_many([row(0), row(1)], key=key, ledger=FileLedger(path))
            with pytest.raises(OSError, match="No space left"):
                await bulk
    assert (server.writes, path.read_bytes()) == ([], b"")
    assert {of.outcome for of in bulk.report} == {"not_sent"}


async def test_a_write_that_is_cancelled_while_the_disk_is_waited_for_was_not_sent(path):
    """And the ledger says so."""
    ledger = FileLedger(path)
    await ledger.open()
    task = asyncio.create_task(ledger.begin("A", "x"))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await ledger.end("A", "not_sent", None)
    await ledger.aclose()
    assert [of["state"] for of in lines(path)] == ["sending", "not_sent"]
    entries = await FileLedger(path).open()
    assert entries == {"A": LedgerEntry(digest="x", state="not_sent")}


async def test_a_write_is_noted_as_begun_before_it_is_noted_as_over(path, monkeypatch):
    """However often it is cancelled: an end without its beginning says nothing."""
    is_free = threading.Event()
    ledger = FileLedger(path)
    await ledger.open()
    monkeypatch.setattr("liner_async.ledger.os.fsync", lambda _: is_free.wait(10))
    first, second = (asyncio.create_task(ledger.begin(of, "x")) for of in "AB")
    await until(lambda: len(lines(path)) > 0)
    third = asyncio.create_task(ledger.begin("C", "x"))  # waits for the disk behind the others
    for _ in range(3):
        await asyncio.sleep(0)
        third.cancel()
    asyncio.get_running_loop().call_later(0.01, is_free.set)
    with pytest.raises(asyncio.CancelledError):
        await third
    await ledger.end("C", "not_sent", None)
    await asyncio.gather(first, second)
    await ledger.aclose()
    assert [of["state"] for of in lines(path) if of["key"] == "C"] == ["sending", "not_sent"]


async def test_a_disk_with_room_for_an_end_but_not_for_its_beginning_spoils_no_ledger(
    path, monkeypatch
):
    """The next run goes on as if the item had never been there."""
    real = FileIO.write

    class Almost(FileIO):
        def write(self, data):
            return real(self, data[:50])

    with monkeypatch.context() as patch:
        patch.setattr("liner_async.ledger.FileIO", Almost)
        with FakeLiner() as server, pytest.raises(OSError, match="No space left"):
            await create(server, [row(0)], path)
        assert [of["state"] for of in lines(path)] == ["not_sent"]
    with FakeLiner() as server:
        report = await create(server, [row(0)], path)
    assert ([of.outcome for of in report], phones(server)) == (["done"], ["+79000"])


async def test_what_is_being_written_is_written_before_the_file_is_closed(path):
    """Nobody need wait for it."""
    ledger = FileLedger(path)
    await ledger.open()
    task = asyncio.create_task(ledger.begin("A", "x"))
    await asyncio.sleep(0)
    await ledger.aclose()
    await task
    assert lines(path) == [{"key": "A", "digest": "x", "state": "sending"}]


async def test_a_ledger_that_is_not_open_notes_nothing(path):
    """It would not be locked."""
    with pytest.raises(ConfigError, match="is not open"):
        await FileLedger(path).end("A", "done", 5)
    assert repr(FileLedger(path)) == f"FileLedger({str(path)!r})"


async def test_any_ledger_will_do():
    """In a database, for example."""

    class Memory:
        def __init__(self):
            self.entries = {}

        async def open(self):
            return dict(self.entries)

        async def begin(self, key, digest):
            self.entries[key] = LedgerEntry(digest=digest, state="sending")

        async def end(self, key, outcome, id):  # noqa: A002 - the protocol's word
            digest = self.entries[key].digest
            self.entries[key] = LedgerEntry(digest=digest, state=outcome, id=id)

        async def aclose(self):
            pass

    ledger: Ledger = Memory()
    with FakeLiner() as server:
        async with client(server) as liner:
            await liner.leads.create_many([row(0)], key=key, ledger=ledger)
            again = await liner.leads.create_many([row(0)], key=key, ledger=ledger)
    assert again[0].resumed
    assert len(server.writes) == 1


async def test_doubts_of_an_earlier_run_are_an_error_too(path):
    """A normal end means that everything is done."""
    with FakeLiner(write_faults={"leads.create": [Fault.status(500)]}) as server:
        await create(server, [row(0)], path)
        with pytest.raises(BulkWriteError, match="1 unknown"):
            await create(server, [row(0)], path, on_failure="raise")
    assert len(server.writes) == 1


CRASHING = """
import asyncio, os, sys
from liner_async import FileLedger, LinerClient

async def main(url, key, path):
    async with LinerClient(url, key) as liner:
        rows = ({"phone": str(number), "order_id": 123} for number in range(1000))
        async for result in liner.leads.create_many(rows, ledger=FileLedger(path)):
            if result.index == 20:
                os.kill(os.getpid(), 9)

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.usefixtures("unmeasured_programs")
async def test_a_process_that_is_killed_leaves_no_lead_twice(path):
    """Every doubt is told."""
    with FakeLiner(latency=0.001) as server:
        command = [sys.executable, "-c", CRASHING, server.url, server.api_key, str(path)]
        done = await asyncio.to_thread(subprocess.run, command, check=False)
        assert done.returncode == -9
        rows = ({"phone": str(number), "order_id": 123} for number in range(100))
        async with client(server) as liner:
            report = await liner.leads.create_many(
                rows, ledger=FileLedger(path), on_failure="report"
            )
    made = phones(server)
    assert len(made) == len(set(made))
    assert {of.outcome for of in report} <= {"done", "unknown"}
    assert len(report.unknown) <= 4
    assert {str(of.index) for of in report.done} <= set(made)
