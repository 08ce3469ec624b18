"""Going on where a run stopped: resume points, seams and checkpoints."""

from __future__ import annotations

import asyncio
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest
from attrs import evolve

from liner_async import ConfigError, FileCheckpoint, PagingDriftError, PagingError, ResumePoint
from tests.support.moving_list import MovingList, pager_of

POINT = ResumePoint(
    next_offset=100, total=300, page_size=10, last_id=100, time=datetime(2026, 1, 2, tzinfo=UTC)
)


def moving(total: int = 300, **options) -> MovingList:
    return MovingList(list(range(1, total + 1)), 1, **options)


async def ids(pager) -> list[int]:
    return [item.id async for item in pager]


async def test_every_page_says_where_to_go_on():
    """The offset after it, the total, the last id and the time."""
    points = [page.resume_point async for page in moving(25).pager().pages()]
    assert [(point.next_offset, point.last_id) for point in points] == [
        (10, 10),
        (20, 20),
        (25, 25),
    ]
    assert {(point.total, point.page_size) for point in points} == {(25, 10)}
    assert points[0].time == datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("consistency", ["detect", "strict", "off"])
async def test_a_resumed_run_hands_out_the_rest(consistency):
    """From every page of the list; nothing is lost, nothing comes twice, nothing looks moved."""
    rows = moving(95)
    async for page in rows.pager(consistency=consistency).pages():
        pager = rows.pager(consistency=consistency, resume=page.resume_point)
        assert await ids(pager) == list(range(page.resume_point.next_offset + 1, 96))
        assert not pager.report.drifted
        assert pager.report.complete


async def test_a_resumed_run_reads_one_row_again_as_a_seam():
    """It begins one row earlier, and `max_items` does not count that row."""
    rows, asked = moving(), []
    fetch = rows.fetch

    def noting(offset, limit):
        asked.append((offset, limit))
        return fetch(offset, limit)

    pager = pager_of(noting, resume=POINT, max_items=5)
    assert await ids(pager) == [101, 102, 103, 104, 105]
    assert asked == [(99, 6)]


@pytest.mark.parametrize("consistency", ["detect", "strict"])
@pytest.mark.parametrize("change", [0, 99], ids=["at the head", "just before"])
async def test_rows_inserted_before_the_seam_do_not_come_again(change, consistency):
    """The seam is found further on, and the report says that the list moved."""
    rows = moving()
    for _ in range(3):
        rows.insert(change)
    pager = rows.pager(resume=POINT, consistency=consistency)
    assert await ids(pager) == list(range(101, 301))
    assert pager.report.drifted


async def test_rows_deleted_before_the_seam_are_stepped_back_over_when_strict():
    """The seam is found further back, and no row is lost."""
    rows = moving()
    for _ in range(30):
        rows.delete(0)
    pager = rows.pager(resume=POINT, consistency="strict")
    assert await ids(pager) == list(range(101, 301))
    assert pager.report.repairs > 0
    assert pager.report.drifted


async def test_rows_deleted_before_the_seam_are_noticed():
    """Without strict the rest is handed out from where it is now."""
    rows = moving()
    for _ in range(3):
        rows.delete(0)
    pager = rows.pager(resume=POINT)
    assert await ids(pager) == list(range(103, 301))
    assert pager.report.drifted


async def test_a_seam_that_is_gone_is_an_error_when_strict():
    """Where the reading stopped cannot be found any more."""
    rows = moving()
    rows.delete(99)
    with pytest.raises(PagingDriftError):
        await ids(rows.pager(resume=POINT, consistency="strict"))


async def test_an_error_says_where_to_go_on():
    """Its resume point continues the run; together they are complete."""
    rows = moving(95)

    async def refuse():
        raise PagingError("no")

    def failing(offset, limit):
        if offset == 50:
            return asyncio.get_running_loop().create_task(refuse())
        return rows.fetch(offset, limit)

    pager = pager_of(failing)
    read = []
    with pytest.raises(PagingError) as caught:
        async for item in pager:
            read.append(item.id)
    point = caught.value.resume_point
    assert (point.next_offset, point.last_id, caught.value.offset) == (50, 50, 50)
    assert read + await ids(rows.pager(resume=point)) == list(range(1, 96))


async def test_pages_out_of_order_have_a_resume_point_that_loses_nothing():
    """What came early may come again; nothing that did not come is skipped."""
    rows = moving(95)
    handed_out = set()
    async for page in rows.pager(ordered=False).pages():
        handed_out |= {item.id for item in page}
        rest = set(await ids(rows.pager(resume=page.resume_point)))
        assert handed_out | rest == set(range(1, 96))


