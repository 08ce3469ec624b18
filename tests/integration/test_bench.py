"""The scripts that measure speed: they run, and what they measure is what they say."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from liner_async import DecodeError

PROJECT = Path(__file__).resolve().parents[2]
BENCHMARKS = PROJECT / "benchmarks"
PARTS = ["decoding", "starting", "lag", "memory", "jitter", "throughput", "latency", "history"]
PEERS = {
    "decoding": ("json + plain cattrs", "orjson to dicts"),
    "throughput": ("requests", "httpx", "dlt RESTClient"),
    "latency": ("requests", "httpx", "dlt RESTClient"),
}

needs_linux = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")


@pytest.fixture
def speed(monkeypatch):
    """Import a module of the benchmarks by its name."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return lambda name: importlib.import_module(f"speed.{name}")


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the script; return its exit code and what it printed."""
    return subprocess.run(
        [sys.executable, str(BENCHMARKS / "bench.py"), *arguments],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def missing(chapter: str) -> str:
    """Return what a chapter says could not be measured here."""
    found = re.search(r"^Not measured here: (.*)$", chapter, re.MULTILINE)
    return found[1] if found else ""


@pytest.mark.parametrize("part", [each for each in PARTS if each != "memory"])
def test_a_part_runs_with_what_is_installed(part, tmp_path):
    """A way whose library is missing is named, and all others are measured and verified."""
    ended = bench("--quick", part, "--output", str(tmp_path))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    chapter = (tmp_path / f"{part}.md").read_text(encoding="utf-8")
    assert chapter in ended.stdout
    assert "`liner_async" in chapter or part in ("starting", "history")
    assert f"`python benchmarks/bench.py --quick {part}`; " in chapter
    for name in PEERS.get(part, ()):
        assert (f"{name} (no " in missing(chapter)) != (f"\n| {name} | " in chapter), name


def test_what_plain_cattrs_is_said_to_do_less_of_is_so(speed):
    """It takes null for text and 12.9 for an integer; the SDK refuses both."""
    case = speed("untidy").Case("null and a fraction", 1, {"title": None, "leadsPriority": 12.9})
    (body,) = case.bodies(1)
    order = speed("peers").plain_cattrs()(body)[0]
    assert (order.title, order.leads_priority) == ("None", 12)
    with pytest.raises(DecodeError) as caught:
        speed("ours").decode(body)
    assert [problem.split(":")[0] for problem in caught.value.problems] == [
        "title",
        "leadsPriority",
    ]


@needs_linux
def test_memory_runs_and_a_kept_list_is_measured(tmp_path):
    """The one figure of a quick run that does not depend on time."""
    ended = bench("--quick", "memory", "--output", str(tmp_path))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    chapter = (tmp_path / "memory.md").read_text(encoding="utf-8")
    size = re.search(r"`ResultList` of 1,000 orders takes (\d+\.\d+) kB per order", chapter)
    assert size is not None
    assert 0.5 < float(size[1]) < 10


def test_an_unknown_part_is_refused():
    """A typing error must not pass for a run in which no goal was missed."""
    ended = bench("--quick", "decodin")
    assert ended.returncode == 2
    assert "no such part: decodin" in ended.stderr


def test_untidy_pages_differ_in_the_rows_they_say(speed):
    """A change that one row in 83 has is in these rows and in no other."""
    untidy, catalogue = speed("untidy"), speed("catalogue")
    for case in untidy.CASES:
        pages = [json.loads(body)["data"]["list"] for body in case.bodies(3)]
        rows = [row for page in pages for row in page]
        tidy = catalogue.orders(0, len(rows))
        changed = [index for index, row in enumerate(rows) if row != tidy[index]]
        expected = [0, 83, 166, 249] if case.every == 83 else [*range(300)]
        assert changed == (expected if case.change else []), case.name


def test_untidy_pages_are_decoded(speed):
    """What is measured is a success, not an error that comes early."""
    for case in speed("untidy").CASES:
        for body in case.bodies(1):
            assert len(speed("ours").decode(body)) == 100, case.name


def test_pages_of_leads_and_calls_are_decoded(speed):
    """To the objects of a hundred rows each."""
    for kind in speed("kinds").KINDS:
        for body in kind.bodies(2):
            items = speed("ours").fresh_decoder(kind.model)(body)
            assert [type(item) for item in items] == [kind.model] * 100


def test_every_goal_is_measured_by_a_part(speed):
    """The eleven goals have a key each at least, and every key is reported by some part."""
    goals, latency, samples = speed("goals").GOALS, speed("parts.latency"), speed("rounds").Samples
    assert {goal.number for goal in goals.values()} == set(range(1, 12))
    assert list(speed("parts").PARTS) == PARTS
    seconds = {"requests": [1.0], "liner_async, 16": [1.0]}
    computed = latency.measured({0.05: samples(seconds), 0.2: samples(seconds)}, 12_345)
    assert set(computed) <= set(goals)
    folder = BENCHMARKS / "speed" / "parts"
    sources = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    assert [key for key in goals if key not in computed and f'"{key}"' not in sources] == []


def test_a_goal_is_missed_on_the_wrong_side_of_its_limit(speed):
    """Some goals are floors and some are ceilings; the median decides."""
    goals, ratio = speed("goals"), speed("rounds").Ratio
    good = {"decoding/cattrs": ratio(4.5, 1.0, 5.0), "decoding/orjson": ratio(1.25, 1.0, 3.0)}
    bad = {"decoding/cattrs": ratio(4.49, 1.0, 5.0), "decoding/orjson": ratio(1.26, 1.0, 3.0)}
    assert goals.missed(good) == []
    assert goals.missed(bad) == ["decoding/cattrs", "decoding/orjson"]
    keys = ["decoding/cattrs", "run/dlt"]
    assert [row[-1] for row in goals.goals_table(bad, keys=keys, judged=True).rows] == [
        "**MISSED**",
        "not measured",
    ]
    assert goals.goals_table(good, keys=keys, judged=False).rows[0][-1] == "not judged"


def test_ratios_are_taken_round_by_round(speed):
    """A slow spell of the machine that meets both ways leaves their ratio alone."""
    samples = speed("rounds").Samples({"slow": [2.0, 20.0, 2.2], "fast": [1.0, 10.0, 1.0]})
    ratio = samples.ratio("slow", "fast")
    assert (ratio.median, ratio.low, ratio.high) == (2.0, 2.0, 2.2)
    assert str(ratio) == "2 (2 to 2.2)"
    assert samples.ratio("slow", "absent") is None
    assert samples.times("slow", "absent") == "-"


def test_the_latency_bound_is_the_first_page_and_rounds_of_requests(speed):
    """12,345 orders are 124 pages: one, then 123 by 16 in 8 rounds."""
    bound = speed("parts.latency").bound
    assert bound(12_345, 0.05, 16) == pytest.approx(0.45)
    assert bound(12_345, 0.05, 1) == pytest.approx(6.2)
    assert bound(100, 0.05, 16) == pytest.approx(0.05)


def test_a_way_that_delivers_something_else_is_refused(speed):
    """The checksum of the ids is that of the whole list, in its order."""
    ways, catalogue = speed("parts.ways"), speed("catalogue")
    way, take = ways.READERS[0], ways.seconds(3)
    ids = [catalogue.digest_of_ids(3), catalogue.ids_sum([123, 126]), catalogue.ids_sum([126, 123])]
    assert take(way, {"ids": ids[0], "seconds": 1.5}) == 1.5
    for wrong in ids[1:]:
        with pytest.raises(RuntimeError, match="did not deliver"):
            take(way, {"ids": wrong, "seconds": 1.5})


def test_the_page_server_says_how_late_it_is_by_its_path(speed):
    """A latency that jitters depends on the seed and the page alone: every way meets the same."""
    server = speed("page_server")
    first = [server._jitter(b"1", offset) for offset in range(0, 2_000, 100)]
    assert first == [server._jitter(b"1", offset) for offset in range(0, 2_000, 100)]
    assert first != [server._jitter(b"2", offset) for offset in range(0, 2_000, 100)]
    offset, answer = server._answer(101, b"limit=100&offset=100")
    assert offset == 100
    assert answer.endswith(b'],"next":101,"total":101}}')
    assert answer.count(b'"serviceTitle"') == 1


def test_what_fails_in_a_worker_fails_the_run(speed):
    """A way that broke must not look like one that was fast."""
    with (
        speed("workers").Worker("speed.readers.liner:read") as worker,
        pytest.raises(KeyError, match="url"),
    ):
        worker.call({})
