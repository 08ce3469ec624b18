"""The scripts that measure speed: they run, and what they measure is what they say."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cattrs import IterableValidationError, transform_error

from liner_async import DecodeError, Order
from liner_async._codec.decoder import decoder_of

PROJECT = Path(__file__).resolve().parents[2]
BENCHMARKS = PROJECT / "benchmarks"
PARTS = [
    "decoding",
    "starting",
    "lag",
    "memory",
    "jitter",
    "throughput",
    "latency",
    "history",
    "knee",
]
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
    assert "`liner_async" in chapter or part in ("starting", "history", "knee")
    assert ("untidy" in chapter) == (part not in ("history", "knee"))
    assert ('"auto"' in chapter) == (part not in ("decoding", "history"))
    assert f"`python benchmarks/bench.py --quick {part}`; " in chapter
    for name in PEERS.get(part, ()):
        assert (f"{name} (no " in missing(chapter)) != (f"\n| {name} | " in chapter), name


def test_what_plain_cattrs_is_said_to_do_less_of_is_so(speed):
    """It takes null for text and 12.9 for an integer; the SDK refuses both."""
    catalogue = speed("catalogue")
    change = catalogue.Change(1, {"title": None, "leadsPriority": 12.9})
    (body,) = catalogue.Data("null and a fraction", (change,)).bodies(1)
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
    size = r"(\d+\.\d+)"
    kept = rf"`ResultList` of 1,000 orders takes {size} \(tidy\) and {size} \(untidy\) kB per order"
    found = re.search(kept, chapter)
    assert found is not None
    assert all(0.5 < float(each) < 10 for each in found.groups())


def test_an_unknown_part_is_refused():
    """A typing error must not pass for a run in which no goal was missed."""
    ended = bench("--quick", "decodin")
    assert ended.returncode == 2
    assert "no such part: decodin" in ended.stderr


def test_plain_cattrs_refuses_untidy_data(speed):
    """Its enumerations are closed, as the table of decoders says."""
    (body,) = speed("untidy").UNTIDY.bodies(1)
    with pytest.raises(IterableValidationError) as caught:
        speed("peers").plain_cattrs()(body)
    assert {text.rpartition(".")[2] for text in transform_error(caught.value)} == {
        "status",
        "ai_default_language",
    }


def test_untidy_pages_differ_in_the_rows_they_say(speed):
    """A change that one row in 83 has is in these rows and in no other."""
    untidy, tidy = speed("untidy"), speed("catalogue").TIDY.orders(0, 300)
    for case in untidy.CASES:
        pages = [json.loads(body)["data"]["list"] for body in case.bodies(3)]
        rows = [row for page in pages for row in page]
        changed = [index for index, row in enumerate(rows) if row != tidy[index]]
        expected = [
            index
            for index in range(300)
            if any(index % change.every == 0 for change in case.changes)
        ]
        assert changed == expected, case.name


def test_untidy_lists_hold_what_real_ones_hold(speed):
    """Unknown fields, unknown values, nested values, offsets and fractions, in some rows each."""
    orders = [Order.from_dict(row) for row in speed("untidy").UNTIDY.orders(0, 1_000)]
    fraction = "2024-01-01T00:00:00.250Z"
    kinds = {
        "unknown field": [bool(order.extra) for order in orders],
        "unknown value": [type(order.status) is str for order in orders],
        "nested value": [
            any(type(each) is dict for each in order.custom_values.values()) for order in orders
        ],
        "offset": [order.to_dict()["createdAt"].endswith("+03:00") for order in orders],
        "fraction": [order.to_dict()["updatedAt"] == fraction for order in orders],
    }
    assert {kind: sum(rows) for kind, rows in kinds.items()} == {
        "unknown field": 24,
        "unknown value": 15,
        "nested value": 143,
        "offset": 200,
        "fraction": 334,
    }


def test_the_page_server_renders_the_orders_of_its_data(speed):
    """Rendered rows are the data's orders, and the ids are the same on all data."""
    catalogue = speed("catalogue")
    for data in speed("untidy").DATA.values():
        rows = json.loads(b"[%s]" % data.rows(50, 200))
        assert rows == data.orders(50, 200)
        assert [row["id"] for row in rows] == [*map(catalogue.order_id, range(50, 250))]


