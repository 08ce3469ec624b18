"""The examples for workers: killed and failing half-way, they end with every order, once."""

from __future__ import annotations

import json
import signal
import sqlite3
import sys
from contextlib import closing, contextmanager
from importlib import import_module
from pathlib import Path

import pytest
from arq import Retry
from redis import Redis

from liner_async import AuthError, FileCheckpoint, LinerClient
from liner_async.testing import FakeLiner, Fault
from tests.support.example_process import EXAMPLES, running
from tests.support.redis_server import redis_server
from tests.support.waiting import eventually

FOREVER = Fault.stall(3_600)
WORKER = ("-m", "arq", "arq_worker.WorkerSettings")
ASK = ("arq_worker.py",)


@pytest.fixture(scope="module")
def redis_url():
    """Give the URL of a running Redis."""
    with redis_server() as url:
        yield url


@pytest.fixture
def redis(redis_url, monkeypatch):
    """Give a client of a Redis that is empty, and its URL to the worker."""
    monkeypatch.setenv("REDIS_URL", redis_url)
    with Redis.from_url(redis_url) as client:
        client.flushall()
        yield client


@pytest.fixture
def example(tmp_path):
    """Give a context that runs a worker against a server; all share a folder and a log."""

    @contextmanager
    def example(server: FakeLiner, *arguments: str):
        env = {
            "LINER_HOST": server.url,
            "LINER_API_KEY": server.api_key,
            "FOLDER": str(tmp_path),
        }
        log = tmp_path / "log"
        with running(*arguments, folder=Path("workers"), log=log, env=env) as process:
            yield process

    return example


@pytest.fixture
def module(monkeypatch):
    """Give a function that imports an example; it is forgotten afterwards."""
    before = {*sys.modules}
    monkeypatch.syspath_prepend(EXAMPLES / "workers")
    yield import_module
    for name in {"copy_orders", "arq_worker"} - before:
        sys.modules.pop(name, None)


def copied(folder):
    """Give the orders in the database, in the order of the list."""
    with closing(sqlite3.connect(folder / "orders.sqlite")) as database:
        rows = database.execute("SELECT id, json FROM orders ORDER BY rowid").fetchall()
    orders = [json.loads(text) for _, text in rows]
    assert [identity for identity, _ in rows] == [order["id"] for order in orders]
    return orders


def by_id(orders):
    """Sort orders by id."""
    return sorted(orders, key=lambda order: order["id"])


def reached(folder, offset):
    """Say whether the checkpoint stands at an offset."""
    point = FileCheckpoint(folder / "orders.checkpoint").load()
    return point is not None and point.next_offset == offset


def assert_all_copied(folder, server, *, resumed_at):
    """Hold the database against the server, and what was asked for against the checkpoint."""
    assert by_id(copied(folder)) == by_id(server.orders)
    assert not (folder / "orders.checkpoint").exists()
    done = [each.offset for each in server.requests if each.offset < resumed_at - 1]
    assert done == [*range(0, resumed_at, 100)]  # nothing that was copied is asked for again


async def test_a_crash_between_the_sink_and_the_checkpoint_brings_a_page_twice_and_no_order_twice(
    tmp_path, monkeypatch, module
):
    """At least once is made exactly once by the sink, which knows orders by their id."""
    copy_orders = module("copy_orders").copy_orders

    class PowerCutError(BaseException):
        """Nothing catches it."""

    save = FileCheckpoint.save

    def cut_at_300(self, point):
        if point.next_offset == 300:
            raise PowerCutError
        save(self, point)

    with FakeLiner(total=1_000) as server:
        async with LinerClient(server.url, server.api_key) as liner:
            with monkeypatch.context() as patch:
                patch.setattr(FileCheckpoint, "save", cut_at_300)
                with pytest.raises(PowerCutError):
                    await copy_orders(liner, tmp_path)
            assert len(copied(tmp_path)) == 300
            assert reached(tmp_path, 200)
            assert await copy_orders(liner, tmp_path) == 800
            assert by_id(copied(tmp_path)) == by_id(server.orders)
            assert await copy_orders(liner, tmp_path) == 1_000  # from the start, and nothing twice
            assert by_id(copied(tmp_path)) == by_id(server.orders)


def test_a_taskiq_task_that_fails_half_way_goes_on_where_it_stopped(tmp_path, example):
    """The second try, in the same process, asks for nothing that the first has copied."""
    with FakeLiner(total=1_000, faults={500: [Fault.status(501)]}) as server:
        with example(server, "taskiq_worker.py") as worker:
            assert worker.ended() == 0, worker.log
            assert worker.log.endswith("500 orders read\n"), worker.log
            assert_all_copied(tmp_path, server, resumed_at=500)


