"""The page about scale: its tables are what the script computes, and small runs really happen."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
BENCHMARKS = PROJECT / "benchmarks"
CHAPTERS = PROJECT / "docs" / "scale"


@pytest.fixture
def scaling(monkeypatch):
    """Return the module of the simulation."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("scaling.simulation")


def printed(*arguments: str) -> str:
    """Run the script, and return what it prints."""
    ended = subprocess.run(
        [sys.executable, str(BENCHMARKS / "scale.py"), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_the_tables_of_the_page_are_what_the_script_prints():
    """On every machine the same; the page includes each of them."""
    page = (PROJECT / "docs" / "scale.md").read_text(encoding="utf-8")
    chapters = printed().split("## ")[1:]
    assert len(chapters) == 3
    for chapter in chapters:
        name, text = chapter.split("\n\n", 1)
        assert text.rstrip() == (CHAPTERS / f"{name}.md").read_text(encoding="utf-8").rstrip()
        assert f"{{include}} scale/{name}.md\n" in page


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")
def test_small_runs_send_the_requests_that_are_simulated():
    """The script compares the counts itself; the page shows the same runs."""
    runs = re.compile(r"^\| (.*? decides|one .*?) \| (.*?) \| (\d+) \|", re.MULTILINE)
    shown = (CHAPTERS / "measured.md").read_text(encoding="utf-8")
    assert len(runs.findall(shown)) == 4
    assert runs.findall(printed("--measure")) == runs.findall(shown)


def test_latency_alone_is_the_bound_of_the_performance_page(scaling):
    """12,345 orders at 50 ms: one page, then 123 in rounds of 16 that a list starts together."""
    worker = scaling.Worker(
        at_once=1, concurrency=16, round_trips=0, per_order=0, per_reading=0, per_connection=0
    )
    run = scaling.simulate(worker, [scaling.Reading(account=0, rows=12_345)])
    assert run.requests == 124
    assert run.seconds == pytest.approx(0.45)


def test_a_rate_spaces_the_requests_of_an_account(scaling):
    """Two accounts have a rate each; two lists of one account share it."""
    worker = scaling.Worker(at_once=2, rate=10.0, latency=0.01, round_trips=0)
    for accounts, seconds in (((0, 1), 1.9), ((0, 0), 3.9)):
        readings = [scaling.Reading(account=each, rows=2_000) for each in accounts]
        run = scaling.simulate(worker, readings)
        assert run.requests == 40
        assert run.seconds == pytest.approx(seconds, abs=0.1)


def test_a_deep_offset_takes_longer_and_then_too_long(scaling):
    """The first offset whose answer takes more than the timeout is told."""
    worker = scaling.Worker(at_once=1, skipping=1e-6, latency=0.0, round_trips=0)
    run = scaling.simulate(worker, [scaling.Reading(account=0, offset=29_999_800, rows=400)])
    assert run.too_deep == 30_000_100
    assert run.seconds > 60


def test_the_processor_is_the_bound_where_answers_come_at_once(scaling):
    """However many lists are read at the same time."""
    readings = [scaling.Reading(account=each, rows=1_000) for each in range(8)]
    run = scaling.simulate(scaling.Worker(latency=0.0), readings)
    assert run.seconds == pytest.approx(run.processor)
    assert run.processor == pytest.approx(8 * (1_000 * 18e-6 + 8e-3 + 2.5e-3))
