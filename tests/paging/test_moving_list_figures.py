"""What reading a moving list costs, by the simulated clock of `benchmarks/moving_list.py`."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

pytestmark = pytest.mark.unmeasured

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def measure(monkeypatch):
    """Return the function that reads one list strictly."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    read = importlib.import_module("moving_list").measure
    return lambda kind, rate: read(kind, rate, seed=1, consistency="strict")


@pytest.mark.parametrize("kind", ["delete at random", "delete at the head", "insert at the head"])
@pytest.mark.parametrize(("rate", "most"), [(0, 126), (1, 150), (5, 200), (50, 400)])
def test_a_repair_costs_about_one_request(measure, kind, rate, most):
    """12,345 rows, changed so many times a second."""
    outcome = measure(kind, rate)
    assert outcome.requests <= most
    assert outcome.lost == 0


@pytest.mark.parametrize(
    "kind", ["delete at random", "delete at the head", "insert at the head", "append"]
)
def test_a_list_that_changes_500_times_a_second_is_read_or_given_up_within_a_minute(measure, kind):
    """Normally, or in PagingDriftError; with nothing lost where it ends normally."""
    outcome = measure(kind, 500)
    assert outcome.seconds <= 60
    assert outcome.ending in {"normal", "count", "seam", "repeat"}
    assert outcome.ending != "normal" or outcome.lost == 0


def test_a_growing_tail_costs_a_few_requests_more(measure):
    """126 at rest; it ends normally."""
    outcome = measure("append", 100)
    assert (outcome.requests <= 130, outcome.ending, outcome.lost) == (True, "normal", 0)