@pytest.mark.parametrize("options", [{"resume": POINT, "offset": 5}, {"resume": "100"}], ids=repr)
def test_resume_is_a_resume_point_and_says_alone_where_to_start(options):
    """Anything else is found before any request."""
    with pytest.raises(ConfigError):
        moving().pager(**options)


def test_a_resume_point_survives_json():
    """With its zone, and with the window that it lies in; what it does not know is left out."""
    assert ResumePoint.from_json(POINT.to_json()) == POINT
    assert "period" not in json.loads(POINT.to_json())
    point = attrs.evolve(POINT, period=(POINT.time,) * 2, until=POINT.time, chunk=3, ids=(1, 2))
    assert ResumePoint.from_json(point.to_json()) == point


WINDOWS = {
    "period": [5, ["2026-01-01"], ["a", "b"], ["2026-01-01T00:00:00+00:00"] * 3],
    "until": [5, "soon"],
    "chunk": [-1, "0", 1.5],
    "ids": [5, ["1"], [None]],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in WINDOWS.items() for value in values]
)
def test_a_point_whose_window_is_none_is_refused(name, value):
    """Somebody wrote it by hand."""
    with pytest.raises(ValueError, match="not a resume point"):
        ResumePoint.from_json(json.dumps(json.loads(POINT.to_json()) | {name: value}))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"next_offset": 1}',
        POINT.to_json().replace("100", '"100"'),
        POINT.to_json().replace("100", "-100"),
        POINT.to_json().replace("2026", "year"),
        POINT.to_json()[:-9],
    ],
)
def test_what_is_no_resume_point_is_a_value_error(text):
    """Also half of one."""
    with pytest.raises(ValueError, match="not a resume point"):
        ResumePoint.from_json(text)


def test_a_file_checkpoint_gives_back_what_was_saved(tmp_path):
    """Nothing before the first save, the latest afterwards, nothing once cleared."""
    checkpoint = FileCheckpoint(tmp_path / "orders.json")
    assert checkpoint.load() is None
    checkpoint.save(POINT)
    checkpoint.save(POINT)
    assert checkpoint.load() == POINT
    assert json.loads(checkpoint.path.read_text())["last_id"] == 100
    assert repr(checkpoint.path)[10:-1] in repr(checkpoint)
    assert [path.name for path in tmp_path.iterdir()] == ["orders.json"]
    checkpoint.clear()
    checkpoint.clear()
    assert checkpoint.load() is None


def test_a_save_that_fails_leaves_the_old_point_and_no_litter(tmp_path, monkeypatch):
    """A full disk, say."""
    checkpoint = FileCheckpoint(tmp_path / "orders.json")
    checkpoint.save(POINT)

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        checkpoint.save(POINT)
    monkeypatch.undo()
    assert checkpoint.load() == POINT
    assert [path.name for path in Path(tmp_path).iterdir()] == ["orders.json"]


async def test_a_point_names_the_list_it_belongs_to():
    """Host, path and filters; the key is nowhere."""
    page = await anext(aiter(moving(25).pager().pages()))
    point = page.resume_point
    assert (point.host, point.path, point.filters) == ("https://liner.example", "/list/", "")
    assert ResumePoint.from_json(point.to_json()) == point


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"host": "https://other.example"}, "host https://other.example, not http://127.0.0.1"),
        ({"path": "/v2/lead/"}, "path /v2/lead/, not /v2/order/"),
        ({"filters": "0123456789abcdef"}, "other filters"),
    ],
    ids=["host", "path", "filters"],
)
async def test_a_point_of_another_list_is_refused(liner, changes, told):
    """Before any request; the error names the difference."""
    (page,) = [page async for page in liner.orders.list(max_items=10).pages()]
    with pytest.raises(ConfigError, match=f"resume belongs to another list: {told}"):
        liner.orders.list(resume=evolve(page.resume_point, **changes))


async def test_a_point_of_an_earlier_version_still_works(liner):
    """It does not say where it belongs."""
    fields = {"next_offset": 240, "total": 250, "page_size": 100, "last_id": None}
    text = json.dumps(fields | {"time": "2026-01-02T00:00:00+00:00"})
    assert len(await liner.orders.list(resume=ResumePoint.from_json(text))) == 10


@pytest.mark.parametrize("name", ["host", "path", "filters"])
def test_a_point_whose_names_are_no_texts_is_refused(name):
    """Somebody wrote it by hand."""
    with pytest.raises(ValueError, match="not a resume point"):
        ResumePoint.from_json(json.dumps(json.loads(POINT.to_json()) | {name: 5}))