def test_a_taskiq_task_that_cannot_succeed_is_tried_once(tmp_path, example):
    """A wrong key is no better the next time."""
    with FakeLiner(total=1_000, faults={"any": Fault.status(401)}) as server:
        with example(server, "taskiq_worker.py") as worker:
            assert worker.ended() == 1
            assert "AuthError" in worker.log
            assert len(server.requests) == 1


def test_a_taskiq_process_that_is_killed_half_way_goes_on_when_it_is_started_again(
    tmp_path, example
):
    """The queue in memory is gone with the process; what was copied is not."""
    with FakeLiner(total=1_000, faults={500: [FOREVER]}) as server:
        with example(server, "taskiq_worker.py") as worker:
            eventually(lambda: reached(tmp_path, 500), "five pages are copied")
            worker.process.kill()
            assert worker.ended() == -signal.SIGKILL
        assert copied(tmp_path) == server.orders[:500]
        with example(server, "taskiq_worker.py") as worker:
            assert worker.ended() == 0, worker.log
        assert_all_copied(tmp_path, server, resumed_at=500)
        assert worker.trouble() == [], worker.log


def test_an_arq_worker_that_is_killed_half_way_leaves_its_job_to_the_next(tmp_path, example, redis):
    """Nobody asks again: the job is still in Redis, and the copy on the disk."""
    with FakeLiner(total=1_000, faults={500: [FOREVER]}) as server:
        with example(server, *ASK) as asking:
            assert asking.ended() == 0, asking.log
        with example(server, *WORKER) as worker:
            eventually(lambda: reached(tmp_path, 500), "five pages are copied")
            worker.process.kill()
            assert worker.ended() == -signal.SIGKILL
        assert copied(tmp_path) == server.orders[:500]
        assert 600 < redis.ttl("arq:in-progress:copy-orders") <= 610
        redis.delete("arq:in-progress:copy-orders")  # as if these seconds had passed
        with example(server, *WORKER, "--burst") as worker:
            assert worker.ended() == 0, worker.log
        assert_all_copied(tmp_path, server, resumed_at=500)
        assert worker.trouble() == [], worker.log


def test_an_arq_worker_that_is_asked_to_stop_hands_its_job_on_at_once(tmp_path, example, redis):
    """SIGTERM cancels the copy, which leaves nothing behind; the next worker goes on with it."""
    with FakeLiner(total=1_000, faults={500: [FOREVER]}) as server:
        with example(server, *ASK) as asking:
            assert asking.ended() == 0, asking.log
        with example(server, *WORKER) as worker:
            eventually(lambda: reached(tmp_path, 500), "five pages are copied")
            worker.process.terminate()
            worker.ended()
        assert server.in_flight == 0
        with example(server, *WORKER, "--burst") as worker:
            assert worker.ended() == 0, worker.log
        assert_all_copied(tmp_path, server, resumed_at=500)


def test_an_arq_job_is_asked_for_once_at_a_time(tmp_path, example, redis):
    """Two copies would share one checkpoint; once a copy has ended, another may follow."""
    with FakeLiner(total=100) as server:
        for _ in range(2):
            with example(server, *ASK) as asking:
                assert asking.ended() == 0, asking.log
        assert asking.log == "queued\nalready queued or running\n"
        with example(server, *WORKER, "--burst") as worker:
            assert worker.ended() == 0, worker.log
        with example(server, *ASK) as asking:
            asking.ended()
        assert asking.log.endswith("\nqueued\n")
        assert len(server.requests) == 1


async def test_an_arq_job_that_meets_an_outage_comes_back_when_liner_said(
    tmp_path, monkeypatch, module
):
    """A passing fault defers the job; what is wrong for good fails it."""
    monkeypatch.setenv("FOLDER", str(tmp_path))
    copy = module("arq_worker").copy
    faults = {0: [Fault.status(429, retry_after="90"), Fault.status(501), Fault.status(401)]}
    with FakeLiner(total=100, faults=faults) as server:
        async with LinerClient(server.url, server.api_key) as liner:
            with pytest.raises(Retry) as busy:
                await copy({"liner": liner})
            assert busy.value.defer_score == 90_000
            with pytest.raises(Retry) as down:
                await copy({"liner": liner})
            assert down.value.defer_score == 60_000
            with pytest.raises(AuthError):
                await copy({"liner": liner})