def test_a_reader_starts_with_a_decoder_that_has_learned_nothing(speed):
    """What untidy rows cost is paid in each round, not in the first alone."""
    (body,) = speed("untidy").UNTIDY.bodies(1)
    speed("ours").decode(body)
    fast = decoder_of(Order)._fast
    assert fast.learned != {}
    speed("readers.ledger").Ledger({})
    assert decoder_of(Order)._fast.learned == {}


def test_untidy_pages_are_decoded(speed):
    """What is measured is a success, not an error that comes early."""
    for case in speed("untidy").CASES:
        for body in case.bodies(1):
            assert len(speed("ours").decode(body)) == 100, case.name


def test_pages_of_leads_and_calls_are_decoded(speed):
    """To the objects of a hundred rows each."""
    for kind in speed("kinds").KINDS:
        for body in kind.bodies(2) + kind.bodies(2, untidy=True):
            items = speed("ours").fresh_decoder(kind.model)(body)
            assert [type(item) for item in items] == [kind.model] * 100
        assert kind.bodies(2) != kind.bodies(2, untidy=True)


def test_every_goal_is_measured_by_a_part(speed):
    """The twelve goals have a key each at least, and every key is reported by some part."""
    goals, latency, samples = speed("goals").GOALS, speed("parts.latency"), speed("rounds").Samples
    assert {goal.number for goal in goals.values()} == set(range(1, 13))
    assert list(speed("parts").PARTS) == PARTS
    seconds = samples({"requests": [1.0], "liner_async, 16": [1.0]})
    computed = latency.measured({0.05: seconds, 0.2: seconds}, 12_345)
    assert set(computed) <= set(goals)
    folder = BENCHMARKS / "speed" / "parts"
    sources = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    assert [key for key in goals if key not in computed and f'"{key}"' not in sources] == []


def test_a_goal_is_missed_on_the_wrong_side_of_its_limit(speed):
    """Some goals are floors and some are ceilings; the median decides."""
    goals, ratio = speed("goals"), speed("rounds").Ratio
    good = {
        "decoding/cattrs": {"tidy": ratio(4.5, 1.0, 5.0)},
        "decoding/orjson": {"tidy": ratio(1.25, 1.0, 3.0)},
    }
    bad = {
        "decoding/cattrs": {"tidy": ratio(4.49, 1.0, 5.0)},
        "decoding/orjson": {"tidy": ratio(1.26, 1.0, 3.0)},
    }
    assert goals.missed(good) == []
    assert goals.missed(bad) == ["decoding/cattrs (tidy)", "decoding/orjson (tidy)"]
    keys = ["decoding/cattrs", "run/dlt"]
    assert [row[5:] for row in goals.goals_table(bad, keys=keys, judged=True).rows] == [
        ("**MISSED**", "", ""),
        ("not measured", "-", "not measured"),
    ]
    assert goals.goals_table(good, keys=keys, judged=False).rows[0][5] == "not judged"


def test_a_goal_may_be_missed_by_15_percent_on_untidy_data(speed):
    """But not on tidy data, and not the goal that is about untidy data alone."""
    goals, ratio = speed("goals"), speed("rounds").Ratio
    key, near, far = "run/requests", ratio.of([1.71]), ratio.of([1.69])
    verdicts = [
        goals.GOALS[key].verdict(each, data=data)
        for each in (ratio.of([2.0]), near, far)
        for data in ("tidy", "untidy")
    ]
    missed = "**MISSED**"
    assert verdicts == ["met", "met", missed, "within 15 %", missed, missed]
    assert goals.missed({key: {"tidy": near, "untidy": near}}) == ["run/requests (tidy)"]
    worst = goals.GOALS["decoding/untidy"]
    assert worst.verdict(ratio.of([0.84]), data="untidy") == missed


def test_untidy_data_is_measured_in_half_as_many_rounds(speed):
    """A whole run stays short; a quick one has a single round of each."""
    scale, data = speed("chapter").Scale, speed("untidy").DATA
    assert [scale(False).rounds(5, each) for each in data.values()] == [5, 3]
    assert [scale(True).rounds(5, each) for each in data.values()] == [1, 1]


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
    rows = speed("catalogue").TIDY.rows
    offset, answer = server._answer(rows, 101, b"limit=100&offset=100")
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
