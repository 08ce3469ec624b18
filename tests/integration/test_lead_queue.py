"""The example that makes leads of a queue: killed half-way, it creates none twice."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import attrs
import pytest
from redis import Redis

from liner_async.testing import FakeLiner, Fault
from tests.support.example_process import running
from tests.support.redis_server import redis_server
from tests.support.waiting import eventually

LOST = attrs.evolve(Fault.disconnect(), applied=True)


@pytest.fixture
def redis(monkeypatch):
    """Give a client of a Redis of its own, and its URL to the worker."""
    with redis_server() as url, Redis.from_url(url) as client:
        monkeypatch.setenv("REDIS_URL", url)
        yield client


def test_a_worker_that_is_killed_creates_no_lead_twice(redis, tmp_path):
    """What was sent and has no answer waits for somebody who looks."""
    for number in range(60):
        lead = {"phone": f"+7900{number:07}", "order_id": 123, "external_id_amo": f"A{number}"}
        redis.lpush("leads", json.dumps(lead))
    faults = {"leads.create": [None, None, LOST]}
    with FakeLiner(sizes={"leads": 0}, write_faults=faults, latency=0.02) as server:
        env = {
            "LINER_HOST": server.url,
            "LINER_API_KEY": server.api_key,
            "LEDGER": str(tmp_path / "ledger"),
            "PATIENCE": "1",
        }
        for is_killed in (True, False):
            with running(
                "lead_queue.py", folder=Path("workers"), log=tmp_path / "log", env=env
            ) as worker:
                if is_killed:
                    eventually(lambda: len(server.writes) >= 20, "20 leads")
                    worker.process.kill()
                    worker.ended()
                else:
                    assert worker.ended() == 0, worker.log
        created = Counter(of.body["externalIdAmo"] for of in server.writes if of.applied)
    doubts = {name for _, name in map(json.loads, redis.lrange("leads:doubts", 0, -1))}
    assert set(created.values()) == {1}
    assert created.keys() | doubts == {f"A{number}" for number in range(60)}
    assert "A2" in doubts
    assert (redis.llen("leads"), redis.llen("leads:taken")) == (0, 0)
